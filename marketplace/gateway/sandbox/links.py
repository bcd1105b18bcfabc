"""Addresses of the sandbox's pages, for the buyer."""

from urllib.parse import urlencode

from django.conf import settings

from marketplace.gateway.models import SandboxIntent, SandboxSetup
from marketplace.gateway.models.sandbox import IntentState


def action_url(asked: SandboxIntent | SandboxSetup) -> str | None:
    """Where the buyer answers the bank."""
    if asked.status != IntentState.REQUIRES_ACTION.value:
        return None
    secret = urlencode({"client_secret": asked.client_secret})
    return f"{settings.SITE_URL}/sandbox/3ds/{asked.ref}?{secret}"
