"""Whatever happens between buyers, vendors, banks and the provider, every cent is where the books say.

Histories of sales, refunds, disputes, promotions and payouts, over vendors and currencies. The books are held
to the provider's own, by statements that know nothing of payouts (tests/support/proof.py); at the end
whatever could still move is moved, and another sweep moves nothing.

Many of them are lived quickly, from sold rows on (tests/support/lives.py), several from each beginning; some
go all the way through the checkout, the queue, the sandbox and its webhooks.
"""

import json
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from random import Random
from typing import Final

import pytest
from django.db import connection, transaction
from hypothesis import Phase, example, given, seed, settings
from hypothesis import strategies as st
from procrastinate.contrib.django import app

from catalog.models import Variant
from checkout.models import Order, Payment, Refund, RefundReason, VendorOrder
from checkout.operations.fulfil import fulfill_vendor_order, mark_delivered
from checkout.operations.place import place_order
from checkout.operations.refund import Asked, refund_vendor_order
from checkout.operations.settle import settle_payment
from marketplace.accounts.models import User
from marketplace.gateway.models import SandboxPayout, SandboxRefund
from marketplace.gateway.models.sandbox import Movement
from marketplace.gateway.provider import ProviderRefused
from marketplace.gateway.sandbox import control, intents, movements
from marketplace.gateway.sandbox import refunds as sandbox_refunds
from marketplace.kernel import clock
from marketplace.kernel.errors import Refusal
from marketplace.kernel.money import Money
from payouts import jobs, ledger, postings
from payouts.models import PayoutAccount, TransactionKind
from payouts.operations import following
from payouts.operations.adjustments import adjust_balance
from payouts.operations.paying import pay_vendor
from tests.factories.accounts import UserFactory
from tests.factories.catalog import listed
from tests.factories.checkout import ShippingMethodFactory
from tests.factories.orders import ready_cart
from tests.factories.promotions import PromotionFactory
from tests.factories.vendors import VendorFactory
from tests.support import payments
from tests.support.accounts import active_account
from tests.support.books import faults
from tests.support.lives import ON_PAPER, Life
from tests.support.lives import Shop as QuickShop
from tests.support.payments import read
from tests.support.proof import booked, disproved, moved, unsettled
from tests.support.trade import undone
from vendors.models import Vendor

pytestmark = pytest.mark.django_db

CURRENCIES: Final = ("EUR", "EUR", "JPY")
# Only what moves money is run; mail and the delivery of events by HTTP are forgotten.
TAKE: Final = """
DELETE FROM procrastinate_jobs WHERE status = 'todo' RETURNING id, task_name, args
"""

# What costs least first, for the first is tried most.
OFTEN: Final = (
    *("days", "days", "days", "pay", "pay", "account", "deliver", "deliver", "adjust"),
    *("refund", "refund", "dispute", "sell"),
)
Step = tuple[str, int, int]
# What happens, to which of those there are, and how much of it.
STEP: Final = st.tuples(st.sampled_from(OFTEN), st.integers(0, 5), st.integers(1, 12))
STEPS: Final = st.lists(STEP, min_size=3, max_size=12)
SALES: Final = st.lists(st.integers(0, 5), min_size=1, max_size=3)
FUNDED: Final = st.sampled_from([0, 2000, 5000])
# The first life that goes wrong is told as it was: to look for a shorter one takes minutes.
PHASES: Final = (Phase.explicit, Phase.generate)


