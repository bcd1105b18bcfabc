"""What a buyer does with the cart."""

from dataclasses import asdict
from typing import Annotated

import strawberry

from catalog.errors import OutOfStock
from checkout.errors import (
    CartFull,
    CheckoutIncomplete,
    CouponExpired,
    CouponNotMet,
    CouponUnknown,
    CouponUsedUp,
    NotForSale,
)
from checkout.models import Cart
from checkout.operations import cart as carts
from checkout.operations import coupons, details
from checkout.operations.details import Destination
from marketplace.accounts.errors import AddressBookFull
from marketplace.accounts.operations.billing import AddressDetails
from marketplace.api import fields, rates
from marketplace.api.checkout.inputs import (
    AddToCartInput,
    ApplyCouponInput,
    CheckoutAddressInput,
    RemoveCartLineInput,
    RemoveCouponInput,
    SelectShippingInput,
    SetCheckoutAddressesInput,
    SetCheckoutContactInput,
    UpdateCartLineInput,
)
from marketplace.api.checkout.types import CartType
from marketplace.api.context import Info
from marketplace.api.fields import INPUT
from marketplace.api.scalars import decode_key
from marketplace.kernel.errors import CurrencyMismatch, InvalidInput, NotFound, RateLimited


@strawberry.type(description="The cart as it is now.")
class CartSuccess:
    row: strawberry.Private[Cart]

    @fields.field(CartType, description="The cart as it is now.")
    def cart(self) -> Cart:
        return self.row


@strawberry.type
class Mutation:
    @fields.mutation(
        RateLimited,
        InvalidInput,
        NotFound,
        NotForSale,
        OutOfStock,
        CurrencyMismatch,
        CartFull,
        description="Put something in the cart; the first thing makes the cart, and no account is needed.",
    )
    def add_to_cart(self, info: Info, input: Annotated[AddToCartInput, INPUT]) -> CartSuccess:
        rates.count_cart_change(info)
        cart = carts.add_to_cart(
            session=info.context.session,
            user=info.context.user,
            variant_id=decode_key(input.variant, "Variant", field="variant"),
            quantity=input.quantity,
            characteristics=[(each.name, each.value) for each in input.characteristics],
        )
        return CartSuccess(row=cart)

    @fields.mutation(
        RateLimited,
        InvalidInput,
        NotFound,
        OutOfStock,
        NotForSale,
        description="Change how many units a line holds.",
    )
    def update_cart_line(self, info: Info, input: Annotated[UpdateCartLineInput, INPUT]) -> CartSuccess:
        rates.count_cart_change(info)
        cart = carts.set_quantity(
            session=info.context.session,
            user=info.context.user,
            line_id=decode_key(input.line, "CartLine", field="line"),
            quantity=input.quantity,
        )
        return CartSuccess(row=cart)

    @fields.mutation(RateLimited, InvalidInput, NotFound, description="Take a line out of the cart.")
    def remove_cart_line(self, info: Info, input: Annotated[RemoveCartLineInput, INPUT]) -> CartSuccess:
        rates.count_cart_change(info)
        line_id = decode_key(input.line, "CartLine", field="line")
        context = info.context
        return CartSuccess(row=carts.remove_line(session=context.session, user=context.user, line_id=line_id))

    @fields.mutation(
        RateLimited,
        InvalidInput,
        NotFound,
        CheckoutIncomplete,
        description="Say where mail about the order goes; a guest needs no more to buy.",
    )
    def set_checkout_contact(
        self, info: Info, input: Annotated[SetCheckoutContactInput, INPUT]
    ) -> CartSuccess:
        rates.count_cart_change(info)
        context = info.context
        return CartSuccess(
            row=details.set_contact(session=context.session, user=context.user, email=input.email)
        )

    @fields.mutation(
        RateLimited,
        InvalidInput,
        NotFound,
        CheckoutIncomplete,
        AddressBookFull,
        description="Say where the goods and the bill go, once there is a contact.",
    )
    def set_checkout_addresses(
        self, info: Info, input: Annotated[SetCheckoutAddressesInput, INPUT]
    ) -> CartSuccess:
        rates.count_cart_change(info)
        billed = input.billing_address
        cart = details.set_addresses(
            session=info.context.session,
            user=info.context.user,
            shipping=_destination(input.shipping_address, field="shippingAddress"),
            billed=None if billed is None else _destination(billed, field="billingAddress"),
        )
        return CartSuccess(row=cart)

    @fields.mutation(
        RateLimited, InvalidInput, NotFound, description="Choose how a vendor ships its part of the cart."
    )
    def select_shipping(self, info: Info, input: Annotated[SelectShippingInput, INPUT]) -> CartSuccess:
        rates.count_cart_change(info)
        cart = details.select_shipping(
            session=info.context.session,
            user=info.context.user,
            vendor_id=decode_key(input.vendor, "Vendor", field="vendor"),
            method_id=decode_key(input.option, "ShippingOption", field="option"),
        )
        return CartSuccess(row=cart)

    @fields.mutation(
        RateLimited,
        InvalidInput,
        NotFound,
        CouponUnknown,
        CouponExpired,
        CouponUsedUp,
        CouponNotMet,
        description="Put a code on the cart; one that takes nothing off it is refused, and told why.",
    )
    def apply_coupon(self, info: Info, input: Annotated[ApplyCouponInput, INPUT]) -> CartSuccess:
        rates.count_coupon(info)
        context = info.context
        return CartSuccess(
            row=coupons.apply_coupon(session=context.session, user=context.user, code=input.code)
        )

    @fields.mutation(RateLimited, InvalidInput, NotFound, description="Take a code off the cart.")
    def remove_coupon(self, info: Info, input: Annotated[RemoveCouponInput, INPUT]) -> CartSuccess:
        rates.count_cart_change(info)
        context = info.context
        return CartSuccess(
            row=coupons.remove_coupon(session=context.session, user=context.user, code=input.code)
        )


def _destination(given: CheckoutAddressInput, *, field: str) -> Destination:
    """Raises InvalidInput unless it is an entry of the book or a new address, and not both."""
    if (given.address is None) == (given.details is None):
        raise InvalidInput(field=field, reason="Give an address of your book or a new one.")
    return Destination(
        address_id=None if given.address is None else decode_key(given.address, "Address", field=field),
        details=None if given.details is None else AddressDetails(**asdict(given.details)),
    )
