"""Second factors: authenticator apps, passkeys and recovery codes, kept by django-allauth.

With authentication.py this is all that speaks to allauth. Its tables, its codes and its way with WebAuthn are
used; what it would do in the cache or by a lock of its own is done here by one conditional UPDATE: a code is
good once, whichever processes are asked at the same time. Secrets are encrypted under SECRET_KEY.
"""

import base64
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any, Final
from urllib.parse import urlsplit

from allauth.core import context
from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.adapter import DefaultMFAAdapter, get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.webauthn.internal import auth as webauthn
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.encoding import force_bytes
from typing_extensions import override

from marketplace.accounts.errors import InvalidCode, SecondFactorRequired
from marketplace.accounts.models import User
from marketplace.kernel import clock

NEW_SECRET: Final = "totp_secret"  # noqa: S105  # its name
MOST_PASSKEYS: Final = 10
PERIOD: Final = 30  # seconds
# Clocks of telephones differ, and codes take time to type: the step before and the one after count too.
TOLERANCE: Final = 1


class FactorKind(Enum):
    TOTP = "totp"
    PASSKEY = "passkey"


@dataclass(frozen=True, kw_only=True)
class Factor:
    """A second factor, as its owner may see it."""

    id: int
    kind: FactorKind
    name: str
    created_at: datetime
    last_used_at: datetime | None


class FactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth is not typed
    """allauth's hooks: secrets are not stored as they are, and our address is the one of the settings."""

    @override
    def encrypt(self, text: str) -> str:
        return _cipher().encrypt(text.encode()).decode()

    @override
    def decrypt(self, encrypted_text: str) -> str:
        return _cipher().decrypt(encrypted_text.encode()).decode()

    @override
    def get_totp_issuer(self) -> str:
        return _site()

    @override
    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {"id": _site(), "name": _site()}


def factors_of(user: User) -> list[Factor]:
    """The user's second factors, the oldest first; recovery codes are none by themselves."""
    return [_shown(row) for row in _rows(user).order_by("pk")]


def has_factor(user: User) -> bool:
    """Whether the password alone does not sign this user in."""
    return bool(_rows(user).exists())


def required(user: User) -> SecondFactorRequired:
    """The refusal that says what the user may give."""
    kinds = set(Authenticator.objects.filter(user=user).values_list("type", flat=True))
    return SecondFactorRequired(
        totp=Authenticator.Type.TOTP in kinds,
        passkey=Authenticator.Type.WEBAUTHN in kinds,
        recovery_code=Authenticator.Type.RECOVERY_CODES in kinds,
    )


def new_totp(request: HttpRequest, user: User) -> tuple[str, str]:
    """A secret for an app, and the address that hands it over; the session keeps it for `add_totp`."""
    secret: str = totp.generate_totp_secret()
    request.session[NEW_SECRET] = get_adapter().encrypt(secret)
    return secret, str(get_adapter().build_totp_url(user, secret))


def qr_code(address: str) -> str:
    """A picture of the address, as the address of an image."""
    svg: str = get_adapter().build_totp_svg(address)
    return f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}"


def add_totp(request: HttpRequest, user: User, code: str) -> None:
    """Make the app whose secret the session holds a factor of the user. Raises InvalidCode."""
    sealed = request.session.get(NEW_SECRET)
    secret = None if sealed is None else _opened(sealed)
    step = None if secret is None else _step_of(secret, code)
    if step is None:
        raise InvalidCode
    row = totp.TOTP.activate(user, secret).instance
    Authenticator.objects.filter(pk=row.pk).update(data={**row.data, "used_step": step})
    request.session.pop(NEW_SECRET, None)


def give_totp(user: User, secret: str) -> None:
    """Make an app with this secret a factor of the user, unless there is one; for who sets up a site."""
    if not Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists():
        totp.TOTP.activate(user, secret)


def current_code(secret: str, *, steps: int = 0) -> str:
    """What an app with this secret shows at this moment, or showed or will show so many steps of it away."""
    return str(totp.format_hotp_value(totp.hotp_value(secret, _now_step() + steps)))


def new_passkey(request: HttpRequest, user: User) -> dict[str, Any]:
    """What a browser is to make a passkey of; the session keeps the challenge."""
    with context.request_context(request):
        return _plain(webauthn.begin_registration(user, passwordless=False))


def add_passkey(request: HttpRequest, user: User, *, name: str, credential: Mapping[str, Any]) -> None:
    """Make the passkey that answers the session's challenge a factor of the user. Raises InvalidCode."""
    with context.request_context(request):
        try:
            webauthn.complete_registration(credential)
        except FAULTS as fault:
            raise InvalidCode from fault
        finally:
            webauthn.clear_state()
    webauthn.WebAuthn.add(user, name, credential)


def passkey_challenge(request: HttpRequest, user: User) -> dict[str, Any]:
    """What a browser is to sign with one of the user's passkeys; the session keeps the challenge."""
    with context.request_context(request):
        return _plain(webauthn.begin_authentication(user))


