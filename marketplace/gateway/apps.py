from django.apps import AppConfig
from django.core.checks import Tags, register
from typing_extensions import override

from marketplace.gateway.checks import sandbox_in_public, stripe_half_set


class GatewayConfig(AppConfig):
    name = "marketplace.gateway"
    label = "gateway"

    @override
    def ready(self) -> None:
        register(sandbox_in_public, Tags.security, deploy=True)
        register(stripe_half_set, Tags.security, deploy=True)
