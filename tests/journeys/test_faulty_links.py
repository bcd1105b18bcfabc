"""Over a link that loses answers: one charge an order, one refund a refund, one customer a profile."""

import contextlib
import itertools
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import TypeVar

import pytest
import stripe
from django.db import connections
from django.test import override_settings
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from catalog.models import Variant
from checkout.models import Order, Payment, Refund, RefundReason, VendorOrder
from checkout.operations.payments import start_payment
from checkout.operations.refund import Asked, refund_vendor_order
from checkout.operations.refunds import send_refund
from checkout.operations.settle import settle_payment
from marketplace.accounts.errors import PaymentsSilent
from marketplace.accounts.models import PaymentCustomer
from marketplace.accounts.operations import cards
from marketplace.gateway import registry
from marketplace.gateway.models import (
    SandboxCharge,
    SandboxCustomer,
    SandboxIntent,
    SandboxRefund,
    SandboxReversal,
    SandboxTransfer,
)
from marketplace.gateway.provider import ProviderUnavailable
from marketplace.gateway.sandbox import control
from marketplace.gateway.stripe import client
from marketplace.kernel import clock
from marketplace.kernel.money import Money
from payouts import checking, moving
from payouts.models import Discrepancy, PayoutAccount, Reversal, Transfer
from payouts.operations.accounts import start_onboarding, sync_account
from payouts.operations.following import follow
from payouts.operations.reconcile import reconcile
from tests.factories.accounts import UserFactory
from tests.factories.checkout import buyable
from tests.factories.orders import placed
from tests.support import links, payments, wire
from tests.support.links import Fate, Faulty, Forgetful, NowAndThen

Answer = TypeVar("Answer")
SILENCE = (ProviderUnavailable, PaymentsSilent)


@pytest.fixture(params=["sandbox", "stripe"])
def lossy(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, db: None) -> Iterator[str]:
    """A provider of which every second answer is lost; at Stripe's library's second try too."""
    with contextlib.ExitStack() as until:
        if request.param == "stripe":
            monkeypatch.setattr(stripe.HTTPClient, "INITIAL_DELAY", 0.0)
            monkeypatch.setattr(stripe.HTTPClient, "MAX_DELAY", 0.0)
            site = until.enter_context(wire.site())
            plan = (fate for fate in links.every_second_lost() for _ in range(3))
            until.enter_context(wire.stripe_at(until.enter_context(links.proxy(site, plan))))
        else:
            until.enter_context(override_settings(PAYMENT_PROVIDERS=links.named(Faulty)))
            monkeypatch.setattr(Faulty, "plan", links.every_second_lost())
        yield request.param


def insisted(act: Callable[[], Answer]) -> Answer:
    """Do it again until it is answered, as jobs do."""
    for _ in range(20):
        with contextlib.suppress(*SILENCE):
            return act()
    raise AssertionError("never answered")


def opened(order: Order) -> Payment:
    """The payment of an order, open with the provider."""
    payment = Payment.objects.select_related("order").get(order=order)
    while not start_payment(payment=payment, order=payment.order):
        payment.refresh_from_db()
    payment.refresh_from_db()
    return payment


def bought(*goods: Variant, refunds: bool = True) -> None:
    """An order is placed and paid, its vendors are sent theirs, and a part of its money goes back."""
    payment = opened(placed(*goods))
    assert payments.pay(payment.provider_ref, payment.client_secret).status_code == 200
    insisted(lambda: settle_payment(provider=payment.provider, ref=payment.provider_ref))
    insisted(lambda: follow(order_id=payment.order_id))
    if refunds:
        part = VendorOrder.objects.filter(order=payment.order_id)[0]
        asked = Asked(amount=Money(500, "EUR"))
        refund = refund_vendor_order(part=part, asked=asked, reason=RefundReason.GOODWILL, actor=None)
        insisted(lambda: send_refund(refund_id=refund.pk))
        insisted(lambda: follow(order_id=payment.order_id))


def counted() -> dict[str, tuple[int, int]]:
    """How many there are here and there."""
    return {
        "payments": (Payment.objects.count(), SandboxIntent.objects.count()),
        "charges": (
            Order.objects.filter(payment_state="paid").count(),
            SandboxCharge.objects.filter(status="succeeded").count(),
        ),
        "refunds": (Refund.objects.count(), SandboxRefund.objects.count()),
        "customers": (PaymentCustomer.objects.count(), SandboxCustomer.objects.count()),
        "transfers": (Transfer.objects.count(), SandboxTransfer.objects.count()),
        "reversals": (Reversal.objects.count(), SandboxReversal.objects.count()),
    }


