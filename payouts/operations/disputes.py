"""Disputes: followed wherever the bank goes, and booked once for each time that money moves.

Whoever comes, and however often, the dispute is looked up with the provider, and what that says is applied.
States only go forward, and each posting has a reference of its own, so order and number do not matter.
"""

import logging
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Q

from checkout.models import OrderLine, Payment, PaymentState, PaymentStatus, Refund, RefundStatus, VendorOrder
from checkout.operations.charged_back import charge_back, mark_disputed
from checkout.operations.giving_back import Draft
from checkout.operations.parts import lock_part
from checkout.operations.refunds import settle_refund
from marketplace.gateway import registry
from marketplace.gateway.errors import UnknownObject
from marketplace.gateway.provider import ProviderDispute, ProviderRefused
from marketplace.kernel import audit, clock
from marketplace.kernel.events import publish
from marketplace.kernel.locking import lock, lock_one
from marketplace.kernel.money import Money, allocate
from payouts import ledger, postings
from payouts.events import DisputeClosed, DisputeDue, DisputeOpened, WorthChanged
from payouts.models import (
    ANSWERABLE,
    CONTESTED,
    DISPUTE_MOVES,
    ENDS,
    Dispute,
    DisputeShare,
    DisputeStatus,
    LedgerAccount,
    TransactionKind,
)
from payouts.operations.refunds import reversal_of
from payouts.postings import Held, Posting

logger = logging.getLogger(__name__)

REMINDED_BEFORE: Final = timedelta(days=2)


@dataclass(frozen=True)
class Part:
    """A vendor's part of the order, held, with its lines."""

    row: VendorOrder
    lines: list[OrderLine]

    @property
    def draft(self) -> Draft:
        """Nothing given back yet beside what was. One statement."""
        return Draft.of(self.row, self.lines)


def settle_dispute(*, provider: str, ref: str) -> Dispute:
    """Bring a dispute to where the provider says it is; once, however often called.

    What the bank takes is held back of the vendors, by largest remainder over what of each part had not gone
    back; what it gives back is theirs again; what it keeps went back to the buyer, as by a refund that was
    made. The fee is the platform's. While it is open, nothing else goes back of the payment.

    Asks the provider outside any transaction, then locks the vendors' orders, the payment and the vendors'
    ledger accounts. Publishes DisputeOpened, WorthChanged, DisputeClosed, and RefundRequested where it is
    lost. Raises UnknownObject for a payment that is not stored (yet), ProviderUnavailable; RuntimeError
    inside a transaction.
    """
    try:
        told = registry.provider(provider).get_dispute(ref)
    except ProviderRefused as refusal:
        raise UnknownObject(provider=provider, ref=ref) from refusal
    payments = Payment.objects.filter(
        Q(provider_ref=told.payment_ref or "-") | Q(charge_ref=told.charge_ref),
        provider=provider,
        status=PaymentStatus.SUCCEEDED,
    )
    payment = payments.first()
    if payment is None:
        raise UnknownObject(provider=provider, ref=ref)
    _settle_refunds(payment)
    with transaction.atomic(), audit.gathered():
        paid = VendorOrder.objects.filter(
            order=payment.order_id, order__payment_state=PaymentState.PAID
        ).order_by("pk")
        parts = [Part(*lock_part(key)) for key in paid.values_list("pk", flat=True)]
        payment = lock_one(Payment.objects.filter(pk=payment.pk))
        dispute, before = _followed(payment, told)
        _hold_accounts(dispute, parts)
        if told.amount.currency == payment.currency:
            _book(dispute, told, parts)
        elif before is None:
            logger.error("dispute %s of %s is in another currency than its payment", ref, provider)
        _mark(payment)
        _tell(dispute, before)
    return dispute


def _settle_refunds(payment: Payment) -> None:
    """What has failed of them is disputed with the rest, though nobody has told of it yet."""
    made = Refund.objects.filter(payment=payment).exclude(provider_ref="").exclude(status=RefundStatus.FAILED)
    for ref in set(made.values_list("provider_ref", flat=True)):
        with suppress(UnknownObject):
            settle_refund(provider=payment.provider, ref=ref)


