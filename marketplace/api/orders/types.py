"""Orders as their buyers see them, and the part of each vendor, which is all that the vendor sees."""

from datetime import datetime
from typing import Any, cast

import strawberry
import strawberry_django
from django.db.models import QuerySet

from checkout import models
from checkout.selectors import orders as selectors
from checkout.selectors.promotions import discounts
from marketplace.api import fields
from marketplace.api.catalog.types import ProductType, SelectedOption
from marketplace.api.checkout.types import Characteristic, DeliveryEstimate, Discount, TaxLine, estimate_of
from marketplace.api.choices import enum_of
from marketplace.api.commission.types import Kept
from marketplace.api.context import Info
from marketplace.api.fulfilment.types import Life
from marketplace.api.nodes import Node
from marketplace.api.payouts.types import Share
from marketplace.api.returns.types import Agreed
from marketplace.api.reviews.types import Reviewable
from marketplace.api.risk.types import Hold
from marketplace.api.scalars import MoneyType
from marketplace.api.transfers.types import Sent
from marketplace.api.vendors.types import VendorPolicyType, VendorType, demand
from marketplace.gateway import registry
from vendors.models import Vendor, VendorPolicy
from vendors.permissions import VendorPermission

enum_of(models.OrderStatus, description="What an order is to its buyer.")
enum_of(models.VendorOrderStatus, description="Where a vendor's part of an order stands.")
enum_of(models.PaymentStatus, description="Where a payment stands.")


@strawberry.type(description="An address as it was when the order was placed.")
class PostalAddress:
    name: str = strawberry.field(description="Who lives or works there.")
    line1: str = strawberry.field(description="Street and number, or whatever names the place.")
    line2: str = strawberry.field(description="Floor, company, care of ...")
    city: str = strawberry.field(description="City, town or village.")
    state: str = strawberry.field(description="State, province or county, where mail needs it.")
    postal_code: str = strawberry.field(description="Postal code, where there is one.")
    country: str = strawberry.field(description="ISO 3166-1 alpha-2 code of the country.")
    phone: str = strawberry.field(description="For the carrier.")


def _money(column: str, description: str) -> Any:
    return strawberry_django.field(description=description, only=[f"{column}_minor", "currency"])


@strawberry_django.type(
    models.OrderLine, name="OrderLine", description="What was bought, with the names and prices of then."
)
class OrderLineType(Kept, Reviewable, Node):
    title: str = fields.attribute(description="What it was called.")
    sku: str = fields.attribute(description="The vendor's own number of it.")
    quantity: int = fields.attribute(description="How many units.")
    cancelled: int = fields.attribute(description="How many of them will not be sent.")
    shipped: int = fields.attribute(description="How many of them were sent.")
    returned: int = fields.attribute(description="How many of those that were sent are back.")
    product: ProductType = fields.attribute(description="The product as it is now.")
    unit_price: MoneyType = _money("unit_price", "What one unit cost.")
    amount: MoneyType = _money("amount", "What its units cost, before discount and tax.")
    discount: MoneyType = _money("discount", "What was taken off.")
    tax: MoneyType = _money("tax", "The tax on it.")

    @fields.field(description="The combination of the product's options.", only=["options"])
    @staticmethod
    def options(root: strawberry.Parent[models.OrderLine]) -> list[SelectedOption]:
        return [SelectedOption(name=name, value=value) for name, value in root.options.items()]

    @fields.field(description="What was asked of each unit.", only=["characteristics"])
    @staticmethod
    def characteristics(root: strawberry.Parent[models.OrderLine]) -> list[Characteristic]:
        return [Characteristic(name=name, value=value) for name, value in root.characteristics.items()]


@strawberry_django.type(models.VendorOrder, name="VendorOrder", description="One vendor's part of an order.")
class VendorOrderType(Share, Sent, Life, Agreed, Hold, Node):
    number: str = fields.attribute(description="Names it to people.")
    vendor: VendorType = fields.attribute(description="Who sells and ships it.")
    status: models.VendorOrderStatus = fields.attribute(description="Where it stands.")
    shipping_name: str = fields.attribute(description="How it is shipped.")
    lines = fields.related(OrderLineType, description="What was bought there.")
    subtotal: MoneyType = _money("subtotal", "Units by their prices.")
    discount: MoneyType = _money("discount", "What was taken off.")
    shipping: MoneyType = _money("shipping", "What shipping cost.")
    tax: MoneyType = _money("tax", "The tax on its lines and its shipping, on top of the prices.")
    included_tax: MoneyType = strawberry_django.field(
        description="The tax that the prices contain: a part of the total already.",
        only=["tax_included_minor", "currency"],
    )
    total: MoneyType = _money("total", "subtotal - discount + shipping + tax.")

    @fields.field(
        description="What each promotion took off.",
        prefetch_related=["applied_promotions"],
        only=["currency"],
    )
    @staticmethod
    def discounts(root: strawberry.Parent[models.VendorOrder]) -> list[Discount]:
        return Discount.shown(discounts(root.applied_promotions.all()), root.currency)

    @fields.field(description="Each tax on it.", prefetch_related=["tax_lines"], only=["currency"])
    @staticmethod
    def tax_lines(root: strawberry.Parent[models.VendorOrder]) -> list[TaxLine]:
        return TaxLine.summed(root.tax_lines.all(), root.currency)

    @fields.field(
        list[VendorPolicyType],
        description="What it was sold under: the vendor's policies as they were then.",
        prefetch_related=["policies"],
    )
    @staticmethod
    def policies(root: strawberry.Parent[models.VendorOrder]) -> list[VendorPolicy]:
        return sorted(root.policies.all(), key=lambda policy: policy.kind)

    @fields.field(description="How long shipping takes, where the vendor said so.", only=["shipping_quote"])
    @staticmethod
    def shipping_estimate(root: strawberry.Parent[models.VendorOrder]) -> DeliveryEstimate | None:
        told = root.shipping_quote
        return estimate_of(told.get("min_days"), told.get("max_days"))

    @fields.field(description="Whether the buyer fetches it from the vendor.", only=["shipping_quote"])
    @staticmethod
    def is_pickup(root: strawberry.Parent[models.VendorOrder]) -> bool:
        return bool(root.shipping_quote.get("is_pickup"))

    @fields.field(
        description="Where the goods go; null where nothing is sent.",
        select_related=["order"],
        only=["order__shipping_address"],
    )
    @staticmethod
    def shipping_address(root: strawberry.Parent[models.VendorOrder]) -> PostalAddress | None:
        return PostalAddress(**root.order.shipping_address) if root.order.shipping_address else None


