"""What is done about money later, and by the clock: moved, compared with the providers' books, told of."""

from typing import Final

from marketplace.kernel.jobs import job, periodic
from payouts.operations import disputes, following, reconcile, reversals, statements, strays, transfers

# How much of each kind one look takes up at most; the rest has its turn ten minutes later.
AT_ONCE: Final = 200


@job()
def follow_order(order_id: int) -> None:
    """An order was paid, or what its parts are worth has changed: vendors get what is theirs."""
    following.follow(order_id=order_id)
    following.post_fee(order_id=order_id)


@job()
def follow_refund(refund_id: int) -> None:
    """A buyer has the money back, or has not after all."""
    following.follow_refund(refund_id=refund_id)


@job()
def send_transfer(transfer_id: int) -> None:
    """A transfer can go now."""
    transfers.send_transfer(transfer_id=transfer_id)


@job()
def send_reversal(reversal_id: int) -> None:
    """What comes back of a transfer was not answered yet."""
    reversals.send_reversal(reversal_id=reversal_id)


@job()
def send_waiting(vendor_id: int) -> None:
    """A vendor can be paid, for the first time or again."""
    transfers.send_waiting(vendor_id=vendor_id)


@periodic("*/10 * * * *")
def move_what_is_left() -> None:
    """Every ten minutes: what was cut off, refused or lost."""
    for key in transfers.left_over().values_list("pk", flat=True)[:AT_ONCE]:
        send_transfer.defer_once(str(key), key)
    for key in reversals.left_over()[:AT_ONCE]:
        send_reversal.defer_once(str(key), key)
    for key in following.unfollowed(limit=AT_ONCE):
        follow_order.defer_once(str(key), key)


@job()
def send_stray_refund(stray_refund_id: int) -> None:
    """A payment that pays nothing here is to go back."""
    strays.send_stray_refund(stray_refund_id=stray_refund_id)


@periodic("37 2 * * *")
def reconcile_every_night() -> None:
    """Every night: what differs is settled or listed."""
    reconcile.reconcile_all()


@periodic("41 * * * *")
def remind_of_disputes() -> None:
    """Once an hour: of disputes whose time to answer is nearly over."""
    disputes.remind_of_due()


@periodic("23 * * * *")
def make_statements() -> None:
    """Once an hour, for months end at another hour in each zone: the statements of those that are over."""
    statements.make_statements()
