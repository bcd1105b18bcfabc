"""Money that goes back."""

import logging
from collections.abc import Mapping
from typing import Final

from django.db import transaction
from django.db.models import F

from checkout.models import REFUND_MOVES, Payment, Refund, RefundStatus
from marketplace.gateway import provider as gateway
from marketplace.gateway import registry
from marketplace.gateway.provider import ProviderRefund, ProviderRefused
from marketplace.kernel.locking import lock_one

logger = logging.getLogger(__name__)

_STATUS: Final[Mapping[gateway.RefundStatus, RefundStatus]] = {
    gateway.RefundStatus.PENDING: RefundStatus.PENDING,
    gateway.RefundStatus.SUCCEEDED: RefundStatus.SUCCEEDED,
    gateway.RefundStatus.FAILED: RefundStatus.FAILED,
    gateway.RefundStatus.CANCELED: RefundStatus.FAILED,
}


def send_refund(*, refund_id: int) -> None:
    """Ask the provider to give the money back, or where that stands; once, however often called.

    Runs outside any transaction, then locks the payment and the refund. One that fails is logged, and what
    was promised of the payment is free to go back another way. Raises ProviderUnavailable.
    """
    refund = Refund.objects.select_related("payment__order").get(pk=refund_id)
    payment = refund.payment
    if payment is None or refund.status not in {RefundStatus.CREATED, RefundStatus.PENDING}:
        return
    try:
        told = _told(refund, payment)
    except ProviderRefused as refusal:
        logger.error("refund %s was refused: %s", refund.uuid, refusal)  # noqa: TRY400  # no bug of ours
        _record(refund, payment, status=RefundStatus.FAILED, ref="")
        return
    _record(refund, payment, status=_STATUS[told.status], ref=told.ref)


def _told(refund: Refund, payment: Payment) -> ProviderRefund:
    adapter = registry.provider(payment.provider)
    if refund.provider_ref:
        return adapter.get_refund(refund.provider_ref)
    metadata = {"order": payment.order.number, "refund": str(refund.uuid)}
    return adapter.refund(payment.charge_ref, amount=refund.amount, metadata=metadata, key=refund.key)


def _record(refund: Refund, payment: Payment, *, status: RefundStatus, ref: str) -> None:
    with transaction.atomic():
        payment = lock_one(Payment.objects.filter(pk=payment.pk))
        refund = lock_one(Refund.objects.filter(pk=refund.pk))
        if not REFUND_MOVES.allows(refund.status, status):
            return
        REFUND_MOVES.move(refund, status, actor=None, also={"provider_ref": ref or refund.provider_ref})
        if status == RefundStatus.FAILED:
            payments = Payment.objects.filter(pk=payment.pk)
            payments.update(refunded_minor=F("refunded_minor") - refund.amount_minor)
