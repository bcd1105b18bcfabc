"""Money that a bank gives back to a buyer of ours, whatever we say."""

from typing import Final

from checkout.models import REFUND_MOVES, Payment, Refund, RefundStatus
from checkout.operations.giving_back import Draft, give_back

REASON: Final = "charged back"


def charge_back(draft: Draft) -> Refund | None:
    """Write down what a bank gave back of a part, as a refund that was made: nothing is sent for it.

    The caller holds the part. Locks the payment. Publishes RefundRequested, by which it is booked.
    """
    refund = give_back(draft, reason=REASON, actor=None, is_fact=True)
    if refund is not None and refund.payment_id is not None:
        REFUND_MOVES.move(refund, RefundStatus.SUCCEEDED, actor=None)
    return refund


def mark_disputed(payment: Payment, *, is_disputed: bool) -> None:
    """Whether the buyer wants the money back by the bank; the caller holds the payment."""
    if payment.is_disputed != is_disputed:
        payment.is_disputed = is_disputed
        payment.save(update_fields=["is_disputed", "updated_at"])
