"""The cart as its buyer sees it."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, cast

import strawberry
import strawberry_django

from checkout import cart_warnings, models
from checkout.models import Remitter
from checkout.promotions import NoDiscount, Verdict
from checkout.selectors import cart as selectors
from checkout.shipping import Quote
from checkout.tax import TaxCharge
from marketplace.accounts.models import Address
from marketplace.api import fields
from marketplace.api.accounts.types import AddressNode
from marketplace.api.catalog.types import ProductType, VariantType
from marketplace.api.choices import enum_of
from marketplace.api.context import Info
from marketplace.api.nodes import Node
from marketplace.api.scalars import MoneyType, encode_id
from marketplace.api.vendors.types import VendorType
from marketplace.kernel.money import Money

enum_of(cart_warnings.CartWarningCode, description="What a warning about a cart says.")
enum_of(NoDiscount, description="Why a promotion takes nothing off.")
enum_of(Remitter, description="Who pays a tax to whoever it is due to.")


@strawberry.type(description="What is asked of a unit beyond its variant.")
class Characteristic:
    name: str = strawberry.field(description="What is asked for.")
    value: str = strawberry.field(description="How.")


@strawberry_django.type(
    models.CartLine, name="CartLine", description="Units of one variant with the same characteristics."
)
class CartLineType(Node):
    variant: VariantType = fields.attribute(description="What it is.")
    product: ProductType = strawberry_django.field(
        field_name="variant__product", description="The product it is a variant of."
    )
    quantity: int = fields.attribute(description="How many units.")
    asked: int = fields.attribute(
        description="How many were asked for: more than the quantity where fewer were left."
    )

    @fields.field(description="What is asked of each unit.", only=["characteristics"])
    @staticmethod
    def characteristics(root: strawberry.Parent[models.CartLine]) -> list[Characteristic]:
        return [Characteristic(name=name, value=value) for name, value in root.characteristics.items()]

    @fields.field(
        MoneyType,
        description="What one unit costs now.",
        select_related=["variant"],
        only=["variant__price_minor", "variant__currency"],
    )
    @staticmethod
    def unit_price(root: strawberry.Parent[models.CartLine]) -> Money:
        return root.unit_price

    @fields.field(
        MoneyType,
        description="What its units cost now, before discount, shipping and tax.",
        select_related=["variant"],
        only=["quantity", "variant__price_minor", "variant__currency"],
    )
    @staticmethod
    def subtotal(root: strawberry.Parent[models.CartLine]) -> Money:
        return root.amount


@strawberry.type(description="What a promotion takes off.")
class Discount:
    title: str = strawberry.field(description="What it is called.")
    code: str | None = strawberry.field(description="The code that asked for it; null where none did.")
    amount: MoneyType = strawberry.field(description="What it takes off.")

    @classmethod
    def shown(cls, rows: Iterable[tuple[str, str, int]], currency: str) -> "list[Discount]":
        """Of titles, codes and amounts."""
        return [
            cls(title=title, code=code or None, amount=_shown(minor, currency))
            for title, code, minor in rows
            if minor
        ]


@strawberry.type(description="A code on a cart, and what has become of it.")
class CartCoupon:
    code: str = strawberry.field(description="The code.")
    title: str = strawberry.field(description="What it asks for.")
    amount: MoneyType = strawberry.field(description="What it takes off.")
    reason: NoDiscount | None = strawberry.field(description="Why it takes nothing off, if it does not.")
    message: str = strawberry.field(description="The same for people; empty where it does.")
    missing: MoneyType | None = strawberry.field(
        description="How much more of what it is for would do, where that is the reason."
    )

    @classmethod
    def of(cls, verdict: Verdict, currency: str) -> "CartCoupon":
        return cls(
            code=verdict.terms.code,
            title=verdict.terms.title,
            amount=_shown(verdict.amount_minor, currency),
            reason=verdict.reason,
            message=verdict.sentence(currency),
            missing=_shown(verdict.missing_minor, currency) if verdict.missing_minor else None,
        )


@strawberry.type(description="In how many days something arrives.")
class DeliveryEstimate:
    min_days: int = strawberry.field(description="As soon as that.")
    max_days: int = strawberry.field(description="As late as that.")


@strawberry.type(description="A way a vendor ships its part of the cart, to where it goes.")
class ShippingOption:
    id: strawberry.ID = strawberry.field(description="Names it to selectShipping.")
    name: str = strawberry.field(description="What it is called.")
    price: MoneyType = strawberry.field(description="What shipping the vendor's part costs.")
    is_pickup: bool = strawberry.field(description="Whether the buyer fetches it from the vendor.")
    estimate: DeliveryEstimate | None = strawberry.field(
        description="How long it takes, where the vendor says so."
    )

    @classmethod
    def of(cls, quote: Quote, currency: str) -> "ShippingOption":
        return cls(
            id=encode_id("ShippingOption", quote.way.key),
            name=quote.way.name,
            price=_shown(quote.price_minor, currency),
            is_pickup=quote.way.is_pickup,
            estimate=estimate_of(quote.way.min_days, quote.way.max_days),
        )


def estimate_of(min_days: int | None, max_days: int | None) -> DeliveryEstimate | None:
    """How long it takes, where that is told."""
    if min_days is None or max_days is None:
        return None
    return DeliveryEstimate(min_days=min_days, max_days=max_days)


@strawberry.type(description="A tax on what is bought, summed over the lines and the shipping it is due on.")
class TaxLine:
    name: str = strawberry.field(description="What it is called.")
    jurisdiction: str = strawberry.field(description="Whose it is, such as DE or US-NY.")
    rate: Decimal = strawberry.field(description="Its rate in percent.")
    base: MoneyType = strawberry.field(description="What it is reckoned on, without it.")
    amount: MoneyType = strawberry.field(description="The tax.")
    is_included: bool = strawberry.field(
        description="Whether the prices contain it; else it comes on top of them."
    )
    remitter: Remitter = strawberry.field(description="Who pays it on to whoever it is due to.")

    @classmethod
    def summed(cls, charges: Iterable[TaxCharge | models.TaxLine], currency: str) -> "list[TaxLine]":
        """The taxes of many lines, those of the same kind as one."""
        together: dict[tuple[str, str, int, bool, str], list[TaxCharge | models.TaxLine]] = {}
        for each in charges:
            kind = (each.name, each.jurisdiction, each.rate_bps, each.is_included, each.remitter)
            together.setdefault(kind, []).append(each)
        return [
            cls(
                name=name,
                jurisdiction=jurisdiction,
                rate=Decimal(rate_bps).scaleb(-2),
                base=_shown(sum(each.base_minor for each in same), currency),
                amount=_shown(sum(each.amount_minor for each in same), currency),
                is_included=is_included,
                remitter=Remitter(remitter),
            )
            for (name, jurisdiction, rate_bps, is_included, remitter), same in together.items()
        ]


def _shown(minor: int, currency: str) -> MoneyType:
    return cast("MoneyType", Money(minor, currency))  # its shape outside


class LinesBelow:
    """The lines of one cart with what a field's selection needs, read once for all groups or warnings."""

    def __init__(self, cart: models.Cart) -> None:
        self.lines = selectors.contents_of(cart).lines
        self.filled: dict[object, dict[int, models.CartLine]] = {}

    def of(self, info: Info) -> dict[int, models.CartLine]:
        selection = tuple(map(id, info._raw_info.field_nodes))  # noqa: SLF001  # strawberry has no public name for it
        if selection not in self.filled:
            self.filled[selection] = {line.pk: line for line in fields.filled(self.lines, info)}
        return self.filled[selection]


