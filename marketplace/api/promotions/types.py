"""Promotions as whoever gives them sees them."""

from datetime import datetime
from decimal import Decimal
from typing import Any, cast

import strawberry
import strawberry_django
from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from checkout import models
from checkout.selectors import promotions as selectors
from checkout.selectors.simulation import MOST_SHOWN, Simulation, SimulationWarning
from marketplace.api import fields
from marketplace.api.catalog.types import CategoryType
from marketplace.api.choices import enum_of
from marketplace.api.context import Info
from marketplace.api.nodes import Node
from marketplace.api.scalars import MoneyType, encode_id
from marketplace.api.vendors.types import demand
from marketplace.kernel.money import Money
from vendors.models import Vendor
from vendors.permissions import VendorPermission

enum_of(models.PromotionKind, description="What a promotion takes off.")
enum_of(SimulationWarning, description="What to think of before a promotion is saved.")

_uses = models.PromotionUse.objects.filter(promotion=OuterRef("pk"), state__in=models.COUNTED_USES)
USES = {
    "use_count": Coalesce(
        Subquery(
            _uses.order_by().values("promotion").annotate(rows=Count("*")).values("rows"),
            output_field=IntegerField(),
        ),
        0,
    )
}


@strawberry.type(description="A code that asks for a promotion.")
class PromotionCode:
    code: str = strawberry.field(description="The code.")
    cap: int | None = strawberry.field(description="How many orders may have the promotion by it.")
    is_active: bool = strawberry.field(description="Whether it is good.")


@strawberry.type(description="A product that a promotion is about, published or not.")
class PromotedProduct:
    id: strawberry.ID = strawberry.field(description="Names it to the mutations on promotions.")
    title: str = strawberry.field(description="What it is called.")


@strawberry_django.type(
    models.Promotion, name="Promotion", description="A discount, and on what terms it is given."
)
class PromotionType(Node):
    title: str = fields.attribute(description="What it is called.")
    kind: models.PromotionKind = fields.attribute(description="What it takes off.")
    buy_units: int = fields.attribute(description="For buy x get y: x.")
    get_units: int = fields.attribute(description="For buy x get y: y.")
    is_for_everything: bool = fields.attribute(description="Whether it is about all goods.")
    is_for_first_orders: bool = fields.attribute(description="Whether it is for first orders only.")
    is_automatic: bool = fields.attribute(description="Whether it comes without a code.")
    is_exclusive: bool = fields.attribute(description="Whether it goes with no other in a vendor's part.")
    priority: int = fields.attribute(description="The lower number takes its turn first.")
    starts_at: datetime | None = fields.attribute(description="Since when it is given.")
    ends_at: datetime | None = fields.attribute(description="Until when.")
    total_cap: int | None = fields.attribute(description="How many orders may have it.")
    person_cap: int | None = fields.attribute(description="How many of one buyer's.")
    is_active: bool = fields.attribute(description="Whether it is given at all.")
    archived_at: datetime | None = fields.attribute(description="When it was put away for good.")
    amount: MoneyType | None = strawberry_django.field(
        description="What it takes off, for an amount.", only=["amount_minor", "currency"]
    )
    minimum: MoneyType | None = strawberry_django.field(
        description="What the goods it is about have to come to.", only=["minimum_minor", "currency"]
    )
    categories = fields.related(CategoryType, description="What it is about, with all that is below them.")

    @fields.field(description="In percent, for a percentage and for buy x get y.", only=["rate_bps"])
    @staticmethod
    def rate(root: strawberry.Parent[models.Promotion]) -> Decimal:
        return Decimal(root.rate_bps).scaleb(-2)

    @fields.field(
        description="How many percent of it the platform pays.", only=["platform_share_bps", "vendor_id"]
    )
    @staticmethod
    def platform_share(root: strawberry.Parent[models.Promotion]) -> Decimal:
        return Decimal(root.platform_share_bps).scaleb(-2)

    @fields.field(description="The codes that ask for it.", prefetch_related=["coupons"])
    @staticmethod
    def codes(root: strawberry.Parent[models.Promotion]) -> list[PromotionCode]:
        return [
            PromotionCode(code=each.code, cap=each.cap, is_active=each.is_active)
            for each in root.coupons.all()
        ]

    @fields.field(description="The products it is about.", prefetch_related=["products"])
    @staticmethod
    def products(root: strawberry.Parent[models.Promotion]) -> list[PromotedProduct]:
        return [
            PromotedProduct(id=encode_id("Product", each.pk), title=each.title)
            for each in root.products.all()
        ]

    @fields.field(description="How many orders have it, paid or waiting for it.", annotate=USES)
    @staticmethod
    def use_count(root: strawberry.Parent[models.Promotion]) -> int:
        count: int = root.use_count  # type: ignore[attr-defined]  # annotated by the hint of the field
        return count


