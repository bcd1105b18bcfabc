"""What a guest gathered goes with the user who signs in."""

import pytest
from django.contrib.sessions.backends.db import SessionStore

from catalog.models import Variant
from checkout import events
from checkout.models import Cart, CartLine, CartShipping, CartStatus, Order
from checkout.operations import cart as carts
from checkout.operations import merging
from checkout.operations.merging import merge_carts
from checkout.operations.open_carts import remember_cart
from checkout.operations.place import place_order
from checkout.operations.settle import settle_payment
from checkout.selectors.cart import cart_for, costed_cart
from marketplace.accounts.models import User
from marketplace.gateway.sandbox import intents
from tests.factories.accounts import AddressFactory, UserFactory
from tests.factories.checkout import ShippingMethodFactory, buyable, filled_cart
from tests.factories.orders import intent_of, payment_of, ready_cart
from tests.factories.vendors import VendorFactory
from tests.support.payments import confirm
from tests.support.published import published
from tests.support.queue import run_queued

pytestmark = pytest.mark.django_db

BLUE = {"Colour": "Blue"}


def _add(
    session: SessionStore, user: User | None, variant_id: int, quantity: int = 1, **characteristics: str
) -> Cart:
    return carts.add_to_cart(
        session=session,
        user=user,
        variant_id=variant_id,
        quantity=quantity,
        characteristics=characteristics.items(),
    )


def _content(cart: Cart) -> list[tuple[int, dict[str, str], int, int]]:
    lines = cart.lines.order_by("variant", "pk")
    return [(line.variant_id, line.characteristics, line.quantity, line.asked) for line in lines]


def test_h28_lines_are_summed_within_what_is_left() -> None:
    session, user = SessionStore(), UserFactory.create()
    blue, mug = buyable(on_hand=2), buyable()
    own = _add(SessionStore(), user, blue.pk, Colour="Blue")
    _add(SessionStore(), user, mug.pk)
    guests = _add(session, None, blue.pk, 2, Colour="Blue")
    merged = merge_carts(session=session, user=user)
    assert merged == own
    assert _content(own) == [(blue.pk, BLUE, 2, 3), (mug.pk, {}, 1, 1)]
    assert [warning.code.name for warning in costed_cart(own).warnings] == ["QUANTITY_CLAMPED"]
    guests.refresh_from_db()
    assert guests.status == CartStatus.MERGED
    assert (session["cart_id"], session["cart_items"]) == (str(own.token), 3)


def test_h28_the_second_time_changes_nothing() -> None:
    session, user = SessionStore(), UserFactory.create()
    variant = buyable()
    _add(SessionStore(), user, variant.pk)
    _add(session, None, variant.pk)
    first = merge_carts(session=session, user=user)
    session.modified = False
    second = merge_carts(session=session, user=user)
    assert first is not None
    assert second is not None
    assert (second, second.version, _content(second)) == (first, first.version, [(variant.pk, {}, 2, 2)])
    assert not session.modified


def test_without_a_cart_of_ones_own_the_guests_becomes_it() -> None:
    session, user = SessionStore(), UserFactory.create()
    guests = _add(session, None, buyable().pk)
    Cart.objects.update(email="guest@example.com", shipping_address=AddressFactory.create())
    cart = merge_carts(session=session, user=user)
    assert cart == guests == cart_for(session=SessionStore(), user=user)
    assert (cart.user, cart.billing_profile, cart.email) == (user, user.billing_profile, user.email)
    assert (cart.shipping_address, cart.version, cart.status) == (None, 2, CartStatus.ACTIVE)
    assert cart_for(session=session, user=None) is None


def test_without_any_cart_there_is_none() -> None:
    session = SessionStore()
    assert merge_carts(session=session, user=UserFactory.create()) is None
    assert list(session.keys()) == []
    assert not Cart.objects.exists()


def test_an_empty_guests_cart_changes_nothing_but_itself() -> None:
    session, user = SessionStore(), UserFactory.create()
    own = _add(SessionStore(), user, buyable().pk)
    _add(session, None, buyable().pk)
    carts.clear_cart(session=session, user=None)
    merged = merge_carts(session=session, user=user)
    assert (merged, merged and merged.version, session["cart_items"]) == (own, 1, 1)


@pytest.mark.parametrize("is_empty", [True, False])
def test_a_cart_of_another_currency_or_an_empty_one_gives_way(is_empty: bool) -> None:
    session, user = SessionStore(), UserFactory.create()
    dollars = buyable(vendor=VendorFactory.create(currency="USD"))
    own = _add(SessionStore(), user, dollars.pk)
    if is_empty:
        carts.clear_cart(session=SessionStore(), user=user)
    guests = _add(session, None, buyable().pk)
    assert merge_carts(session=session, user=user) == guests
    own.refresh_from_db()
    assert (own.status, own.lines.count()) == (CartStatus.ABANDONED, 0 if is_empty else 1)
    assert cart_for(session=session, user=user) == guests


