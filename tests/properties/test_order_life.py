"""Whatever happens to orders, in whatever order: what may not be is refused and changes nothing, and after
each step units, amounts and the ledger are what the rows say they must be."""

from collections import Counter
from datetime import timedelta
from typing import Any, ClassVar, Final

import pytest
from hypothesis import Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from hypothesis.stateful import run_state_machine_as_test as run_machine
from typing_extensions import override

from checkout.models import (
    COMING_BACK,
    SENT,
    TO_SHIP,
    Fulfillment,
    Order,
    OrderLine,
    Payment,
    PaymentState,
    PaymentStatus,
    Refund,
    RefundReason,
    RefundStatus,
    Return,
    ReturnReason,
    ReturnStatus,
    ReturnWish,
    VendorOrder,
)
from checkout.operations.cancel import CancelReason, cancel_vendor_order
from checkout.operations.closing_parts import cancel_unshipped, complete_part, take_as_delivered
from checkout.operations.expire import cancel_order, expire_order
from checkout.operations.fulfil import fulfill_vendor_order, mark_delivered
from checkout.operations.refund import Asked, refund_vendor_order
from checkout.operations.refunds import send_refund, settle_refund
from checkout.operations.retry import retry_refund
from checkout.operations.return_ends import exchange_return, refund_return
from checkout.operations.returns import Wanted, answer_return, receive_return, request_return, withdraw_return
from marketplace.gateway.models import SandboxRefund
from marketplace.gateway.sandbox import refunds as sandbox_refunds
from marketplace.kernel import clock
from marketplace.kernel.money import Money
from tests.support.payments import DECLINED, OK
from tests.support.replay import broken
from tests.support.terms import CURRENCIES, TERMS
from tests.support.trade import GOODS, Shop, Terms, Trade, undone

pytestmark = pytest.mark.django_db

# Which of the rows a step is about, whatever their number is by then.
WHICH: Final = st.integers(0, 11)
UNITS: Final = st.integers(1, 3)
# None is all there is.
SOME: Final = st.none() | UNITS
# What is done in some lives, and refused in some.
BOTH_WAYS: Final = frozenset(
    ("add", "code", "cancel order", "ship", "cancel", "refund", "ask to return", "answer", "withdraw")
) | {"receive", "pay back", "exchange", "try again"}
# The first life that goes wrong is told as it was: to look for a shorter one takes minutes.
PHASES: Final = (Phase.generate,)
LINES: Final = st.lists(st.tuples(st.integers(0, GOODS - 1), UNITS), min_size=1, max_size=4)