@strawberry.type(description="A promotion of the platform of which vendors that join pay a part.")
class SharedPromotion:
    id: strawberry.ID = strawberry.field(description="Names it to setPromotionConsent.")
    title: str = strawberry.field(description="What it is called.")
    kind: models.PromotionKind = strawberry.field(description="What it takes off.")
    rate: Decimal = strawberry.field(description="In percent, where it is one.")
    amount: MoneyType | None = strawberry.field(description="What it takes off, for an amount.")
    vendor_share: Decimal = strawberry.field(description="How many percent of it the vendor pays.")
    starts_at: datetime | None = strawberry.field(description="Since when it is given.")
    ends_at: datetime | None = strawberry.field(description="Until when.")
    is_joined: bool = strawberry.field(description="Whether the vendor has joined.")

    @classmethod
    def of(cls, row: models.Promotion) -> "SharedPromotion":
        return cls(
            id=encode_id("Promotion", row.pk),
            title=row.title,
            kind=models.PromotionKind(row.kind),
            rate=Decimal(row.rate_bps).scaleb(-2),
            amount=cast("MoneyType | None", row.amount),  # its shape outside
            vendor_share=100 - Decimal(row.platform_share_bps).scaleb(-2),
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            is_joined=row.is_joined,  # type: ignore[attr-defined]  # annotated by the selector
        )


@strawberry.type(description="A variant on which a promotion would take something off.")
class SimulatedLine:
    sku: str = strawberry.field(description="The vendor's own number of the variant.")
    title: str = strawberry.field(description="The product.")
    vendor: str = strawberry.field(description="Who sells it.")
    lines: int = strawberry.field(description="Off how many lines.")
    amount: MoneyType = strawberry.field(description="What it would take off.")
    platform_amount: MoneyType = strawberry.field(description="What of it the platform would pay.")


@strawberry.type(description="What a promotion would have come to.")
class PromotionSimulation:
    orders: int = strawberry.field(description="Of how many orders, or baskets.")
    amount: MoneyType = strawberry.field(description="What it would take off in all.")
    platform_amount: MoneyType = strawberry.field(description="What of it the platform would pay.")
    affected: list[SimulatedLine] = strawberry.field(
        description=f"Off what, the most first; {MOST_SHOWN} at most."
    )
    warnings: list[SimulationWarning] = strawberry.field(description="What to think of before it is saved.")

    @classmethod
    def of(cls, found: Simulation) -> "PromotionSimulation":
        def shown(minor: int) -> Any:
            return Money(minor, found.currency)

        return cls(
            orders=found.orders,
            amount=shown(found.amount_minor),
            platform_amount=shown(found.platform_minor),
            affected=[
                SimulatedLine(
                    sku=each.variant.sku,
                    title=each.variant.product.title,
                    vendor=each.variant.product.vendor.name,
                    lines=each.orders,
                    amount=shown(each.amount_minor),
                    platform_amount=shown(each.platform_minor),
                )
                for each in found.affected[:MOST_SHOWN]
            ],
            warnings=list(found.warnings),
        )


@strawberry_django.type(Vendor)
class Account:
    """The part of VendorAccount that this package provides."""

    @fields.connection(
        PromotionType, description="Its promotions, newest first.", only=["id"], is_guarded=True
    )
    @staticmethod
    def promotions(root: strawberry.Parent[Vendor], info: Info) -> "QuerySet[models.Promotion]":
        demand(VendorPermission.CHANGE_PROMOTIONS, root, info)
        return selectors.promotions_of(root)

    @fields.field(
        list[SharedPromotion] | None,
        description="The platform's promotions of which vendors that join pay a part, newest first.",
        only=["id"],
    )
    @staticmethod
    def shared_promotions(root: strawberry.Parent[Vendor], info: Info) -> list[SharedPromotion] | None:
        demand(VendorPermission.CHANGE_PROMOTIONS, root, info)
        return [SharedPromotion.of(row) for row in selectors.promotions_to_join(root)]
