"""The links by which vendors come to the sandbox's pages: good once, and for minutes."""

import hashlib
import secrets
from datetime import timedelta
from typing import Final
from urllib.parse import urlencode

from django.conf import settings
from django.core import signing

from marketplace.gateway.models import SandboxAccount, SandboxLink
from marketplace.gateway.models.sandbox import AccountPhase, LinkPurpose
from marketplace.gateway.provider import ProviderRefused
from marketplace.gateway.sandbox import rows
from marketplace.kernel import clock

GOOD_FOR: Final = timedelta(minutes=5)
# How long somebody may sit before the page that a link has opened.
TIME_TO_ANSWER: Final = timedelta(hours=1)
SALT: Final = "gateway.sandbox.onboarding"


def onboarding(account_ref: str, *, refresh_url: str, return_url: str) -> str:
    """A new link to the page that asks. Raises ProviderRefused for an unknown account and a rejected one."""
    account = rows.found(SandboxAccount.objects.filter(is_disconnected=False), account_ref)
    if account.status == AccountPhase.REJECTED:
        raise rows.unexpected(account)
    return _made(
        SandboxLink(
            account=account,
            purpose=LinkPurpose.ONBOARDING,
            refresh_url=refresh_url,
            return_url=return_url,
        )
    )


def dashboard(account_ref: str) -> str:
    """A new link to the account. Raises ProviderRefused for an unknown one, and while it has told nothing."""
    account = rows.found(SandboxAccount.objects.filter(is_disconnected=False), account_ref)
    if account.status == AccountPhase.CREATED:
        raise ProviderRefused("account_not_onboarded", "This account has not told anything yet.")
    return _made(SandboxLink(account=account, purpose=LinkPurpose.DASHBOARD))


def find(account_ref: str, token: str, purpose: LinkPurpose) -> SandboxLink | None:
    """The link of this token, opened or not."""
    links = SandboxLink.objects.select_related("account").filter(account__ref=account_ref, purpose=purpose)
    return links.filter(token_hash=_hash(token)).first()


def open_once(link: SandboxLink) -> bool:
    """Whether the link may be followed; it is good no more then. Commits by itself."""
    now = clock.now()
    unused = SandboxLink.objects.filter(pk=link.pk, opened_at__isnull=True, expires_at__gt=now)
    return unused.update(opened_at=now) == 1


def ticket(link: SandboxLink) -> str:
    """What the opened page sends back with its answer."""
    return signing.dumps(link.pk, salt=SALT)


def answered(account_ref: str, given: str) -> SandboxLink | None:
    """The link whose page answers with this ticket; None for a ticket that is not ours, or too old."""
    try:
        key = signing.loads(given, salt=SALT, max_age=TIME_TO_ANSWER)
    except signing.BadSignature:
        return None
    opened = SandboxLink.objects.filter(pk=key, account__ref=account_ref, opened_at__isnull=False)
    return opened.select_related("account").first()


def _made(link: SandboxLink) -> str:
    token = secrets.token_urlsafe(24)
    link.token_hash, link.expires_at = _hash(token), clock.now() + GOOD_FOR
    link.save()
    query = urlencode({"token": token})
    return f"{settings.SITE_URL}/sandbox/{link.purpose}/{link.account.ref}?{query}"


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
