import pytest
from django.db import transaction

from checkout.models import Cart, CartStatus, Order, OrderLine, VendorOrder, VendorOrderStatus
from checkout.operations import personal
from checkout.operations.expire import cancel_order
from marketplace.accounts.errors import AccountInUse
from marketplace.accounts.models import BillingProfile, User
from tests.factories.accounts import UserFactory
from tests.factories.checkout import Bought, buyable, paid_order
from tests.factories.orders import placed, ready_cart

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada() -> User:
    user: User = UserFactory.create(email="ada@example.com")
    return user


def _bought_by(user: User) -> Order:
    """A paid order of a guest whom the user has claimed."""
    order = paid_order(Bought(variant=buyable(), quantity=2, unit_minor=1000))
    BillingProfile.objects.filter(pk=order.billing_profile_id).update(claimed_by=user)
    return order


def _ship(order: Order) -> None:
    VendorOrder.objects.filter(order=order).update(status=VendorOrderStatus.COMPLETED)


def _refuse(user: User) -> None:
    with transaction.atomic():
        personal.refuse_open_orders_of(user)


def _erase(user: User) -> None:
    with transaction.atomic():
        personal.erase_buyer(user)


def test_orders_are_told_in_full_and_nobody_elses(ada: User) -> None:
    order = placed(user=ada)
    Order.objects.filter(pk=order.pk).update(client_site="a mark")
    placed()
    (told,) = personal.orders_in_full(ada)
    assert (told["number"], told["email"]) == (order.number, "ada@example.com")
    assert told["mark_of_connection"] == "a mark"
    assert told["shipping_address"]["line1"] == "Unter den Linden 1"
    (part,) = told["parts"]
    assert [line["quantity"] for line in part["lines"]] == [1]


def test_an_order_that_waits_for_its_payment_keeps_the_account(ada: User) -> None:
    order = placed(user=ada)
    with pytest.raises(AccountInUse) as refusal:
        _refuse(ada)
    assert refusal.value.use == "1 open order"
    cancel_order(order=order, actor=ada)
    _refuse(ada)


def test_an_order_that_waits_to_be_shipped_keeps_it_too(ada: User) -> None:
    order, other = _bought_by(ada), _bought_by(ada)
    with pytest.raises(AccountInUse) as refusal:
        _refuse(ada)
    assert refusal.value.use == "2 open orders"
    for each in (order, other):
        _ship(each)
    _refuse(ada)


def test_the_buyer_is_taken_out_and_the_money_stays(ada: User) -> None:
    order, other = _bought_by(ada), placed()
    address = {"name": "Ada", "line1": "Unter den Linden 1", "city": "Berlin", "postal_code": "10117"}
    Order.objects.filter(pk=order.pk).update(
        shipping_address=address | {"country": "DE", "state": ""}, client_site="a mark"
    )
    OrderLine.objects.update(characteristics={"engraving": "For Ada"})
    _erase(ada)
    gone = Order.objects.get(pk=order.pk)
    assert (gone.email, gone.client_site) == ("", "")
    assert (gone.total, gone.paid_at) == (order.total, order.paid_at)
    assert gone.shipping_address == {
        "name": "",
        "line1": "",
        "city": "",
        "state": "",
        "postal_code": "10117",
        "country": "DE",
    }
    assert OrderLine.objects.get(vendor_order__order=order).characteristics == {}
    kept = Order.objects.get(pk=other.pk)
    assert (kept.email, kept.shipping_address) == (other.email, other.shipping_address)
    assert OrderLine.objects.get(vendor_order__order=other).characteristics == {"engraving": "For Ada"}


def test_an_open_cart_is_given_up(ada: User) -> None:
    cart = ready_cart(buyable(), user=ada)
    _erase(ada)
    gone = Cart.objects.get(pk=cart.pk)
    assert (gone.status, gone.email, gone.shipping_address) == (CartStatus.ABANDONED, "", None)
