"""Who buys, where it goes, and how it is shipped."""

import pytest
from django.contrib.sessions.backends.db import SessionStore

from checkout.errors import CheckoutIncomplete
from checkout.models import Cart, CartShipping, ShippingMethod
from checkout.operations.cart import add_to_cart
from checkout.operations.details import Destination, select_shipping, set_addresses, set_contact
from checkout.operations.place import place_order
from checkout.selectors.cart import CartGroup, cart_for, costed_cart
from marketplace.accounts.models import Address, BillingProfile, GuestEmail
from marketplace.accounts.operations.billing import AddressDetails
from marketplace.kernel.errors import InvalidInput, NotFound
from tests.factories.accounts import AddressFactory, UserFactory
from tests.factories.checkout import ShippingMethodFactory, ShippingRateFactory, buyable, zone_of
from tests.factories.vendors import VendorFactory

pytestmark = pytest.mark.django_db

HOME = AddressDetails(name="Ada", line1="Main St 1", city="Berlin", country="de")
OFFICE = AddressDetails(name="Ada", line1="Side St 2", city="Paris", country="fr")


@pytest.fixture
def session() -> SessionStore:
    """A guest's, with something in the cart."""
    session = SessionStore()
    add_to_cart(session=session, user=None, variant_id=buyable().pk)
    return session


def _selected(group: CartGroup) -> int | None:
    return group.selected_shipping.way.key if group.selected_shipping else None


class TestSetContact:
    def test_makes_a_guest_somebody(self, session: SessionStore) -> None:
        cart = set_contact(session=session, user=None, email="Ada@Example.com")
        assert (cart.email, cart.version) == ("ada@example.com", 2)
        assert cart.billing_profile == BillingProfile.objects.get(guest__email="ada@example.com")
        assert session["billing_profile_id"] == cart.billing_profile.pk

    def test_the_same_again_changes_nothing(self, session: SessionStore) -> None:
        versions = [
            set_contact(session=session, user=None, email=email).version
            for email in ("ada@example.com", "Ada@example.com", "eve@example.com")
        ]
        assert (versions, GuestEmail.objects.count()) == ([2, 2, 3], 2)

    def test_takes_a_members_own_address(self) -> None:
        session, user = SessionStore(), UserFactory.create()
        add_to_cart(session=session, user=user, variant_id=buyable().pk)
        cart = set_contact(session=session, user=user)
        assert (cart.email, cart.billing_profile) == (user.email, user.billing_profile)
        assert (
            set_contact(session=session, user=user, email="office@example.com").email == "office@example.com"
        )
        assert not GuestEmail.objects.exists()

    def test_refuses_a_guest_without_an_address(self, session: SessionStore) -> None:
        with pytest.raises(CheckoutIncomplete):
            set_contact(session=session, user=None)
        with pytest.raises(InvalidInput):
            set_contact(session=session, user=None, email="ada")
        assert (GuestEmail.objects.count(), Cart.objects.get().version) == (0, 1)

    def test_needs_a_cart(self) -> None:
        with pytest.raises(NotFound):
            set_contact(session=SessionStore(), user=None, email="ada@example.com")
        assert not GuestEmail.objects.exists()


class TestSetAddresses:
    def test_keeps_new_ones_in_the_book(self, session: SessionStore) -> None:
        set_contact(session=session, user=None, email="ada@example.com")
        cart = set_addresses(
            session=session,
            user=None,
            shipping=Destination(details=HOME),
            billed=Destination(details=OFFICE),
        )
        assert cart.shipping_address is not None
        assert cart.billing_address is not None
        assert (cart.shipping_address.country, cart.billing_address.country) == ("DE", "FR")
        assert set(cart.billing_profile.addresses.values_list("address_type", flat=True)) == {  # type: ignore[union-attr]
            "shipping",
            "billing",
        }

    def test_sent_twice_changes_nothing(self, session: SessionStore) -> None:
        set_contact(session=session, user=None, email="ada@example.com")
        carts = [
            set_addresses(session=session, user=None, shipping=Destination(details=HOME)) for _ in range(2)
        ]
        assert ([cart.version for cart in carts], Address.objects.count()) == ([3, 3], 1)
        assert carts[0].billing_address == carts[0].shipping_address

    def test_takes_old_ones_by_their_key(self) -> None:
        session, user = SessionStore(), UserFactory.create()
        old = AddressFactory.create(billing_profile=user.billing_profile)
        add_to_cart(session=session, user=user, variant_id=buyable().pk)
        cart = set_addresses(session=session, user=user, shipping=Destination(address_id=old.pk))
        assert (cart.shipping_address, cart.email) == (old, user.email)
        assert Address.objects.get() == old

    def test_another_books_address_answers_like_none(self, session: SessionStore) -> None:
        set_contact(session=session, user=None, email="ada@example.com")
        for key in (AddressFactory.create().pk, 10**9):
            with pytest.raises(NotFound) as refusal:
                set_addresses(session=session, user=None, shipping=Destination(address_id=key))
            assert refusal.value.field == "shippingAddress"
        assert Cart.objects.get().shipping_address is None

    def test_names_the_field_of_the_address_at_fault(self, session: SessionStore) -> None:
        set_contact(session=session, user=None, email="ada@example.com")
        nowhere = Destination(details=AddressDetails(name="A", line1="B", city="C", country="XX"))
        with pytest.raises(InvalidInput) as refusal:
            set_addresses(session=session, user=None, shipping=Destination(details=HOME), billed=nowhere)
        assert (refusal.value.field, Address.objects.count()) == ("billingAddress.country", 0)

    def test_comes_after_the_contact(self, session: SessionStore) -> None:
        with pytest.raises(CheckoutIncomplete):
            set_addresses(session=session, user=None, shipping=Destination(details=HOME))
        assert not Address.objects.exists()

    def test_needs_a_cart(self) -> None:
        with pytest.raises(NotFound):
            set_addresses(session=SessionStore(), user=None, shipping=Destination(details=HOME))


