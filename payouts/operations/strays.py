"""Payments that pay nothing here: given back by decision of the staff.

A buyer may have paid an order twice, or an order that nobody knows. The provider holds that money, no sale
was posted for it, and the reconciliation shows it until it went back.
"""

import logging
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from checkout.models import Payment, PaymentStatus
from marketplace.accounts.models import User
from marketplace.gateway import marks, registry
from marketplace.gateway import provider as gateway
from marketplace.gateway.errors import UnknownObject
from marketplace.gateway.provider import Intent, PaymentProvider, ProviderRefused
from marketplace.kernel import audit, clock
from marketplace.kernel.events import publish
from marketplace.kernel.idempotency import Outcome, once
from marketplace.kernel.locking import lock_one
from marketplace.kernel.money import Money
from marketplace.kernel.texts import line
from payouts import ledger, postings, reconciling
from payouts.errors import DiscrepancyNotRefundable
from payouts.events import StrayRefundRequested
from payouts.models import (
    Discrepancy,
    DiscrepancyKind,
    DiscrepancyStatus,
    StrayRefund,
    StrayRefundStatus,
    TransactionKind,
)
from payouts.operations.beside import MARGIN

logger = logging.getLogger(__name__)

REQUESTED: Final = "payouts.stray_refund_requested"
# Money that was taken for nothing that is known here.
STRAYS: Final = frozenset(
    {DiscrepancyKind.PAYMENT_SECOND, DiscrepancyKind.PAYMENT_ORPHAN, DiscrepancyKind.PAYMENT_AMOUNT}
)
_STATUS: Final[Mapping[gateway.RefundStatus, StrayRefundStatus]] = {
    gateway.RefundStatus.PENDING: StrayRefundStatus.MADE,
    gateway.RefundStatus.SUCCEEDED: StrayRefundStatus.MADE,
    gateway.RefundStatus.FAILED: StrayRefundStatus.FAILED,
    gateway.RefundStatus.CANCELED: StrayRefundStatus.FAILED,
}


def refund_stray(
    *, discrepancy: Discrepancy, actor: User, reason: str, idempotency_key: str | None = None
) -> StrayRefund:
    """Have a payment given back that pays nothing here; once, and anew where that failed.

    Locks the refund. Publishes StrayRefundRequested; audited. Raises DiscrepancyNotRefundable for what is no
    such payment, or differs no more, InvalidInput without a reason, and what `once` raises.
    """
    reason = line(reason, field="reason", longest=300)
    with transaction.atomic():
        outcome = once(
            scope=f"refundStrayPayment:{discrepancy.pk}",
            key=idempotency_key,
            payload={"reason": reason},
            run=lambda: Outcome("requested", {"stray_refund": _requested(discrepancy, actor, reason).pk}),
        )
        return StrayRefund.objects.get(pk=outcome.ids["stray_refund"])


def _requested(discrepancy: Discrepancy, actor: User, reason: str) -> StrayRefund:
    if discrepancy.kind not in STRAYS or discrepancy.status != DiscrepancyStatus.OPEN or _pays(discrepancy):
        raise DiscrepancyNotRefundable(kind=discrepancy.kind, status=discrepancy.status)
    made, is_new = StrayRefund.objects.get_or_create(
        discrepancy=discrepancy, defaults={"reason": reason, "actor": actor}
    )
    stray = lock_one(StrayRefund.objects.filter(pk=made.pk))
    if not is_new:
        if stray.status != StrayRefundStatus.FAILED:
            return stray
        stray.status, stray.version = StrayRefundStatus.CREATED, stray.version + 1
        # How much is left is asked anew.
        stray.ref, stray.refusal, stray.currency = "", "", ""
        stray.reason, stray.actor = reason, actor
        stray.save()
    audit.record(
        actor=actor, action=REQUESTED, subject=stray, after={"payment": discrepancy.ref}, reason=reason
    )
    publish(StrayRefundRequested(stray_refund_id=stray.pk))
    return stray


