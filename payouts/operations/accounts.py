"""Vendors' accounts with the payment provider, who asks them who they are and pays them.

The provider is asked outside of any transaction, with keys made of rows that are committed before: after a
crash or a lost answer the same call is made again and finds what it did.
"""

import contextlib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final, TypeVar
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet

from marketplace.accounts.errors import PaymentsSilent
from marketplace.accounts.models import User
from marketplace.gateway import marks, registry
from marketplace.gateway.errors import UnknownObject
from marketplace.gateway.provider import (
    PaymentProvider,
    ProviderAccount,
    ProviderRefused,
    ProviderUnavailable,
)
from marketplace.kernel import audit, clock
from marketplace.kernel.events import publish
from marketplace.kernel.locking import lock, lock_one
from marketplace.kernel.rates import Rule
from payouts import ledger, postings
from payouts.errors import PayoutAccountNotReady
from payouts.events import PayoutAccountActivated, PayoutAccountHeld, PayoutBankChanged
from payouts.models import (
    AccountKind,
    LedgerAccount,
    PayoutAccount,
    PayoutAccountState,
    TransactionKind,
)
from payouts.postings import Whose
from vendors.models import Vendor

Answer = TypeVar("Answer")

# How often one person may have the provider asked for a vendor.
ASK_BY_USER: Final = Rule(name="payout_account_by_user", limit=30, period=timedelta(hours=1))

STARTED: Final = "payouts.onboarding_started"
REPLACED: Final = "payouts.account_replaced"
MOVED: Final = "payouts.account_moved"
BANK_CHANGED: Final = "payouts.bank_changed"
# Where nothing can be told to the provider any more, and where a vendor has to be told that it is not paid.
ENDED: Final = frozenset({PayoutAccountState.REJECTED, PayoutAccountState.DISCONNECTED})
UNSETTLED: Final = frozenset(PayoutAccountState) - ENDED - {PayoutAccountState.ACTIVE}
# How long one that can be paid is believed to be so without being asked.
ACTIVE_FOR: Final = timedelta(days=1)
HELD: Final = ENDED | {PayoutAccountState.ACTION_REQUIRED, PayoutAccountState.RESTRICTED}


def start_onboarding(*, vendor: Vendor, actor: User) -> str:
    """Where the vendor tells the provider who it is: good once and for minutes.

    Its account is made there if need be, once, however often this is called; another in the place of one to
    which the vendor withdrew our access. Audited. Locks that one, and the vendor's accounts of the ledger.
    Raises PayoutAccountNotReady for one that was rejected, PaymentsSilent; RuntimeError inside a transaction.
    """
    account = _ensured(vendor, actor)
    if account.state == PayoutAccountState.DISCONNECTED:
        _replace(account)
        account = _ensured(vendor, actor)
    if account.state in ENDED:
        raise PayoutAccountNotReady(state=account.state)
    page = f"{settings.SITE_URL}/account?payouts={vendor.slug}"
    return _asked(
        lambda: registry.provider(account.provider).onboarding_url(
            account.ref, refresh_url=page, return_url=page
        )
    )


def open_dashboard(*, vendor: Vendor) -> str:
    """Where the vendor looks at its account; good once.

    Raises PayoutAccountNotReady before there is an account that is set up, PaymentsSilent; RuntimeError
    inside a transaction.
    """
    account = PayoutAccount.objects.filter(vendor=vendor).in_use().first()
    if account is None or not account.ref:
        raise PayoutAccountNotReady(state=PayoutAccountState.PENDING.value)
    try:
        return registry.provider(account.provider).dashboard_url(account.ref)
    except ProviderUnavailable as fault:
        raise PaymentsSilent from fault
    except ProviderRefused as refusal:
        raise PayoutAccountNotReady(state=account.state) from refusal


def refresh_account(*, vendor: Vendor) -> PayoutAccount | None:
    """Look the vendor's account up, as when it comes back from the provider; None where it has none.

    Locks the account. Publishes as `sync_account`. Raises PaymentsSilent; RuntimeError inside a transaction.
    """
    account = PayoutAccount.objects.filter(vendor=vendor).in_use().first()
    if account is None or not account.ref:
        return account
    provider, ref = account.provider, account.ref
    return _asked(lambda: sync_account(provider=provider, ref=ref))


def sync_account(*, provider: str, ref: str) -> PayoutAccount:
    """Bring an account to what the provider says of it, however often called; we alone pay it out now.

    Asks the provider outside any transaction, then locks the account. Publishes PayoutAccountHeld when the
    vendor cannot be paid any more, PayoutAccountActivated when it can, PayoutBankChanged when it is paid
    elsewhere from now on. Audited where any is so. Raises UnknownObject for one that is not stored (yet),
    ProviderUnavailable; RuntimeError inside a transaction.
    """
    asked_at = clock.now()
    try:
        told = _paid_out_by_us(registry.provider(provider), ref)
    except ProviderRefused as refusal:
        raise UnknownObject(provider=provider, ref=ref) from refusal
    named = Q(ref=ref)
    if marks.is_ours(told.metadata):
        with contextlib.suppress(ValueError):
            named |= Q(ref="", uuid=UUID(told.metadata.get("payout_account", "")))
    with transaction.atomic():
        try:
            account = lock_one(PayoutAccount.objects.filter(named, provider=provider))
        except PayoutAccount.DoesNotExist as unknown:
            raise UnknownObject(provider=provider, ref=ref) from unknown
        if account.synced_at is None or account.synced_at <= asked_at:
            _apply(account, told, asked_at)
    return account