@strawberry.type(description="What a buyer should know about a cart before ordering; not an error.")
class CartWarning:
    code: cart_warnings.CartWarningCode = strawberry.field(description="What it is, for programs.")
    message: str = strawberry.field(description="What it is, for people.")
    key: strawberry.Private[int | None]
    lines: strawberry.Private[LinesBelow]

    @fields.field(
        CartLineType | None, description="The line it concerns; null where it concerns a code on the cart."
    )
    def line(self, info: Info) -> models.CartLine | None:
        return None if self.key is None else self.lines.of(info)[self.key]


@strawberry.type(description="One vendor's part of a cart.")
class CartGroup:
    group: strawberry.Private[selectors.CartGroup]
    below: strawberry.Private[LinesBelow]

    @fields.field(VendorType, description="Who sells and ships it.")
    def vendor(self) -> Any:
        return self.group.vendor

    @fields.connection(CartLineType, description="What is bought there, in the order it was put in.")
    def lines(self, info: Info) -> list[models.CartLine]:
        rows = self.below.of(info)
        return [rows[line.pk] for line in self.group.lines]

    @fields.field(
        description="The ways the vendor ships this to where it goes; one without any ships for nothing, "
        "and what is digital is not shipped."
    )
    def shipping_options(self) -> list[ShippingOption]:
        return [ShippingOption.of(quote, self.group.currency) for quote in self.group.shipping_options]

    @fields.field(description="The way that is chosen; where there is only one, that.")
    def selected_shipping(self) -> ShippingOption | None:
        selected = self.group.selected_shipping
        return None if selected is None else ShippingOption.of(selected, self.group.currency)

    @fields.field(
        MoneyType | None,
        description="How much more from this vendor makes the chosen way cost nothing; null where never.",
    )
    def left_to_free_shipping(self) -> Money | None:
        return self.group.left_to_free_shipping

    @fields.field(MoneyType, description="Units by their prices.")
    def subtotal(self) -> Money:
        return self.group.subtotal

    @fields.field(MoneyType, description="What is taken off.")
    def discount(self) -> Money:
        return self.group.discount

    @fields.field(description="What each promotion takes off this part.")
    def discounts(self) -> list[Discount]:
        return Discount.shown(self.group.discounts, self.group.currency)

    @fields.field(MoneyType, description="What shipping costs, as far as it is chosen.")
    def shipping(self) -> Money:
        return self.group.shipping

    @fields.field(MoneyType, description="The tax of the destination, once there is a shipping address.")
    def tax(self) -> Money:
        return self.group.tax

    @fields.field(MoneyType, description="The tax that the prices contain: a part of the total already.")
    def included_tax(self) -> Money:
        return self.group.included_tax

    @fields.field(description="Each tax on it.")
    def tax_lines(self) -> list[TaxLine]:
        return TaxLine.summed(selectors.charges_of(self.group.costed), self.group.currency)

    @fields.field(MoneyType, description="subtotal - discount + shipping + tax.")
    def total(self) -> Money:
        return self.group.total


