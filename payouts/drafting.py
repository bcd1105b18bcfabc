"""A rule of commission as somebody wishes it: checked, and with what it names looked up. Nothing is saved."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeVar

from catalog.models import Category, Product
from marketplace.kernel.errors import InvalidInput, NotFound
from marketplace.kernel.money import BASIS_POINTS
from marketplace.kernel.texts import line
from payouts.models import RuleScope
from payouts.rules import UNSAVED, Amounts, Rule
from vendors.models import Vendor

Row = TypeVar("Row")

MOST_NAMED: Final = 500
MOST_CURRENCIES: Final = 20
LONGEST_NAME: Final = 80
LAST_POSITION: Final = 10_000


@dataclass(frozen=True, kw_only=True)
class Prices:
    """Prices of a unit: from the first, below the second, in minor units."""

    currency: str
    from_minor: int | None = None
    to_minor: int | None = None


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A rule as somebody wishes it; see models.CommissionRule.

    A kind of condition that is None is none of its kinds; one that is empty is, and is met by nothing.
    `amounts` are pairs of a currency and what is taken in it.
    """

    name: str
    rate_bps: int = 0
    tax_bps: int = 0
    position: int = 100
    is_active: bool = True
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    is_for_everything: bool = False
    products: tuple[int, ...] | None = None
    categories: tuple[int, ...] | None = None
    vendors: tuple[int, ...] | None = None
    prices: Prices | None = None
    amounts: tuple[tuple[str, Amounts], ...] = ()

    @property
    def scopes(self) -> list[RuleScope]:
        """Its kinds of condition."""
        named = {
            RuleScope.PRODUCTS: self.products,
            RuleScope.CATEGORIES: self.categories,
            RuleScope.VENDORS: self.vendors,
            RuleScope.PRICES: self.prices,
        }
        return [scope for scope, each in named.items() if each is not None]


def columns(draft: Draft) -> dict[str, object]:
    """The columns of a draft. Raises InvalidInput where they cannot be kept.

    One that is about nothing in particular has to say that it is about everything.
    """
    _refuse_numbers(draft)
    if draft.is_for_everything == bool(draft.scopes):
        reason = "Say what it is about: products, categories, vendors or prices, or everything, not both."
        raise InvalidInput(field="isForEverything", reason=reason)
    if sum(len(each or ()) for each in (draft.products, draft.categories, draft.vendors)) > MOST_NAMED:
        raise InvalidInput(reason=f"{MOST_NAMED} products, categories and vendors at most.")
    if draft.starts_at and draft.ends_at and draft.ends_at <= draft.starts_at:
        raise InvalidInput(field="endsAt", reason="It has to begin before it ends.")
    _refuse_prices(draft.prices)
    _refuse_amounts(draft)
    prices = draft.prices or Prices(currency="")
    return {
        "name": line(draft.name, field="name", longest=LONGEST_NAME),
        "position": draft.position,
        "is_active": draft.is_active,
        "starts_at": draft.starts_at,
        "ends_at": draft.ends_at,
        "is_for_everything": draft.is_for_everything,
        "scopes": [scope.value for scope in draft.scopes],
        "price_from_minor": prices.from_minor,
        "price_to_minor": prices.to_minor,
        "price_currency": prices.currency,
        "rate_bps": draft.rate_bps,
        "tax_bps": draft.tax_bps,
    }


def as_rule(draft: Draft, *, key: int | None = None) -> Rule:
    """The draft as the rule it would be. Three statements at most.

    Raises InvalidInput like `columns`, NotFound for a product, a category or a vendor that is not there.
    """
    columns(draft)
    products = Product.objects.filter(pk__in=draft.products or ()).values_list("pk", flat=True)
    categories = Category.objects.filter(pk__in=draft.categories or ()).values_list("slug", "name")
    vendors = Vendor.objects.filter(pk__in=draft.vendors or ()).values_list("pk", flat=True)
    prices = draft.prices or Prices(currency="")
    return Rule(
        key=UNSAVED if key is None else key,
        name=draft.name,
        position=draft.position,
        scopes=frozenset(draft.scopes),
        products=frozenset(_all_of(draft.products, products, "products")),
        categories=dict(_all_of(draft.categories, categories, "categories")),
        vendors=frozenset(_all_of(draft.vendors, vendors, "vendors")),
        price_from_minor=prices.from_minor,
        price_to_minor=prices.to_minor,
        price_currency=prices.currency,
        rate_bps=draft.rate_bps,
        tax_bps=draft.tax_bps,
        amounts=dict(draft.amounts),
        starts_at=draft.starts_at,
        ends_at=draft.ends_at,
    )


_THINGS: Final = {"products": "product", "categories": "category", "vendors": "vendor"}


def _all_of(keys: tuple[int, ...] | None, rows: Iterable[Row], field: str) -> list[Row]:
    found = list(rows) if keys else []
    if len(found) < len(set(keys or ())):
        raise NotFound(thing=_THINGS[field], field=field)
    return found


def _refuse_numbers(draft: Draft) -> None:
    for field, number, most in (
        ("rate", draft.rate_bps, BASIS_POINTS),
        ("taxRate", draft.tax_bps, BASIS_POINTS),
        ("position", draft.position, LAST_POSITION),
    ):
        if not 0 <= number <= most:
            raise InvalidInput(field=field, reason=f"This must be between 0 and {most:,}.")


def _refuse_prices(prices: Prices | None) -> None:
    if prices is None:
        return
    least, below = prices.from_minor, prices.to_minor
    if least is None and below is None:
        raise InvalidInput(field="prices", reason="Name the price from which, or below which, it decides.")
    if (least or 0) < 0 or (below is not None and below <= (least or 0)):
        raise InvalidInput(field="prices", reason="The first price has to be below the second.")


def _refuse_amounts(draft: Draft) -> None:
    currencies = [currency for currency, _ in draft.amounts]
    if len(set(currencies)) < len(currencies) or len(currencies) > MOST_CURRENCIES:
        reason = f"Each currency once, and {MOST_CURRENCIES} at most."
        raise InvalidInput(field="amounts", reason=reason)
    for _, each in draft.amounts:
        if min(each.fixed_minor, each.floor_minor) < 0 or (
            each.cap_minor is not None and each.cap_minor < each.floor_minor
        ):
            reason = "Nothing may be below zero, and the most not below the least."
            raise InvalidInput(field="amounts", reason=reason)
