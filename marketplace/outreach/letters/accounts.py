"""Letters about accounts. Keys are made here, so that neither queue nor table ever holds one."""

from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import urlencode

from django.conf import settings

from marketplace.accounts import authentication
from marketplace.accounts.models import User

SECONDS_A_MINUTE: Final = 60

Context = dict[str, object]
Facts = Mapping[str, Any]


def verify(facts: Facts) -> Context | None:
    """Unless the address was verified meanwhile."""
    user = _user(facts)
    if user is None or authentication.has_verified_email(user):
        return None
    return _page("verify", key=authentication.verification_key(user))


def with_reset_key(facts: Facts) -> Context | None:
    """A way to another password."""
    user = _user(facts)
    return _page("reset", key=authentication.reset_key(user)) if user else None


def new_address(facts: Facts) -> Context | None:
    """A key that makes the address the user's."""
    user = _user(facts)
    return _page("verify", key=authentication.email_change_key(user, facts["email"])) if user else None


def about_account(facts: Facts) -> Context | None:
    """What happened to an account, and the page that secures it."""
    return _page("reset") if _user(facts) else None


def data_export(facts: Facts) -> Context | None:
    """Where the data lies."""
    return {"link": f"{settings.SITE_URL}/account"} if _user(facts) else None


def account_deleted(facts: Facts) -> Context | None:  # noqa: ARG001  # there is nobody left to ask about
    """Nothing but that."""
    return {}


LETTERS: Final[Mapping[str, Callable[[Facts], Context | None]]] = {
    "verify": verify,
    "known_address": with_reset_key,
    "reset_password": with_reset_key,
    "password_changed": about_account,
    "new_address": new_address,
    "address_to_change": about_account,
    "address_changed": about_account,
    "factor_added": about_account,
    "factor_removed": about_account,
    "codes_reset": about_account,
    "data_export": data_export,
    "account_deleted": account_deleted,
}


def _user(facts: Facts) -> User | None:
    """None for an account that was closed meanwhile."""
    return User.objects.filter(pk=facts["user_id"], is_active=True).first()


def _page(page: str, **query: str) -> Context:
    return {
        "link": f"{settings.SITE_URL}/account/{page}{'?' if query else ''}{urlencode(query)}",
        "days": settings.ACCOUNT_EMAIL_CONFIRMATION_EXPIRE_DAYS,
        "minutes": settings.PASSWORD_RESET_TIMEOUT // SECONDS_A_MINUTE,
    }