@dataclass
class World:
    """Vendors who can be paid, one thing to buy of each, and a buyer; then time passes."""

    variants: list[Variant]
    funded_bps: int
    staff: User
    now: datetime = field(default_factory=clock.now)
    # What banks decide when the next days have gone by.
    pending: list[Callable[[], object]] = field(default_factory=list)

    def __post_init__(self) -> None:
        if self.funded_bps:
            PromotionFactory.create(vendor=None, rate_bps=self.funded_bps, platform_share_bps=10_000)

    def do(self, step: Step) -> None:
        """One thing that happens; what is refused does not."""
        name, which, much = step
        with clock.at(self.now), suppress(Refusal, ProviderRefused, IndexError):
            MOVES[name](self, which, much)
        self.settle()

    def settle(self) -> None:
        """All that was told is heard, and all that was asked for is done."""
        with clock.at(self.now):
            while payments.receive_all() or _work():
                pass

    def sell(self, which: int, much: int) -> None:
        """Of one vendor, or of two of one currency."""
        chosen = self.variants[:2] if which % 4 == 0 else [self.variants[which % 3]]
        order = place_order(cart=ready_cart(*chosen, quantity=1 + much % 2))
        payment = Payment.objects.filter(order=order).first()
        if payment is not None:
            intents.confirm(payment.provider_ref, client_secret=payment.client_secret, card=read())
            settle_payment(provider=payment.provider, ref=payment.provider_ref)

    def deliver(self, which: int) -> None:
        part = VendorOrder.objects.filter(status="open").order_by("pk")[which // 3]
        mark_delivered(fulfillment=fulfill_vendor_order(part=part, actor=None))

    def refund(self, which: int, much: int) -> None:
        """A part of it, or all; now and then a bank does not take it after all."""
        part = VendorOrder.objects.order_by("-pk")[which // 2]
        amount = Money(part.total_minor * min(much, 10) // 10, part.currency)
        refund = refund_vendor_order(
            part=part, asked=Asked(amount=amount), reason=RefundReason.GOODWILL, actor=None
        )
        if much % 3 == 0:
            self.pending.append(partial(_bounce, refund))

    def dispute(self, which: int, much: int) -> None:
        """A buyer wants the money back by the bank, which decides later."""
        payment = Payment.objects.exclude(charge_ref="").order_by("-pk")[which // 2]
        ref = control.dispute(payment.charge_ref).ref
        self.pending.append(lambda: control.decide(ref, wins=much % 2 == 0))

    def account(self, which: int) -> None:
        """A vendor cannot be paid any more, or can again."""
        account = PayoutAccount.objects.order_by("pk")[which % 3]
        change = control.hold_account if account.state == "active" else control.release_account
        change(account.ref)

    def adjust(self, which: int, much: int) -> None:
        """The platform gives a vendor something, or asks for it."""
        vendor = self.variants[which % 3].vendor
        amount = Money((much - 6) * 100, vendor.currency)
        adjust_balance(vendor=vendor, amount=amount, reason="As agreed", actor=self.staff)

    def days(self, much: int) -> None:
        """Banks decide, what buyers paid becomes available, and what was refused is tried again."""
        self.now += timedelta(days=much + 3)
        with clock.at(self.now):
            while self.pending:
                # What has come back once does not come back again.
                with suppress(ProviderRefused):
                    self.pending.pop()()
            control.settle()
            jobs.move_what_is_left()

    def pay(self, which: int, much: int) -> None:
        """A vendor is paid; now and then its bank sends that back."""
        pay_vendor(vendor=self.variants[which % 3].vendor)
        self.settle()
        for ref in SandboxPayout.objects.filter(status="pending").values_list("ref", flat=True):
            self.pending.append(partial(control.fail_payout if much % 3 else control.arrive, ref))

    def sweep(self) -> None:
        """All that could still move, moves."""
        self.days(40)
        with clock.at(self.now):
            for account in PayoutAccount.objects.exclude(state="active"):
                control.release_account(account.ref)
        self.settle()
        for _ in range(2):
            with clock.at(self.now):
                for order in Order.objects.filter(payment_state="paid"):
                    following.follow(order_id=order.pk)
                jobs.move_what_is_left()
                for variant in self.variants:
                    pay_vendor(vendor=variant.vendor)
            self.settle()


MOVES: Final[Mapping[str, Callable[[World, int, int], None]]] = {
    "sell": lambda world, which, much: world.sell(which, much),
    "deliver": lambda world, which, _: world.deliver(which),
    "refund": lambda world, which, much: world.refund(which, much),
    "dispute": lambda world, which, much: world.dispute(which, much),
    "account": lambda world, which, _: world.account(which),
    "adjust": lambda world, which, much: world.adjust(which, much),
    "days": lambda world, _, much: world.days(much),
    "pay": lambda world, which, much: world.pay(which, much),
}


def _bounce(refund: Refund) -> None:
    refund.refresh_from_db()
    SandboxRefund.objects.filter(ref=refund.provider_ref).update(fails_at=clock.now())
    sandbox_refunds.fail_due()


def _work() -> int:
    """Do what was asked for of payments and payouts; how much that was."""
    with connection.cursor() as cursor:
        cursor.execute(TAKE)
        taken = sorted(cursor.fetchall())
    ours = [(name, args) for _, name, args in taken if name.startswith(("payouts.", "checkout."))]
    for name, args in ours:
        app.tasks[name].func(**(json.loads(args) if isinstance(args, str) else args))
    return len(ours)


def _shop() -> list[Variant]:
    """One thing of each of three vendors who can be paid, two of them in one currency."""
    variants = []
    for currency in set(CURRENCIES):
        _top_up(Money(10_000_000, currency))
    for currency, price in zip(CURRENCIES, (1001, 2002, 1255), strict=True):
        vendor: Vendor = VendorFactory.create(currency=currency)
        ShippingMethodFactory.create(vendor=vendor, price_minor=490, currency=currency)
        active_account(vendor)
        variants.append(listed(price_minor=price, on_hand=500, vendor=vendor).variants.get())
    return variants


def _top_up(amount: Money) -> None:
    """The platform brings money of its own: what it promises vendors beside what buyers pay."""
    movements.post(Movement.CHARGE, amount=amount, source_ref="brought")
    with transaction.atomic():
        ledger.post(
            kind=TransactionKind.WITHDRAWAL,
            reference=f"brought:{amount.currency}",
            occurred_at=clock.now(),
            postings=postings.withdrawal(amount.currency, -amount.minor),
        )


def _gone_through(number: int, *, examples: int, first: list[Step]) -> Counter[str]:
    """So many lives in full, and this one; what was booked in them, by kind."""
    variants, told = _shop(), Counter[str]()
    staff: User = UserFactory.create(is_staff=True)

    @seed(number)
    @settings(max_examples=examples, derandomize=False, phases=PHASES)
    @example(sales=[1, 1, 2], steps=first, funded_bps=5000)
    @given(sales=SALES, steps=STEPS, funded_bps=FUNDED)
    def lives(sales: list[int], steps: list[Step], funded_bps: int) -> None:
        with undone():
            world = World(variants, funded_bps, staff)
            for step in [*(("sell", which, which) for which in sales), *steps]:
                world.do(step)
                assert disproved() == [], steps
            world.sweep()
            assert disproved() == [], (sales, steps)
            assert unsettled() == [], steps
            assert faults() == [], (sales, steps)
            before = moved()
            world.sweep()
            assert moved() == before, steps
            told.update(booked())

    lives()
    return told


def _lived(number: int, *, beginnings: int, endings: int, longest: int) -> Counter[str]:
    """So many quick lives from each of so many beginnings; what was booked in them, by kind, and how many."""
    shop, told = QuickShop.opened(), Counter[str]()
    chance = Random(number)  # noqa: S311  # the same each time
    for place in range(beginnings):
        with Life(shop, shop.books).another() as beginning:
            between = BETWEEN[place % len(BETWEEN)]
            for name, which in (*_paid(place % 3), between, *_indebted(place % 3)):
                beginning.do((name, which, chance.randint(1, 12)))
            told += _from_there(beginning, chance.randrange(10**9), endings=endings, longest=longest)
    return told


# What happens in between; the account is that of the vendor who sells then.
BETWEEN: Final = (("dispute", 0), ("adjust", 1), ("dispute", 0), ("refund", 0), ("account", 1))


def _paid(place: int) -> list[tuple[str, int]]:
    """How a quick life begins: something is sold, delivered and paid out, if the days were enough."""
    return [("sell", place), ("deliver", 0), ("days", 0), ("pay", place)]


def _indebted(place: int) -> list[tuple[str, int]]:
    """How its beginning ends: some of it goes back, so that the vendor may owe, and more is sold."""
    return [("refund", 0), ("days", 0), ("sell", place)]


def _from_there(beginning: Life, number: int, *, endings: int, longest: int) -> Counter[str]:
    """So many lives that begin alike, each undone in the end."""
    told = Counter[str]()

    @seed(number)
    @settings(max_examples=endings, derandomize=False, phases=PHASES)
    @given(steps=st.lists(STEP, min_size=1, max_size=longest))
    def lives(steps: list[Step]) -> None:
        with beginning.another() as life:
            for step in steps:
                life.do(step)
            assert life.disproved() == [], (beginning.lived, steps)
            life.sweep()
            before = life.moved()
            life.sweep()
            assert life.moved() == before, (beginning.lived, steps)
            assert life.disproved() == [], (beginning.lived, steps)
            assert unsettled() == [], (beginning.lived, steps)
            told.update(booked(), lives=1)

    lives()
    return told


def test_h20_every_cent_is_where_the_books_say() -> None:
    assert _gone_through(1, examples=1, first=EVERYTHING).keys() >= KINDS


@pytest.mark.unwatched
@pytest.mark.parametrize("number", range(2, 4))
def test_h20_in_many_lives_every_cent_is_where_the_books_say(number: int) -> None:
    with ON_PAPER:
        told = _lived(number, beginnings=5, endings=20, longest=2)
    assert told["lives"] == 100
    assert told.keys() >= KINDS


@pytest.mark.deep
@pytest.mark.unwatched
@pytest.mark.parametrize("number", range(100, 120))
def test_h20_in_ten_thousand_lives_every_cent_is_where_the_books_say(number: int) -> None:
    with ON_PAPER:
        told = _lived(number, beginnings=25, endings=20, longest=6)
    assert told["lives"] == 500
    assert told.keys() >= KINDS


@pytest.mark.deep
@pytest.mark.parametrize("number", range(10))
def test_h20_in_many_lives_in_full_every_cent_is_where_the_books_say(number: int) -> None:
    assert _gone_through(number, examples=20, first=EVERYTHING).keys() >= KINDS


# One life in which all of it happens: a payout comes back, a dispute is won and one is lost, a bank refuses.
EVERYTHING: Final[list[Step]] = [
    ("deliver", 0, 1),
    ("deliver", 0, 1),
    ("days", 0, 12),
    ("pay", 1, 1),
    ("adjust", 1, 1),
    ("refund", 0, 9),
    ("dispute", 2, 2),
    ("dispute", 4, 1),
    ("days", 0, 1),
    ("adjust", 2, 9),
    ("pay", 1, 3),
    ("days", 0, 4),
]
KINDS: Final = {
    "sale",
    "refund",
    "refund_failed",
    "dispute_withdrawn",
    "dispute_won",
    "dispute_lost",
    "payment_fee",
    "transfer",
    "reversal",
    "payout",
    "payout_failed",
    "adjustment",
}
