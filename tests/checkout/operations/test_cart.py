"""What buyers do with a cart's lines."""

import secrets

import pytest
from django.contrib.sessions.backends.db import SessionStore

from catalog.errors import OutOfStock
from catalog.models import Product, ProductStatus, Reservation
from checkout.errors import CartFull, NotForSale
from checkout.models import Cart, CartLine, CartStatus
from checkout.operations import cart as carts
from checkout.selectors.cart import cart_for, costed_cart
from marketplace.kernel.errors import CurrencyMismatch, InvalidInput, NotFound
from tests.factories.accounts import UserFactory
from tests.factories.checkout import buyable
from tests.factories.vendors import VendorFactory
from vendors.models import Vendor, VendorStatus

pytestmark = pytest.mark.django_db

BLUE = [("Colour", "Blue")]


@pytest.fixture
def session() -> SessionStore:
    return SessionStore()


def _codes(cart: Cart) -> list[str]:
    return [warning.code.name for warning in costed_cart(cart).warnings]


def _lines(cart: Cart) -> list[tuple[dict[str, str], int]]:
    return [(line.characteristics, line.quantity) for line in cart.lines.all()]


class TestAddToCart:
    def test_the_first_add_makes_the_cart(self, session: SessionStore) -> None:
        assert cart_for(session=session, user=None) is None
        variant = buyable(price_minor=1200)
        cart = carts.add_to_cart(session=session, user=None, variant_id=variant.pk, quantity=2)
        assert cart_for(session=session, user=None) == Cart.objects.get() == cart
        assert (session["cart_id"], session["cart_items"]) == (str(cart.token), 2)
        assert (cart.version, cart.currency, cart.user) == (1, "EUR", None)
        assert not Reservation.objects.exists()

    def test_reading_makes_none(self, session: SessionStore) -> None:
        assert cart_for(session=session, user=UserFactory.create()) is None
        assert not Cart.objects.exists()
        assert not session.modified

    def test_the_same_again_adds_to_its_line(self, session: SessionStore) -> None:
        variant = buyable()
        for characteristics in (BLUE, [(" Colour", "Blue "), ("Note", "")], [("Colour", "Red")], []):
            cart = carts.add_to_cart(
                session=session, user=None, variant_id=variant.pk, characteristics=characteristics
            )
        assert _lines(cart) == [({"Colour": "Blue"}, 2), ({"Colour": "Red"}, 1), ({}, 1)]
        assert (cart.version, session["cart_items"]) == (4, 4)

    def test_what_is_left_is_shared_by_the_lines_of_a_variant(self, session: SessionStore) -> None:
        variant = buyable(on_hand=1)
        cart = carts.add_to_cart(
            session=session, user=None, variant_id=variant.pk, characteristics=[("Engraving", "x")]
        )
        with pytest.raises(OutOfStock) as refusal:
            carts.add_to_cart(
                session=session, user=None, variant_id=variant.pk, characteristics=[("Engraving", "y")]
            )
        (shortage,) = refusal.value.shortages
        assert (shortage.variant_id, shortage.asked, shortage.left) == (variant.pk, 1, 0)
        cart.refresh_from_db()
        assert (_lines(cart), cart.version) == ([({"Engraving": "x"}, 1)], 1)
        assert session["cart_items"] == 1

    def test_fewer_are_put_in_where_fewer_are_left(self, session: SessionStore) -> None:
        variant = buyable(on_hand=3)
        carts.add_to_cart(session=session, user=None, variant_id=variant.pk, characteristics=BLUE)
        cart = carts.add_to_cart(session=session, user=None, variant_id=variant.pk, quantity=5)
        assert _lines(cart) == [({"Colour": "Blue"}, 1), ({}, 2)]
        (warning,) = costed_cart(cart).warnings
        assert warning.line is not None
        assert (warning.code.name, warning.line.asked) == ("QUANTITY_CLAMPED", 5)
        assert session["cart_items"] == 3

    def test_nothing_left_makes_no_cart(self, session: SessionStore) -> None:
        with pytest.raises(OutOfStock):
            carts.add_to_cart(session=session, user=None, variant_id=buyable(on_hand=0).pk)
        assert not Cart.objects.exists()
        assert "cart_id" not in session

    def test_a_cart_has_one_currency(self, session: SessionStore) -> None:
        euro, dollar = buyable(), buyable(vendor=VendorFactory.create(currency="USD"))
        cart = carts.add_to_cart(session=session, user=None, variant_id=euro.pk)
        with pytest.raises(CurrencyMismatch) as refusal:
            carts.add_to_cart(session=session, user=None, variant_id=dollar.pk)
        assert (refusal.value.expected, refusal.value.given, cart.lines.count()) == ("EUR", "USD", 1)
        carts.clear_cart(session=session, user=None)
        assert carts.add_to_cart(session=session, user=None, variant_id=dollar.pk).currency == "USD"

    def test_only_what_buyers_see_is_sold(self, session: SessionStore) -> None:
        draft, suspended, inactive = buyable(), buyable(), buyable()
        Product.objects.filter(pk=draft.product_id).update(status=ProductStatus.DRAFT)
        Vendor.objects.filter(pk=suspended.vendor_id).update(status=VendorStatus.SUSPENDED)
        inactive.is_active = False
        inactive.save()
        for key in (draft.pk, suspended.pk, inactive.pk, 10**9):
            with pytest.raises(NotFound):
                carts.add_to_cart(session=session, user=None, variant_id=key)
        assert not Cart.objects.exists()

    @pytest.mark.parametrize("quantity", [-1, 0, carts.MOST_UNITS + 1])
    def test_refuses_a_quantity_out_of_range(self, session: SessionStore, quantity: int) -> None:
        with pytest.raises(InvalidInput, match="This must be between 1 and 9,999"):
            carts.add_to_cart(session=session, user=None, variant_id=buyable().pk, quantity=quantity)
        assert not Cart.objects.exists()

    def test_a_line_and_a_cart_are_bounded(
        self, session: SessionStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        variant = buyable(on_hand=carts.MOST_UNITS + 1)
        monkeypatch.setattr(carts, "MOST_LINES", 1)
        carts.add_to_cart(session=session, user=None, variant_id=variant.pk, quantity=carts.MOST_UNITS)
        with pytest.raises(InvalidInput):
            carts.add_to_cart(session=session, user=None, variant_id=variant.pk)
        with pytest.raises(CartFull):
            carts.add_to_cart(session=session, user=None, variant_id=variant.pk, characteristics=BLUE)
        assert CartLine.objects.get().quantity == carts.MOST_UNITS

    def test_long_characteristics_fit_the_index(self, session: SessionStore) -> None:
        noise = [(str(number), secrets.token_hex(240)) for number in range(4)]
        cart = carts.add_to_cart(session=session, user=None, variant_id=buyable().pk, characteristics=noise)
        assert _lines(cart) == [(dict(noise), 1)]

    def test_a_member_has_one_cart_in_every_session(self, session: SessionStore) -> None:
        user, there = UserFactory.create(), SessionStore()
        carts.add_to_cart(session=session, user=user, variant_id=buyable().pk)
        cart = carts.add_to_cart(session=there, user=user, variant_id=buyable().pk)
        assert Cart.objects.get() == cart
        assert (cart.user, there["cart_id"], there["cart_items"]) == (user, str(cart.token), 2)

    def test_a_token_does_not_open_a_members_cart(self, session: SessionStore) -> None:
        carts.add_to_cart(session=session, user=UserFactory.create(), variant_id=buyable().pk)
        assert cart_for(session=session, user=None) is None
        assert cart_for(session=session, user=UserFactory.create()) is None

    def test_a_paid_cart_is_over(self, session: SessionStore) -> None:
        paid = carts.add_to_cart(session=session, user=None, variant_id=buyable().pk)
        Cart.objects.update(status=CartStatus.PAID)
        assert cart_for(session=session, user=None) is None
        assert carts.add_to_cart(session=session, user=None, variant_id=buyable().pk) != paid
        assert (paid.lines.count(), session["cart_items"]) == (1, 1)


class TestSetQuantity:
    def test_sets_it(self, session: SessionStore) -> None:
        cart = carts.add_to_cart(session=session, user=None, variant_id=buyable().pk)
        line = cart.lines.get()
        cart = carts.set_quantity(session=session, user=None, line_id=line.pk, quantity=4)
        assert (_lines(cart), cart.version, session["cart_items"]) == ([({}, 4)], 2, 4)

    def test_the_same_is_no_change(self, session: SessionStore) -> None:
        cart = carts.add_to_cart(session=session, user=None, variant_id=buyable().pk)
        line = cart.lines.get()
        assert carts.set_quantity(session=session, user=None, line_id=line.pk, quantity=1).version == 1

    def test_takes_what_the_other_lines_leave(self, session: SessionStore) -> None:
        variant = buyable(on_hand=5)
        carts.add_to_cart(session=session, user=None, variant_id=variant.pk, quantity=2, characteristics=BLUE)
        cart = carts.add_to_cart(session=session, user=None, variant_id=variant.pk)
        line = cart.lines.get(characteristics={})
        cart = carts.set_quantity(session=session, user=None, line_id=line.pk, quantity=9)
        assert (_lines(cart), _codes(cart)) == ([({"Colour": "Blue"}, 2), ({}, 3)], ["QUANTITY_CLAMPED"])
        cart = carts.set_quantity(session=session, user=None, line_id=line.pk, quantity=3)
        assert _codes(cart) == []

    def test_acknowledges_the_price(self, session: SessionStore) -> None:
        variant = buyable(price_minor=1000)
        cart = carts.add_to_cart(session=session, user=None, variant_id=variant.pk)
        variant.price_minor = 1500
        variant.save()
        (warning,) = costed_cart(cart).warnings
        assert warning.message == f"{variant.product.title} costs 15.00 EUR now; it was 10.00 EUR."
        line = cart.lines.get()
        assert _codes(carts.set_quantity(session=session, user=None, line_id=line.pk, quantity=1)) == []

    def test_none_takes_the_line_out(self, session: SessionStore) -> None:
        cart = carts.add_to_cart(session=session, user=None, variant_id=buyable().pk)
        cart = carts.set_quantity(session=session, user=None, line_id=cart.lines.get().pk, quantity=0)
        assert (_lines(cart), cart.version, session["cart_items"]) == ([], 2, 0)

    def test_refuses_what_is_gone(self, session: SessionStore) -> None:
        variant = buyable()
        cart = carts.add_to_cart(session=session, user=None, variant_id=variant.pk, quantity=2)
        line = cart.lines.get()
        variant.on_hand = 0
        variant.save()
        with pytest.raises(OutOfStock):
            carts.set_quantity(session=session, user=None, line_id=line.pk, quantity=1)
        variant.is_active = False
        variant.save()
        with pytest.raises(NotForSale):
            carts.set_quantity(session=session, user=None, line_id=line.pk, quantity=1)
        cart.refresh_from_db()
        assert (_lines(cart), cart.version) == ([({}, 2)], 1)


class TestRemoveLine:
    def test_takes_it_out(self, session: SessionStore) -> None:
        carts.add_to_cart(session=session, user=None, variant_id=buyable().pk, quantity=2)
        cart = carts.add_to_cart(session=session, user=None, variant_id=buyable().pk, quantity=3)
        cart = carts.remove_line(session=session, user=None, line_id=cart.lines.all()[0].pk)
        assert (_lines(cart), cart.version, session["cart_items"]) == ([({}, 3)], 3, 3)

    def test_another_carts_line_answers_like_none(self, session: SessionStore) -> None:
        theirs = carts.add_to_cart(session=SessionStore(), user=None, variant_id=buyable().pk)
        carts.add_to_cart(session=session, user=None, variant_id=buyable().pk)
        for key in (theirs.lines.get().pk, 10**9):
            with pytest.raises(NotFound) as removal:
                carts.remove_line(session=session, user=None, line_id=key)
            with pytest.raises(NotFound) as change:
                carts.set_quantity(session=session, user=None, line_id=key, quantity=2)
            assert str(removal.value) == str(change.value) == "NOT_FOUND: There is no such line."
        assert _lines(theirs) == [({}, 1)]

    def test_without_a_cart_there_is_no_line(self, session: SessionStore) -> None:
        with pytest.raises(NotFound):
            carts.remove_line(session=session, user=None, line_id=1)


class TestClearCart:
    def test_empties_it_once(self, session: SessionStore) -> None:
        carts.add_to_cart(session=session, user=None, variant_id=buyable().pk)
        versions = [carts.clear_cart(session=session, user=None).version for _ in range(2)]
        assert (versions, CartLine.objects.count(), session["cart_items"]) == ([2, 2], 0, 0)

    def test_needs_a_cart(self, session: SessionStore) -> None:
        with pytest.raises(NotFound):
            carts.clear_cart(session=session, user=None)
