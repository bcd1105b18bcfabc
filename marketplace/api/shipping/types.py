"""How a vendor ships, as its own people see it."""

from typing import cast

import strawberry
import strawberry_django
from django.db.models import QuerySet

from checkout import models
from checkout.selectors.terms import tax_categories
from marketplace.api import fields
from marketplace.api.checkout.types import DeliveryEstimate, estimate_of
from marketplace.api.choices import enum_of
from marketplace.api.context import Info
from marketplace.api.nodes import Node
from marketplace.api.scalars import MoneyType
from marketplace.api.vendors.types import demand
from marketplace.kernel.money import Money
from vendors.models import Vendor
from vendors.permissions import VendorPermission

enum_of(models.RateKind, description="What a rate of shipping goes by.")


@strawberry_django.type(
    models.ShippingMethod, name="ShippingMethod", description="A way a vendor ships, as its people set it."
)
class ShippingMethodType(Node):
    name: str = fields.attribute(description="What buyers read.")
    price: MoneyType | None = strawberry_django.field(
        description="What it costs wherever no zone says otherwise; null where only zones offer it.",
        only=["price_minor", "currency"],
    )
    is_pickup: bool = fields.attribute(description="Whether the buyer fetches it.")
    position: int = fields.attribute(description="Its place among the vendor's ways.")
    is_active: bool = fields.attribute(description="Whether it is offered at all.")

    @fields.field(description="How long it takes, where that is told.", only=["min_days", "max_days"])
    @staticmethod
    def estimate(root: strawberry.Parent[models.ShippingMethod]) -> DeliveryEstimate | None:
        return estimate_of(root.min_days, root.max_days)


@strawberry.type(description="From so much on a parcel costs something else.")
class ShippingTier:
    from_weight_g: int | None = strawberry.field(description="From so many grams on, for rates by weight.")
    from_total: MoneyType | None = strawberry.field(
        description="From goods of so much on, for rates by total."
    )
    price: MoneyType = strawberry.field(description="What it costs then.")


@strawberry_django.type(
    models.ShippingRate, name="ShippingRate", description="What a way costs in a zone, for each parcel."
)
class ShippingRateType:
    method: ShippingMethodType = fields.attribute(description="Which way.")
    kind: models.RateKind = fields.attribute(description="What it goes by.")

    @fields.field(
        MoneyType,
        description="What it costs: in all, for the first unit, or below the first tier.",
        select_related=["method"],
        only=["price_minor", "method__currency"],
    )
    @staticmethod
    def price(root: strawberry.Parent[models.ShippingRate]) -> Money:
        return Money(root.price_minor, root.method.currency)

    @fields.field(
        MoneyType,
        description="What each unit after the first costs, for rates by the item.",
        select_related=["method"],
        only=["extra_minor", "method__currency"],
    )
    @staticmethod
    def extra_price(root: strawberry.Parent[models.ShippingRate]) -> Money:
        return Money(root.extra_minor, root.method.currency)

    @fields.field(
        MoneyType | None,
        description="What the vendor's goods have to come to for it to cost nothing.",
        select_related=["method"],
        only=["free_from_minor", "method__currency"],
    )
    @staticmethod
    def free_from(root: strawberry.Parent[models.ShippingRate]) -> Money | None:
        return None if root.free_from_minor is None else Money(root.free_from_minor, root.method.currency)

    @fields.field(
        description="What it costs from which weight or total on, ascending.",
        select_related=["method"],
        only=["kind", "tiers", "method__currency"],
    )
    @staticmethod
    def tiers(root: strawberry.Parent[models.ShippingRate]) -> list[ShippingTier]:
        return [_tier(root, bound, price) for bound, price in root.tiers]


def _tier(rate: models.ShippingRate, bound: int, price_minor: int) -> ShippingTier:
    def shown(minor: int) -> MoneyType:
        return cast("MoneyType", Money(minor, rate.method.currency))  # its shape outside

    is_weight = rate.kind == models.RateKind.BY_WEIGHT
    return ShippingTier(
        from_weight_g=bound if is_weight else None,
        from_total=None if is_weight else shown(bound),
        price=shown(price_minor),
    )


@strawberry_django.type(
    models.ShippingZone,
    name="ShippingZone",
    description="Where rates of a profile are good; the zone that is closest around an address counts.",
)
class ShippingZoneType(Node):
    name: str = fields.attribute(description="What it is called.")
    countries: list[str] = fields.attribute(
        description="ISO 3166-1 alpha-2 codes; none is the rest of the world."
    )
    regions: list[str] = fields.attribute(description="Of the country only these, as addresses name them.")
    postal_prefixes: list[str] = fields.attribute(description="Only where postal codes begin so.")
    rates: list[ShippingRateType] = strawberry_django.field(description="What each way costs there.")


@strawberry_django.type(
    models.ShippingProfile,
    name="ShippingProfile",
    description="Goods that ship together from one place, at rates of their own.",
)
class ShippingProfileType(Node):
    name: str = fields.attribute(description="What it is called.")
    origin: str = fields.attribute(description="Where it ships from.")
    is_default: bool = fields.attribute(description="Whether all goods ship by it that name no other.")
    zones = fields.related(ShippingZoneType, description="Where it ships to.")


@strawberry_django.type(Vendor)
class Account:
    """The part of VendorAccount that this package provides."""

    @fields.connection(
        ShippingMethodType, description="The ways it ships, in its order.", only=["id"], is_guarded=True
    )
    @staticmethod
    def shipping_methods(root: strawberry.Parent[Vendor], info: Info) -> "QuerySet[models.ShippingMethod]":
        demand(VendorPermission.VIEW_VENDOR, root, info)
        return models.ShippingMethod.objects.filter(vendor=root)

    @fields.connection(
        ShippingProfileType,
        description="By which profiles its goods ship, with where to and for how much.",
        only=["id"],
        is_guarded=True,
    )
    @staticmethod
    def shipping_profiles(root: strawberry.Parent[Vendor], info: Info) -> "QuerySet[models.ShippingProfile]":
        demand(VendorPermission.VIEW_VENDOR, root, info)
        return models.ShippingProfile.objects.filter(vendor=root)

    @fields.field(
        list[str] | None,
        description="The words by which rules of tax know goods; one of these is a listing's `taxCategory`.",
        only=["id"],
    )
    @staticmethod
    def tax_categories(root: strawberry.Parent[Vendor], info: Info) -> list[str] | None:
        demand(VendorPermission.VIEW_VENDOR, root, info)
        return tax_categories()
