"""Another attempt at a refund that failed."""

from django.db import transaction

from checkout.errors import RefundExceedsPaid
from checkout.events import RefundRequested
from checkout.models import Payment, Refund, RefundLine, RefundLineKind, RefundStatus, Return
from checkout.operations.giving_back import Draft, give_back
from checkout.operations.parts import lock_part
from marketplace.accounts.models import User
from marketplace.kernel import audit
from marketplace.kernel.errors import TransitionNotAllowed
from marketplace.kernel.events import publish
from marketplace.kernel.locking import lock_one
from marketplace.kernel.money import Money

RETRIED = "checkout.refund_retried"


def retry_refund(*, refund: Refund, actor: User | None) -> Refund:
    """Give back anew what a refund that failed was for; a second time for the same one changes nothing.

    It is another refund, with keys of its own and the next version, booked as any other: what failed was
    taken back when it did. For what it was for, as much is due as is by now; what went back another way
    meanwhile does not go back twice.

    Locks the vendor's order, where it is of one, and the payment. Publishes RefundRequested. Raises
    TransitionNotAllowed for one that has not failed, RefundExceedsPaid where nothing is left of it by now.
    """
    if refund.payment_id is None:  # it moved no money, or another's
        raise TransitionNotAllowed(thing="refund", current=refund.status, asked=RefundStatus.CREATED.value)
    with transaction.atomic(), audit.gathered():
        part = None if refund.vendor_order_id is None else lock_part(refund.vendor_order_id)
        payment = lock_one(Payment.objects.filter(pk=refund.payment_id))
        refund = Refund.objects.select_related("order").get(pk=refund.pk)
        again = Refund.objects.filter(retry_of=refund).first()
        if again is not None:
            return again
        if refund.status != RefundStatus.FAILED:
            raise TransitionNotAllowed(
                thing="refund", current=refund.status, asked=RefundStatus.CREATED.value
            )
        again = _late(refund, payment) if part is None else _of_part(refund, Draft.of(*part), actor)
        audit.record(actor=actor, action=RETRIED, subject=again, after={"version": again.version})
    return again


def _of_part(refund: Refund, draft: Draft, actor: User | None) -> Refund:
    for row in refund.lines.all():
        _redraft(draft, row)
    again = give_back(draft, reason=refund.reason, actor=actor, retry_of=refund)
    if again is None:
        raise RefundExceedsPaid(left=Money(0, refund.currency))
    Return.objects.filter(refund=refund).update(refund=again)
    return again


def _redraft(draft: Draft, row: RefundLine) -> None:
    """Draft what a line was for once more, or as much of it as is left."""
    line = next((each for each in draft.lines if each.pk == row.order_line_id), None)
    if line is None:
        draft.add_shipping_of(row.paid_minor)
    elif row.kind == RefundLineKind.UNITS:
        units = {line: draft.unpaid(line, row.quantity)}
        if units[line]:
            draft.add_units(units, fee=min(row.fee_minor, sum(draft.due(units).values())))
    else:
        draft.add_amount_of(line, row.paid_minor)


def _late(refund: Refund, payment: Payment) -> Refund:
    """All of a payment whose order was never taken to be paid."""
    left = payment.amount_minor - payment.refunded_minor
    if refund.amount_minor > left:
        raise RefundExceedsPaid(left=Money(left, payment.currency))
    payment.refunded_minor += refund.amount_minor
    payment.save(update_fields=["refunded_minor", "updated_at"])
    again = Refund.objects.create(
        payment=payment,
        order=refund.order,
        amount_minor=refund.amount_minor,
        currency=refund.currency,
        reason=refund.reason,
        retry_of=refund,
        version=refund.version + 1,
    )
    publish(RefundRequested(refund_id=again.pk))
    return again
