"""What is done about money later and by the clock: moved, compared with the providers' books, told of."""

from contextlib import suppress
from typing import Final

from checkout.models import OrderReview, Refund
from marketplace.gateway.errors import UnknownObject
from marketplace.kernel.jobs import job, periodic
from payouts.operations import (
    accounts,
    disputes,
    following,
    holds,
    paying,
    payouts,
    reconcile,
    reversals,
    statements,
    strays,
    transfers,
)

# How much of each kind one look takes up at most; the rest has its turn at the next.
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
    # Of a payment that came too late nothing was sold, and the provider keeps its fee all the same.
    order_id = Refund.objects.values_list("order", flat=True).get(pk=refund_id)
    if order_id is not None:
        following.post_fee(order_id=order_id)


@job()
def follow_review(review_id: int) -> None:
    """People have looked at an order: its vendors get what is theirs, or it was called off."""
    following.follow(order_id=OrderReview.objects.values_list("order", flat=True).get(pk=review_id))


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


@job()
def send_payout(payout_id: int) -> None:
    """A payout was claimed: the provider is asked for it."""
    payouts.send_payout(payout_id=payout_id)


@job()
def look_payout_up(provider: str, account_ref: str, ref: str) -> None:
    """A payout is on its way, and nothing was heard of it."""
    payouts.sync_payout(provider=provider, account_ref=account_ref, ref=ref)


@job(attempts=3)
def look_account_up(provider: str, ref: str) -> None:
    """An account is not what it was, and nothing was heard of it."""
    with suppress(UnknownObject):  # the night's reconciliation lists it
        accounts.sync_account(provider=provider, ref=ref)


@periodic("17 * * * *")
def look_at_accounts() -> None:
    """Once an hour: vendors' accounts of which we may have missed something."""
    for provider, ref in accounts.to_look_at().values_list("provider", "ref")[:AT_ONCE]:
        look_account_up.defer_once(ref, provider, ref)


@periodic("7 * * * *")
def pay_vendors() -> None:
    """Once an hour: holds end by their day, and whoever's day has come is paid; a missed day is caught up."""
    holds.release_due()
    paying.pay_due()


@periodic("*/15 * * * *")
def see_payouts_through() -> None:
    """Every quarter of an hour: what was claimed and not sent is sent, what was not heard of is looked up."""
    for key in payouts.to_be_asked().values_list("pk", flat=True)[:AT_ONCE]:
        send_payout.defer_once(str(key), key)
    named = payouts.quiet().values_list("account__provider", "account__ref", "ref")
    for provider, account_ref, ref in named[:AT_ONCE]:
        look_payout_up.defer_once(f"{account_ref} {ref}", provider, account_ref, ref)


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
