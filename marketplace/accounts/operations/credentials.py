"""What somebody signs in by, changed by themselves while they are signed in.

Whoever finds an open browser must not take the account over with it: each of these asks for a recent sign-in,
or for its confirmation.
"""

from datetime import timedelta

from django.db import transaction
from django.http import HttpRequest

from marketplace.accounts import authentication
from marketplace.accounts.errors import RecentSignInRequired
from marketplace.accounts.events import EmailChangeRequested, PasswordChanged
from marketplace.accounts.factors import has_factor
from marketplace.accounts.models import User
from marketplace.accounts.operations import access, sessions
from marketplace.accounts.operations.factors import Credential, give
from marketplace.kernel import rates
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.events import publish
from marketplace.kernel.mailbox import normalized

CHANGE_BY_USER = rates.Rule(name="email_change_by_user", limit=5, period=timedelta(minutes=60))
CHANGE_BY_EMAIL = rates.Rule(name="email_change_by_email", limit=3, period=timedelta(minutes=60))


def confirm_sign_in(
    *,
    request: HttpRequest,
    user: User,
    password: str,
    code: str | None = None,
    passkey: Credential | None = None,
) -> None:
    """Count the session as signed in just now, for all that signing in asks for. A guess counts as there.

    Raises InvalidCredentials, SecondFactorRequired, InvalidCode, RateLimited.
    """
    access.identify(request=request, email=user.email, password=password)
    if has_factor(user):
        give(request=request, user=user, code=code, passkey=passkey)
    authentication.note_proof(request)


def change_password(*, request: HttpRequest, user: User, password: str) -> None:
    """Another password for the user, who stays signed in here and nowhere else.

    Publishes PasswordChanged. Raises RecentSignInRequired, WeakPassword.
    """
    authentication.demand_recent_proof(request)
    authentication.refuse_weak(password, user)
    old = user.password
    user.set_password(password)
    with transaction.atomic():
        # Somebody who chose another password meanwhile, by mail perhaps, has ended this session.
        if not User.objects.filter(pk=user.pk, password=old).update(password=user.password):
            raise RecentSignInRequired
        sessions.end_sessions(user=user, but=request)
        publish(PasswordChanged(user_id=user.pk))
        sessions.keep_session(request=request, user=user)


def request_email_change(*, request: HttpRequest, user: User, email: str) -> str:
    """Have a key mailed to another address; with it the address becomes the user's. Returns the address.

    Until then nothing changes but that the present address is told. Whether the other one is free is not said
    here. Publishes EmailChangeRequested. Raises RecentSignInRequired, InvalidInput, RateLimited.
    """
    authentication.demand_recent_proof(request)
    email = normalized(email)
    if email == user.email:
        raise InvalidInput(field="email", reason="This is your address already.")
    rates.hit(CHANGE_BY_USER, str(user.pk))
    rates.hit(CHANGE_BY_EMAIL, email)
    with transaction.atomic():
        publish(EmailChangeRequested(user_id=user.pk, email=email))
    return email
