"""The cart as its buyer sees it."""

from typing import Any, cast

import strawberry
import strawberry_django

from checkout import cart_warnings, models
from checkout.selectors import cart as selectors
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


@strawberry.type(description="A way a vendor ships its part of the cart.")
class ShippingOption:
    id: strawberry.ID = strawberry.field(description="Names it to selectShipping.")
    name: str = strawberry.field(description="What it is called.")
    price: MoneyType = strawberry.field(description="What shipping the vendor's part costs.")

    @classmethod
    def of(cls, method: models.ShippingMethod) -> "ShippingOption":
        return cls(
            id=encode_id("ShippingOption", method.pk),
            name=method.name,
            price=cast("MoneyType", method.price),  # its shape outside
        )


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
    key: strawberry.Private[int]
    lines: strawberry.Private[LinesBelow]

    @fields.field(CartLineType, description="The line it concerns.")
    def line(self, info: Info) -> models.CartLine:
        return self.lines.of(info)[self.key]


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

    @fields.field(description="The ways the vendor ships; where there is none, it ships for nothing.")
    def shipping_options(self) -> list[ShippingOption]:
        return [ShippingOption.of(method) for method in self.group.shipping_options]

    @fields.field(description="The way that is chosen; where there is only one, that.")
    def selected_shipping(self) -> ShippingOption | None:
        selected = self.group.selected_shipping
        return None if selected is None else ShippingOption.of(selected)

    @fields.field(MoneyType, description="Units by their prices.")
    def subtotal(self) -> Money:
        return self.group.subtotal

    @fields.field(MoneyType, description="What is taken off.")
    def discount(self) -> Money:
        return self.group.discount

    @fields.field(MoneyType, description="What shipping costs, as far as it is chosen.")
    def shipping(self) -> Money:
        return self.group.shipping

    @fields.field(MoneyType, description="The tax of the destination, once there is a shipping address.")
    def tax(self) -> Money:
        return self.group.tax

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
            CartWarning(code=each.code, message=each.message, key=each.line.pk, lines=below)
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

    @fields.field(MoneyType, description="What shipping costs, as far as it is chosen.")
    @staticmethod
    def shipping(root: strawberry.Parent[models.Cart]) -> Money:
        return selectors.contents_of(root).shipping

    @fields.field(MoneyType, description="The tax of the destination, once there is a shipping address.")
    @staticmethod
    def tax(root: strawberry.Parent[models.Cart]) -> Money:
        return selectors.contents_of(root).tax

    @fields.field(MoneyType, description="What it costs: subtotal - discount + shipping + tax.")
    @staticmethod
    def total(root: strawberry.Parent[models.Cart]) -> Money:
        return selectors.contents_of(root).total