@strawberry_django.type(models.Payment, name="Payment", description="How an order is paid.")
class PaymentType(Node):
    status: models.PaymentStatus = fields.attribute(description="Where it stands.")
    amount: MoneyType = _money("amount", "What is to be paid, or was.")
    provider: str = fields.attribute(description="Who takes the payment.")
    ref: str = strawberry_django.field(
        field_name="provider_ref",
        description="What the provider calls it; empty for the moment until the provider has answered.",
    )
    decline_code: str = fields.attribute(description="Why the last attempt failed, if it did.")

    @fields.field(
        description="Where the buyer shows the bank who they are, while it asks.", only=["action_url"]
    )
    def action_url(self, info: Info) -> str:
        row = cast("models.Payment", self)  # strawberry-django binds rows to their types
        return "" if info.context.viewing else row.action_url

    @fields.field(
        description="With it the buyer's browser confirms the payment with the provider.",
        only=["client_secret"],
    )
    def client_secret(self, info: Info) -> str:
        row = cast("models.Payment", self)  # strawberry-django binds rows to their types
        return "" if info.context.viewing else row.client_secret

    @fields.field(
        description="The publishable key that the provider's script is started with in the buyer's browser.",
        only=["provider"],
    )
    def browser_key(self) -> str:
        row = cast("models.Payment", self)  # strawberry-django binds rows to their types
        return registry.browser_key(row.provider)


@strawberry_django.type(models.Order, name="Order", description="What was ordered at once, and is paid once.")
class OrderType(Node):
    number: str = fields.attribute(description="Names it to people, for questions and complaints.")
    placed_at: datetime = fields.attribute(description="When it was placed.")
    email: str = fields.attribute(description="Where mail about it goes.")
    vendor_orders = fields.related(VendorOrderType, description="Its parts, one for each vendor.")
    subtotal: MoneyType = _money("subtotal", "Units by their prices.")
    discount: MoneyType = _money("discount", "What was taken off.")
    shipping: MoneyType = _money("shipping", "What shipping cost.")
    tax: MoneyType = _money("tax", "The tax on top of the prices.")
    included_tax: MoneyType = strawberry_django.field(
        description="The tax that the prices contain: a part of the total already.",
        only=["tax_included_minor", "currency"],
    )
    total: MoneyType = _money("total", "subtotal - discount + shipping + tax: what is paid.")

    @fields.field(
        description="What each promotion took off.",
        # The parts first: the optimizer puts what else is asked of them in their place.
        prefetch_related=["vendor_orders", "vendor_orders__applied_promotions"],
        only=["currency"],
    )
    @staticmethod
    def discounts(root: strawberry.Parent[models.Order]) -> list[Discount]:
        rows = (row for part in root.vendor_orders.all() for row in part.applied_promotions.all())
        return Discount.shown(discounts(rows), root.currency)

    @fields.field(
        description="What has become of it: of its payment, and then of its parts.",
        prefetch_related=["vendor_orders"],
        only=["payment_state"],
    )
    @staticmethod
    def status(root: strawberry.Parent[models.Order]) -> models.OrderStatus:
        return root.status

    @fields.field(
        PaymentType | None,
        description="How it is paid; null where there was nothing to pay.",
        prefetch_related=["payments"],
        only=["id"],
    )
    @staticmethod
    def payment(root: strawberry.Parent[models.Order]) -> models.Payment | None:
        return max(root.payments.all(), key=lambda payment: payment.pk, default=None)

    @fields.field(
        description="Each tax on it.",
        prefetch_related=["vendor_orders", "vendor_orders__tax_lines"],
        only=["id", "currency"],
    )
    @staticmethod
    def tax_lines(root: strawberry.Parent[models.Order]) -> list[TaxLine]:
        parts = root.vendor_orders.all()
        return TaxLine.summed((tax for part in parts for tax in part.tax_lines.all()), root.currency)

    @fields.field(description="Where the goods go; null where nothing is sent.", only=["shipping_address"])
    @staticmethod
    def shipping_address(root: strawberry.Parent[models.Order]) -> PostalAddress | None:
        return PostalAddress(**root.shipping_address) if root.shipping_address else None

    @fields.field(description="Where the bill goes.", only=["billing_address"])
    @staticmethod
    def billing_address(root: strawberry.Parent[models.Order]) -> PostalAddress:
        return PostalAddress(**root.billing_address)


@strawberry_django.type(Vendor)
class Account:
    """The part of VendorAccount that this package provides."""

    @fields.connection(
        VendorOrderType,
        description="Its parts of orders that were paid, newest first.",
        only=["id"],
        is_guarded=True,
    )
    @staticmethod
    def orders(root: strawberry.Parent[Vendor], info: Info) -> "QuerySet[models.VendorOrder]":
        demand(VendorPermission.VIEW_ORDERS, root, info)
        return selectors.vendor_orders(root)
