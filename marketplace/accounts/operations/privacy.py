"""One's own data: all of it in one file, and its end.

Both ask for the password, and for the second factor where there is one, however recent the sign-in is.
"""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final
from uuid import uuid4

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest

from marketplace.accounts import authentication, factors, personal
from marketplace.accounts.errors import AccountInUse
from marketplace.accounts.events import AccountDeleted, DataExportRequested
from marketplace.accounts.models import Address, BillingProfile, DataExport, GuestEmail, User
from marketplace.accounts.operations import claims, credentials, sessions
from marketplace.accounts.operations.factors import Credential
from marketplace.kernel import audit, clock, rates
from marketplace.kernel.events import publish
from marketplace.kernel.locking import lock_one

EXPORT_BY_USER: Final = rates.Rule(name="data_export_by_user", limit=3, period=timedelta(days=1))
KEPT: Final = timedelta(days=7)


def request_export(
    *, request: HttpRequest, user: User, password: str, code: str | None, passkey: Credential | None
) -> DataExport:
    """Have everything that is kept about the user gathered by a job; it takes the place of the one before.

    Publishes DataExportRequested. Raises as `credentials.confirm_sign_in`, and RateLimited.
    """
    credentials.confirm_sign_in(request=request, user=user, password=password, code=code, passkey=passkey)
    rates.hit(EXPORT_BY_USER, str(user.pk))
    with transaction.atomic():
        lock_one(User.objects.filter(pk=user.pk))
        DataExport.objects.filter(user=user).delete()
        export = DataExport.objects.create(user=user)
        publish(DataExportRequested(user_id=user.pk))
    return export


def fill_export(*, user: User, gathered: Callable[[User], dict[str, Any]]) -> bool:
    """Gather what was asked for; whether there was anything to do."""
    waiting = DataExport.objects.filter(user=user, ready_at=None).first()
    if waiting is None:
        return False
    waiting.content = json.dumps(gathered(user), cls=DjangoJSONEncoder, ensure_ascii=False)
    waiting.ready_at = clock.now()
    waiting.save()
    return True


def forget_exports() -> None:
    """Delete the exports that have been there for KEPT."""
    DataExport.objects.filter(requested_at__lte=clock.now() - KEPT).delete()


def delete_account(
    *, request: HttpRequest, user: User, password: str, code: str | None, passkey: Credential | None
) -> None:
    """Close the account and take the person out of it; the address is free. Signs out everywhere.

    What must stay for the books (orders, payments, the ledger) stays without the person. Locks the user, and
    what the table of personal records locks. Publishes AccountDeleted. Raises as
    `credentials.confirm_sign_in`, and AccountInUse while something is still open.
    """
    credentials.confirm_sign_in(request=request, user=user, password=password, code=code, passkey=passkey)
    with transaction.atomic():
        user = lock_one(User.objects.filter(pk=user.pk))
        if user.is_staff or user.is_superuser:
            raise AccountInUse(use="a role on the platform's staff")
        claims.claim_guest_purchases(user=user)
        for line in personal.table():
            line.refuse(user)
        publish(AccountDeleted(user_id=user.pk, email=user.email))
        for line in personal.table():
            line.erase(user)
        _erase(user)
        audit.record(actor=user, action="accounts.account_deleted", subject=user)
    authentication.end_session(request)


def _erase(user: User) -> None:
    sessions.end_all(user=user)
    factors.remove_all(user)
    authentication.forget_address(user)
    DataExport.objects.filter(user=user).delete()
    profiles = list(BillingProfile.objects.filter(Q(user=user) | Q(claimed_by=user)))
    Address.objects.filter(billing_profile__in=profiles).delete()
    nobody = f"deleted-{uuid4()}@deleted.invalid"
    GuestEmail.objects.filter(billing_profile__in=profiles).update(email=nobody)
    keys = [profile.pk for profile in profiles]
    BillingProfile.objects.filter(pk__in=keys).update(email="", is_active=False)
    closed = User(email=nobody)
    closed.set_unusable_password()
    User.objects.filter(pk=user.pk).update(
        email=nobody, name="", password=closed.password, is_active=False, last_login=None
    )