def sellers(count: int) -> list[Variant]:
    """Goods of as many vendors, whose accounts are open, over a link as it is."""
    goods = [buyable(on_hand=1000) for _ in range(count)]
    for variant in goods:
        vendor, owner = variant.vendor, UserFactory.create()
        insisted(lambda vendor=vendor, owner=owner: start_onboarding(vendor=vendor, actor=owner))  # type: ignore[misc]  # bound now
        account = PayoutAccount.objects.get(vendor=vendor)
        control.onboard(account.ref)
        insisted(lambda account=account: sync_account(provider=account.provider, ref=account.ref))  # type: ignore[misc]  # bound now
    return goods


def reconciled() -> list[str]:
    """What still differs when all has had its time."""
    with clock.at(clock.now() + timedelta(minutes=2)):
        assert reconcile(provider=registry.default().name).outcome == "clean"
    return list(Discrepancy.objects.filter(status="open").values_list("kind", flat=True))


def test_8_with_every_second_answer_lost_nothing_is_done_twice(lossy: str) -> None:
    goods = sellers(2)
    for _ in range(3):
        bought(*goods)
    for user in UserFactory.create_batch(2):
        insisted(lambda user=user: cards.ensure_customer(user.billing_profile))  # type: ignore[misc]  # bound now
    assert counted() == {
        "payments": (3, 3),
        "charges": (3, 3),
        "refunds": (3, 3),
        "customers": (2, 2),
        "transfers": (6, 6),
        "reversals": (3, 3),
    }
    made = set(Transfer.objects.values_list("status", flat=True))
    assert made == set(Reversal.objects.values_list("status", flat=True)) == {"made"}
    assert set(Refund.objects.values_list("status", flat=True)) == {"succeeded"}
    assert [fault for _, faults in checking.check() for fault in faults] == []


@pytest.mark.django_db
def test_control_without_keys_it_is_done_twice(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.PAYMENT_PROVIDERS = links.named(Forgetful)
    monkeypatch.setattr(Faulty, "plan", links.every_second_lost())
    goods = sellers(1)
    # What is sent twice of a charge the provider refuses; what is sent of a balance it does not.
    monkeypatch.setattr(moving, "by_source", lambda minor, *, charged_minor: (0, minor))  # noqa: ARG005
    Faulty.plan = itertools.repeat(Fate.ANSWERED)
    bought(buyable(price_minor=100_000), refunds=False)
    control.settle()
    Faulty.plan = links.every_second_lost()
    for _ in range(3):
        bought(*goods)
    found = counted()
    assert found["payments"][1] > 4
    assert found["refunds"][1] > 3
    assert found["transfers"][1] > 3
    assert found["reversals"][1] > 3


@pytest.fixture(params=["sandbox", "stripe"])
def unsteady(
    request: pytest.FixtureRequest, live_server: LiveServer, monkeypatch: pytest.MonkeyPatch
) -> Iterator[NowAndThen]:
    """A provider behind a bad link; where it is reached over HTTP, who hangs is left after half a second."""
    plan = NowAndThen(seed=7)
    with contextlib.ExitStack() as until:
        if request.param == "stripe":
            monkeypatch.setattr(stripe.HTTPClient, "INITIAL_DELAY", 0.0)
            monkeypatch.setattr(stripe.HTTPClient, "MAX_DELAY", 0.0)
            monkeypatch.setattr(client, "ANSWER_SECONDS", 0.5)
            monkeypatch.setitem(connections.settings["default"], "CONN_MAX_AGE", 0)
            until.enter_context(override_settings(SITE_URL=live_server.url))
            link = until.enter_context(links.proxy(live_server.url, plan, hang=1))
            until.enter_context(wire.stripe_at(link))
        else:
            until.enter_context(override_settings(PAYMENT_PROVIDERS=links.named(Faulty)))
            monkeypatch.setattr(Faulty, "plan", plan)
        yield plan


@pytest.mark.deep
@pytest.mark.django_db(transaction=True)
def test_8_of_a_thousand_checkouts_over_a_bad_link_nothing_is_doubled_or_lost(unsteady: NowAndThen) -> None:
    goods = sellers(1)
    for number in range(1000):
        bought(*goods, refunds=number % 10 == 0)
    found = counted()
    assert found["payments"] == found["charges"] == found["transfers"] == (1000, 1000)
    assert found["refunds"] == found["reversals"] == (100, 100)
    assert [fault for _, faults in checking.check() for fault in faults] == []
    assert min(unsteady.told[fate] for fate in Fate) > 0
    unsteady.calm_down()
    assert reconciled() == []
