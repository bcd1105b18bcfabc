"""Our only door to django-allauth: who somebody is, and the keys we mail them.

allauth is used without its pages and its HTTP API, through its inner flows. Those are no stable API, so the
version is pinned and every call stands here, under tests. What we want of it: constant-time look-up of
unknown addresses, signed keys, sessions that are cycled, and login stages, so that a second factor can never
be skipped. What we do not want of it: mail, messages and redirects.
"""

from allauth.account.adapter import DefaultAccountAdapter, get_adapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.forms import UserTokenForm, default_token_generator
from allauth.account.internal import flows, stagekit
from allauth.account.models import EmailAddress, EmailConfirmationHMAC, Login
from allauth.account.stages import LoginStageController
from allauth.account.utils import user_pk_to_url_str
from allauth.core import context
from allauth.mfa.stages import AuthenticateStage
from django.conf import settings
from django.contrib.auth import update_session_auth_hash
from django.core import signing
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare, salted_hmac
from typing_extensions import override

from marketplace.accounts import factors
from marketplace.accounts.errors import (
    ExpiredKey,
    InvalidCredentials,
    RecentSignInRequired,
    SecondFactorMissing,
    SignInRequired,
    WeakPassword,
)
from marketplace.accounts.models import BillingProfile, User
from marketplace.kernel import clock
from marketplace.kernel.client_address import client_address

MAX_PASSWORD_LENGTH = 256
PROVED = "proved_at"
AWAITED = "awaited_user"
EMAIL_CHANGE = "accounts.email_change"


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth is not typed
    """allauth's hooks, silenced: an operation answers its caller and mails by jobs."""

    @override
    def add_message(self, *args: object, **kwargs: object) -> None:
        """Answers are data, not flash messages."""

    @override
    def send_mail(self, template_prefix: str, email: str, context: dict[str, object]) -> None:
        raise NotImplementedError(
            f"allauth wants to mail {template_prefix}; mail is sent by accounts/jobs.py"
        )

    @override
    def get_client_ip(self, request: HttpRequest) -> str:
        return client_address(request.META, trusted_proxies=settings.TRUSTED_PROXIES)


class EmailBackend(AuthenticationBackend):  # type: ignore[misc]  # allauth is not typed
    """allauth's backend, looking in one place: its own looks in one or two, and so its time tells which."""

    @override
    def _authenticate_by_email(self, email: str, password: str) -> User | None:
        known = User.objects.filter(email=email).first()
        user: User | None = self._check_password(known, password)
        return user


def identify(request: HttpRequest, *, email: str, password: str) -> User:
    """The active user with this address and password. Signs nobody in; takes as long for unknown addresses.

    Raises InvalidCredentials.
    """
    user = get_adapter(request).authenticate(request, email=email, password=password)
    # allauth also hands out users who are closed, to send them to a page of their own.
    if not isinstance(user, User) or not user.is_active:
        raise InvalidCredentials
    return user


def has_verified_email(user: User) -> bool:
    """Whether the user has shown that their address is theirs."""
    return bool(EmailAddress.objects.filter(user=user, email=user.email, verified=True).exists())


def begin_session(request: HttpRequest, user: User) -> None:
    """Sign the user in: the session gets a new key, and keeps what a guest had put in it.

    A session that was another user's is emptied instead. Raises SecondFactorRequired where the password is
    not enough, and SecondFactorMissing where staff has nothing more to give; then nobody is signed in, and
    the session remembers for ACCOUNT_LOGIN_TIMEOUT seconds who has given the password.
    """
    if (user.is_staff or user.is_superuser) and not factors.has_factor(user):
        _await(request, user)
        raise SecondFactorMissing
    login = Login(user=user, email=user.email)
    with context.request_context(request):
        flows.login.perform_password_login(request, {"email": user.email}, login)
    if stagekit.unstash_login(request, peek=True) is not None:
        _await(request, user)
        raise factors.required(user)
    request.session.pop(AWAITED, None)
    note_proof(request)


def awaited_user(request: HttpRequest) -> User:
    """Who has given the password in this session and has yet to give, or to set up, a second factor.

    Raises SignInRequired where that is nobody, or was too long ago, or the password is another one since.
    """
    awaited = request.session.get(AWAITED)
    if awaited is None or clock.now().timestamp() - awaited["at"] > settings.ACCOUNT_LOGIN_TIMEOUT:
        raise SignInRequired
    user = User.objects.filter(pk=awaited["user"], is_active=True).first()
    if user is None or not constant_time_compare(awaited["hash"], user.get_session_auth_hash()):
        raise SignInRequired
    return user


def finish_session(request: HttpRequest, user: User) -> None:
    """Sign in the awaited user, whose second factor was checked just now, as `begin_session` does."""
    with context.request_context(request):
        if stagekit.unstash_login(request, peek=True) is None:
            # The factor is new: allauth has not asked for it yet.
            login = Login(user=user, email=user.email)
            flows.login.perform_password_login(request, {"email": user.email}, login)
        LoginStageController.enter(request, AuthenticateStage.key).exit()
    request.session.pop(AWAITED, None)
    note_proof(request)


