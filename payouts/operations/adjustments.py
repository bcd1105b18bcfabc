"""What staff decide about money: adjustments, tax that was remitted, transfers that are sent again."""

import uuid
from typing import Final

from django.db import transaction
from django.db.models import Sum

from checkout.models import VendorOrder
from marketplace.accounts.models import User
from marketplace.gateway import registry
from marketplace.kernel import audit, clock
from marketplace.kernel.errors import (
    CurrencyMismatch,
    IdempotencyKeyReused,
    InvalidInput,
    TransitionNotAllowed,
)
from marketplace.kernel.events import publish
from marketplace.kernel.idempotency import Outcome, once
from marketplace.kernel.locking import lock, lock_one
from marketplace.kernel.money import Money
from marketplace.kernel.texts import line
from payouts import ledger, postings
from payouts.errors import MoreThanTaxDue
from payouts.events import VendorAdjusted
from payouts.models import (
    AccountKind,
    Adjustment,
    LedgerAccount,
    LedgerEntry,
    LedgerTransaction,
    TransactionKind,
    Transfer,
    TransferSource,
    TransferStatus,
)
from payouts.operations.transfers import send_transfer
from payouts.postings import Whose
from vendors.models import Vendor, VendorStatus

ADJUSTED: Final = "payouts.adjusted"
REMITTED: Final = "payouts.tax_remitted"
RETRIED: Final = "payouts.transfer_retried"
LONGEST: Final = 300
# Keys of clients become references of the ledger by it, of one length.
NAMES: Final = uuid.UUID("6a1c4f0e-6e0b-4f43-9a55-3a4c5c0d7b11")


def adjust_balance(
    *,
    vendor: Vendor,
    amount: Money,
    reason: str,
    actor: User,
    part: VendorOrder | None = None,
    idempotency_key: str | None = None,
) -> Adjustment:
    """Give a vendor something beside what it sold, or ask for it (below zero): in its own currency.

    What is given is sent as any transfer, of the platform's balance; what is asked for is kept of the next
    ones. Where it is about a part of an order that is noted, and changes nothing of the part.
    Locks the vendor and its ledger accounts. Audited. Publishes VendorAdjusted. Raises InvalidInput,
    CurrencyMismatch, TransitionNotAllowed for a vendor that is closed, IdempotencyKeyReused,
    RequestInProgress.
    """
    said = line(reason, field="reason", longest=LONGEST)
    if amount.minor == 0:
        raise InvalidInput(field="amount", reason="This must be more or less than nothing.")
    if amount.currency != vendor.currency:
        raise CurrencyMismatch(given=amount.currency, expected=vendor.currency)
    with transaction.atomic():
        outcome = once(
            scope=f"adjustVendorBalance:vendor:{vendor.pk}",
            key=idempotency_key,
            payload={"amount": str(amount), "reason": said, "part": part.pk if part else None},
            run=lambda: Outcome(
                "adjusted", {"adjustment": _adjust(vendor, amount, said, actor=actor, part=part).pk}
            ),
        )
    return Adjustment.objects.get(pk=outcome.ids["adjustment"])


def remit_tax(
    *,
    amount: Money,
    note: str,
    actor: User,
    idempotency_key: str,
    is_on_commission: bool = False,
) -> LedgerTransaction:
    """Note that the platform has paid tax that was its to remit, of its own bank account; once for a key.

    It is of the tax that the platform remits for vendors, or of that on its own commission. Locks the
    ledger's account of that tax. Audited. Raises InvalidInput, MoreThanTaxDue, IdempotencyKeyReused,
    RequestInProgress.
    """
    said = line(note, field="note", longest=LONGEST)
    if amount.minor <= 0:
        raise InvalidInput(field="amount", reason="This must be more than nothing.")
    tax = AccountKind.COMMISSION_TAX if is_on_commission else AccountKind.TAX_PAYABLE
    with transaction.atomic():
        outcome = once(
            scope="recordTaxRemittance",
            key=idempotency_key,
            payload={"amount": str(amount), "note": said, "of": tax},
            run=lambda: Outcome(
                "remitted",
                {"transaction": _remit(amount, said, tax=tax, actor=actor, key=idempotency_key).pk},
            ),
        )
    return LedgerTransaction.objects.get(pk=outcome.ids["transaction"])


