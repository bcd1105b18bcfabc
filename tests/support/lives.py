"""What happens to vendors' money, quickly: sold rows instead of a checkout, a provider on paper, and the jobs
that follow run at once instead of through the queue. All else is the operations themselves.

A world begins once; each life in it is a copy that is undone in the end.
"""

import inspect
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

from django.db import connection, transaction
from django.test import override_settings
from typing_extensions import override

from catalog.models import Variant
from checkout.events import OrderPaid
from checkout.models import Cart, Payment, PaymentStatus, RefundReason, VendorOrder
from checkout.operations.refund import Asked, refund_vendor_order
from checkout.operations.refunds import settle_refund
from marketplace.accounts.models import User
from marketplace.gateway.provider import AccountState, PayoutStatus, ProviderRefused
from marketplace.kernel import clock
from marketplace.kernel.errors import Refusal
from marketplace.kernel.events import Subscription, Subscriptions, publish
from marketplace.kernel.jobs import Job
from marketplace.kernel.money import Money, basis_points
from marketplace.subscriptions import SUBSCRIPTIONS
from payouts import ledger, postings
from payouts.models import (
    AccountKind,
    LedgerAccount,
    PayoutAccount,
    PayoutAccountState,
    PayoutSchedule,
    TransactionKind,
)
from payouts.operations import accounts, disputes, following, payouts, reversals, transfers
from payouts.operations.adjustments import adjust_balance
from payouts.operations.claiming import first_schedule
from payouts.operations.paying import pay_vendor
from tests.factories.accounts import BillingProfileFactory, UserFactory
from tests.factories.catalog import listed
from tests.factories.checkout import Bought, CartFactory, paid_order
from tests.factories.vendors import VendorFactory
from tests.support import payable
from tests.support.paper import PLATFORM, Books, Paper
from tests.support.proof import Told, disproved, moved
from tests.support.providers import named
from tests.support.trade import undone
from vendors.models import Vendor

PRICES: Final = (("EUR", 1001), ("EUR", 2002), ("JPY", 1255))
# What goes off a sale, and what of that the platform pays, in basis points of the goods.
PROMOTIONS: Final = ((0, 0), (2000, 2000), (1000, 0), (5000, 3333))
Step = tuple[str, int, int]


class AtOnce(Subscriptions):
    """The table of reactions, of what moves money alone; what is to be done later is remembered."""

    def __init__(self) -> None:
        super().__init__(
            *(
                Subscription(
                    line.event,
                    tuple(each for each in line.now if each.__module__.startswith("payouts.")),
                    tuple(each for each in line.later if each.name.startswith(("payouts.", "checkout."))),
                )
                for line in SUBSCRIPTIONS.by_event.values()
            )
        )
        self.asked: list[tuple[Job[...], dict[str, Any]]] = []

    @override
    def publish(self, event: object) -> None:
        line = self.by_event[type(event)]
        for react in line.now:
            react(event)
        for job in line.later:
            names = inspect.signature(job.run).parameters
            self.asked.append((job, {name: getattr(event, name) for name in names}))

    def run(self) -> None:
        """Do what was asked for, and what follows from that; nothing of it may be refused."""
        while self.asked:
            job, facts = self.asked.pop(0)
            try:
                job(**facts)
            except (Refusal, ProviderRefused) as refusal:
                raise AssertionError(f"{job.name} of {facts} was refused") from refusal


TABLE: Final = AtOnce()
# As a test of lives is to be run.
ON_PAPER: Final = override_settings(
    PAYMENT_PROVIDERS=named(Paper), SUBSCRIPTIONS=f"{__name__}.TABLE", COMMISSION_BPS=1250
)


@dataclass
class Shop:
    """Two vendors of one currency and one of another who can be paid, a thing of each, and a buyer."""

    goods: list[Variant]
    cart: Cart
    staff: User
    books: Books

    @classmethod
    def opened(cls) -> "Shop":
        with connection.cursor() as cursor:
            # To compile what finds nothing takes longer than to run it.
            cursor.execute("SET LOCAL jit = off")
        books, goods = Books(), []
        for number, (currency, price) in enumerate(PRICES):
            vendor: Vendor = VendorFactory.create(currency=currency)
            goods.append(listed(price_minor=price, vendor=vendor).variants.get())
            ref = f"acct_{number}_{currency}"
            books.accounts[ref] = AccountState.ACTIVE
            PayoutAccount.objects.create(
                vendor=vendor,
                provider=Paper.name,
                is_live=False,
                ref=ref,
                state=PayoutAccountState.ACTIVE,
                country="DE",
                currency=currency,
                bank_last4="6789",
            )
        # Made beforehand, for each life would make its own.
        PayoutSchedule.objects.bulk_create(first_schedule(variant.vendor) for variant in goods)
        for currency in {currency for currency, _ in PRICES}:
            _bring(books, Money(10_000_000, currency))
        profile = BillingProfileFactory.create()
        cart: Cart = CartFactory.create(billing_profile=profile)
        staff: User = UserFactory.create(is_staff=True)
        return cls(goods, cart, staff, books)


