"""Second factors: given at sign-in, set up, taken away. Guesses are counted for the user, whoever makes them.

Setting one up asks for a recent sign-in, or for the password that was just given where staff may do nothing
else yet. Taking one away asks for a recent sign-in, which for who has a factor includes one.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.http import HttpRequest

from marketplace.accounts import authentication, factors
from marketplace.accounts.errors import InvalidCode, SecondFactorKept
from marketplace.accounts.events import RecoveryCodesReset, SecondFactorAdded, SecondFactorRemoved
from marketplace.accounts.models import User
from marketplace.accounts.operations import access, sessions
from marketplace.kernel import audit, rates
from marketplace.kernel.errors import InvalidInput, NotFound
from marketplace.kernel.events import publish
from marketplace.kernel.locking import lock_one
from marketplace.kernel.texts import line

Credential = Mapping[str, Any]

# Six digits, three of which count at a time: a day of guesses finds one of 6,000 by chance.
CODE_BY_USER = rates.Rule(name="second_factor_by_user", limit=5, period=timedelta(minutes=5))
CODE_BY_USER_A_DAY = rates.Rule(name="second_factor_by_user_a_day", limit=50, period=timedelta(days=1))


def give(*, request: HttpRequest, user: User, code: str | None, passkey: Credential | None) -> None:
    """Check a second factor: the code of an app, a recovery code, or a signed challenge.

    Raises SecondFactorRequired where none is given, InvalidCode, RateLimited.
    """
    if not code and passkey is None:
        raise factors.required(user)
    rates.hit(CODE_BY_USER_A_DAY, str(user.pk))
    rates.hit(CODE_BY_USER, str(user.pk))
    if passkey is not None:
        factors.take_passkey(request, user, passkey)
    else:
        factors.take_code(user, code or "")
    rates.forget(CODE_BY_USER, str(user.pk))


def confirm_second_factor(*, request: HttpRequest, code: str | None, passkey: Credential | None) -> User:
    """The second step of a sign-in, after the right password; what follows is as for `access.log_in`.

    Raises SignInRequired where no password was given before, SecondFactorRequired, InvalidCode, RateLimited.
    """
    user = authentication.awaited_user(request)
    give(request=request, user=user, code=code, passkey=passkey)
    with transaction.atomic():
        authentication.finish_session(request, user)
        access.settle_session(request=request, user=user)
    return user


def challenge(*, request: HttpRequest) -> dict[str, Any]:
    """What a passkey is to sign in the second step of a sign-in. Raises SignInRequired."""
    return factors.passkey_challenge(request, authentication.awaited_user(request))


def whose(request: HttpRequest) -> User:
    """Whose factors may be set up here: the signed-in user's, or those of staff who is to have one first.

    Raises SignInRequired, RecentSignInRequired.
    """
    if request.user.is_authenticated:
        authentication.demand_recent_proof(request)
        return request.user
    user = authentication.awaited_user(request)
    if factors.has_factor(user):
        raise factors.required(user)
    return user


def start_totp(*, request: HttpRequest) -> tuple[str, str]:
    """The secret for a new app, and its address, which `add` takes up. Raises as `whose`, InvalidInput."""
    user = whose(request)
    if any(each.kind is factors.FactorKind.TOTP for each in factors.factors_of(user)):
        raise InvalidInput(field="kind", reason="There is an authenticator app already: remove it first.")
    return factors.new_totp(request, user)


def start_passkey(*, request: HttpRequest) -> dict[str, Any]:
    """What a browser is to make a passkey of, which `add` takes up. Raises as `whose`, InvalidInput."""
    user = whose(request)
    if len(factors.factors_of(user)) >= factors.MOST_PASSKEYS:
        raise InvalidInput(field="kind", reason=f"There are {factors.MOST_PASSKEYS} factors already.")
    return factors.new_passkey(request, user)


def add(
    *, request: HttpRequest, code: str | None, passkey: Credential | None, name: str
) -> tuple[User, list[str]]:
    """Make what was started a factor, by its first code or its answer; the user is signed in after it.

    Returns the user, and recovery codes where there were none. Locks the user. Publishes SecondFactorAdded.
    Raises as `whose`, and InvalidCode, InvalidInput, RateLimited.
    """
    user = whose(request)
    name = line(name, field="name", longest=80, shortest=0) or "Passkey"
    rates.hit(CODE_BY_USER, str(user.pk))
    with transaction.atomic():
        lock_one(User.objects.filter(pk=user.pk))
        try:
            with transaction.atomic():
                if passkey is not None:
                    factors.add_passkey(request, user, name=name, credential=passkey)
                else:
                    factors.add_totp(request, user, code or "")
        except IntegrityError as known:
            raise InvalidCode from known
        codes = [] if factors.recovery_codes_left(user) else factors.new_recovery_codes(user)
        kind = "totp" if passkey is None else "passkey"
        audit.record(actor=user, action="accounts.second_factor_added", subject=user, after={"kind": kind})
        publish(SecondFactorAdded(user_id=user.pk))
        if not request.user.is_authenticated:
            authentication.finish_session(request, user)
            access.settle_session(request=request, user=user)
    rates.forget(CODE_BY_USER, str(user.pk))
    authentication.note_proof(request)
    return user, codes


def remove(*, request: HttpRequest, user: User, factor_id: int) -> None:
    """Take a factor of the user away. Locks the user. Publishes SecondFactorRemoved.

    Raises RecentSignInRequired, NotFound, and SecondFactorKept where it is the last of a member of staff.
    """
    authentication.demand_recent_proof(request)
    with transaction.atomic():
        user = lock_one(User.objects.filter(pk=user.pk))
        kept = factors.factors_of(user)
        if factor_id not in {each.id for each in kept}:
            raise NotFound(thing="second factor", field="factor")
        if user.is_staff and len(kept) == 1:
            raise SecondFactorKept
        factors.remove(user, factor_id)
        audit.record(actor=user, action="accounts.second_factor_removed", subject=user)
        publish(SecondFactorRemoved(user_id=user.pk))


def reset_recovery_codes(*, request: HttpRequest, user: User) -> list[str]:
    """Other recovery codes, told this once; those before are void.

    Locks the user. Publishes RecoveryCodesReset. Raises RecentSignInRequired, and NotFound for who has no
    second factor.
    """
    authentication.demand_recent_proof(request)
    with transaction.atomic():
        user = lock_one(User.objects.filter(pk=user.pk))
        if not factors.has_factor(user):
            raise NotFound(thing="second factor")
        codes = factors.new_recovery_codes(user)
        audit.record(actor=user, action="accounts.recovery_codes_reset", subject=user)
        publish(RecoveryCodesReset(user_id=user.pk))
    return codes


def reset_lost(*, user: User, actor: User | None, note: str) -> int:
    """Take all factors of somebody who has lost them, and end their sessions; people have made sure who asks.

    Returns how many there were. Locks the user. Publishes SecondFactorRemoved.
    """
    with transaction.atomic():
        user = lock_one(User.objects.filter(pk=user.pk))
        count = factors.remove_all(user)
        sessions.end_all(user=user)
        audit.record(actor=actor, action="accounts.second_factor_reset", subject=user, note=note)
        publish(SecondFactorRemoved(user_id=user.pk))
    return count
