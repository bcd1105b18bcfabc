"""What the mutations on rules of commission take, and the draft that comes of it."""

from datetime import datetime
from decimal import Decimal

import strawberry

from marketplace.api.scalars import bps_of, decode_key
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.money import Money
from payouts.drafting import Draft, Prices
from payouts.rules import Amounts


@strawberry.input(description="Prices of a unit, before anything goes off.")
class CommissionPricesInput:
    currency: str = strawberry.field(description="Of both; sales in another are not met.")
    from_price: Decimal | None = strawberry.field(default=None, description="This or more.")
    below_price: Decimal | None = strawberry.field(default=None, description="Less than this.")


@strawberry.input(description="What is taken in one currency, each for a unit.")
class CommissionAmountsInput:
    currency: str = strawberry.field(description="ISO 4217 code of the currency.")
    fixed: Decimal = strawberry.field(default=Decimal(0), description="A fee on top of the rate.")
    floor: Decimal = strawberry.field(default=Decimal(0), description="The least of rate and fee together.")
    cap: Decimal | None = strawberry.field(default=None, description="The most of both together.")


@strawberry.input(description="What a rule is about, and what is kept by it.")
class CommissionTermsInput:
    name: str = strawberry.field(description="What it is called; vendors read it.")
    rate: Decimal = strawberry.field(default=Decimal(0), description="In percent of the base.")
    tax_rate: Decimal = strawberry.field(
        default=Decimal(0), description="In percent, on top of the commission."
    )
    amounts: list[CommissionAmountsInput] = strawberry.field(
        default_factory=list, description="In any other currency the rate alone counts."
    )
    is_for_everything: bool = strawberry.field(
        default=False, description="That it is about everything has to be said; else name something."
    )
    products: list[strawberry.ID] | None = strawberry.field(
        default=None, description="It is about these; an empty list is about none, null is no condition."
    )
    categories: list[strawberry.ID] | None = strawberry.field(
        default=None, description="It is about these, with all below them; as products."
    )
    vendors: list[strawberry.ID] | None = strawberry.field(
        default=None, description="It is about what these sell; as products."
    )
    prices: CommissionPricesInput | None = strawberry.field(
        default=None, description="It is about these prices."
    )
    position: int = strawberry.field(
        default=100, description="Of two rules that are equally specific the lower one decides."
    )
    starts_at: datetime | None = strawberry.field(default=None, description="Since when it decides.")
    ends_at: datetime | None = strawberry.field(default=None, description="Until when.")
    is_active: bool = strawberry.field(default=True, description="Whether it decides at all.")


@strawberry.input(description="Make a rule of commission, or change one.")
class SaveCommissionRuleInput:
    rule: strawberry.ID | None = strawberry.field(
        default=None, description="The one to change; a new one where it is left out."
    )
    terms: CommissionTermsInput = strawberry.field(description="As it shall be.")
    idempotency_key: str | None = strawberry.field(
        default=None, description="A key of your own; the same request with the same key has one effect."
    )


@strawberry.input(description="Put a rule of commission away for good.")
class DeleteCommissionRuleInput:
    rule: strawberry.ID = strawberry.field(description="The rule.")
    idempotency_key: str | None = strawberry.field(
        default=None, description="A key of your own; the same request with the same key has one effect."
    )


@strawberry.input(description="Try a rule of commission before it is saved, or before one is put away.")
class CommissionSimulationInput:
    rule: strawberry.ID | None = strawberry.field(
        default=None, description="The one that is changed or put away; a new one where it is left out."
    )
    terms: CommissionTermsInput | None = strawberry.field(
        default=None, description="As it would be; null: the rule is put away."
    )


def draft_of(terms: CommissionTermsInput) -> Draft:
    """The draft. Raises InvalidInput where an amount, a rate or an id is none."""
    return Draft(
        name=terms.name,
        rate_bps=bps_of(terms.rate, field="rate"),
        tax_bps=bps_of(terms.tax_rate, field="taxRate"),
        position=terms.position,
        is_active=terms.is_active,
        starts_at=terms.starts_at,
        ends_at=terms.ends_at,
        is_for_everything=terms.is_for_everything,
        products=_keys(terms.products, "Product", field="products"),
        categories=_keys(terms.categories, "Category", field="categories"),
        vendors=_keys(terms.vendors, "Vendor", field="vendors"),
        prices=_prices(terms.prices),
        amounts=tuple(_amounts(each) for each in terms.amounts),
    )


def _keys(ids: list[strawberry.ID] | None, kind: str, *, field: str) -> tuple[int, ...] | None:
    return None if ids is None else tuple(decode_key(each, kind, field=field) for each in ids)


def _prices(prices: CommissionPricesInput | None) -> Prices | None:
    if prices is None:
        return None
    currency = _currency(prices.currency, field="prices")
    return Prices(
        currency=currency,
        from_minor=_minor(prices.from_price, currency, field="prices"),
        to_minor=_minor(prices.below_price, currency, field="prices"),
    )


def _amounts(amounts: CommissionAmountsInput) -> tuple[str, Amounts]:
    currency = _currency(amounts.currency, field="amounts")
    return currency, Amounts(
        fixed_minor=_minor(amounts.fixed, currency, field="amounts") or 0,
        floor_minor=_minor(amounts.floor, currency, field="amounts") or 0,
        cap_minor=_minor(amounts.cap, currency, field="amounts"),
    )


def _minor(amount: Decimal | None, currency: str, *, field: str) -> int | None:
    return None if amount is None else Money.from_decimal(amount, currency, field=field).minor


def _currency(code: str, *, field: str) -> str:
    if len(code) != 3 or not (code.isascii() and code.isalpha()):
        raise InvalidInput(field=field, reason="A currency is a code, such as EUR.")
    return code.upper()