class TestSelectShipping:
    def _choose(self, session: SessionStore, method: ShippingMethod) -> Cart:
        return select_shipping(session=session, user=None, vendor_id=method.vendor_id, method_id=method.pk)

    def test_the_only_way_is_chosen_already(self, session: SessionStore) -> None:
        cart = cart_for(session=session, user=None)
        assert cart is not None
        vendor = cart.lines.get().variant.vendor
        (group,) = costed_cart(cart).groups
        assert (group.shipping_options, group.lacks_shipping) == ((), False)
        parcel = ShippingMethodFactory.create(vendor=vendor, price_minor=490)
        (group,) = costed_cart(cart).groups
        assert (_selected(group), group.shipping.minor) == (parcel.pk, 490)

    def test_one_of_several_is_chosen(self, session: SessionStore) -> None:
        cart = Cart.objects.get()
        vendor = cart.lines.get().variant.vendor
        parcel, express = (
            ShippingMethodFactory.create(vendor=vendor, price_minor=price) for price in (490, 990)
        )
        (group,) = costed_cart(cart).groups
        assert (group.selected_shipping, group.lacks_shipping, group.shipping.minor) == (None, True, 0)
        versions = [self._choose(session, method).version for method in (express, express, parcel, express)]
        (group,) = costed_cart(cart).groups
        assert (versions, _selected(group), group.shipping.minor) == ([2, 2, 3, 4], express.pk, 990)
        assert CartShipping.objects.get().method == express

    def test_a_way_that_is_not_offered_any_more_is_not_chosen(self, session: SessionStore) -> None:
        cart = Cart.objects.get()
        first, _, _ = ShippingMethodFactory.create_batch(3, vendor=cart.lines.get().variant.vendor)
        self._choose(session, first)
        ShippingMethod.objects.filter(pk=first.pk).update(is_active=False)
        (group,) = costed_cart(cart).groups
        assert (group.selected_shipping, group.lacks_shipping, len(group.shipping_options)) == (None, True, 2)

    def test_a_way_that_does_not_go_to_another_address_is_not_chosen_any_more(
        self, session: SessionStore
    ) -> None:
        cart = Cart.objects.get()
        vendor = cart.lines.get().variant.vendor
        courier = ShippingMethodFactory.create(vendor=vendor, price_minor=None)
        ShippingRateFactory.create(method=courier, zone=zone_of(vendor, "DE"), price_minor=300)
        ShippingMethodFactory.create_batch(2, vendor=vendor)
        set_contact(session=session, user=None, email="ada@example.com")
        set_addresses(session=session, user=None, shipping=Destination(details=HOME))
        self._choose(session, courier)
        cart = set_addresses(session=session, user=None, shipping=Destination(details=OFFICE))
        (group,) = costed_cart(cart).groups
        assert (group.selected_shipping, group.lacks_shipping, group.shipping.minor) == (None, True, 0)
        with pytest.raises(CheckoutIncomplete):
            place_order(cart=cart)
        with pytest.raises(NotFound):
            self._choose(session, courier)
        cart = set_addresses(session=session, user=None, shipping=Destination(details=HOME))
        assert _selected(costed_cart(cart).groups[0]) == courier.pk

    def test_what_is_not_offered_here_answers_like_none(self, session: SessionStore) -> None:
        vendor = Cart.objects.get().lines.get().variant.vendor
        strangers = ShippingMethodFactory.create()
        idle = ShippingMethodFactory.create(vendor=vendor, is_active=False)
        dollars = ShippingMethodFactory.create(vendor=vendor, currency="USD")
        with pytest.raises(NotFound) as refusal:
            self._choose(session, strangers)
        assert refusal.value.field == "vendor"
        for key in (strangers.pk, idle.pk, dollars.pk, 10**9):
            with pytest.raises(NotFound) as refusal:
                select_shipping(session=session, user=None, vendor_id=vendor.pk, method_id=key)
            assert refusal.value.field == "option"
        assert not CartShipping.objects.exists()

    def test_needs_a_cart(self) -> None:
        with pytest.raises(NotFound):
            select_shipping(
                session=SessionStore(), user=None, vendor_id=VendorFactory.create().pk, method_id=1
            )
