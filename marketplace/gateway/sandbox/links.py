"""Addresses of the sandbox's pages, for the buyer."""

from typing import Final
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.utils.http import url_has_allowed_host_and_scheme

from marketplace.gateway.models import SandboxIntent, SandboxSetup
from marketplace.gateway.models.sandbox import IntentState

LONGEST_ADDRESS: Final = 500


def is_ours(address: str) -> bool:
    """Whether an address is of our own site: the bank's page must not send people elsewhere."""
    site = urlsplit(settings.SITE_URL)
    is_allowed = url_has_allowed_host_and_scheme(
        address, allowed_hosts={site.netloc}, require_https=site.scheme == "https"
    )
    return is_allowed and len(address) <= LONGEST_ADDRESS


def action_url(asked: SandboxIntent | SandboxSetup) -> str | None:
    """Where the buyer answers the bank."""
    if asked.status != IntentState.REQUIRES_ACTION.value:
        return None
    secret = urlencode({"client_secret": asked.client_secret})
    return f"{settings.SITE_URL}/sandbox/3ds/{asked.ref}?{secret}"
