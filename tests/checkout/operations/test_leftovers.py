"""What a buyer put in the cart while its payment was under way is still there when it is paid."""

import pytest
from django.contrib.sessions.backends.db import SessionStore

from catalog.models import Variant
from checkout.models import Cart, CartStatus, Order, Refund
from checkout.operations import cart as carts
from checkout.operations import details
from checkout.operations.expire import expire_order
from checkout.operations.open_carts import remember_cart, remember_paid
from checkout.operations.place import place_order
from checkout.operations.settle import settle_payment
from checkout.selectors.cart import cart_for
from marketplace.accounts.models import User
from marketplace.gateway.models import SandboxIntent
from marketplace.gateway.models.sandbox import IntentState
from marketplace.kernel import clock
from tests.factories.accounts import UserFactory
from tests.factories.checkout import buyable
from tests.factories.orders import intent_of, payment_of, ready_cart
from tests.support.payments import confirm

pytestmark = pytest.mark.django_db


def _ordered(*variants: Variant, quantity: int = 1, user: User | None = None) -> tuple[Order, SessionStore]:
    """An order, and the session of its buyer."""
    session, cart = SessionStore(), ready_cart(*variants, quantity=quantity, user=user)
    order = place_order(cart=cart)
    remember_cart(session, cart, items=quantity * len(variants))
    return order, session


def _pay(order: Order) -> Order:
    confirm(intent_of(order))
    settle_payment(provider="sandbox", ref=intent_of(order).ref)
    return Order.objects.select_related("cart").get(pk=order.pk)


def _status(order: Order) -> str | None:
    return None if order.cart is None else order.cart.status


def _content(session: SessionStore, user: User | None = None) -> list[tuple[Variant, int, int]] | None:
    """What the buyer's cart holds and asks for, as far as there is one."""
    cart = cart_for(session=session, user=user)
    if cart is None:
        return None
    return [(line.variant, line.quantity, line.asked) for line in cart.lines.order_by("pk")]


@pytest.mark.parametrize("is_member", [False, True])
def test_what_was_added_or_raised_meanwhile_stays(is_member: bool) -> None:
    user = UserFactory.create() if is_member else None
    tea, mug, jar = buyable(), buyable(), buyable()
    order, session = _ordered(tea, mug, quantity=2, user=user)
    carts.add_to_cart(session=session, user=user, variant_id=jar.pk)
    carts.add_to_cart(session=session, user=user, variant_id=tea.pk, quantity=2)
    paid = _pay(order)
    assert (paid.payment_state, _content(session, user)) == ("paid", [(tea, 2, 2), (jar, 1, 1)])
    cart = Cart.objects.get()
    assert (cart.status, cart.version > paid.cart_version) == (CartStatus.ACTIVE, True)
    remember_paid(session, paid)
    assert (session["cart_id"], session["cart_items"], session["order_id"]) == (
        str(cart.token),
        3,
        order.number,
    )


def test_what_was_taken_back_meanwhile_is_bought_all_the_same() -> None:
    tea, mug = buyable(), buyable()
    order, session = _ordered(tea, mug, quantity=2)
    line = Cart.objects.get().lines.get(variant=tea)
    carts.set_quantity(session=session, user=None, line_id=line.pk, quantity=1)
    paid = _pay(order)
    assert (_status(paid), _content(session)) == (CartStatus.PAID, None)
    remember_paid(session, paid)
    assert dict(session.items()) == {"order_id": order.number}


def test_another_engraving_is_another_line() -> None:
    mug = buyable()
    order, session = _ordered(mug)
    carts.add_to_cart(session=session, user=None, variant_id=mug.pk, characteristics=[("Engraving", "Ada")])
    _pay(order)
    (line,) = Cart.objects.get().lines.all()
    assert (line.characteristics, line.quantity) == ({"Engraving": "Ada"}, 1)


def test_another_way_to_write_to_the_buyer_leaves_nothing() -> None:
    order, session = _ordered(buyable())
    details.set_contact(session=session, user=None, email="new@example.com")
    assert _status(_pay(order)) == CartStatus.PAID


def test_settled_again_nothing_more_goes_out() -> None:
    tea = buyable()
    order, session = _ordered(tea)
    carts.add_to_cart(session=session, user=None, variant_id=tea.pk, quantity=3)
    for _ in range(3):
        _pay(order)
    assert _content(session) == [(tea, 3, 3)]


def test_the_rest_is_bought_in_its_turn() -> None:
    tea, mug = buyable(), buyable()
    order, session = _ordered(tea)
    carts.add_to_cart(session=session, user=None, variant_id=mug.pk)
    remember_paid(session, _pay(order))
    mug.vendor.shipping_methods.all().delete()
    second = place_order(cart=Cart.objects.get())
    assert list(second.vendor_orders.values_list("lines__variant", flat=True)) == [mug.pk]
    # Who looks at the first order again while the second waits is not told it was the last.
    del session["order_id"]
    remember_paid(session, Order.objects.get(pk=order.pk))
    assert "order_id" not in session
    assert _status(_pay(second)) == CartStatus.PAID
    assert Cart.objects.count() == 1


@pytest.mark.parametrize("is_changed", [False, True])
def test_paid_after_its_cart_was_given_back(is_changed: bool) -> None:
    """Kept while the cart is as it was; else the money goes back, and the cart is whole."""
    tea, mug = buyable(), buyable()
    order, session = _ordered(tea)
    with clock.at(order.expires_at):
        expire_order(order_id=order.pk)
    if is_changed:
        carts.add_to_cart(session=session, user=None, variant_id=mug.pk)
    SandboxIntent.objects.filter(ref=payment_of(order).provider_ref).update(
        status=IntentState.REQUIRES_METHOD
    )
    paid = _pay(order)
    assert (paid.payment_state, Refund.objects.count()) == (("cancelled", 1) if is_changed else ("paid", 0))
    assert _content(session) == ([(tea, 1, 1), (mug, 1, 1)] if is_changed else None)