def take_passkey(request: HttpRequest, user: User, credential: Mapping[str, Any]) -> None:
    """Check a signed challenge, which is good once. Raises InvalidCode."""
    with context.request_context(request):
        try:
            row = webauthn.complete_authentication(user, credential)
        except FAULTS as fault:
            raise InvalidCode from fault
        finally:
            webauthn.clear_state()
    Authenticator.objects.filter(pk=row.pk).update(last_used_at=clock.now())


def take_code(user: User, code: str) -> None:
    """Check a code of the user's app, or a recovery code; either is good once. Raises InvalidCode."""
    if not (_take_totp(user, code) or _take_recovery_code(user, code)):
        raise InvalidCode


def new_recovery_codes(user: User) -> list[str]:
    """Recovery codes in the place of those before. They are told this once. Lock the user."""
    Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).delete()
    codes: list[str] = RecoveryCodes.activate(user).generate_codes()
    return codes


def recovery_codes_left(user: User) -> int:
    """How many recovery codes the user has not used yet."""
    row = Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).first()
    return 0 if row is None else len(_unused(row))


def remove(user: User, factor_id: int) -> bool:
    """Take a factor away, and the recovery codes with the last; whether there was one."""
    count, _ = _rows(user).filter(pk=factor_id).delete()
    if not has_factor(user):
        Authenticator.objects.filter(user=user).delete()
    return bool(count)


def remove_all(user: User) -> int:
    """Take every factor away. Returns how many there were."""
    count, _ = Authenticator.objects.filter(user=user).delete()
    return int(count)


# What allauth and fido2 raise at an answer that is wrong, or none.
FAULTS: Final = (ValidationError, ValueError, TypeError, KeyError, AttributeError)


def _rows(user: User) -> Any:
    kinds = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
    return Authenticator.objects.filter(user=user, type__in=kinds)


def _shown(row: Any) -> Factor:
    is_totp = row.type == Authenticator.Type.TOTP
    return Factor(
        id=row.pk,
        kind=FactorKind.TOTP if is_totp else FactorKind.PASSKEY,
        name="Authenticator app" if is_totp else row.data["name"],
        created_at=row.created_at,
        last_used_at=row.last_used_at,
    )


def _take_totp(user: User, code: str) -> bool:
    row = Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).first()
    secret = None if row is None else _opened(row.data["secret"])
    step = None if secret is None else _step_of(secret, code)
    if row is None or step is None or step <= row.data.get("used_step", 0):
        return False
    # Of two that come with one code, one finds the row as it was.
    unused = Authenticator.objects.filter(pk=row.pk, data=row.data)
    return bool(unused.update(data={**row.data, "used_step": step}, last_used_at=clock.now()))


def _take_recovery_code(user: User, code: str) -> bool:
    row = Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).first()
    if row is None:
        return False
    places = (place for place, each in _unused(row) if compare_user_code(actual=code, expected=each))
    place = next(places, None)
    if place is None:
        return False
    unused = Authenticator.objects.filter(pk=row.pk, data=row.data)
    data = {**row.data, "used_mask": row.data["used_mask"] | 1 << place}
    return bool(unused.update(data=data, last_used_at=clock.now()))


def _unused(row: Any) -> list[tuple[int, str]]:
    if _opened(row.data["seed"]) is None:
        return []
    codes = enumerate(RecoveryCodes(row).generate_codes())
    return [(place, code) for place, code in codes if not row.data["used_mask"] & 1 << place]


def _step_of(secret: str, code: str) -> int | None:
    """The step of time the code belongs to, if it is one of those that count now."""
    for step in range(_now_step() - TOLERANCE, _now_step() + TOLERANCE + 1):
        expected = totp.format_hotp_value(totp.hotp_value(secret, step))
        if compare_user_code(actual=code, expected=expected):
            return step
    return None


def _now_step() -> int:
    return int(clock.now().timestamp()) // PERIOD


def _cipher() -> MultiFernet:
    """The newest key encrypts; retired ones still decrypt."""
    return MultiFernet([Fernet(key) for key in _keys()])


def _keys() -> Iterator[bytes]:
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        derive = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"accounts.factors").derive
        derived = derive(force_bytes(secret))
        yield base64.urlsafe_b64encode(derived)


def _opened(sealed: str) -> str | None:
    """The secret; None where the key it was encrypted under is gone, so that no code is right."""
    try:
        return str(get_adapter().decrypt(sealed))
    except InvalidToken:
        return None


def _plain(options: dict[str, Any]) -> dict[str, Any]:
    """What fido2 made for the browser, as JSON holds it."""
    plain: dict[str, Any] = _plain_value(options["publicKey"])
    return plain


def _plain_value(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _plain_value(each) for name, each in value.items() if each is not None}
    if isinstance(value, list | tuple):
        return [_plain_value(each) for each in value]
    if isinstance(value, bytes):
        return base64.urlsafe_b64encode(value).rstrip(b"=").decode()
    return value.value if isinstance(value, Enum) else value


def _site() -> str:
    return str(urlsplit(settings.SITE_URL).hostname)