def _bring(books: Books, amount: Money) -> None:
    """The platform brings money of its own: what it promises vendors beside what buyers pay."""
    books.move(PLATFORM, amount)
    with transaction.atomic():
        ledger.post(
            kind=TransactionKind.WITHDRAWAL,
            reference=f"brought:{amount.currency}",
            occurred_at=clock.now(),
            postings=postings.withdrawal(amount.currency, -amount.minor),
        )


@contextmanager
def _in_one_piece() -> Iterator[None]:
    """A block within which none has a savepoint of its own: a fifth of all statements would be of those."""
    with transaction.atomic():
        connection.features.uses_savepoints = False
        try:
            yield
        finally:
            connection.features.uses_savepoints = True


@dataclass
class Life:
    """What happens in a shop from a moment on."""

    shop: Shop
    books: Books
    now: datetime = field(default_factory=clock.now)
    # What banks decide when the next days have gone by.
    pending: list[Callable[["Life"], None]] = field(default_factory=list)
    lived: list[Step] = field(default_factory=list)

    @contextmanager
    def another(self) -> Iterator["Life"]:
        """One that begins where this one is, and is undone in the end."""
        with undone():
            yield Life(self.shop, self.books.copied(), self.now, list(self.pending))

    @contextmanager
    def going_on(self) -> Iterator[None]:
        """On its own clock, with its own books, and undone as a whole where something is refused."""
        Paper.books = self.books
        with clock.at(self.now), _in_one_piece():
            yield

    def do(self, step: Step) -> None:
        """One thing that happens, and all that follows from it; what is refused does not."""
        self.lived.append(step)
        name, which, much = step
        try:
            with self.going_on():
                MOVES[name](self, which, much)
                TABLE.run()
        except (Refusal, ProviderRefused, IndexError):
            TABLE.asked.clear()

    def sell(self, which: int, much: int) -> None:
        """Of one vendor, or of two of one currency; at any price, some of it on a promotion."""
        chosen = self.shop.goods[:2] if which % 4 == 0 else [self.shop.goods[which % 3]]
        off_bps, platform_bps = PROMOTIONS[(which + much) % 4]
        bought = []
        for variant in chosen:
            unit, quantity = (variant.price_minor or 0) + 7 * much, 1 + much % 2
            bought.append(
                Bought(
                    variant=variant,
                    unit_minor=unit,
                    quantity=quantity,
                    discount_minor=basis_points(unit * quantity, off_bps),
                    platform_minor=basis_points(unit * quantity, platform_bps),
                )
            )
        order = paid_order(
            *bought,
            currency=chosen[0].currency,
            shipping_minor={variant.vendor_id: 490 for variant in chosen},
            tax_bps=1900 if much % 3 == 0 else 0,
            cart=self.shop.cart,
        )
        payment = Payment.objects.create(
            order=order,
            provider=Paper.name,
            provider_ref=f"pi_{order.number}",
            charge_ref=f"ch_{order.number}",
            amount_minor=order.total_minor,
            currency=order.currency,
            status=PaymentStatus.SUCCEEDED,
        )
        self.books.charge(payment.charge_ref, payment.amount)
        with transaction.atomic():
            publish(OrderPaid(order_id=order.pk))

    def deliver(self, which: int) -> None:
        part = VendorOrder.objects.filter(status="open").order_by("pk")[which // 3]
        payable.deliver(part, self.now)

    def refund(self, which: int, much: int) -> None:
        """A part of it, or all; now and then a bank does not take it after all."""
        part = VendorOrder.objects.order_by("-pk")[which // 2]
        amount = Money(part.total_minor * min(much, 10) // 10, part.currency)
        refund = refund_vendor_order(
            part=part, asked=Asked(amount=amount), reason=RefundReason.GOODWILL, actor=None
        )
        if much % 3 == 0:
            self.pending.append(partial(_bounce, key=refund.key))

    def dispute(self, which: int, much: int) -> None:
        """A buyer wants the money back by the bank, which decides later."""
        payment = Payment.objects.order_by("-pk")[which // 2]
        ref = self.books.dispute(payment.charge_ref)
        disputes.settle_dispute(provider=Paper.name, ref=ref)
        self.pending.append(partial(_decide, ref=ref, wins=much % 2 == 0))

    def account(self, which: int) -> None:
        """A vendor cannot be paid any more, or can again."""
        ref = list(self.books.accounts)[which % 3]
        is_active = self.books.accounts[ref] == AccountState.ACTIVE
        self.books.accounts[ref] = AccountState.RESTRICTED if is_active else AccountState.ACTIVE
        accounts.sync_account(provider=Paper.name, ref=ref)

    def adjust(self, which: int, much: int) -> None:
        """The platform gives a vendor something, or asks for it."""
        vendor = self.shop.goods[which % 3].vendor
        amount = Money((much - 6) * 100, vendor.currency)
        adjust_balance(vendor=vendor, amount=amount, reason="As agreed", actor=self.shop.staff)

    def days(self, much: int) -> None:
        """Banks decide, what buyers paid becomes available, and what was left over is taken up."""
        self.now += timedelta(days=much + 3)
        with clock.at(self.now):
            self._hear()
            self.move_what_is_left()

    def _hear(self) -> None:
        """What banks have decided."""
        while self.pending:
            # What has come back once does not come back again.
            with suppress(ProviderRefused):
                self.pending.pop()(self)
            TABLE.run()

    def move_what_is_left(self) -> None:
        """As the job of this name, at once."""
        transfers.send_all(list(transfers.left_over().values_list("pk", flat=True)))
        reversals.send_all(reversals.left_over())
        for key in following.unfollowed(limit=200):
            following.follow(order_id=key)
        for payout in payouts.to_be_asked():
            payouts.send_payout(payout_id=payout.pk)

    def pay(self, which: int, much: int) -> None:
        """A vendor is paid; now and then its bank sends that back."""
        pay_vendor(vendor=self.shop.goods[which % 3].vendor)
        TABLE.run()
        for ref, payout in self.books.payouts.items():
            if payout.status == PayoutStatus.PENDING:
                self.pending.append(partial(_arrive, ref=ref, fails=much % 3 > 0))

    def sweep(self) -> None:
        """All that could still move, moves."""
        self.now += timedelta(days=40)
        with self.going_on():
            self._hear()
            for ref, state in list(self.books.accounts.items()):
                if state != AccountState.ACTIVE:
                    self.books.accounts[ref] = AccountState.ACTIVE
                    accounts.sync_account(provider=Paper.name, ref=ref)
            TABLE.run()
            self.move_what_is_left()
            sold = LedgerAccount.objects.filter(kind=AccountKind.VENDOR_PAYABLE).values("vendor")
            for vendor in Vendor.objects.filter(pk__in=sold).order_by("pk"):
                pay_vendor(vendor=vendor)
            TABLE.run()

    def disproved(self) -> list[str]:
        """What is not as it should be, by the rows and the provider's books."""
        told: Told = {
            "movements": [
                {"holder": each.holder, "currency": each.currency, "minor": each.minor}
                for each in self.books.movements
            ],
            "charges": [{"ref": ref, "minor": each.amount.minor} for ref, each in self.books.charges.items()],
        }
        return disproved(told)

    def moved(self) -> tuple[int, ...]:
        """How much was moved so far, here and there."""
        return (*moved(), len(self.books.movements))


MOVES: Final[Mapping[str, Callable[[Life, int, int], None]]] = {
    "sell": lambda life, which, much: life.sell(which, much),
    "deliver": lambda life, which, _: life.deliver(which),
    "refund": lambda life, which, much: life.refund(which, much),
    "dispute": lambda life, which, much: life.dispute(which, much),
    "account": lambda life, which, _: life.account(which),
    "adjust": lambda life, which, much: life.adjust(which, much),
    "days": lambda life, _, much: life.days(much),
    "pay": lambda life, which, much: life.pay(which, much),
}


def _bounce(life: Life, *, key: str) -> None:
    """A bank does not take a refund after all, if it was made."""
    if key in life.books.answers:
        ref = life.books.answers[key].ref
        life.books.bounce(ref)
        settle_refund(provider=Paper.name, ref=ref)


def _decide(life: Life, *, ref: str, wins: bool) -> None:
    life.books.decide(ref, wins=wins)
    disputes.settle_dispute(provider=Paper.name, ref=ref)


def _arrive(life: Life, *, ref: str, fails: bool) -> None:
    if fails:
        life.books.send_back(ref)
    else:
        life.books.arrive(ref)
    account_ref = life.books.payouts[ref].account_ref
    payouts.sync_payout(provider=Paper.name, account_ref=account_ref, ref=ref)
