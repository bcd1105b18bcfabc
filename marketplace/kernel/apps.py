from django.apps import AppConfig
from typing_extensions import override

from marketplace.kernel import events


class KernelConfig(AppConfig):
    name = "marketplace.kernel"
    label = "kernel"

    @override
    def ready(self) -> None:
        # A fault in the table of reactions stops the process at start, not at the first event.
        events.subscriptions()