def test_what_is_sold_out_comes_along_with_its_warning() -> None:
    session, user = SessionStore(), UserFactory.create()
    own, gone = _add(SessionStore(), user, buyable().pk), buyable()
    _add(session, None, gone.pk, 2)
    gone.on_hand = 0
    gone.save()
    merge_carts(session=session, user=user)
    (warning,) = costed_cart(own).warnings
    assert warning.line is not None
    assert (warning.code.name, warning.line.variant, warning.line.quantity) == ("OUT_OF_STOCK", gone, 2)


def test_chosen_shipping_comes_along_where_none_was_chosen() -> None:
    session, user = SessionStore(), UserFactory.create()
    there, here = (ShippingMethodFactory.create(vendor=buyable().vendor) for _ in "ab")
    own = _add(SessionStore(), user, buyable().pk)
    CartShipping.objects.create(cart=own, vendor=there.vendor, method=there)
    guests = _add(session, None, buyable().pk)
    for method in (ShippingMethodFactory.create(vendor=there.vendor), here):
        CartShipping.objects.create(cart=guests, vendor=method.vendor, method=method)
    merge_carts(session=session, user=user)
    assert set(own.shipping.values_list("method", flat=True)) == {there.pk, here.pk}


def test_a_cart_does_not_grow_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(merging, "MOST_LINES", 2)
    session, user = SessionStore(), UserFactory.create()
    own = _add(SessionStore(), user, buyable().pk)
    for _ in range(2):
        _add(session, None, buyable().pk)
    merge_carts(session=session, user=user)
    assert (own.lines.count(), CartLine.objects.count()) == (2, 3)


def _guest_and_member(tea: Variant) -> tuple[SessionStore, User, Order]:
    """A guest who has ordered two units, and the member they turn out to be, with one in the cart."""
    session, user = SessionStore(), UserFactory.create()
    own, guests = filled_cart(tea, user=user), ready_cart(tea, quantity=2)
    remember_cart(session, guests, items=2)
    assert own.user == user
    return session, user, place_order(cart=guests)


def test_r30_the_unpaid_order_of_a_cart_that_ends_gives_its_stock_back() -> None:
    tea = buyable(on_hand=3)
    session, user, order = _guest_and_member(tea)
    with published() as said:
        merge_carts(session=session, user=user)
    order.refresh_from_db()
    tea.refresh_from_db()
    assert (order.payment_state, tea.reserved) == ("superseded", 0)
    assert said == [events.OrderReleased(order_id=order.pk)]
    assert _content(Cart.objects.get(user=user)) == [(tea.pk, {}, 3, 3)]
    run_queued()
    assert payment_of(order).status == "cancelled"


def test_what_is_being_paid_for_stays_out_of_the_members_cart() -> None:
    tea, mug = buyable(), buyable()
    session, user, order = _guest_and_member(tea)
    _add(session, None, tea.pk, 3)
    _add(session, None, mug.pk)
    intents.hold(intent_of(order).ref)
    confirm(intent_of(order))
    settle_payment(provider="sandbox", ref=intent_of(order).ref)
    merge_carts(session=session, user=user)
    order.refresh_from_db()
    tea.refresh_from_db()
    assert (order.payment_state, tea.reserved) == ("processing", 2)
    assert _content(Cart.objects.get(user=user)) == [(tea.pk, {}, 3, 4), (mug.pk, {}, 1, 1)]


def test_the_unpaid_order_of_a_cart_that_gives_way_does_too() -> None:
    session, user = SessionStore(), UserFactory.create()
    dollars = buyable(vendor=VendorFactory.create(currency="USD"))
    order = place_order(cart=ready_cart(dollars, user=user))
    _add(session, None, buyable().pk)
    merge_carts(session=session, user=user)
    order.refresh_from_db()
    dollars.refresh_from_db()
    assert (order.payment_state, dollars.reserved) == ("superseded", 0)


def test_the_order_of_a_cart_that_becomes_the_users_goes_on() -> None:
    tea, user, session = buyable(), UserFactory.create(), SessionStore()
    guests = ready_cart(tea)
    remember_cart(session, guests, items=1)
    order = place_order(cart=guests)
    merge_carts(session=session, user=user)
    confirm(intent_of(order))
    settle_payment(provider="sandbox", ref=intent_of(order).ref)
    order.refresh_from_db()
    assert (order.payment_state, Cart.objects.get().status) == ("paid", "paid")
