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
