"""What the mutations on promotions take, and the draft that comes of it."""

from datetime import datetime
from decimal import Decimal

import strawberry

from checkout.models import PromotionKind
from checkout.operations.promotions import Code, Draft
from marketplace.api.scalars import bps_of, decode_key
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.money import Money


@strawberry.input(description="A code that asks for a promotion.")
class CodeInput:
    code: str = strawberry.field(description="3 to 40 letters, digits and dashes; capitals or not.")
    cap: int | None = strawberry.field(default=None, description="How many orders may have it by this code.")


@strawberry.input(description="What a promotion takes off, and on what terms; amounts are of one currency.")
class PromotionTermsInput:
    title: str = strawberry.field(description="What it is called.")
    kind: PromotionKind = strawberry.field(description="What it takes off.")
    rate: Decimal = strawberry.field(
        default=Decimal(0), description="In percent, for a percentage and for buy x get y."
    )
    amount: Decimal | None = strawberry.field(default=None, description="For an amount.")
    minimum: Decimal | None = strawberry.field(
        default=None, description="What the goods it is about have to come to."
    )
    currency: str | None = strawberry.field(
        default=None, description="Of the amount and the minimum; the vendor's own where it is left out."
    )
    buy_units: int = strawberry.field(default=0, description="For buy x get y: x.")
    get_units: int = strawberry.field(default=0, description="For buy x get y: y.")
    is_for_everything: bool = strawberry.field(
        default=False, description="That it is about all goods has to be said; else name some."
    )
    products: list[strawberry.ID] = strawberry.field(default_factory=list, description="What it is about.")
    categories: list[strawberry.ID] = strawberry.field(
        default_factory=list, description="What it is about, with all that is below them."
    )
    is_for_first_orders: bool = strawberry.field(
        default=False, description="Whether it is for a buyer's first order only."
    )
    is_automatic: bool = strawberry.field(default=False, description="Whether it comes without a code.")
    codes: list[CodeInput] = strawberry.field(default_factory=list, description="What asks for it.")
    is_exclusive: bool = strawberry.field(
        default=False, description="Whether it goes with no other in the same vendor's part."
    )
    priority: int = strawberry.field(default=100, description="The lower number takes its turn first.")
    starts_at: datetime | None = strawberry.field(default=None, description="Since when it is given.")
    ends_at: datetime | None = strawberry.field(default=None, description="Until when.")
    total_cap: int | None = strawberry.field(default=None, description="How many orders may have it.")
    person_cap: int | None = strawberry.field(default=None, description="How many of one buyer's.")
    is_active: bool = strawberry.field(default=True, description="Whether it is given at all.")


@strawberry.input(description="Make a promotion of your vendor, or change one; the vendor pays for it.")
class SavePromotionInput:
    vendor: strawberry.ID = strawberry.field(description="The vendor's account.")
    promotion: strawberry.ID | None = strawberry.field(
        default=None, description="The one to change; a new one where it is left out."
    )
    terms: PromotionTermsInput = strawberry.field(description="As it shall be.")


@strawberry.input(description="Put a promotion of your vendor away for good.")
class ArchivePromotionInput:
    vendor: strawberry.ID = strawberry.field(description="The vendor's account.")
    promotion: strawberry.ID = strawberry.field(description="The promotion.")


@strawberry.input(description="Pay your part of a promotion of the platform, or cease to.")
class SetPromotionConsentInput:
    vendor: strawberry.ID = strawberry.field(description="The vendor's account.")
    promotion: strawberry.ID = strawberry.field(description="The platform's promotion.")
    is_given: bool = strawberry.field(default=True, description="False to cease.")


@strawberry.input(description="Make a promotion of the platform, or change one.")
class SavePlatformPromotionInput:
    promotion: strawberry.ID | None = strawberry.field(
        default=None, description="The one to change; a new one where it is left out."
    )
    terms: PromotionTermsInput = strawberry.field(description="As it shall be.")
    platform_share: Decimal = strawberry.field(
        default=Decimal(100),
        description="How many percent of it the platform pays; the rest is paid by the vendors that join.",
    )


@strawberry.input(description="Put a promotion of the platform away for good.")
class ArchivePlatformPromotionInput:
    promotion: strawberry.ID = strawberry.field(description="The promotion.")


@strawberry.input(description="So many units of a variant.")
class BasketLineInput:
    variant: strawberry.ID = strawberry.field(description="The variant.")
    quantity: int = strawberry.field(default=1, description="How many units.")


@strawberry.input(description="Try a promotion before it is saved: on a basket, or on what was ordered.")
class SimulatePromotionInput:
    terms: PromotionTermsInput = strawberry.field(description="As it would be.")
    platform_share: Decimal = strawberry.field(
        default=Decimal(100), description="How many percent of it the platform would pay."
    )
    basket: list[BasketLineInput] = strawberry.field(
        default_factory=list, description="What is bought; what was ordered where it is empty."
    )
    days: int = strawberry.field(default=30, description="The orders of how many days, the latest first.")


def draft_of(terms: PromotionTermsInput, *, currency: str | None, platform_share: Decimal) -> Draft:
    """The draft. Raises InvalidInput where an amount, a rate or an id is none."""
    paid_in = (terms.currency or currency or "").upper()
    return Draft(
        title=terms.title,
        kind=terms.kind,
        rate_bps=bps_of(terms.rate, field="rate"),
        amount=_money(terms.amount, paid_in, field="amount"),
        minimum=_money(terms.minimum, paid_in, field="minimum"),
        buy_units=terms.buy_units,
        get_units=terms.get_units,
        platform_share_bps=bps_of(platform_share, field="platformShare"),
        is_for_everything=terms.is_for_everything,
        products=tuple(decode_key(each, "Product", field="products") for each in terms.products),
        categories=tuple(decode_key(each, "Category", field="categories") for each in terms.categories),
        is_for_first_orders=terms.is_for_first_orders,
        is_automatic=terms.is_automatic,
        codes=tuple(Code(code=each.code, cap=each.cap) for each in terms.codes),
        is_exclusive=terms.is_exclusive,
        priority=terms.priority,
        starts_at=terms.starts_at,
        ends_at=terms.ends_at,
        total_cap=terms.total_cap,
        person_cap=terms.person_cap,
        is_active=terms.is_active,
    )


def _money(amount: Decimal | None, currency: str, *, field: str) -> Money | None:
    if amount is None:
        return None
    if len(currency) != 3 or not (currency.isascii() and currency.isalpha()):
        raise InvalidInput(field="currency", reason="An amount has a currency, such as EUR.")
    return Money.from_decimal(amount, currency, field=field)
