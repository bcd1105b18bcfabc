"""A guest buys through Stripe as it is met: by its library, its address for browsers, its webhooks.

Stripe is the sandbox's face on the same server. Nobody calls `confirmPayment`: what happened is known by
webhooks alone.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from django.conf import settings
from pytest_django import Settings

from checkout.models import Order, OrderReview, Payment, Refund
from checkout.operations.reviews import reject_order
from marketplace.gateway import registry
from marketplace.gateway.models import SandboxCard, SandboxEndpoint, SandboxEvent, WebhookEvent
from marketplace.gateway.provider import AccountState
from marketplace.gateway.sandbox import control
from payouts.models import Dispute, PayoutAccount
from payouts.operations import accounts
from payouts.selectors import trial_balance
from tests.factories.accounts import UserFactory
from tests.factories.checkout import ShippingMethodFactory, buyable
from tests.factories.vendors import VendorFactory
from tests.support import wire
from tests.support.checkout import fill, mutate, place
from tests.support.graphql import GraphQL
from tests.support.live import Browser
from tests.support.payments import ASKS_BUYER, DECLINED, OK, WARNED_OF
from tests.support.queue import run_queued

SETUP = "... on StartCardSuccess { setup { id ref clientSecret provider } }"
CARDS = "{ viewer { paymentMethods { edges { node { id brand last4 isDefault } } } } }"
DELETED = "... on DeleteCardSuccess { paymentMethods { edges { node { id } } } }"
STATUS = "... on CancelOrderSuccess { order { status } }"


@pytest.fixture
def site(db: None) -> Iterator[str]:
    """The address of the shop, and of Stripe on it, which sends its events to the shop."""
    with wire.site() as address, wire.stripe_at(address):
        SandboxEndpoint.objects.create(
            url=f"{address}/webhooks/stripe", secrets=list(wire.WEBHOOK_SECRETS[1:])
        )
        SandboxEndpoint.objects.create(
            url=f"{address}/webhooks/stripe/connect", secrets=list(wire.CONNECT_SECRETS), is_connect=True
        )
        yield address


def confirm(
    payment: Any, number: str, resource: str = "payment_intents", *, return_url: str = ""
) -> httpx.Response:
    """What Stripe's script sends from the buyer's browser."""
    card = {"number": number, "exp_month": "12", "exp_year": "2099", "cvc": "123"}
    return httpx.post(
        f"{settings.STRIPE_API_BASE}/v1/{resource}/{payment['ref']}/confirm",
        data={
            "key": wire.PUBLISHABLE_KEY,
            "client_secret": payment["clientSecret"],
            "payment_method_data[type]": "card",
            **{f"payment_method_data[card][{name}]": value for name, value in card.items()},
            "return_url": return_url or f"{settings.SITE_URL}/checkout/return",
        },
    )


def test_a_guest_pays_by_stripe_and_gets_the_money_back(site: str) -> None:
    tea = buyable(price_minor=1250, on_hand=5)
    ShippingMethodFactory.create(vendor=tea.vendor, price_minor=490)
    buyer = Browser(site)
    fill(buyer, tea, quantity=2)
    placed = place(buyer)
    payment = placed["order"]["payment"]
    assert payment["browserKey"] == wire.PUBLISHABLE_KEY
    assert (payment["amount"]["amount"], payment["status"]) == ("29.90", "OPEN")

    declined = confirm(payment, DECLINED)
    error = declined.json()["error"]
    assert (declined.status_code, error["type"], error["decline_code"]) == (
        402,
        "card_error",
        "generic_decline",
    )
    run_queued()
    kept = Payment.objects.select_related("order").get()
    assert (kept.provider, kept.decline_code, kept.order.payment_state) == (
        "stripe",
        "generic_decline",
        "pending",
    )

    astray = confirm(payment, ASKS_BUYER, return_url="https://elsewhere.example/")
    assert (astray.status_code, astray.json()["error"]["code"]) == (400, "url_invalid")
    asked = confirm(payment, ASKS_BUYER).json()
    assert asked["status"] == "requires_action"
    bank = asked["next_action"]["redirect_to_url"]["url"]
    run_queued()
    assert Payment.objects.get().action_url == bank
    answered = httpx.post(bank, data={"client_secret": payment["clientSecret"], "answer": "approve"})
    assert answered.status_code == 303
    assert Order.objects.get().payment_state == "pending"
    run_queued()
    assert Order.objects.get().payment_state == "paid"

    cancelled = mutate(buyer, "cancelOrder", STATUS, number=placed["order"]["number"], token=placed["token"])
    assert cancelled["order"]["status"] == "CANCELLED"
    run_queued()
    refund = Refund.objects.get()
    assert (refund.status, refund.amount_minor, refund.provider_ref[:3]) == ("succeeded", 2990, "re_")
    tea.refresh_from_db()
    assert (tea.on_hand, tea.reserved) == (5, 0)
    assert sum(balance.minor for _, balance in trial_balance()) == 0

    buyer.http.close()
    assert not SandboxEvent.objects.filter(delivered_at__isnull=True).exists()
    heard = WebhookEvent.objects.exclude(outcome="ignored").order_by("pk")
    assert list(heard.values_list("provider", "type", "outcome")) == [
        ("stripe", "payment_intent.payment_failed", "applied"),
        ("stripe", "payment_intent.requires_action", "applied"),
        ("stripe", "payment_intent.succeeded", "applied"),
        ("stripe", "refund.created", "applied"),
    ]


def _cards(client: GraphQL) -> list[Any]:
    return [edge["node"] for edge in client.ask(CARDS)["viewer"]["paymentMethods"]["edges"]]


def test_a_user_keeps_a_card_at_stripe_and_takes_it_off(site: str) -> None:
    client = GraphQL(UserFactory.create())
    setup = mutate(client, "startCard", SETUP)["setup"]
    assert confirm(setup, DECLINED, "setup_intents").json()["error"]["decline_code"] == "generic_decline"
    run_queued()
    assert _cards(client) == []
    assert confirm(setup, OK, "setup_intents").json()["status"] == "succeeded"
    run_queued()
    (kept,) = _cards(client)
    assert (setup["provider"], kept["brand"], kept["last4"], kept["isDefault"]) == (
        "stripe",
        "visa",
        "4242",
        True,
    )
    card = SandboxCard.objects.get(customer__isnull=False)
    mutate(client, "deleteCard", DELETED, paymentMethod=kept["id"])
    run_queued()
    card.refresh_from_db()
    assert (card.customer, _cards(client)) == (None, [])
    assert not WebhookEvent.objects.filter(settled_at=None).exists()
    assert not SandboxEvent.objects.filter(delivered_at=None).exists()


def test_what_happens_to_a_vendors_account_is_heard_at_the_address_for_accounts(site: str) -> None:
    accounts.start_onboarding(vendor=VendorFactory.create(), actor=UserFactory.create())
    account = PayoutAccount.objects.get()
    run_queued()
    control.onboard(account.ref)
    assert registry.default().get_account(account.ref).state == AccountState.ACTIVE
    run_queued()
    account.refresh_from_db()
    assert account.state == AccountState.ACTIVE
    heard = WebhookEvent.objects.filter(provider="stripe", type="account.updated")
    assert {event.account for event in heard} == {account.ref}
    assert not SandboxEvent.objects.filter(delivered_at=None).exists()


@pytest.mark.parametrize("wins", [True, False])
def test_h22_a_dispute_at_stripe_is_known_and_booked_by_webhooks_alone(site: str, wins: bool) -> None:
    tea = buyable(price_minor=10_000)
    ShippingMethodFactory.create(vendor=tea.vendor, price_minor=0)
    buyer = Browser(site)
    fill(buyer, tea)
    assert confirm(place(buyer)["order"]["payment"], OK).status_code == 200
    run_queued()
    made = control.dispute(Payment.objects.get().charge_ref)
    run_queued()
    dispute = Dispute.objects.get()
    assert (dispute.provider, dispute.ref, dispute.status) == ("stripe", made.ref, "needs_response")
    assert (dispute.shares.get().held_minor, dispute.fee_minor) == (9000, 1500)
    control.decide(made.ref, wins=wins)
    run_queued()
    books = {kind.value: money.minor for kind, money in trial_balance() if money.minor}
    # Of the payment, too, the provider keeps something: 2.9 % and 0.30.
    lost = {"buyer_clearing": 1820, "provider_fee": -1820}
    won = {**lost, "buyer_clearing": -8180, "vendor_payable": 9000, "commission": 1000}
    assert books == (won if wins else lost)


def test_f126_what_its_bank_warns_of_is_held_and_paid_back_by_webhooks_and_jobs(
    site: str, settings: Settings
) -> None:
    settings.REVIEW_FIRST_ORDER_CAPS = "EUR 99.99"
    tea = buyable(price_minor=10_000)
    ShippingMethodFactory.create(vendor=tea.vendor, price_minor=0)
    buyer = Browser(site)
    fill(buyer, tea)
    assert confirm(place(buyer)["order"]["payment"], WARNED_OF).status_code == 200
    run_queued()
    review = OrderReview.objects.get()
    causes = review.findings.order_by("cause").values_list("cause", flat=True)
    assert (review.status, list(causes)) == ("open", ["early_fraud_warning", "first_order_cap"])
    reject_order(review=review, actor=None)
    run_queued()
    (warning,) = registry.default().list_fraud_warnings(review.opened_at - timedelta(minutes=1))
    assert (warning.is_actionable, Refund.objects.get().status) == (False, "succeeded")
    assert {kind.value: money.minor for kind, money in trial_balance() if money.minor}.keys() <= {
        "buyer_clearing",
        "provider_fee",
    }
