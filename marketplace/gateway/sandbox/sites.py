"""Where the sandbox answers at all."""

from django.conf import settings
from django.http import Http404

from marketplace.gateway import registry


def require_sandbox() -> None:
    """Where the sandbox may not be used there is no such page. Raises Http404."""
    if not settings.IS_SANDBOX_ALLOWED or registry.SANDBOX not in settings.PAYMENT_PROVIDERS:
        raise Http404
