"""Refunds that people make on the provider's own pages: written down here as what they are."""

import logging
from collections.abc import Mapping, Sequence
from typing import Final, TypeAlias

from django.db import transaction
from django.db.models import F

from checkout.errors import RefundExceedsPaid, RefundSharesMismatch
from checkout.events import RefundRequested
from checkout.models import Payment, PaymentState, PaymentStatus, Refund, VendorOrder
from checkout.operations.giving_back import Draft, give_back
from checkout.operations.parts import lock_part
from marketplace.accounts.models import User
from marketplace.gateway import marks
from marketplace.gateway.provider import ProviderRefund, RefundStatus
from marketplace.kernel import audit
from marketplace.kernel.errors import NotFound
from marketplace.kernel.events import publish
from marketplace.kernel.locking import lock_one
from marketplace.kernel.money import Money

logger = logging.getLogger(__name__)

# Minor units by the key of a vendor's order.
Shares: TypeAlias = Mapping[int, int]

REASON: Final = "made with the provider"
LOST: Final = frozenset({RefundStatus.FAILED, RefundStatus.CANCELED})


def adopt_refund(
    *, provider: str, told: ProviderRefund, shares: Shares | None = None, actor: User | None = None
) -> Sequence[Refund]:
    """Write down a refund of a payment of ours that nobody asked for here, with what goes back of the books.

    It is of the order's one part, or, where it is all that is left, of every part: a row each, under the same
    reference. With `shares`, in minor units by the key of the part, people have said what it is of. Of an
    order that was never paid it is of the payment alone. Nothing where it cannot be told
    what it is of, where it came to nothing, and where the payment is not ours. A second time it changes
    nothing.

    Locks the vendors' orders and the payment. Publishes RefundRequested. With `shares` it raises NotFound for
    a part of another order, RefundSharesMismatch where they do not come to what went back, and
    RefundExceedsPaid where less is left of a part.
    """
    payment = Payment.objects.filter(
        provider=provider, provider_ref=told.payment_ref, status=PaymentStatus.SUCCEEDED
    ).first()
    if payment is None or told.status in LOST or marks.is_ours(told.metadata):
        return []
    try:
        with transaction.atomic(), audit.gathered():
            made = _written(payment, told, shares=shares, actor=actor)
            Refund.objects.filter(pk__in=[each.pk for each in made]).update(provider_ref=told.ref)
    except RefundExceedsPaid:
        if shares is not None:
            raise
        made = []
    if not made:
        logger.error("refund %s of %s cannot be told what it is of", told.ref, provider)
    written = Refund.objects.select_related("payment").filter(pk__in=[each.pk for each in made])
    return list(written.order_by("pk"))


def _written(
    payment: Payment, told: ProviderRefund, *, shares: Shares | None, actor: User | None
) -> list[Refund]:
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
    made = []
    for draft, share in zip(drafts, _shares(drafts, told.amount, shares), strict=False):
        if share:
            draft.add_amount(share)
            made.append(give_back(draft, reason=REASON, actor=actor, is_fact=True))
    return [each for each in made if each is not None]


def _shares(drafts: Sequence[Draft], amount: Money, asked: Shares | None) -> Sequence[int]:
    """What of it is of each part; empty where that cannot be told. Raises as `adopt_refund`."""
    left = [draft.left_of_goods + draft.left_of_shipping for draft in drafts]
    if asked is None:
        if amount.minor > sum(left) or (len(drafts) > 1 and amount.minor < sum(left)):
            return []
        return [min(share, amount.minor) for share in left]
    if not asked.keys() <= {draft.part.pk for draft in drafts}:
        raise NotFound(thing="vendor's order", field="shares")
    shares = [asked.get(draft.part.pk, 0) for draft in drafts]
    if sum(shares) != amount.minor or min(shares) < 0:
        raise RefundSharesMismatch(refunded=amount, shared=Money(sum(shares), amount.currency))
    for share, most in zip(shares, left, strict=True):
        if share > most:
            raise RefundExceedsPaid(left=Money(most, amount.currency), field="shares")
    return shares


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