@strawberry_django.type(
    models.Cart,
    name="Cart",
    description="What you have gathered, by vendor, at the prices of this moment.",
    disable_optimization=True,  # all of it is computed of one reading
)
class CartType(Node):
    email: str = fields.attribute(description="Where mail about the order goes; empty until you say.")

    @fields.field(AddressNode | None, description="Where the goods go.")
    @staticmethod
    def shipping_address(root: strawberry.Parent[models.Cart]) -> Address | None:
        return root.shipping_address

    @fields.field(AddressNode | None, description="Where the bill goes.")
    @staticmethod
    def billing_address(root: strawberry.Parent[models.Cart]) -> Address | None:
        return root.billing_address

    @fields.field(description="One part for each vendor, in the order of their first lines.")
    @staticmethod
    def groups(root: strawberry.Parent[models.Cart]) -> list[CartGroup]:
        below = LinesBelow(root)
        return [CartGroup(group=group, below=below) for group in selectors.contents_of(root).groups]

    @fields.field(description="What to know before ordering.")
    @staticmethod
    def warnings(root: strawberry.Parent[models.Cart]) -> list[CartWarning]:
        below = LinesBelow(root)
        return [
            CartWarning(
                code=each.code, message=each.message, key=each.line.pk if each.line else None, lines=below
            )
            for each in selectors.contents_of(root).warnings
        ]

    @fields.field(description="How many units are in it.")
    @staticmethod
    def item_count(root: strawberry.Parent[models.Cart]) -> int:
        return selectors.contents_of(root).item_count

    @fields.field(MoneyType, description="Units by their prices.")
    @staticmethod
    def subtotal(root: strawberry.Parent[models.Cart]) -> Money:
        return selectors.contents_of(root).subtotal

    @fields.field(MoneyType, description="What is taken off.")
    @staticmethod
    def discount(root: strawberry.Parent[models.Cart]) -> Money:
        return selectors.contents_of(root).discount

    @fields.field(description="What each promotion takes off.")
    @staticmethod
    def discounts(root: strawberry.Parent[models.Cart]) -> list[Discount]:
        contents = selectors.contents_of(root)
        return Discount.shown(contents.discounts, contents.currency)

    @fields.field(description="The codes on it.")
    @staticmethod
    def coupons(root: strawberry.Parent[models.Cart]) -> list[CartCoupon]:
        contents = selectors.contents_of(root)
        asked = (verdict for verdict in contents.promotions if verdict.terms.coupon is not None)
        return [CartCoupon.of(verdict, contents.currency) for verdict in asked]

    @fields.field(MoneyType, description="What shipping costs, as far as it is chosen.")
    @staticmethod
    def shipping(root: strawberry.Parent[models.Cart]) -> Money:
        return selectors.contents_of(root).shipping

    @fields.field(MoneyType, description="The tax of the destination, once there is a shipping address.")
    @staticmethod
    def tax(root: strawberry.Parent[models.Cart]) -> Money:
        return selectors.contents_of(root).tax

    @fields.field(MoneyType, description="The tax that the prices contain: a part of the total already.")
    @staticmethod
    def included_tax(root: strawberry.Parent[models.Cart]) -> Money:
        return selectors.contents_of(root).included_tax

    @fields.field(description="Each tax on it.")
    @staticmethod
    def tax_lines(root: strawberry.Parent[models.Cart]) -> list[TaxLine]:
        contents = selectors.contents_of(root)
        charges = (charge for part in contents.costed.parts for charge in selectors.charges_of(part))
        return TaxLine.summed(charges, contents.currency)

    @fields.field(MoneyType, description="What it costs: subtotal - discount + shipping + tax.")
    @staticmethod
    def total(root: strawberry.Parent[models.Cart]) -> Money:
        return selectors.contents_of(root).total
