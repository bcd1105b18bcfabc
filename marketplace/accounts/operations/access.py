"""Coming in and going out: accounts, passwords and sessions, one function a verb.

Nobody learns here whether an address has an account: signing up and asking for a reset answer alike, and take
as long, for known and unknown addresses, and signing in refuses both the same way. Rate limits are counted
before anything costs time, the client's before the address's, so that one client does not lock out another.
They commit by themselves, so these operations refuse to run inside a transaction.
"""

from contextlib import suppress
from datetime import timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import HttpRequest

from marketplace.accounts import authentication
from marketplace.accounts.errors import (
    EmailNotVerified,
    ExpiredKey,
    SecondFactorMissing,
    SecondFactorRequired,
)
from marketplace.accounts.events import (
    EmailChanged,
    EmailVerified,
    PasswordReset,
    PasswordResetRequested,
    SignUpRepeated,
    UserSignedUp,
    VerificationRequested,
)
from marketplace.accounts.models import User, UserSession
from marketplace.accounts.operations import billing, claims, sessions
from marketplace.accounts.operations.viewing import SIGNED_OUT, end_view
from marketplace.kernel import rates
from marketplace.kernel.client_address import client_address, site_of
from marketplace.kernel.errors import RateLimited
from marketplace.kernel.events import publish
from marketplace.kernel.locking import lock_one
from marketplace.kernel.mailbox import normalized
from marketplace.kernel.texts import line

# One client guesses five times at one address, and so takes a tenth of what all clients together may.
LOG_IN_BY_PAIR = rates.Rule(name="log_in_by_pair", limit=5, period=timedelta(minutes=5))
LOG_IN_BY_CLIENT = rates.Rule(name="log_in_by_client", limit=100, period=timedelta(minutes=15))
LOG_IN_BY_EMAIL = rates.Rule(name="log_in_by_email", limit=50, period=timedelta(minutes=15))
SIGN_UP_BY_CLIENT = rates.Rule(name="sign_up_by_client", limit=20, period=timedelta(minutes=60))
SIGN_UP_BY_EMAIL = rates.Rule(name="sign_up_by_email", limit=3, period=timedelta(minutes=60))
VERIFICATION_BY_EMAIL = rates.Rule(name="verification_by_email", limit=3, period=timedelta(minutes=60))
RESET_BY_CLIENT = rates.Rule(name="password_reset_by_client", limit=20, period=timedelta(minutes=60))
RESET_BY_EMAIL = rates.Rule(name="password_reset_by_email", limit=3, period=timedelta(minutes=60))


def sign_up(*, email: str, password: str, name: str = "", client: str) -> str:
    """Make an account that waits for its address to be verified; returns the address, signs nobody in.

    For a known address nothing changes but that its owner is told by mail; the caller cannot see which.
    `client` is the client's address. Publishes UserSignedUp or SignUpRepeated. Raises InvalidInput,
    WeakPassword, RateLimited.
    """
    user = User(email=normalized(email), name=line(name, field="name", longest=150, shortest=0))
    authentication.refuse_weak(password, user)
    rates.hit(SIGN_UP_BY_CLIENT, site_of(client))
    rates.hit(SIGN_UP_BY_EMAIL, user.email)
    user.set_password(password)
    with transaction.atomic():
        publish(_enrolled_or_known(user))
    return user.email


def _enrolled_or_known(user: User) -> UserSignedUp | SignUpRepeated:
    """Inserting decides, not looking first: so two at once make one account, and both ways cost the same."""
    try:
        User.objects.enrol(user, is_verified=False)
    except IntegrityError:
        known = User.objects.filter(email=user.email).first()
        if known is None:
            raise
        return SignUpRepeated(user_id=known.pk)
    return UserSignedUp(user_id=user.pk)


def verify_email(*, key: str) -> User:
    """Take the key from the mail as proof of the address; signs nobody in, for links get about.

    Where the address was to replace another, it does now; sessions go on. Locks the user. Publishes
    EmailVerified, or EmailChanged. Raises ExpiredKey.
    """
    with transaction.atomic():
        if (change := authentication.email_change_of_key(key)) is not None:
            return _take_address(*change, key=key)
        user = lock_one(User.objects.filter(pk=authentication.user_of_verification_key(key).pk))
        authentication.verify_by_key(key)
        claims.claim_guest_purchases(user=user)
        publish(EmailVerified(user_id=user.pk))
    return user


