"""What a cart holds and costs at this moment."""

import pytest
from django.contrib.sessions.backends.db import SessionStore
from pytest_django import DjangoAssertNumQueries

from catalog.models import Variant
from checkout.models import Cart, CartStatus
from checkout.operations.cart import add_to_cart
from checkout.selectors.cart import available_to, cart_for, carts_of, costed_cart, lines_of
from tests.factories.accounts import AddressFactory, UserFactory
from tests.factories.checkout import CartFactory, ShippingMethodFactory, buyable, filled_cart
from tests.factories.orders import placed
from tests.factories.vendors import VendorFactory

pytestmark = pytest.mark.django_db


def _session(cart: Cart) -> SessionStore:
    session = SessionStore()
    session["cart_id"] = str(cart.token)
    return session


def test_a_cart_is_costed_by_vendor() -> None:
    tea, mug = buyable(price_minor=1250), buyable(price_minor=800)
    ShippingMethodFactory.create(vendor=tea.vendor, price_minor=490)
    contents = costed_cart(filled_cart(tea, mug, quantity=2))
    assert [group.vendor for group in contents.groups] == [tea.vendor, mug.vendor]
    assert [group.total.amount for group in contents.groups] == ["29.90", "16.00"]
    assert (contents.total.amount, contents.item_count, contents.warnings) == ("45.90", 4, ())


def test_lines_of_a_vendor_stand_together() -> None:
    vendor = VendorFactory.create()
    first, other, last = buyable(vendor=vendor), buyable(), buyable(vendor=vendor)
    groups = costed_cart(filled_cart(first, other, last)).groups
    assert [[line.variant for line in group.lines] for group in groups] == [[first, last], [other]]
    for group in groups:
        assert [each.line.key for each in group.costed.lines] == [line.pk for line in group.lines]


@pytest.mark.parametrize(("vendors", "lines"), [(1, 1), (5, 10)])
def test_reading_costs_the_same_whatever_is_in_it(
    vendors: int, lines: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    variants = [
        buyable(vendor=vendor) for vendor in VendorFactory.create_batch(vendors) for _ in range(lines)
    ]
    session = _session(filled_cart(*variants))
    Cart.objects.update(shipping_address=AddressFactory.create())
    # The cart with its address, its lines, the ways to ship.
    with django_assert_num_queries(2):
        cart = cart_for(session=session, user=None)
        assert cart is not None
        contents = costed_cart(cart)
    assert (len(contents.groups), len(contents.lines)) == (vendors, vendors * lines)


def test_what_its_own_unpaid_order_holds_is_left_for_it() -> None:
    variant = buyable(on_hand=2)
    cart = placed(variant, quantity=2).cart
    assert cart is not None
    assert Variant.objects.get().available == 0
    assert (available_to(lines_of(cart).get()), costed_cart(cart).warnings) == (2, ())
    other = lines_of(filled_cart(variant)).get()
    assert available_to(other) == 0


def test_an_ordered_cart_can_be_filled_again_with_what_it_holds() -> None:
    variant = buyable(on_hand=3)
    ordered = placed(variant, quantity=2).cart
    assert ordered is not None
    session = _session(ordered)
    cart = add_to_cart(session=session, user=None, variant_id=variant.pk, quantity=2)
    assert (cart, cart.lines.get().quantity, cart.lines.get().asked) == (ordered, 3, 4)


@pytest.mark.parametrize("status", list(CartStatus))
def test_only_an_open_cart_is_found(status: CartStatus) -> None:
    user = UserFactory.create()
    guests, own = CartFactory.create(status=status), CartFactory.create(status=status, user=user)
    is_open = status == CartStatus.ACTIVE
    assert cart_for(session=_session(guests), user=None) == (guests if is_open else None)
    assert cart_for(session=SessionStore(), user=user) == (own if is_open else None)


def test_ones_own_cart_goes_before_a_guests() -> None:
    user = UserFactory.create()
    guests = CartFactory.create()
    assert cart_for(session=_session(guests), user=user) == guests
    own = CartFactory.create(user=user)
    assert list(carts_of(session=_session(guests), user=user)) == [own, guests]


def test_a_token_opens_nobodys_cart_but_a_guests(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    theirs = CartFactory.create(user=UserFactory.create())
    assert cart_for(session=_session(theirs), user=None) is None
    assert cart_for(session=_session(theirs), user=UserFactory.create()) is None
    with django_assert_num_queries(0):
        assert cart_for(session=SessionStore(), user=None) is None