def send_stray_refund(*, stray_refund_id: int) -> None:
    """Ask the provider to give back all that has not gone back; once, however often called.

    What it kept of the payment is posted with it, also where a webhook was first or the last attempt was cut
    off. Runs outside any transaction, then locks the refund. Raises ProviderUnavailable.
    """
    stray = StrayRefund.objects.select_related("discrepancy").get(pk=stray_refund_id)
    if stray.status == StrayRefundStatus.FAILED:
        return
    adapter = registry.provider(stray.discrepancy.provider)
    try:
        intent = adapter.get_payment(stray.discrepancy.ref)
        if stray.status == StrayRefundStatus.CREATED:
            amount = _decided(stray, _left(adapter, intent, stray.discrepancy.looked_back_to_at))
            told = adapter.refund(
                intent.charge_ref or "",
                amount=amount,
                metadata={"stray_refund": str(stray.uuid)},
                key=stray.key,
            )
            _record(stray, _STATUS[told.status], ref=told.ref, refusal=told.failure_code)
    except ProviderRefused as refusal:
        logger.error("stray refund %s was refused: %s", stray.uuid, refusal)  # noqa: TRY400  # no bug of ours
        _record(stray, StrayRefundStatus.FAILED, refusal=refusal.code)
        return
    _post_fee(stray, adapter.get_fee(intent.charge_ref or ""))


def settle_stray_refund(*, provider: str, ref: str) -> None:
    """Bring a stray refund to where the provider says it is; it may fail days after it was made.

    Asks the provider outside any transaction, then locks the refund. Raises UnknownObject for what is none.
    """
    try:
        told = registry.provider(provider).get_refund(ref)
    except ProviderRefused as refusal:
        raise UnknownObject(provider=provider, ref=ref) from refusal
    named = Q(ref=ref)
    if marks.is_ours(told.metadata):
        with suppress(ValueError):
            named |= Q(uuid=UUID(told.metadata.get("stray_refund", "")))
    stray = StrayRefund.objects.filter(named, discrepancy__provider=provider).first()
    if stray is None:
        raise UnknownObject(provider=provider, ref=ref)
    _record(stray, _STATUS[told.status], ref=ref, refusal=told.failure_code)


def _post_fee(stray: StrayRefund, fee: Money | None) -> None:
    """What the provider kept of the payment is the platform's loss; once."""
    if fee is not None and fee.minor:
        with transaction.atomic():
            ledger.post(
                kind=TransactionKind.PAYMENT_FEE,
                reference=f"stray-fee:{stray.discrepancy.provider}:{stray.discrepancy.ref}"[:80],
                occurred_at=clock.now(),
                postings=postings.provider_fee(fee.currency, fee.minor),
                order=stray.discrepancy.order,
            )


def _pays(discrepancy: Discrepancy) -> bool:
    """Whether the payment pays an order of ours after all."""
    return Payment.objects.filter(
        provider=discrepancy.provider, provider_ref=discrepancy.ref, status=PaymentStatus.SUCCEEDED
    ).exists()


def _left(adapter: PaymentProvider, intent: Intent, since: datetime) -> Money:
    """What of a payment has not gone back."""
    back = reconciling.given_back(adapter.list_refunds(since - MARGIN))[intent.ref]
    return Money(intent.amount.minor - back, intent.amount.currency)


def _decided(stray: StrayRefund, left: Money) -> Money:
    """How much goes back: what was decided before, for the key is that of its amount.

    Raises ProviderRefused where the payment pays something by now, or nothing is left.
    """
    with transaction.atomic():
        stray = lock_one(StrayRefund.objects.select_related("discrepancy").filter(pk=stray.pk))
        if stray.amount is not None:
            return stray.amount
        if _pays(stray.discrepancy) or left.minor <= 0:
            raise ProviderRefused("nothing_left", "Nothing of this payment is left to give back.")
        stray.amount_minor, stray.currency = left.minor, left.currency
        stray.save(update_fields=["amount_minor", "currency"])
    return left


def _record(stray: StrayRefund, status: StrayRefundStatus, *, ref: str = "", refusal: str = "") -> None:
    """Move the refund; one that has failed stays so until it is asked for again."""
    with transaction.atomic():
        stray = lock_one(StrayRefund.objects.filter(pk=stray.pk))
        if stray.status != StrayRefundStatus.FAILED:
            stray.status, stray.ref, stray.refusal = status, ref or stray.ref, refusal[:64]
            stray.save(update_fields=["status", "ref", "refusal"])
