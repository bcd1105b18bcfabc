"""What `manage.py check --deploy` says about payments."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core import checks

from marketplace.gateway import registry


def sandbox_in_public(*, app_configs: Any, **options: Any) -> Sequence[checks.CheckMessage]:  # noqa: ARG001  # a check's signature
    """Warn where anyone can buy with test cards. Where that is not allowed, the server does not start."""
    if settings.PAYMENT_PROVIDER != registry.SANDBOX or not settings.IS_SANDBOX_ALLOWED:
        return []
    return [
        checks.Warning(
            "Payments go to the sandbox: anyone can buy with a test card, and nobody is paid.",
            hint="Unset PAYMENTS_SANDBOX, and choose another PAYMENT_PROVIDER.",
            id="gateway.W001",
        )
    ]


def stripe_half_set(*, app_configs: Any, **options: Any) -> Sequence[checks.CheckMessage]:  # noqa: ARG001  # a check's signature
    """Warn where Stripe takes no real money, or is not heard about vendors' accounts."""
    if settings.PAYMENT_PROVIDER != "stripe":
        return []
    found: list[checks.CheckMessage] = []
    if settings.STRIPE_DEBUG:
        found.append(
            checks.Warning(
                "Payments go to Stripe's test mode: nobody pays, and nobody is paid.",
                hint="Set STRIPE_DEBUG=false and the live keys.",
                id="gateway.W002",
            )
        )
    if not settings.STRIPE_CONNECT_WEBHOOK_SECRETS:
        found.append(
            checks.Warning(
                "Stripe's events of vendors' accounts cannot be believed without a secret.",
                hint="Set STRIPE_CONNECT_WEBHOOK_SECRETS to that of the endpoint /webhooks/stripe/connect.",
                id="gateway.W003",
            )
        )
    return found
