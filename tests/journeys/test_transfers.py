"""Money on its way to vendors, told by the numbers of docs/payments-stripe.md, on each provider.

After every step our ledger is what the provider says it holds: of the platform's, and of each vendor's.
"""

import random
from collections.abc import Iterator
from datetime import timedelta

import pytest

from catalog.models import Variant
from checkout.models import Order, OrderLine, Payment, RefundReason
from checkout.operations.place import place_order
from checkout.operations.refund import Asked, refund_vendor_order
from checkout.operations.refunds import send_refund
from checkout.operations.settle import settle_payment
from marketplace.gateway import inbox
from marketplace.gateway.models import SandboxAccount, SandboxReversal, SandboxTransfer
from marketplace.gateway.provider import PaymentProvider
from marketplace.gateway.sandbox import control
from marketplace.kernel import clock
from payouts import jobs
from payouts.models import LedgerAccount, Transfer
from payouts.operations import transfers
from payouts.operations.accounts import sync_account
from tests.factories.checkout import buyable
from tests.factories.orders import intent_of, placed, ready_cart
from tests.factories.promotions import PromotionFactory
from tests.factories.sold import part_of
from tests.factories.vendors import VendorFactory
from tests.support import payments, wire
from tests.support.accounts import opened_account
from tests.support.books import faults
from tests.support.disputed import decided, disputed
from tests.support.moved import apart, followed, given_back, paid_out, payable, returned, sent
from tests.support.queue import queued


@pytest.fixture(params=["sandbox", pytest.param("stripe", marks=pytest.mark.deep)])
def provider(request: pytest.FixtureRequest, db: None) -> Iterator[PaymentProvider]:
    """One that new payments go to; Stripe is reached over HTTP, by its library."""
    with wire.paying_by(request.param) as paying:
        yield paying


def hear(provider: PaymentProvider) -> None:
    """All that the provider has to tell, in any order."""
    told = list(provider.list_events(clock.now() - timedelta(hours=1)))
    random.Random(7).shuffle(told)  # noqa: S311  # the same each time
    for event in told:
        inbox.take(event)


def paid(*goods: Variant, quantity: int = 1, number: str = payments.OK) -> Order:
    """An order of these goods that its buyer has paid for."""
    order = placed(*goods, quantity=quantity)
    intent = intent_of(order)
    payments.confirm(intent, number)
    if number == payments.ASKS_BUYER:
        payments.answer_bank(intent)
    payment = Payment.objects.get(order=order)
    settle_payment(provider=payment.provider, ref=payment.provider_ref)
    return Order.objects.get(pk=order.pk)


def is_right() -> None:
    assert (apart(), faults()) == ([], [])


def states() -> list[tuple[str, str]]:
    return list(Transfer.objects.order_by("pk").values_list("status", "waiting"))


def test_19_30_who_cannot_be_paid_yet_or_any_more_waits_and_is_paid_once(
    provider: PaymentProvider,
) -> None:
    goods = [buyable() for _ in range(3)]
    payable(goods[0].vendor, goods[1].vendor)
    followed(paid(*goods))
    assert states() == [("made", ""), ("made", ""), ("queued", "account")]
    account = opened_account(goods[2].vendor)
    control.onboard(account.ref)
    sync_account(provider=provider.name, ref=account.ref)
    assert queued().count(("send_waiting", {"vendor_id": account.vendor_id})) == 1
    for _ in range(2):
        jobs.send_waiting(vendor_id=account.vendor_id)
    assert (states()[2], SandboxTransfer.objects.count()) == (("made", ""), 3)
    control.disconnect(account.ref)
    sync_account(provider=provider.name, ref=account.ref)
    order = followed(paid(goods[2]))
    assert states()[3] == ("queued", "account")
    SandboxAccount.objects.filter(ref=account.ref).update(is_disconnected=False)
    sync_account(provider=provider.name, ref=account.ref)
    for _ in range(2):
        jobs.send_waiting(vendor_id=account.vendor_id)
        followed(order)
    assert (states()[3], SandboxTransfer.objects.count()) == (("made", ""), 4)
    is_right()


def test_20_a_transfer_that_the_platform_cannot_pay_yet_is_made_later(provider: PaymentProvider) -> None:
    PromotionFactory.create(rate_bps=10_000)
    pot = buyable(price_minor=1000)
    payable(pot.vendor)
    followed(place_order(cart=ready_cart(pot, ships=0)))
    assert states() == [("queued", "funds")]
    PromotionFactory._meta.model.objects.update(is_automatic=False)
    followed(paid(buyable(price_minor=100_000)))
    transfers.send_transfer(transfer_id=transfers.left_over()[0].pk)
    assert sent()[0] == ("balance", "made", 900, 0, 0)
    is_right()


def test_24_25_what_goes_back_before_the_transfer_and_after_the_payout(provider: PaymentProvider) -> None:
    pot = buyable(price_minor=10_000)
    payable(pot.vendor)
    early, late = paid(pot), paid(pot)
    given_back(early, 5000)
    for order in (early, late):
        followed(order)
    assert [row[2] for row in sent()] == [4990, 9490]
    paid_out(pot.vendor, 14_480)
    given_back(late, 10_490)
    followed(late)
    assert (returned(), SandboxReversal.objects.count()) == ([("short", 0, 9490)], 0)
    followed(paid(pot, quantity=2))
    assert sent()[2] == ("charge", "made", 9000, 9490, 0)
    is_right()


@pytest.mark.parametrize("currency", ["EUR", "JPY"])
def test_the_whole_story(provider: PaymentProvider, currency: str) -> None:
    vendors = VendorFactory.create_batch(3, currency=currency, country="JP" if currency == "JPY" else "DE")
    prices = [1001, 2002, 500]
    goods = [buyable(price_minor=price, vendor=vendor) for price, vendor in zip(prices, vendors, strict=True)]
    payable(*vendors)
    order = paid(*goods, quantity=3, number=payments.ASKS_BUYER)
    for _ in range(2):
        hear(provider)
        followed(order)
    # 10 % of 30.03, 60.06 and 15.00: 3.00, 6.01 and 1.50; shipping carries none.
    assert [row[2] for row in sent()] == [2703 + 490, 5405 + 490, 1350 + 490]
    is_right()

    part, first = part_of(order, goods[1]), OrderLine.objects.get(variant=goods[1])
    for asked in (Asked(units={first.pk: 1}), Asked(units={first.pk: 2}, is_shipping=True)):
        refund = refund_vendor_order(part=part, asked=asked, reason=RefundReason.OTHER, actor=None)
        send_refund(refund_id=refund.pk)
        followed(order)
        is_right()
    assert (returned(), sent()[1][4]) == ([("made", 1802, 0), ("made", 4093, 0)], 5895)

    paid_out(vendors[0], 3193)
    dispute = disputed(order)
    followed(order)
    assert returned()[2:] == [("short", 0, 3193), ("made", 1840, 0)]
    is_right()
    followed(paid(buyable(price_minor=100_000, vendor=vendors[1])))
    decided(dispute, wins=True)
    followed(order)
    # The first had its money all the while: what it gets again is what it owed.
    assert sent()[4:] == [("balance", "made", 0, 3193, 0), ("balance", "made", 1840, 0, 0)]
    lying = LedgerAccount.objects.filter(kind="vendor_account").order_by("vendor_id")
    assert [account.balance_minor for account in lying] == [0, -90_490, -1840]
    is_right()
