"""What the mutations on shipping take, and the drafts that come of it."""

from decimal import Decimal

import strawberry

from checkout.models import RateKind
from checkout.operations.shipping import MethodDraft
from checkout.operations.zones import RateDraft, Tier
from marketplace.kernel.errors import CurrencyMismatch, InvalidInput
from marketplace.kernel.money import Money
from vendors.models import Vendor

KEY = "A key of your own: the same one again does nothing new and answers the same."
ACCOUNT = "The vendor's account."
CURRENCY = "Of the amounts, which are in the vendor's own; another one is refused."


@strawberry.input(description="Make a way of shipping, or change one.")
class SaveShippingMethodInput:
    vendor: strawberry.ID = strawberry.field(description=ACCOUNT)
    method: strawberry.ID | None = strawberry.field(
        default=None, description="The one to change; a new one where it is left out."
    )
    name: str = strawberry.field(description="What buyers read.")
    price: Decimal | None = strawberry.field(
        default=None,
        description="What it costs wherever no zone says otherwise; left out, only zones offer it.",
    )
    currency: str | None = strawberry.field(default=None, description=CURRENCY)
    is_pickup: bool = strawberry.field(default=False, description="Whether the buyer fetches it.")
    min_days: int | None = strawberry.field(default=None, description="How many days it takes at least.")
    max_days: int | None = strawberry.field(default=None, description="How many at most.")
    position: int = strawberry.field(default=0, description="Its place among the vendor's ways.")
    is_active: bool = strawberry.field(default=True, description="Whether it is offered at all.")
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)


@strawberry.input(description="Make a profile of goods that ship together, or change one.")
class SaveShippingProfileInput:
    vendor: strawberry.ID = strawberry.field(description=ACCOUNT)
    profile: strawberry.ID | None = strawberry.field(
        default=None, description="The one to change; a new one where it is left out."
    )
    name: str = strawberry.field(description="What it is called.")
    origin: str = strawberry.field(default="", description="Where it ships from.")
    is_default: bool = strawberry.field(
        default=False,
        description="Whether all goods ship by it that name no other, instead of the present one.",
    )
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)


@strawberry.input(description="Make a zone of a profile, or change one.")
class SaveShippingZoneInput:
    profile: strawberry.ID = strawberry.field(description="The profile.")
    zone: strawberry.ID | None = strawberry.field(
        default=None, description="The one to change; a new one where it is left out."
    )
    name: str = strawberry.field(description="What it is called.")
    countries: list[str] = strawberry.field(
        default_factory=list, description="ISO 3166-1 alpha-2 codes; none is the rest of the world."
    )
    regions: list[str] = strawberry.field(
        default_factory=list, description="Of the one country only these, as addresses name them."
    )
    postal_prefixes: list[str] = strawberry.field(
        default_factory=list, description="Of the one country only where postal codes begin so."
    )
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)


@strawberry.input(description="From so much on a parcel costs something else; say the one the rate goes by.")
class ShippingTierInput:
    from_weight_g: int | None = strawberry.field(default=None, description="From so many grams on.")
    from_total: Decimal | None = strawberry.field(default=None, description="From goods of so much on.")
    price: Decimal = strawberry.field(description="What it costs then.")


@strawberry.input(description="Say what a way costs in a zone, whatever it has cost there before.")
class SaveShippingRateInput:
    zone: strawberry.ID = strawberry.field(description="The zone.")
    method: strawberry.ID = strawberry.field(description="The way of shipping.")
    kind: RateKind = strawberry.field(default=RateKind.FLAT, description="What it goes by.")
    price: Decimal = strawberry.field(
        description="What it costs: in all, for the first unit, or below the first tier."
    )
    extra_price: Decimal | None = strawberry.field(
        default=None, description="What each unit after the first costs, for rates by the item."
    )
    tiers: list[ShippingTierInput] = strawberry.field(
        default_factory=list, description="For rates by weight or by total, ascending."
    )
    free_from: Decimal | None = strawberry.field(
        default=None, description="What the vendor's goods have to come to for it to cost nothing."
    )
    currency: str | None = strawberry.field(default=None, description=CURRENCY)


@strawberry.input(description="Delete a profile by which no product ships.")
class DeleteShippingProfileInput:
    profile: strawberry.ID = strawberry.field(description="The profile.")


@strawberry.input(description="Delete a zone with its rates.")
class DeleteShippingZoneInput:
    zone: strawberry.ID = strawberry.field(description="The zone.")


@strawberry.input(description="Let a way have no rate in a zone any more.")
class DeleteShippingRateInput:
    zone: strawberry.ID = strawberry.field(description="The zone.")
    method: strawberry.ID = strawberry.field(description="The way of shipping.")


def method_draft(input: SaveShippingMethodInput, vendor: Vendor) -> MethodDraft:
    """The draft. Raises CurrencyMismatch, InvalidInput for what is no amount of the vendor's currency."""
    _refuse_other(input.currency, vendor)
    return MethodDraft(
        name=input.name,
        price=_money(input.price, vendor, field="price"),
        is_pickup=input.is_pickup,
        min_days=input.min_days,
        max_days=input.max_days,
        position=input.position,
        is_active=input.is_active,
    )


def rate_draft(input: SaveShippingRateInput, vendor: Vendor) -> RateDraft:
    """The draft. Raises CurrencyMismatch, InvalidInput like the draft of a way, and for half a tier."""
    _refuse_other(input.currency, vendor)
    return RateDraft(
        kind=input.kind,
        price=Money.from_decimal(input.price, vendor.currency, field="price"),
        extra=_money(input.extra_price, vendor, field="extraPrice"),
        tiers=tuple(_tier(each, input.kind, vendor) for each in input.tiers),
        free_from=_money(input.free_from, vendor, field="freeFrom"),
    )


def _tier(tier: ShippingTierInput, kind: RateKind, vendor: Vendor) -> Tier:
    total = _money(tier.from_total, vendor, field="tiers")
    bounds = (tier.from_weight_g, None if total is None else total.minor)
    bound, other = bounds if kind == RateKind.BY_WEIGHT else reversed(bounds)
    if bound is None or other is not None:
        reason = "A tier begins at a weight for rates by weight, at a total for rates by total."
        raise InvalidInput(field="tiers", reason=reason)
    return Tier(bound=bound, price=Money.from_decimal(tier.price, vendor.currency, field="tiers"))


def _refuse_other(currency: str | None, vendor: Vendor) -> None:
    if currency is not None and currency != vendor.currency:
        raise CurrencyMismatch(expected=vendor.currency, given=currency, field="currency")


def _money(amount: Decimal | None, vendor: Vendor, *, field: str) -> Money | None:
    return None if amount is None else Money.from_decimal(amount, vendor.currency, field=field)
