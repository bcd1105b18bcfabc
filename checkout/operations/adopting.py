"""Refunds that people make on the provider's own pages: written down here as what they are."""

import logging
from collections.abc import Sequence
from typing import Final

from django.db import transaction
from django.db.models import F

from checkout.errors import RefundExceedsPaid
from checkout.events import RefundRequested
from checkout.models import Payment, PaymentState, PaymentStatus, Refund, VendorOrder
from checkout.operations.giving_back import Draft, give_back
from checkout.operations.parts import lock_part
from marketplace.gateway import marks
from marketplace.gateway.provider import ProviderRefund, RefundStatus
from marketplace.kernel import audit
from marketplace.kernel.events import publish
from marketplace.kernel.locking import lock_one
from marketplace.kernel.money import Money

logger = logging.getLogger(__name__)

REASON: Final = "made with the provider"
LOST: Final = frozenset({RefundStatus.FAILED, RefundStatus.CANCELED})


def adopt_refund(*, provider: str, told: ProviderRefund) -> Sequence[Refund]:
    """Write down a refund of a payment of ours that nobody asked for here, with what goes back of the books.

    It is of the order's one part, or, where it is all that is left, of every part: a row each, under the same
    reference. Of an order that was never paid it is of the payment alone. Nothing where it cannot be told
    what it is of, where it came to nothing, and where the payment is not ours. A second time it changes
    nothing.

    Locks the vendors' orders and the payment. Publishes RefundRequested.
    """
    payment = Payment.objects.filter(
        provider=provider, provider_ref=told.payment_ref, status=PaymentStatus.SUCCEEDED
    ).first()
    if payment is None or told.status in LOST or marks.is_ours(told.metadata):
        return []
    try:
        with transaction.atomic(), audit.gathered():
            made = _written(payment, told)
            Refund.objects.filter(pk__in=[each.pk for each in made]).update(provider_ref=told.ref)
    except RefundExceedsPaid:
        made = []
    if not made:
        logger.error("refund %s of %s cannot be told what it is of", told.ref, provider)
    written = Refund.objects.select_related("payment").filter(pk__in=[each.pk for each in made])
    return list(written.order_by("pk"))


def _written(payment: Payment, told: ProviderRefund) -> list[Refund]:
    parts = VendorOrder.objects.filter(order=payment.order_id, order__payment_state=PaymentState.PAID)
    drafts = [Draft.of(*lock_part(key)) for key in parts.order_by("pk").values_list("pk", flat=True)]
    payment = lock_one(Payment.objects.filter(pk=payment.pk))
    known = Refund.objects.filter(payment=payment, provider_ref=told.ref)
    if known.exists():
        return list(known)
    if told.amount.currency != payment.currency:
        return []
    if not drafts:
        return [_of_payment(payment, told)]
    left = [draft.left_of_goods + draft.left_of_shipping for draft in drafts]
    if told.amount.minor > sum(left) or (len(drafts) > 1 and told.amount.minor < sum(left)):
        return []
    made = []
    for draft, share in zip(drafts, left, strict=True):
        draft.add_amount(min(share, told.amount.minor))
        made.append(give_back(draft, reason=REASON, actor=None, is_fact=True))
    return [each for each in made if each is not None]


def _of_payment(payment: Payment, told: ProviderRefund) -> Refund:
    left = payment.amount_minor - payment.refunded_minor
    if told.amount.minor > left:
        raise RefundExceedsPaid(left=Money(left, payment.currency))
    Payment.objects.filter(pk=payment.pk).update(refunded_minor=F("refunded_minor") + told.amount.minor)
    made = Refund.objects.create(
        payment=payment,
        order_id=payment.order_id,
        amount_minor=told.amount.minor,
        currency=told.amount.currency,
        reason=REASON,
    )
    publish(RefundRequested(refund_id=made.pk))
    return made
