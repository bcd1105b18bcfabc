"""Addresses of the sandbox's pages, for the buyer."""

from urllib.parse import urlencode

from django.conf import settings

from marketplace.gateway.models import SandboxIntent
from marketplace.gateway.models.sandbox import IntentState


def action_url(intent: SandboxIntent) -> str | None:
    """Where the buyer answers the bank."""
    if intent.status != IntentState.REQUIRES_ACTION:
        return None
    secret = urlencode({"client_secret": intent.client_secret})
    return f"{settings.SITE_URL}/sandbox/3ds/{intent.ref}?{secret}"