def retry_transfer(*, transfer: Transfer, actor: User) -> Transfer:
    """Send a transfer now that waits after a refusal, or whose answer is missing; audited.

    As `send_transfer`; raises TransitionNotAllowed for one that is made or was cancelled, and
    ProviderUnavailable.
    """
    if transfer.status not in {TransferStatus.QUEUED, TransferStatus.SENDING}:
        raise TransitionNotAllowed(
            thing="transfer", current=transfer.status, asked=TransferStatus.SENDING.value
        )
    with transaction.atomic():
        before = {"waiting": transfer.waiting, "refusal": transfer.refusal}
        audit.record(actor=actor, action=RETRIED, subject=transfer, before=before)
    send_transfer(transfer_id=transfer.pk)
    return Transfer.objects.get(pk=transfer.pk)


def _adjust(
    vendor: Vendor, amount: Money, reason: str, *, actor: User, part: VendorOrder | None
) -> Adjustment:
    # Whoever closes the vendor looks at its balances under the same lock.
    vendor = lock_one(Vendor.objects.filter(pk=vendor.pk))
    if vendor.status == VendorStatus.CLOSED:
        raise TransitionNotAllowed(thing="vendor", current=vendor.status, asked="adjusted")
    made = Adjustment.objects.create(
        vendor=vendor,
        vendor_order=part,
        currency=amount.currency,
        amount_minor=amount.minor,
        reason=reason,
        actor=actor,
    )
    reference = f"adjustment:{made.uuid}"
    whose = Whose(vendor_id=vendor.pk, vendor_order_id=part.pk if part else None)
    ledger.post(
        kind=TransactionKind.ADJUSTMENT,
        reference=reference,
        occurred_at=made.created_at,
        postings=postings.adjustment(amount.currency, amount.minor, whose),
        order=part.order if part else None,
    )
    if amount.minor > 0:
        Transfer.objects.create(
            vendor=vendor,
            vendor_order=part,
            occasion=LedgerTransaction.objects.get(reference=reference),
            source=TransferSource.BALANCE,
            provider=registry.in_use().name,
            currency=amount.currency,
            planned_minor=amount.minor,
        )
    facts = {"adjustment": str(made.uuid), "minor": amount.minor, "currency": amount.currency}
    audit.record(actor=actor, action=ADJUSTED, subject=vendor, after=facts, note=reason)
    publish(VendorAdjusted(adjustment_id=made.pk, vendor_id=vendor.pk))
    return made


def _remit(amount: Money, note: str, *, tax: AccountKind, actor: User, key: str) -> LedgerTransaction:
    reference = f"tax-remitted:{uuid.uuid5(NAMES, key)}"
    if LedgerTransaction.objects.filter(reference=reference).exists():  # the key was used long ago
        raise IdempotencyKeyReused
    # Sales do not wait for it; another who remits does.
    lock(LedgerAccount.objects.filter(kind=tax, currency=amount.currency))
    entries = LedgerEntry.objects.filter(account__kind=tax, account__currency=amount.currency)
    due = entries.aggregate(minor=Sum("amount_minor"))["minor"] or 0
    if amount.minor > due:
        raise MoreThanTaxDue(due=Money(int(due), amount.currency))
    ledger.post(
        kind=TransactionKind.TAX_REMITTED,
        reference=reference,
        occurred_at=clock.now(),
        postings=postings.tax_remitted(amount.currency, amount.minor, tax=tax),
    )
    made = LedgerTransaction.objects.get(reference=reference)
    facts = {"minor": amount.minor, "currency": amount.currency, "of": tax.value}
    audit.record(actor=actor, action=REMITTED, subject=made, after=facts, note=note)
    return made
