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
    name: str
    price: Decimal


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


def read() -> Catalogue:
    """Read the file. A key that is unknown or missing is a TypeError."""
    source = tomllib.loads(SOURCE.read_text(encoding="utf-8"))
    return Catalogue(
        currency=source["currency"],
        people=tuple(Person(**each) for each in source["people"]),
        vendors=tuple(_vendor(**each) for each in source["vendors"]),
        categories=tuple(DemoCategory(**each) for each in source["categories"]),
        products=tuple(_product(**each) for each in source["products"]),
    )


def _vendor(
    *, members: tuple[dict[str, Any], ...] = (), shipping: tuple[dict[str, Any], ...] = (), **facts: Any
) -> DemoVendor:
    return DemoVendor(
        members=tuple(Member(**each) for each in members),
        shipping=tuple(DemoShipping(name=each["name"], price=Decimal(each["price"])) for each in shipping),
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