def remind_of_due() -> int:
    """Tell, once, of disputes that are to be answered soon and are not. Returns how many.

    Commits each by itself. Publishes DisputeDue.
    """
    due = Dispute.objects.filter(
        status__in=ANSWERABLE,
        evidence_sent_at=None,
        reminded_at=None,
        evidence_due_at__range=(clock.now(), clock.now() + REMINDED_BEFORE),
    )
    told = 0
    for key in list(due.values_list("pk", flat=True)):
        with transaction.atomic():
            # Of two at once the second finds it done.
            if due.filter(pk=key).update(reminded_at=clock.now()):
                publish(DisputeDue(dispute_id=key))
                told += 1
    return told


def _followed(payment: Payment, told: ProviderDispute) -> tuple[Dispute, str | None]:
    """The dispute as it is now, and the state that was known before; the caller holds the payment."""
    dispute = Dispute.objects.filter(provider=payment.provider, ref=told.ref).first()
    status = DisputeStatus(told.status.value)
    due_at: datetime | None = told.evidence_due_at
    if dispute is None:
        made = Dispute.objects.create(
            payment=payment,
            provider=payment.provider,
            ref=told.ref,
            status=status,
            reason=told.reason[:64],
            amount_minor=told.amount.minor,
            currency=told.amount.currency,
            evidence_due_at=due_at,
            evidence_sent_at=clock.now() if told.is_evidence_sent else None,
            closed_at=clock.now() if status in ENDS else None,
        )
        return made, None
    before = dispute.status
    if DISPUTE_MOVES.allows(before, status):
        closed_at = clock.now() if status in ENDS else None
        DISPUTE_MOVES.move(dispute, status, actor=None, also={"closed_at": closed_at})
    if dispute.status not in ENDS:
        dispute.evidence_due_at = due_at
        if told.is_evidence_sent and dispute.evidence_sent_at is None:
            dispute.evidence_sent_at = clock.now()
        dispute.save(update_fields=["evidence_due_at", "evidence_sent_at"])
    return dispute, before


def _hold_accounts(dispute: Dispute, parts: Sequence[Part]) -> None:
    """All that may be written on, at once: postings follow each other, and each locks its own."""
    vendors = [part.row.vendor_id for part in parts]
    lock(LedgerAccount.objects.filter(vendor__in=vendors, currency=dispute.currency))


def _book(dispute: Dispute, told: ProviderDispute, parts: Sequence[Part]) -> None:
    """Post what the bank has moved and was not posted yet; the caller holds everything."""
    if dispute.withdrawn_at is None:
        _share_out(dispute, parts)
        if told.withdrawn.minor > 0:
            _withdraw(dispute, told.withdrawn, parts)
    _charge_fee(dispute, told)
    if dispute.withdrawn_at is None or dispute.booked_at is not None:
        return
    if dispute.status == DisputeStatus.LOST:
        _lose(dispute, parts)
    elif dispute.status in ENDS and told.withdrawn.minor == 0:
        _win(dispute)


def _share_out(dispute: Dispute, parts: Sequence[Part]) -> None:
    """Whose the dispute is, by what of each part has not gone back; never more than that."""
    left = [draft.left_of_goods + draft.left_of_shipping for draft in (part.draft for part in parts)]
    shares = allocate(min(dispute.amount_minor, sum(left)), left) if any(left) else [0] * len(parts)
    DisputeShare.objects.bulk_create(
        [
            DisputeShare(dispute=dispute, vendor_order=part.row, amount_minor=minor)
            for part, minor in zip(parts, shares, strict=True)
        ],
        update_conflicts=True,
        unique_fields=["dispute", "vendor_order"],
        update_fields=["amount_minor"],
    )


