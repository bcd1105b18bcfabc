"""The demo's wares as typed values, read from catalogue.toml beside this file."""

import tomllib
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

SOURCE = Path(__file__).with_name("catalogue.toml")


@dataclass(frozen=True, kw_only=True)
class Person:
    email: str
    name: str
    is_admin: bool = False


@dataclass(frozen=True, kw_only=True)
class Member:
    email: str
    role: str


@dataclass(frozen=True, kw_only=True)
class DemoShipping:
    """A way; without a price it is offered only where a zone says what it costs."""

    name: str
    price: Decimal | None = None
    is_pickup: bool = False
    days: tuple[int, int] | None = None


@dataclass(frozen=True, kw_only=True)
class DemoRate:
    """Of the way of this name; tiers are grams and what it costs from these on."""

    method: str
    price: Decimal
    free_from: Decimal | None = None
    tiers: tuple[tuple[int, Decimal], ...] = ()


@dataclass(frozen=True, kw_only=True)
class DemoZone:
    name: str
    rates: tuple[DemoRate, ...]
    countries: tuple[str, ...] = ()
    postal_prefixes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class DemoTax:
    name: str
    country: str
    rate_bps: int
    region: str = ""
    category: str = ""
    is_included: bool = False


@dataclass(frozen=True, kw_only=True)
class DemoPromotion:
    """On everything its vendor sells, or the platform: by a code, or by itself."""

    title: str
    vendor: str | None = None
    rate_bps: int = 10_000
    code: str = ""
    person_cap: int | None = None
    buy_units: int = 0
    get_units: int = 0


@dataclass(frozen=True, kw_only=True)
class DemoVendor:
    slug: str
    name: str
    owner: str
    country: str
    timezone: str
    about: str
    status: str = "approved"
    members: tuple[Member, ...] = ()
    shipping: tuple[DemoShipping, ...] = ()
    zones: tuple[DemoZone, ...] = ()


@dataclass(frozen=True, kw_only=True)
class DemoCategory:
    slug: str
    name: str
    parent: str | None = None


@dataclass(frozen=True, kw_only=True)
class DemoVariant:
    sku: str
    price: Decimal
    stock: int
    weight_g: int
    compare_at: Decimal | None = None
    options: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class DemoProduct:
    """A listing, known by the article numbers of its variants; each tint is one picture of its motif."""

    vendor: str
    category: str
    title: str
    description: str
    motif: str
    tints: tuple[str, ...]
    variants: tuple[DemoVariant, ...]
    options: tuple[str, ...] = ()
    status: str = "published"


@dataclass(frozen=True, kw_only=True)
class Catalogue:
    """Everything the demo loads; vendors stand before their products, categories before their children."""

    currency: str
    people: tuple[Person, ...]
    vendors: tuple[DemoVendor, ...]
    categories: tuple[DemoCategory, ...]
    products: tuple[DemoProduct, ...]
    taxes: tuple[DemoTax, ...] = ()
    promotions: tuple[DemoPromotion, ...] = ()


def read() -> Catalogue:
    """Read the file. A key that is unknown or missing is a TypeError."""
    source = tomllib.loads(SOURCE.read_text(encoding="utf-8"))
    return Catalogue(
        currency=source["currency"],
        people=tuple(Person(**each) for each in source["people"]),
        vendors=tuple(_vendor(**each) for each in source["vendors"]),
        categories=tuple(DemoCategory(**each) for each in source["categories"]),
        products=tuple(_product(**each) for each in source["products"]),
        taxes=tuple(DemoTax(**each) for each in source["taxes"]),
        promotions=tuple(DemoPromotion(**each) for each in source["promotions"]),
    )


def _vendor(
    *,
    members: tuple[dict[str, Any], ...] = (),
    shipping: tuple[dict[str, Any], ...] = (),
    zones: tuple[dict[str, Any], ...] = (),
    **facts: Any,
) -> DemoVendor:
    return DemoVendor(
        members=tuple(Member(**each) for each in members),
        shipping=tuple(_shipping(**each) for each in shipping),
        zones=tuple(_zone(**each) for each in zones),
        **facts,
    )


def _shipping(*, price: str | None = None, days: list[int] | None = None, **facts: Any) -> DemoShipping:
    within = None if days is None else (days[0], days[1])
    return DemoShipping(price=None if price is None else Decimal(price), days=within, **facts)


def _zone(
    *,
    rates: list[dict[str, Any]],
    countries: tuple[str, ...] = (),
    postal_prefixes: tuple[str, ...] = (),
    **facts: Any,
) -> DemoZone:
    return DemoZone(
        rates=tuple(_rate(**each) for each in rates),
        countries=tuple(countries),
        postal_prefixes=tuple(postal_prefixes),
        **facts,
    )


def _rate(
    *, price: str, free_from: str | None = None, tiers: tuple[tuple[int, str], ...] = (), **facts: Any
) -> DemoRate:
    return DemoRate(
        price=Decimal(price),
        free_from=None if free_from is None else Decimal(free_from),
        tiers=tuple((grams, Decimal(cost)) for grams, cost in tiers),
        **facts,
    )


def _product(
    *, variants: list[dict[str, Any]], tints: list[str], options: tuple[str, ...] = (), **facts: Any
) -> DemoProduct:
    return DemoProduct(
        variants=tuple(_variant(**each) for each in variants),
        tints=tuple(tints),
        options=tuple(options),
        **facts,
    )


def _variant(*, price: str, compare_at: str | None = None, **facts: Any) -> DemoVariant:
    return DemoVariant(
        price=Decimal(price), compare_at=None if compare_at is None else Decimal(compare_at), **facts
    )
