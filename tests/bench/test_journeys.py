"""Journeys against the real schema: a checkout ends paid, a refusal derails it, and cookies are kept."""

import pytest

from bench import journeys, selling
from bench.clients import Answer
from bench.journeys import Derailed, Guest
from checkout.models import Order, PaymentState
from marketplace.api.scalars import encode_id
from tests.factories.checkout import ShippingMethodFactory, buyable

pytestmark = pytest.mark.django_db


def _goods() -> selling.Goods:
    variants = [buyable(on_hand=5) for _ in range(2)]
    for variant in variants:
        ShippingMethodFactory.create(vendor=variant.vendor)
        ShippingMethodFactory.create(vendor=variant.vendor, name="Express")
    return [[encode_id("Variant", each.pk) for each in variants]]


def test_a_checkout_ends_with_an_order_that_is_paid_and_split() -> None:
    guest = Guest(transport=selling.InProcess())
    journeys.check_out(guest, *_goods())
    order = Order.objects.get()
    assert order.payment_state == PaymentState.PAID
    assert order.vendor_orders.count() == 2
    assert list(guest.steps) == ["csrf_token", *journeys.NAMES[:5], "card", "confirm_payment"]


def test_a_refusal_derails_the_journey_and_says_at_which_step() -> None:
    (pair,) = _goods()
    with pytest.raises(Derailed, match=r"^add_to_cart: NOT_FOUND$"):
        journeys.check_out(Guest(transport=selling.InProcess()), [encode_id("Variant", 0), *pair])
    assert not Order.objects.exists()


def test_the_sql_of_each_step_is_counted() -> None:
    goods = _goods()
    counted = selling.statements([*goods, *goods])
    assert set(counted) == {"create cart + add", "guest checkout"}
    assert set(counted["create cart + add"]) == {"add_to_cart"}
    assert set(counted["guest checkout"]) == {*journeys.NAMES, "card"}
    assert min(counted["guest checkout"].values()) > 0


def test_the_cookies_of_an_answer_are_read() -> None:
    head = (
        b"HTTP/1.1 200 OK\r\nSet-Cookie: sessionid=a=b; Path=/; HttpOnly\r\nset-cookie: csrftoken=c\r\nX-A: d"
    )
    assert Answer(status=200, body=b"", head=head).cookies() == {"sessionid": "a=b", "csrftoken": "c"}
    assert Answer(status=200, body=b"").cookies() == {}