def to_look_at() -> QuerySet[PayoutAccount]:
    """Whose events may have been lost: of accounts a provider lists none. The longest unseen first.

    Those that are on their way or held, and once a day those that can be paid.
    """
    is_old = Q(state=PayoutAccountState.ACTIVE, synced_at__lte=clock.now() - ACTIVE_FOR)
    unseen = PayoutAccount.objects.in_use().exclude(ref="").filter(Q(state__in=UNSETTLED) | is_old)
    return unseen.order_by(F("synced_at").asc(nulls_first=True), "pk")


def _paid_out_by_us(provider: PaymentProvider, ref: str) -> ProviderAccount:
    """The account as it is, its own schedule off: one that was made before we paid out has one."""
    told = provider.get_account(ref)
    return provider.stop_own_payouts(ref) if told.has_own_schedule else told


def _ensured(vendor: Vendor, actor: User) -> PayoutAccount:
    """The vendor's account, made with the provider if need be."""
    provider = registry.default()
    account, is_new = PayoutAccount.objects.get_or_create(
        vendor=vendor, provider=provider.name, is_live=provider.is_live, is_replaced=False
    )
    if is_new:
        audit.record(actor=actor, action=STARTED, subject=vendor, after={"provider": provider.name})
    if account.ref:
        return account
    metadata = {"vendor": vendor.slug, "payout_account": str(account.uuid)}
    made = _asked(
        lambda: provider.create_account(
            email=vendor.email, country=vendor.country, metadata=metadata, key=account.key
        ),
        account,
    )
    with transaction.atomic():
        account = lock_one(PayoutAccount.objects.filter(pk=account.pk))
        if not account.ref:
            _apply(account, made, clock.now())
    return account


def _replace(account: PayoutAccount) -> None:
    """Let another account take the place of this one, once.

    What lies in it is the vendor's there, for we are let in no more: it counts as paid out. The bank account
    of the new one is another than was last known, unless it is the same.
    """
    with transaction.atomic():
        account = lock_one(PayoutAccount.objects.filter(pk=account.pk))
        if account.is_replaced or account.state != PayoutAccountState.DISCONNECTED:
            return
        held = lock(LedgerAccount.objects.filter(vendor=account.vendor_id))
        for each in held:
            if each.kind == AccountKind.VENDOR_ACCOUNT and (each.balance_minor or 0) < 0:
                whose = Whose(vendor_id=account.vendor_id)
                ledger.post(
                    kind=TransactionKind.PAYOUT,
                    reference=f"account-left:{account.uuid}:{each.currency}",
                    occurred_at=clock.now(),
                    postings=postings.payout(each.currency, -(each.balance_minor or 0), whose),
                )
        account.is_replaced = True
        account.save(update_fields=["is_replaced"])
        PayoutAccount.objects.create(
            vendor=account.vendor,
            provider=account.provider,
            is_live=account.is_live,
            bank_refs=account.bank_refs,
            bank_last4=account.bank_last4,
        )
        audit.record(actor=None, action=REPLACED, subject=account.vendor, before={"account": account.ref})


def _apply(account: PayoutAccount, told: ProviderAccount, asked_at: datetime) -> None:
    """Write what the provider says; the caller holds the account."""
    before = account.state
    if _is_other_bank(account, told):
        account.bank_changed_at = clock.now()
        audit.record(
            actor=None,
            action=BANK_CHANGED,
            subject=account.vendor,
            before={"bank": account.bank_last4},
            after={"bank": told.bank_last4},
        )
        publish(PayoutBankChanged(account_id=account.pk))
    account.ref, account.state = told.ref, PayoutAccountState(told.state.value)
    if told.country:
        account.country, account.currency = told.country, told.currency
    account.missing, account.missing_by_at = list(told.missing), told.missing_by
    account.reason, account.bank_last4 = told.reason[:200], told.bank_last4
    account.bank_refs = list(told.bank_refs) or account.bank_refs
    account.synced_at = asked_at
    account.save()
    if account.state == before:
        return
    audit.record(
        actor=None,
        action=MOVED,
        subject=account.vendor,
        before={"state": before},
        after={"state": account.state},
        reason=account.reason,
    )
    if account.state in HELD:
        publish(PayoutAccountHeld(account_id=account.pk))
    elif account.state == PayoutAccountState.ACTIVE:
        publish(PayoutAccountActivated(account_id=account.pk, vendor_id=account.vendor_id))


def _is_other_bank(account: PayoutAccount, told: ProviderAccount) -> bool:
    """Whether payouts go elsewhere than was last known; the first bank account is no change.

    A number cannot be changed at a provider: another bank account has another reference. One that was taken
    away is remembered, so that what comes after it is another too.
    """
    if account.bank_refs:
        return not set(told.bank_refs) <= set(account.bank_refs)
    return bool(account.bank_last4 and told.bank_last4 and account.bank_last4 != told.bank_last4)


def _asked(call: Callable[[], Answer], account: PayoutAccount | None = None) -> Answer:
    """What the provider answers. Raises PaymentsSilent.

    A refusal is none that the vendor can mend: it is told like silence, and the next call has another key.
    """
    try:
        return call()
    except ProviderUnavailable as fault:
        raise PaymentsSilent from fault
    except ProviderRefused as refusal:
        if account is not None:
            PayoutAccount.objects.filter(pk=account.pk, ref="").update(version=F("version") + 1)
        raise PaymentsSilent from refusal
