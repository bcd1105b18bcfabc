"""Who buys, where it goes, and how it is shipped: what a checkout says beside the lines of its cart.

Each of it is part of what will be ordered, so a change makes another version of the cart.
"""

from dataclasses import dataclass

from django.contrib.sessions.backends.base import SessionBase
from django.db import transaction

from checkout.errors import CheckoutIncomplete
from checkout.models import Cart, CartShipping
from checkout.operations.open_carts import lock_cart, mark_changed
from checkout.selectors.cart import costed_lines, keep_contents, lines_of
from checkout.selectors.terms import choose
from marketplace.accounts.models import Address, AddressType, BillingProfile, User
from marketplace.accounts.operations import billing
from marketplace.accounts.operations.billing import AddressDetails, Book
from marketplace.kernel import writes
from marketplace.kernel.errors import InvalidInput, NotFound
from marketplace.kernel.mailbox import normalized


def set_contact(*, session: SessionBase, user: User | None, email: str | None = None) -> Cart:
    """Say where the mail about the order goes; a guest becomes somebody by it.

    A member's own address stands where none is given, and the member's profile pays whatever is given.

    Locks the cart. Side effects: the session's guest and billing profile (accounts). Raises NotFound where
    there is no cart, InvalidInput, CheckoutIncomplete for a guest who gives no address.
    """
    with transaction.atomic(), writes.together():
        cart = lock_cart(session=session, user=user)
        if user is None and email is None:
            raise CheckoutIncomplete(missing="an e-mail address", field="email")
        before = _details(cart)
        if user is None and email is not None:
            cart.billing_profile = billing.guest_profile(session=session, email=email)
        else:
            cart.billing_profile = _profile(session, user)
        cart.email = normalized(email or cart.billing_profile.email)
        if _details(cart) != before:
            mark_changed(cart)
    return cart


@dataclass(frozen=True, kw_only=True)
class Destination:
    """An address of a checkout: an entry of the buyer's book by its key, or one to put there."""

    address_id: int | None = None
    details: AddressDetails | None = None


def set_addresses(
    *, session: SessionBase, user: User | None, shipping: Destination, billed: Destination | None = None
) -> Cart:
    """Say where the goods go and where the bill does; without `billed` to the same place.

    New addresses are kept in the book of the profile. Locks the profile, then the cart. Raises NotFound where
    there is no cart and for an address of another book, CheckoutIncomplete for a guest who has yet to give an
    e-mail address, InvalidInput, AddressBookFull.
    """
    with transaction.atomic():
        profile = billing.lock_profile(session=session, user=user)
        cart = lock_cart(session=session, user=user)
        if profile is None:
            raise CheckoutIncomplete(missing="an e-mail address", field="email")
        book = Book(profile)
        goods = _address(book, shipping, AddressType.SHIPPING)
        bill = goods if billed is None else _address(book, billed, AddressType.BILLING)
        before = _details(cart)
        cart.billing_profile, cart.email = profile, cart.email or profile.email
        cart.shipping_address, cart.billing_address = goods, bill
        if _details(cart) != before:
            mark_changed(cart)
    return cart


def select_shipping(*, session: SessionBase, user: User | None, vendor_id: int, method_id: int) -> Cart:
    """Choose how a vendor of the cart ships its part.

    Locks the cart. Raises NotFound where there is no cart, for a vendor without a line in it, and for a way
    that vendor does not offer for what is bought, to where it goes.
    """
    with transaction.atomic():
        cart = lock_cart(session=session, user=user)
        lines = list(lines_of(cart))
        group = next((each for each in costed_lines(cart, lines).groups if each.vendor.pk == vendor_id), None)
        if group is None:
            raise NotFound(thing="vendor", field="vendor")
        quote = next((each for each in group.shipping_options if each.way.key == method_id), None)
        if quote is None:
            raise NotFound(thing="way of shipping", field="option")
        if not quote.way.is_chosen:
            with writes.together():
                choice = CartShipping(cart=cart, vendor_id=vendor_id, method_id=method_id)
                writes.insert([choice], unique=["cart", "vendor"], change=["method"])
                mark_changed(cart)
            for line in group.lines:
                choose(line, method_id)
    keep_contents(cart, lines)
    return cart


def _profile(session: SessionBase, user: User | None) -> BillingProfile:
    profile, _ = billing.profile_for(session=session, user=user)
    if profile is None:
        raise CheckoutIncomplete(missing="an e-mail address", field="email")
    return profile


def _address(book: Book, wanted: Destination, address_type: AddressType) -> Address:
    """The address meant, in this book only. Raises NotFound, InvalidInput, AddressBookFull."""
    field = f"{address_type.value}Address"
    if wanted.details is not None:
        try:
            return book.keep(address_type=address_type, details=wanted.details)
        except InvalidInput as refusal:
            refusal.field = f"{field}.{refusal.field}"
            raise
    address = book.find(wanted.address_id or 0)
    if address is None:
        raise NotFound(thing="address", field=field)
    return address


def _details(cart: Cart) -> tuple[object, ...]:
    return cart.billing_profile_id, cart.email, cart.shipping_address_id, cart.billing_address_id