class OrderLife(RuleBasedStateMachine):
    """A buyer, three vendors and a bank, who do what they like."""

    shop: ClassVar[Shop]
    steps: ClassVar[Counter[str]]

    def __init__(self) -> None:
        super().__init__()
        self.block = undone()
        self.block.__enter__()
        self.trade: Trade | None = None

    @override
    def teardown(self) -> None:
        if self.trade is not None:
            self.steps.update(self.trade.told)
        self.block.__exit__(None, None, None)

    @initialize(terms=TERMS, lines=LINES, code=WHICH)
    def begin(self, terms: Terms, lines: list[tuple[int, int]], code: int) -> None:
        self.trade = Trade(self.shop, terms)
        for place, units in lines:
            self.fill(place, units)
        self.use_code(code)
        self.order()
        self.pay(0, card=OK)

    @property
    def _trade(self) -> Trade:
        assert self.trade is not None
        return self.trade

    def _pick(self, rows: Any, which: int) -> Any:
        found = list(rows.order_by("pk"))
        return found[which % len(found)] if found else None

    def _part(self, which: int) -> VendorOrder:
        """Of two in three steps a part with which something may be done."""
        parts = VendorOrder.objects.select_related("order")
        living = parts.exclude(status__in=["cancelled", "pending"])
        part: VendorOrder = self._pick(living if which % 3 and living.exists() else parts, which)
        return part

    def _return(self, which: int, *statuses: str) -> Return | None:
        """Of two in three steps a return in one of these states."""
        rows = Return.objects.select_related("vendor_order")
        right = rows.filter(status__in=statuses)
        asked: Return | None = self._pick(right if which % 3 and right.exists() else rows, which)
        return asked

    def _line(self, part: VendorOrder, which: int) -> OrderLine:
        line: OrderLine = self._pick(OrderLine.objects.filter(vendor_order=part), which)
        return line

    def _so_far(self, done: str) -> int:
        return 0 if self.trade is None else self.trade.told[f"{done} done"]

    def _given_back(self) -> int:
        return sum(self._so_far(done) for done in ("cancel", "cancel order", "refund", "pay back"))

    # The cart and its payment.

    @rule(place=st.integers(0, GOODS - 1), units=UNITS)
    def fill(self, place: int, units: int) -> None:
        self._trade.attempt("add", lambda: self._trade.add(place, units))

    @precondition(lambda self: self.trade is not None and self.trade.codes)
    @rule(which=WHICH)
    def use_code(self, which: int) -> None:
        codes = self._trade.codes
        if codes and self._trade.session.get("cart_id"):
            self._trade.attempt("code", lambda: self._trade.use_code(which % len(codes)))

    @precondition(lambda self: self._so_far("add"))
    @rule()
    def order(self) -> None:
        if self._trade.cart() is not None:
            self._trade.attempt("order", self._trade.place)

    @precondition(lambda self: self._so_far("order") > self._so_far("pay"))
    @rule(which=WHICH, card=st.sampled_from([OK, OK, DECLINED]))
    def pay(self, which: int, card: str) -> None:
        open_ = Payment.objects.filter(status=PaymentStatus.OPEN).exclude(provider_ref="")
        payment = self._pick(open_, which)
        if payment is not None:
            self._trade.attempt("pay", lambda: self._trade.pay(payment, card=card))

    @precondition(lambda self: self._so_far("order"))
    @rule(which=WHICH)
    def give_up(self, which: int) -> None:
        order = self._pick(Order.objects.all(), which)
        # Not often, for little happens to an order after that.
        if which % 4 == 0:
            open_parts = order.vendor_orders.exclude(status="cancelled").values_list("status", flat=True)
            is_paid = order.payment_state == PaymentState.PAID
            whole = bool(open_parts) and set(open_parts) == {"open"}
            may = whole if is_paid else order.is_open or order.payment_state == PaymentState.CANCELLED
            self._trade.attempt("cancel order", lambda: cancel_order(order=order), may=may)

    @precondition(lambda self: self.trade is not None and self.trade.later.days < 60)
    @rule(days=st.sampled_from([1, 1, 2, 16]))
    def wait(self, days: int) -> None:
        trade = self._trade
        trade.later += timedelta(days=days)
        with trade.running():
            for order in Order.objects.filter(payment_state__in=["pending", "processing"]):
                expire_order(order_id=order.pk)
            for part in VendorOrder.objects.all():
                cancel_unshipped(vendor_order_id=part.pk)
            for parcel in Fulfillment.objects.all():
                take_as_delivered(fulfillment_id=parcel.pk)
            for part in VendorOrder.objects.all():
                complete_part(vendor_order_id=part.pk)

    # What a vendor does with its part.

    @precondition(lambda self: self._so_far("pay"))
    @rule(which=WHICH, line=WHICH, units=SOME)
    def ship(self, which: int, line: int, units: int | None) -> None:
        part = self._part(which)
        row = self._line(part, line)
        may = part.status in TO_SHIP and (units is None or units <= row.to_ship)
        named = None if units is None else {row.pk: units}
        self._trade.attempt("ship", lambda: fulfill_vendor_order(part=part, actor=None, units=named), may=may)

    @precondition(lambda self: self._so_far("ship"))
    @rule(which=WHICH)
    def arrive(self, which: int) -> None:
        parcel = self._pick(Fulfillment.objects.all(), which)
        if parcel is not None:
            self._trade.attempt("arrive", lambda: mark_delivered(fulfillment=parcel), may=True)

    @precondition(lambda self: self._so_far("pay"))
    @rule(which=WHICH, line=WHICH, units=SOME, reason=st.sampled_from(CancelReason))
    def cancel(self, which: int, line: int, units: int | None, reason: CancelReason) -> None:
        part = self._part(which)
        row = self._line(part, line)
        allowed = ("open",) if reason == CancelReason.BUYER else TO_SHIP
        may = part.status in allowed and (units is None or units <= row.to_ship)
        named = None if units is None else {row.pk: units}
        self._trade.attempt(
            "cancel",
            lambda: cancel_vendor_order(part=part, actor=None, reason=reason, units=named),
            may=may,
        )

    @precondition(lambda self: self._so_far("pay"))
    @rule(
        which=WHICH,
        line=WHICH,
        units=SOME,
        share=st.none() | st.integers(1, 12),
        is_shipping=st.booleans(),
        is_restocked=st.booleans(),
    )
    def refund(self, which: int, line: int, **asked: Any) -> None:
        part, trade = self._part(which), self._trade
        row, units, share = self._line(part, line), asked["units"], asked["share"]
        wanted = Asked(
            units=None if units is None else {row.pk: units},
            is_shipping=asked["is_shipping"],
            amount=None if share is None else Money(part.total_minor * share // 10 + 1, part.currency),
            is_restocked=asked["is_restocked"],
        )
        reason = RefundReason.GOODWILL
        refused = trade.attempt(
            "refund", lambda: refund_vendor_order(part=part, asked=wanted, reason=reason, actor=None)
        )
        if refused is None and wanted.is_restocked:
            trade.back[row.variant_id] += units
        assert refused is not None or part.order.paid_at is not None

    # What comes back.

    @precondition(lambda self: self._so_far("ship"))
    @rule(which=WHICH, line=WHICH, units=UNITS, wish=st.sampled_from(ReturnWish))
    def ask_to_return(self, which: int, line: int, units: int, wish: ReturnWish) -> None:
        part = self._part(which)
        row = self._line(part, line)
        wanted = {row.pk: Wanted(units=units, reason=ReturnReason.DAMAGED)}
        refused = self._trade.attempt(
            "ask to return",
            lambda: request_return(part=part, wanted=wanted, wish=wish, actor=None),
        )
        assert refused is not None or (part.status in SENT and units <= row.with_buyer)

    @precondition(lambda self: self._so_far("ship"))
    @rule(which=WHICH, line=WHICH, units=UNITS)
    def send_back(self, which: int, line: int, units: int) -> None:
        """Asked for, approved and received in one step, if it may be."""
        self.ask_to_return(which, line, units, ReturnWish.REFUND)
        asked = Return.objects.filter(status=ReturnStatus.REQUESTED).last()
        if asked is not None:
            self._answer(asked, is_approved=True)
            self._receive(Return.objects.get(pk=asked.pk), units=None, is_restocked=True)

    @precondition(lambda self: self._so_far("ask to return"))
    @rule(which=WHICH, is_approved=st.sampled_from([True, True, False]))
    def answer(self, which: int, is_approved: bool) -> None:  # Hypothesis names it
        asked = self._return(which, "requested")
        if asked is not None:
            self._answer(asked, is_approved=is_approved)

    def _answer(self, asked: Return, *, is_approved: bool) -> None:
        self._trade.attempt(
            "answer",
            lambda: answer_return(asked=asked, is_approved=is_approved, answer="So be it.", actor=None),
            may=asked.status == ReturnStatus.REQUESTED,
        )

    @precondition(lambda self: self._so_far("ask to return"))
    @rule(which=WHICH)
    def withdraw(self, which: int) -> None:
        asked = self._return(which, "requested", "approved")
        if asked is not None:
            may = asked.status in {ReturnStatus.REQUESTED, ReturnStatus.APPROVED}
            self._trade.attempt("withdraw", lambda: withdraw_return(asked=asked, actor=None), may=may)

    @precondition(lambda self: self._so_far("ask to return"))
    @rule(which=WHICH, units=SOME, is_restocked=st.booleans())
    def receive(self, which: int, units: int | None, is_restocked: bool) -> None:
        asked = self._return(which, "approved", "partly_received")
        if asked is not None:
            self._receive(asked, units=units, is_restocked=is_restocked)

    def _receive(self, asked: Return, *, units: int | None, is_restocked: bool) -> None:
        row = asked.lines.select_related("order_line").get()
        left = row.quantity - row.received
        named = None if units is None else {row.order_line_id: units}
        refused = self._trade.attempt(
            "receive",
            lambda: receive_return(asked=asked, actor=None, units=named, is_restocked=is_restocked),
            may=asked.status in COMING_BACK[1:] and (units is None or units <= left),
        )
        if refused is None and is_restocked:
            self._trade.back[row.order_line.variant_id] += units or left

    @precondition(lambda self: self._so_far("ask to return"))
    @rule(which=WHICH, fee=st.sampled_from([0, 0, 1, 5, 11]), is_shipping=st.booleans())
    def pay_back(self, which: int, fee: int, is_shipping: bool) -> None:
        asked = self._return(which, "received", "partly_received")
        if asked is not None:
            line = asked.lines.select_related("order_line").get().order_line
            kept = Money(line.unit_price_minor * fee // 10, line.currency)
            refused = self._trade.attempt(
                "pay back",
                lambda: refund_return(asked=asked, actor=None, fee=kept, is_shipping=is_shipping),
            )
            assert refused is not None or asked.status in {"partly_received", "received"}

    @precondition(lambda self: self._so_far("ask to return"))
    @rule(which=WHICH)
    def exchange(self, which: int) -> None:
        asked = self._return(which, "received", "partly_received")
        if asked is None:
            return
        row = asked.lines.select_related("order_line__variant").get()
        has_come = asked.status in {ReturnStatus.PARTLY_RECEIVED, ReturnStatus.RECEIVED}
        refused = self._trade.attempt(
            "exchange",
            lambda: exchange_return(asked=asked, actor=None),
            may=has_come and row.order_line.variant.available >= row.received,
        )
        if refused is None:
            self._trade.back[row.order_line.variant_id] -= row.received

    # What the bank does.

    @precondition(lambda self: self._given_back())
    @rule()
    def send_refunds(self) -> None:
        with self._trade.running():
            for refund in Refund.objects.filter(status=RefundStatus.CREATED):
                send_refund(refund_id=refund.pk)

    @precondition(lambda self: self._given_back())
    @rule(which=WHICH)
    def fail_refund(self, which: int) -> None:
        refund = self._pick(Refund.objects.filter(status="succeeded").exclude(provider_ref=""), which)
        if refund is not None:
            with self._trade.running():
                SandboxRefund.objects.filter(ref=refund.provider_ref).update(fails_at=clock.now())
                sandbox_refunds.fail_due()
                settle_refund(provider="sandbox", ref=refund.provider_ref)
            self._trade.told["refund failed"] += 1

    @precondition(lambda self: self._given_back())
    @rule(which=WHICH)
    def try_again(self, which: int) -> None:
        failed = Refund.objects.filter(status="failed", retry=None).exclude(payment=None)
        refund = self._pick(failed if which % 3 else Refund.objects.all(), which)
        if refund is not None:
            refused = self._trade.attempt("try again", lambda: retry_refund(refund=refund, actor=None))
            assert refused is not None or refund.status == "failed"

    @invariant()
    def all_is_as_the_rows_say(self) -> None:
        if self.trade is not None:
            assert broken() == []
            assert self.trade.missing() == {}


def _live(number: int, *, examples: int, steps: int) -> Counter[str]:
    """What was done and what was refused in so many lives."""

    @seed(number)
    class Life(OrderLife):
        shop = Shop(*CURRENCIES)
        steps: ClassVar[Counter[str]] = Counter()

    run_machine(
        Life,
        settings=settings(
            max_examples=examples, stateful_step_count=steps, derandomize=False, phases=[Phase.generate]
        ),
    )
    return Life.steps


def test_whatever_happens_to_orders_the_books_are_right() -> None:
    assert _live(12, examples=4, steps=25)["pay done"] > 0


@pytest.mark.deep
def test_whatever_happens_to_many_orders() -> None:
    told: Counter[str] = Counter()
    for number in range(8):
        told += _live(number, examples=25, steps=40)
    assert {name for name in BOTH_WAYS if not told[f"{name} done"] or not told[f"{name} refused"]} == set()
    assert told.total() > 3000
