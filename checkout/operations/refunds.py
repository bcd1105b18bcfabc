"""Money that goes back."""

import contextlib
import logging
from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q

from checkout.events import RefundFailed, RefundSucceeded
from checkout.models import REFUND_MOVES, Payment, Refund, RefundStatus
from checkout.operations.adopting import Shares, adopt_refund
from marketplace.accounts.models import User
from marketplace.gateway import marks, registry
from marketplace.gateway import provider as gateway
from marketplace.gateway.errors import UnknownPayment
from marketplace.gateway.provider import ProviderRefund, ProviderRefused
from marketplace.kernel.events import publish
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
    was promised of the payment is free to go back another way. Publishes RefundSucceeded or RefundFailed.
    Raises ProviderUnavailable.
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


def settle_refund(
    *, provider: str, ref: str, shares: Shares | None = None, actor: User | None = None
) -> None:
    """Bring a refund to where the provider says it is; it may fail days after it succeeded.

    One that was made on the provider's pages is adopted, with `shares` as people say it is divided. Asks the
    provider outside any transaction, then locks the payment and the refund. One that fails is logged, and
    what was promised of the payment is free to go back another way. Publishes RefundSucceeded or
    RefundFailed. Raises UnknownPayment for one that is not stored (yet) and not to be adopted,
    ProviderUnavailable; with `shares` as `adopt_refund`.
    """
    try:
        told = registry.provider(provider).get_refund(ref)
    except ProviderRefused as refusal:
        raise UnknownPayment(provider=provider, ref=ref) from refusal
    refunds = _named(told, provider) or adopt_refund(provider=provider, told=told, shares=shares, actor=actor)
    if not refunds:
        raise UnknownPayment(provider=provider, ref=ref)
    status = _STATUS[told.status]
    for refund in refunds:
        is_moved = refund.payment and _record(refund, refund.payment, status=status, ref=ref)
        if is_moved and status == RefundStatus.FAILED:
            logger.error("refund %s has failed: the money is with us again", refund.uuid)


def _named(told: ProviderRefund, provider: str) -> Sequence[Refund]:
    """The refund that bears this reference, or whose mark the provider's bears: the answer was lost then.

    One that was adopted may be several, a part of the order each.
    """
    named = Q(provider_ref=told.ref)
    if marks.is_ours(told.metadata):
        with contextlib.suppress(ValueError):
            named |= Q(uuid=UUID(told.metadata.get("refund", "")))
    found = Refund.objects.select_related("payment").filter(named, payment__provider=provider)
    return list(found.order_by("pk"))


def _told(refund: Refund, payment: Payment) -> ProviderRefund:
    adapter = registry.provider(payment.provider)
    if refund.provider_ref:
        return adapter.get_refund(refund.provider_ref)
    metadata = {"order": payment.order.number, "refund": str(refund.uuid)}
    return adapter.refund(payment.charge_ref, amount=refund.amount, metadata=metadata, key=refund.key)


def _record(refund: Refund, payment: Payment, *, status: RefundStatus, ref: str) -> bool:
    """Move the refund; whether there was anywhere to move."""
    with transaction.atomic():
        payment = lock_one(Payment.objects.filter(pk=payment.pk))
        refund = lock_one(Refund.objects.filter(pk=refund.pk))
        if not REFUND_MOVES.allows(refund.status, status):
            return False
        REFUND_MOVES.move(refund, status, actor=None, also={"provider_ref": ref or refund.provider_ref})
        if status == RefundStatus.FAILED:
            payments = Payment.objects.filter(pk=payment.pk)
            payments.update(refunded_minor=F("refunded_minor") - refund.amount_minor)
            publish(RefundFailed(refund_id=refund.pk))
        elif status == RefundStatus.SUCCEEDED:
            publish(RefundSucceeded(refund_id=refund.pk))
    return True