def _withdraw(dispute: Dispute, withdrawn: Money, parts: Sequence[Part]) -> None:
    shares = {share.vendor_order_id: share for share in dispute.shares.all()}
    for part in parts:
        share, draft = shares[part.row.pk], part.draft
        draft.add_amount(share.amount_minor)
        funded = sum(row.platform_minor for row in draft.rows)
        remitted = sum(row.tax_remitted_minor for row in draft.rows)
        share.held_minor = draft.total + funded - remitted - reversal_of(draft.rows)
        share.save(update_fields=["held_minor"])
    dispute.withdrawn_minor, dispute.withdrawn_at = withdrawn.minor, clock.now()
    dispute.save(update_fields=["withdrawn_minor", "withdrawn_at"])
    _post(
        dispute,
        TransactionKind.DISPUTE_WITHDRAWN,
        postings.dispute_withdrawn(dispute.currency, dispute.withdrawn_minor, _held(dispute)),
    )
    _publish_worth(dispute)


def _charge_fee(dispute: Dispute, told: ProviderDispute) -> None:
    """The fee, once; and that it came back, once, where the provider gives it back with what was won."""
    fee = told.fee.minor
    if dispute.fee_minor == 0 and fee > 0 and dispute.booked_at is None:
        _post(dispute, TransactionKind.DISPUTE_FEE, postings.provider_fee(dispute.currency, fee))
        dispute.fee_minor = fee
    elif dispute.fee_minor > 0 and fee <= 0 and dispute.status == DisputeStatus.WON:
        back = postings.provider_fee(dispute.currency, -dispute.fee_minor)
        _post(dispute, TransactionKind.DISPUTE_FEE, back, about="fee-back")
        dispute.fee_minor = 0
    dispute.save(update_fields=["fee_minor"])


def _win(dispute: Dispute) -> None:
    _post(
        dispute,
        TransactionKind.DISPUTE_WON,
        postings.dispute_won(dispute.currency, dispute.withdrawn_minor, _held(dispute)),
    )
    _end(dispute)


def _lose(dispute: Dispute, parts: Sequence[Part]) -> None:
    """The buyer has it back: what each part has of it is a refund that was made, and nothing is held."""
    amounts = {share.vendor_order_id: share.amount_minor for share in dispute.shares.all()}
    back = 0
    for part in parts:
        draft = part.draft
        draft.add_amount(min(amounts[part.row.pk], draft.left_of_goods + draft.left_of_shipping))
        back += draft.total
        charge_back(draft)
    _post(
        dispute,
        TransactionKind.DISPUTE_LOST,
        postings.dispute_lost(
            dispute.currency, dispute.withdrawn_minor, back_minor=back, held=_held(dispute)
        ),
    )
    _end(dispute)


def _end(dispute: Dispute) -> None:
    dispute.booked_at = clock.now()
    dispute.save(update_fields=["booked_at"])
    _publish_worth(dispute)


def _publish_worth(dispute: Dispute) -> None:
    publish(WorthChanged(order_id=dispute.payment.order_id))


def _held(dispute: Dispute) -> list[Held]:
    return [
        Held(
            vendor_id=share.vendor_order.vendor_id,
            vendor_order_id=share.vendor_order_id,
            minor=share.held_minor,
        )
        for share in dispute.shares.select_related("vendor_order")
    ]


def _post(dispute: Dispute, kind: TransactionKind, posted: Sequence[Posting], *, about: str = "") -> None:
    name = about or kind.value.removeprefix("dispute_")
    if posted:
        ledger.post(
            kind=kind,
            reference=f"dispute-{name}:{dispute.uuid}",
            occurred_at=clock.now(),
            postings=posted,
            order=dispute.payment.order,
        )


def _mark(payment: Payment) -> None:
    """Whether anything of the payment may go back another way."""
    open_ = payment.disputes.filter(
        Q(status__in=CONTESTED) | Q(withdrawn_at__isnull=False, booked_at__isnull=True)
    )
    mark_disputed(payment, is_disputed=open_.exists())


def _tell(dispute: Dispute, before: str | None) -> None:
    is_over = dispute.status in ENDS
    if before is None and not is_over:
        publish(DisputeOpened(dispute_id=dispute.pk))
    if is_over and before not in ENDS:
        publish(DisputeClosed(dispute_id=dispute.pk))
