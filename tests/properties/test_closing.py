"""Cancelled and refunded in any order, by units and by amount: an order leaves nothing on the books."""

from collections.abc import Iterator
from functools import partial
from typing import Final

import pytest
from hypothesis import given, seed, settings
from hypothesis import strategies as st

from checkout.models import Order, OrderLine, Payment, RefundReason, VendorOrder
from checkout.operations.cancel import CancelReason, cancel_vendor_order
from checkout.operations.fulfil import fulfill_vendor_order
from checkout.operations.refund import Asked, refund_vendor_order
from marketplace.kernel.money import Money
from tests.support.replay import broken, on_account
from tests.support.terms import CURRENCIES, TERMS
from tests.support.trade import GOODS, Shop, Terms, Trade, undone

pytestmark = pytest.mark.django_db

# What is done, to which part and which line of it, and how much: units, or tenths of what it cost.
Step = tuple[str, int, int, int]
STEPS: Final = st.lists(
    st.tuples(
        st.sampled_from(["ship", "cancel", "refund units", "refund amount", "refund shipping"]),
        st.integers(0, 2),
        st.integers(0, 3),
        st.integers(1, 3),
    ),
    max_size=10,
)
LINES: Final = st.lists(st.tuples(st.integers(0, GOODS - 1), st.integers(1, 4)), min_size=1, max_size=5)


def _paid(trade: Trade, lines: list[tuple[int, int]]) -> Order | None:
    for place, units in lines:
        trade.attempt("add", partial(trade.add, place, units))
    for place in range(len(trade.codes)):
        trade.attempt("code", partial(trade.use_code, place))
    if trade.cart() is None or trade.attempt("order", trade.place) is not None:
        return None
    payment = Payment.objects.first()
    if payment is not None:
        trade.attempt("pay", lambda: trade.pay(payment), may=True)
    return Order.objects.get()


def _do(trade: Trade, order: Order, step: Step) -> None:
    what, which, row, count = step
    parts = list(order.vendor_orders.order_by("pk"))
    part = parts[which % len(parts)]
    rows = list(part.lines.all())
    line = rows[row % len(rows)]
    units = {line.pk: count}
    asked = {
        "refund units": Asked(units=units),
        "refund amount": Asked(amount=Money(part.total_minor * count // 10 + 1, part.currency)),
        "refund shipping": Asked(is_shipping=True),
    }
    if what == "ship":
        trade.attempt(what, lambda: fulfill_vendor_order(part=part, actor=None, units=units))
    elif what == "cancel":
        trade.attempt(what, lambda: _cancel(part, units))
    else:
        trade.attempt(what, lambda: _refund(part, asked[what]))


def _cancel(part: VendorOrder, units: dict[int, int] | None) -> VendorOrder:
    return cancel_vendor_order(part=part, actor=None, reason=CancelReason.OTHER, units=units)


def _refund(part: VendorOrder, asked: Asked) -> object:
    return refund_vendor_order(part=part, asked=asked, reason=RefundReason.OTHER, actor=None)


def _rest(part: VendorOrder) -> Iterator[tuple[str, Asked | None]]:
    """All that can still be done to a part, so that nothing of it is left: what was not sent is cancelled,
    and what was is paid back, unit by unit."""
    yield "cancel", None
    for line in OrderLine.objects.filter(vendor_order=part):
        for _ in range(line.quantity):
            yield "refund", Asked(units={line.pk: 1})
    yield "refund", Asked(is_shipping=True)


def _closes(terms: Terms, lines: list[tuple[int, int]], steps: list[Step], shop: Shop) -> bool:
    """Whether an order could be made of it; it leaves nothing then."""
    with undone():
        trade = Trade(shop, terms)
        order = _paid(trade, lines)
        if order is None:
            return False
        for step in steps:
            _do(trade, order, step)
        for part in order.vendor_orders.all():
            for _, asked in _rest(part):
                if asked is None:
                    trade.attempt("cancel", partial(_cancel, part, None))
                else:
                    trade.attempt("refund", partial(_refund, part, asked))
        assert broken() == []
        assert on_account(order.pk) == []
        assert trade.missing() == {}
        assert sum(payment.amount_minor - payment.refunded_minor for payment in Payment.objects.all()) == 0
        return True


def _tried(number: int, examples: int) -> int:
    """How many orders of so many came to nothing; the others could not be made."""
    shop, closed = Shop(*CURRENCIES), []

    @seed(number)
    @settings(max_examples=examples, derandomize=False)
    @given(terms=TERMS, lines=LINES, steps=STEPS)
    def close(terms: Terms, lines: list[tuple[int, int]], steps: list[Step]) -> None:
        closed.append(_closes(terms, lines, steps, shop))

    close()
    return sum(closed)


def test_cancelled_and_refunded_in_any_order_it_closes_to_zero() -> None:
    assert _tried(1, 5) > 2


@pytest.mark.deep
@pytest.mark.parametrize("number", range(10))
def test_a_thousand_orders_close_to_zero(number: int) -> None:
    assert _tried(number, 100) > 50
