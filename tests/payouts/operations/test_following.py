"""What follows is posted as docs/ledger.md works it out, and what nobody followed is found."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from checkout.models import Order, Remitter
from marketplace.kernel import clock
from marketplace.kernel.money import Money
from payouts import jobs
from payouts.models import LedgerTransaction, TransactionKind
from payouts.operations import adjustments, following
from tests.factories.accounts import UserFactory
from tests.factories.checkout import TaxRuleFactory, buyable
from tests.factories.promotions import PromotionFactory
from tests.factories.sold import part_of, sold
from tests.factories.vendors import VendorFactory
from tests.payouts.operations.test_sales import worked
from tests.support.books import faults
from tests.support.disputed import disputed
from tests.support.moved import apart, followed, given_back, paid_out, payable, returned
from tests.support.queue import queued

pytestmark = pytest.mark.django_db


def pot(minor: int = 10_000, *, is_paid: bool = True) -> Order:
    """The pot of the document, sold; its vendor can be paid, or not yet."""
    clay = buyable(price_minor=minor, vendor=VendorFactory.create(name="Clay"))
    if is_paid:
        payable(clay.vendor)
    return sold(clay)


def last(kind: TransactionKind) -> dict[str, str]:
    """What was posted last of a kind, by account as the document writes it."""
    made = LedgerTransaction.objects.filter(kind=kind).latest("pk")
    return {
        " ".join([f"`{each.account.kind}`", *([owner.name] if (owner := each.account.vendor) else [])]): (
            each.amount.amount
        )
        for each in made.entries.select_related("account__vendor")
    }


def transfer() -> None:
    followed(pot())


def above() -> None:
    followed(pot(200_000))  # something to pay it of
    PromotionFactory.create(rate_bps=2000)
    followed(sold(buyable(price_minor=10_000, vendor=part_of(Order.objects.get()).vendor)))


def reversal() -> None:
    order = followed(pot())
    given_back(order, 5000)
    followed(order)


def before() -> None:
    order = followed(pot(is_paid=False))
    given_back(order, 5000)
    payable(part_of(order).vendor)
    followed(order)


def short() -> None:
    order = followed(pot())
    paid_out(part_of(order).vendor, 7000)
    given_back(order, 10_000)
    followed(order)


def withdrawn() -> None:
    order = followed(pot())
    disputed(order)
    followed(order)


def adjustment() -> None:
    vendor, admin = VendorFactory.create(name="Clay"), UserFactory.create()
    adjustments.adjust_balance(vendor=vendor, amount=Money(500, "EUR"), reason="Sorry", actor=admin)


def remitted() -> None:
    TaxRuleFactory.create(rate_bps=1000, remitter=Remitter.PLATFORM)
    pot()
    adjustments.remit_tax(
        amount=Money(1000, "EUR"), note="May", actor=UserFactory.create(), idempotency_key="a"
    )


@pytest.mark.parametrize(
    ("happens", "heading", "kind"),
    [
        (transfer, "A transfer, worked", TransactionKind.TRANSFER),
        (above, "A transfer of more than was paid, worked", TransactionKind.TRANSFER),
        (reversal, "A reversal, worked", TransactionKind.REVERSAL),
        (before, "A refund before the transfer, worked", TransactionKind.TRANSFER),
        (withdrawn, "A dispute after the transfer, worked", TransactionKind.REVERSAL),
        (transfer, "The provider's fee, worked", TransactionKind.PAYMENT_FEE),
        (adjustment, "An adjustment, worked", TransactionKind.ADJUSTMENT),
        (remitted, "Tax that was remitted, worked", TransactionKind.TAX_REMITTED),
    ],
)
def test_what_the_document_works_out_is_posted(
    happens: Callable[[], None], heading: str, kind: TransactionKind
) -> None:
    happens()
    assert (last(kind), faults()) == (worked(heading, rows=2), [])


def test_what_falls_short_is_kept_of_the_next_sale_as_the_document_says() -> None:
    short()
    expected = worked("A reversal that falls short, worked", rows=4)
    kept = {name: minor for name, minor in expected.items() if not name.endswith(" next")}
    assert last(TransactionKind.REVERSAL) == kept
    followed(sold(buyable(price_minor=10_000, vendor=part_of(Order.objects.get()).vendor)))
    sent = {name.split()[0]: minor for name, minor in last(TransactionKind.TRANSFER).items()}
    assert sent == {name.split()[0]: minor for name, minor in expected.items() if name.endswith(" next")}


def unfollowed() -> list[int]:
    """What is found five minutes from now."""
    with clock.at(clock.now() + timedelta(minutes=5)):
        return following.unfollowed(limit=10)


def test_what_nobody_followed_is_found_and_nothing_else() -> None:
    order = pot()
    assert (following.unfollowed(limit=10), unfollowed()) == ([], [order.pk])
    followed(order)
    assert unfollowed() == []
    given_back(order, 5000)
    assert unfollowed() == [order.pk]
    followed(order)
    assert (unfollowed(), returned()) == ([], [("made", 4500, 0)])
    # One that waits is not looked for here.
    followed(pot(is_paid=False))
    assert unfollowed() == []


def test_every_ten_minutes_what_is_left_has_its_turn() -> None:
    lost, waits = pot(), followed(pot(is_paid=False))
    before = len(queued())
    with clock.at(clock.now() + timedelta(minutes=5)):
        jobs.move_what_is_left()
        jobs.move_what_is_left()
    assert queued()[before:] == [("follow_order", {"order_id": lost.pk})]
    payable(part_of(waits).vendor)
    before = len(queued())
    jobs.move_what_is_left()
    kept = waits.vendor_orders.get().transfers.get()
    assert queued()[before:] == [("send_transfer", {"transfer_id": kept.pk})]
    followed(lost)
    followed(waits)
    assert apart() == []