def _await(request: HttpRequest, user: User) -> None:
    request.session[AWAITED] = {
        "user": user.pk,
        "hash": user.get_session_auth_hash(),
        "at": clock.now().timestamp(),
    }


def note_proof(request: HttpRequest) -> None:
    """Remember that whoever has this session has just shown who they are, by all their account asks for."""
    request.session[PROVED] = clock.now().timestamp()


def demand_recent_proof(request: HttpRequest) -> None:
    """Raises RecentSignInRequired where that is longer ago than ACCOUNT_REAUTHENTICATION_TIMEOUT seconds."""
    proved_at = request.session.get(PROVED)
    if proved_at is None or clock.now().timestamp() - proved_at > settings.ACCOUNT_REAUTHENTICATION_TIMEOUT:
        raise RecentSignInRequired


def keep_session(request: HttpRequest, user: User) -> None:
    """Let this session outlive what ends the user's others, such as a new password; its key is new."""
    update_session_auth_hash(request, user)


def end_session(request: HttpRequest) -> None:
    """Sign out whoever is signed in, and forget everything this browser told us."""
    flows.logout.logout(request)
    request.session.flush()


def verification_key(user: User) -> str:
    """The key that shows the user received our mail; it ends with its use or after three days."""
    address = EmailAddress.objects.get(user=user, email=user.email)
    return str(EmailConfirmationHMAC.create(address).key)


def user_of_verification_key(key: str) -> User:
    """Whose address this key verifies. Raises ExpiredKey."""
    confirmation = EmailConfirmationHMAC.from_key(key)
    if confirmation is None:
        raise ExpiredKey
    user: User = confirmation.email_address.user
    return user


def verify_by_key(key: str) -> None:
    """Mark the address of the key as verified. Raises ExpiredKey. Lock the user: a key is good once."""
    confirmation = EmailConfirmationHMAC.from_key(key)
    if confirmation is None or not confirmation.confirm(None):
        raise ExpiredKey


def email_change_key(user: User, email: str) -> str:
    """The key that makes this address the user's.

    It ends with its use, with the next change of password or address, when the user signs out everywhere, or
    after as many days as a verification.
    """
    return signing.dumps([user.pk, email, _email_change_state(user)], salt=EMAIL_CHANGE)


def email_change_of_key(key: str) -> tuple[User, str] | None:
    """Whose address shall become which; None for a key of another kind. Raises ExpiredKey."""
    days = settings.ACCOUNT_EMAIL_CONFIRMATION_EXPIRE_DAYS
    try:
        user_id, email, state = signing.loads(key, salt=EMAIL_CHANGE, max_age=days * 86_400)
    except signing.SignatureExpired as fault:
        raise ExpiredKey from fault
    except signing.BadSignature:
        return None
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is None or not constant_time_compare(state, _email_change_state(user)):
        raise ExpiredKey
    return user, email


def change_email(user: User, email: str) -> None:
    """Make a verified address the user's, for signing in and for bills. Raises ExpiredKey where it is taken.

    Lock the user: a key is good once.
    """
    try:
        with transaction.atomic():
            User.objects.filter(pk=user.pk).update(email=email)
            EmailAddress.objects.filter(user=user, email=user.email).update(email=email, verified=True)
            BillingProfile.objects.filter(user=user).update(email=email)
    except IntegrityError as taken:
        raise ExpiredKey from taken
    user.email = email


def forget_address(user: User) -> None:
    """The user has no address any more."""
    EmailAddress.objects.filter(user=user).delete()


def _email_change_state(user: User) -> str:
    value = f"{user.password}:{user.session_generation}:{user.email}"
    return salted_hmac(EMAIL_CHANGE, value, algorithm="sha256").hexdigest()


def reset_key(user: User) -> str:
    """The key that lets the user choose a password.

    It ends with its use, with the next sign-in, a change of password or address, or after
    PASSWORD_RESET_TIMEOUT.
    """
    return f"{user_pk_to_url_str(user)}-{default_token_generator.make_token(user)}"


def user_of_reset_key(key: str) -> User:
    """Who may choose a new password by this key. Raises ExpiredKey."""
    uid, _, token = key.partition("-")
    form = UserTokenForm({"uidb36": uid, "key": token})
    if not form.is_valid() or not form.reset_user.is_active:
        raise ExpiredKey
    user: User = form.reset_user
    return user


def mark_verified(user: User) -> None:
    """Count what the user did (opening a mail of ours) as proof of their address."""
    flows.email_verification.verify_email_indirectly(None, user, user.email)


def refuse_weak(password: str, user: User) -> None:
    """Raises WeakPassword with all there is to say about the password, given the user's own details."""
    if len(password) > MAX_PASSWORD_LENGTH:
        raise WeakPassword(advice=f"A password may have {MAX_PASSWORD_LENGTH} characters at most.")
    try:
        get_adapter().clean_password(password, user)
    except ValidationError as fault:
        raise WeakPassword(advice=" ".join(fault.messages)) from fault
