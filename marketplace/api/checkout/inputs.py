"""What the mutations on the cart take."""

import strawberry


@strawberry.input(description="What a buyer asks of a unit beyond its variant: an engraving, a gift note.")
class CharacteristicInput:
    name: str = strawberry.field(description="What is asked for.")
    value: str = strawberry.field(description="How; empty is as good as not asked for.")


@strawberry.input(description="Put something in the cart.")
class AddToCartInput:
    variant: strawberry.ID = strawberry.field(description="The variant.")
    quantity: int = strawberry.field(default=1, description="How many units more.")
    characteristics: list[CharacteristicInput] = strawberry.field(
        default_factory=list,
        description="What is asked of each unit; the same again adds to its line, another makes a new line.",
    )


@strawberry.input(description="Change how many units a line holds.")
class UpdateCartLineInput:
    line: strawberry.ID = strawberry.field(description="The line.")
    quantity: int = strawberry.field(description="How many units; 0 takes the line out.")


@strawberry.input(description="Take a line out of the cart.")
class RemoveCartLineInput:
    line: strawberry.ID = strawberry.field(description="The line.")


@strawberry.input(description="Say where mail about the order goes.")
class SetCheckoutContactInput:
    email: str | None = strawberry.field(
        default=None, description="An e-mail address; a signed-in buyer's own where it is left out."
    )


@strawberry.input(description="A postal address as somebody typed it.")
class AddressInput:
    name: str = strawberry.field(description="Who lives or works there.")
    line1: str = strawberry.field(description="Street and number, or whatever names the place.")
    line2: str = strawberry.field(default="", description="Floor, company, care of ...")
    city: str = strawberry.field(description="City, town or village.")
    state: str = strawberry.field(default="", description="State, province or county.")
    postal_code: str = strawberry.field(default="", description="Postal code.")
    country: str = strawberry.field(description="ISO 3166-1 alpha-2 code of the country.")
    phone: str = strawberry.field(default="", description="For the carrier.")


@strawberry.input(description="An address of a checkout: an entry of your book or a new one, not both.")
class CheckoutAddressInput:
    address: strawberry.ID | None = strawberry.field(default=None, description="An entry of your book.")
    details: AddressInput | None = strawberry.field(
        default=None, description="A new one; it is kept in your book."
    )


@strawberry.input(description="Say where the goods and the bill go.")
class SetCheckoutAddressesInput:
    shipping_address: CheckoutAddressInput = strawberry.field(description="Where the goods go.")
    billing_address: CheckoutAddressInput | None = strawberry.field(
        default=None, description="Where the bill goes; to the same place where it is left out."
    )


@strawberry.input(description="Put a code on the cart.")
class ApplyCouponInput:
    code: str = strawberry.field(description="The code, in capitals or not.")


@strawberry.input(description="Take a code off the cart.")
class RemoveCouponInput:
    code: str = strawberry.field(description="The code, in capitals or not.")


@strawberry.input(description="Choose how a vendor ships its part of the cart.")
class SelectShippingInput:
    vendor: strawberry.ID = strawberry.field(description="The vendor.")
    option: strawberry.ID = strawberry.field(description="One of the shipping options of its group.")