def _take_address(user: User, email: str, *, key: str) -> User:
    user = lock_one(User.objects.filter(pk=user.pk))
    old_email = user.email
    # Once more, now that nobody else can use the key.
    authentication.email_change_of_key(key)
    authentication.change_email(user, email)
    claims.claim_guest_purchases(user=user)
    publish(EmailChanged(user_id=user.pk, old_email=old_email))
    return user


def log_in(*, request: HttpRequest, email: str, password: str) -> User:
    """Sign in: the session gets a new key and the user's profile, keeps the cart, forgets the guest.

    Publishes VerificationRequested (and commits it) when the password is right and the address unverified.
    Raises InvalidInput, InvalidCredentials, EmailNotVerified, RateLimited; and SecondFactorRequired or
    SecondFactorMissing, after which `factors.confirm_second_factor` or `factors.add` goes on.
    """
    user = identify(request=request, email=email, password=password)
    if request.user.is_authenticated and request.user.pk != user.pk:
        authentication.end_session(request)
    try:
        with transaction.atomic():
            authentication.begin_session(request, user)
            settle_session(request=request, user=user)
    except (SecondFactorRequired, SecondFactorMissing):
        # Who knew the key of the session before shall not be there for the second step.
        request.session.cycle_key()
        raise
    return user


def settle_session(*, request: HttpRequest, user: User) -> None:
    """What follows when somebody is signed in: the guest is forgotten, the session has the user's profile.

    What guests of the user's address bought since the last sign-in is claimed.
    """
    claims.claim_guest_purchases(user=user)
    billing.forget_guest(request.session)
    billing.profile_for(session=request.session, user=user)
    sessions.remember_session(request=request, user=user)


def identify(*, request: HttpRequest, email: str, password: str) -> User:
    """Who may sign in with this password; signs nobody in. Events and errors are those of `log_in`."""
    email = normalized(email)
    site = site_of(client_address(request.META, trusted_proxies=settings.TRUSTED_PROXIES))
    pair = f"{site} {email}"
    rates.hit(LOG_IN_BY_CLIENT, site)
    rates.hit(LOG_IN_BY_PAIR, pair)
    rates.hit(LOG_IN_BY_EMAIL, email)
    user = authentication.identify(request, email=email, password=password)
    if not authentication.has_verified_email(user):
        # Enough is enough: the keys of the last messages still work.
        with suppress(RateLimited):
            rates.hit(VERIFICATION_BY_EMAIL, email)
            with transaction.atomic():
                publish(VerificationRequested(user_id=user.pk))
        raise EmailNotVerified
    rates.forget(LOG_IN_BY_PAIR, pair)
    return user


def log_out(*, request: HttpRequest, everywhere: bool = False) -> None:
    """Sign out and forget everything the session knew; `everywhere` ends the user's other sessions too."""
    if request.user.is_authenticated:
        if everywhere:
            sessions.end_all(user=request.user)
        end_view(request=request, reason=SIGNED_OUT)
        UserSession.objects.filter(session_key=request.session.session_key).delete()
    authentication.end_session(request)


def request_password_reset(*, email: str, client: str) -> str:
    """Have a key mailed to the address, if it has an account; the caller cannot see whether.

    Returns the address. `client` is the client's address. Publishes PasswordResetRequested. Raises
    InvalidInput, RateLimited.
    """
    email = normalized(email)
    rates.hit(RESET_BY_CLIENT, site_of(client))
    rates.hit(RESET_BY_EMAIL, email)
    with transaction.atomic():
        publish(PasswordResetRequested(email=email))
    return email


def reset_password(*, key: str, password: str) -> User:
    """Choose a new password by a mailed key, which verifies the address too; ends every session of the user.

    Publishes PasswordReset. Raises ExpiredKey, WeakPassword.
    """
    user = authentication.user_of_reset_key(key)
    authentication.refuse_weak(password, user)
    old = user.password
    user.set_password(password)
    with transaction.atomic():
        # The key is bound to the old password: of two that come with the same key, one replaces it.
        if not User.objects.filter(pk=user.pk, password=old).update(password=user.password):
            raise ExpiredKey
        authentication.mark_verified(user)
        sessions.end_sessions(user=user)
        claims.claim_guest_purchases(user=user)
        publish(PasswordReset(user_id=user.pk))
    return user
