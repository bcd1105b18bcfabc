"""Orders that a kept card pays: at once, after the bank has asked, and behind the buyer's back.

On each provider.
"""

import itertools
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import override_settings

from checkout import jobs
from checkout.models import Order, Payment
from checkout.operations.expire import cancel_order, expire_order
from checkout.operations.place import place_order
from marketplace.accounts.models import User
from marketplace.accounts.operations import cards
from marketplace.api.scalars import encode_id
from marketplace.gateway.models import SandboxCharge, SandboxIntent
from marketplace.gateway.provider import PaymentProvider
from marketplace.kernel import clock
from tests.factories.accounts import UserFactory
from tests.factories.checkout import ShippingMethodFactory, buyable
from tests.factories.orders import intent_of, ready_cart
from tests.support import links, payments
from tests.support.books import faults
from tests.support.checkout import confirm, fill, place
from tests.support.graphql import GraphQL
from tests.support.links import Fate, Faulty
from tests.support.mails import sent
from tests.support.queue import run_queued


@pytest.fixture
def ada() -> User:
    return UserFactory.create(email="ada@example.com")


def filled(user: User) -> GraphQL:
    """A signed-in browser with a cart that can be ordered."""
    client, tea = GraphQL(user), buyable()
    ShippingMethodFactory.create(vendor=tea.vendor)
    fill(client, tea)
    return client


def charges() -> list[str]:
    return list(SandboxCharge.objects.order_by("pk").values_list("status", flat=True))


def test_18_a_kept_card_pays_an_order_in_one_request(provider: PaymentProvider, ada: User) -> None:
    card = payments.kept_card(ada)
    client = filled(ada)
    asked = {"paymentMethod": encode_id("PaymentMethod", card.pk), "idempotencyKey": "one"}
    placed = place(client, **asked)
    assert (placed["order"]["status"], placed["order"]["payment"]["status"]) == ("PAID", "SUCCEEDED")
    assert (charges(), intent_of(Order.objects.get()).card_ref, faults()) == (["succeeded"], card.ref, [])
    assert confirm(client, placed)["order"]["status"] == "PAID"


def test_18_where_the_bank_asks_the_buyer_confirms_the_same_payment(
    provider: PaymentProvider, ada: User
) -> None:
    card = payments.kept_card(ada, payments.ASKS_BUYER)
    client, asked = filled(ada), {"paymentMethod": encode_id("PaymentMethod", card.pk)}
    placed, again = place(client, **asked), place(client, **asked)
    told = placed["order"]["payment"]
    assert (placed["order"]["status"], told["declineCode"]) == ("PENDING", "authentication_required")
    assert (again["order"]["number"], SandboxIntent.objects.count()) == (placed["order"]["number"], 1)
    payments.pay(told["ref"], told["clientSecret"], payments.ASKS_BUYER)
    payments.answer_bank_of(told["ref"], told["clientSecret"])
    assert confirm(client, placed)["order"]["status"] == "PAID"
    assert (charges(), sent()[0].subject) == (
        ["failed", "succeeded"],
        f"Your order {placed['order']['number']}",
    )


def test_33_a_card_of_another_or_that_is_off_pays_nothing(provider: PaymentProvider, ada: User) -> None:
    his, mine = payments.kept_card(UserFactory.create()), payments.kept_card(ada)
    cards.delete_card(user=ada, method_id=mine.pk)
    client = filled(ada)
    named = [encode_id("PaymentMethod", key) for key in (his.pk, mine.pk, 10**9)]
    refused = [place(client, paymentMethod=each)["code"] for each in (*named, "made up")]
    refused.append(place(GraphQL(), paymentMethod=named[0])["code"])
    assert refused == ["NOT_FOUND"] * 3 + ["INVALID_INPUT", "SIGN_IN_REQUIRED"]
    assert (Order.objects.count(), charges()) == (0, [])


@pytest.fixture
def broken(provider: PaymentProvider, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Fate]]:
    """What becomes of the next calls of the provider; after these each is answered."""
    fates: list[Fate] = []
    plan = (fates.pop(0) if fates else Fate.ANSWERED for _ in itertools.count())
    monkeypatch.setattr(Faulty, "behind", provider)
    monkeypatch.setattr(Faulty, "plan", plan)
    behind = links.named(Faulty, provider.name)
    with override_settings(PAYMENT_PROVIDERS={**settings.PAYMENT_PROVIDERS, **behind}):
        yield fates


def left(user: User, number: str, fates: list[Fate], *fate: Fate) -> Order:
    """An order by a kept card whose charge was not answered, and whose buyer is gone."""
    card = payments.kept_card(user, number)
    fates += fate
    return place_order(cart=ready_cart(buyable(), user=user), actor=user, card=card)


@pytest.mark.parametrize("fate", [Fate.LOST, Fate.REFUSED])
def test_18_what_was_not_answered_is_charged_by_a_job_once(broken: list[Fate], ada: User, fate: Fate) -> None:
    order = left(ada, payments.OK, broken, fate)
    assert (order.payment_state, Payment.objects.get().provider_ref) == ("pending", "")
    jobs.resume_what_was_cut_off()
    run_queued()
    order.refresh_from_db()
    assert (order.payment_state, charges(), faults()) == ("paid", ["succeeded"], [])


def test_18_a_bank_that_asks_who_is_gone_is_mailed_once(broken: list[Fate], ada: User) -> None:
    order = left(ada, payments.ASKS_BUYER, broken, Fate.REFUSED)
    with clock.at(clock.now() + timedelta(minutes=2)):
        for _ in range(2):
            jobs.resume_what_was_cut_off()
            run_queued()
            payments.receive_all()
        (mail,) = sent()
    assert mail.subject == f"Please pay for your order {order.number}"
    assert f"/orders/{order.number}" in str(mail.body)
    order.refresh_from_db()
    assert (order.payment_state, charges()) == ("pending", ["failed"])


@pytest.mark.parametrize(
    ("fate", "state", "taken"), [(Fate.REFUSED, "cancelled", []), (Fate.LOST, "paid", ["succeeded"])]
)
def test_18_who_gives_an_order_up_is_not_charged_for_that(
    broken: list[Fate], ada: User, fate: Fate, state: str, taken: list[str]
) -> None:
    order = left(ada, payments.OK, broken, fate)
    if state == "paid":
        with clock.at(order.expires_at):
            expire_order(order_id=order.pk)
    else:
        cancel_order(order=order, actor=ada)
    run_queued()
    order.refresh_from_db()
    assert (order.payment_state, charges()) == (state, taken)
