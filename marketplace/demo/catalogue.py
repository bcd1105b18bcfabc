"""The demo's wares as typed values, read from the folder goods beside this file.

`marketplace.toml` has what is everybody's, and each vendor a file of its own, named by its slug: who it is,
`items` that are written out, and `ranges` of items that have most in common. In a range an item says only
what is its own; its variants come of its colours (each a picture) and its sizes (each dearer by a step).
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import product
from pathlib import Path
from typing import Any
from zlib import crc32

from django.utils.text import slugify

SOURCE = Path(__file__).with_name("goods")
MARKETPLACE = "marketplace"
# Of so many variants one is sold out, and one is nearly.
SOLD_OUT, NEARLY = 19, 11


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
class DemoAttribute:
    slug: str
    name: str
    kind: str
    unit: str = ""
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class DemoCategory:
    """`attributes` are the slugs of those its products are asked for, and the products below it."""

    slug: str
    name: str
    parent: str | None = None
    attributes: tuple[str, ...] = ()


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
    """A listing, known by the article numbers of its variants; each tint is one picture of its motif.

    Attributes are slugs of choices, or a number as text, by the attribute's slug.
    """

    vendor: str
    category: str
    title: str
    description: str
    motif: str
    tints: tuple[str, ...]
    variants: tuple[DemoVariant, ...]
    options: tuple[str, ...] = ()
    attributes: Mapping[str, tuple[str, ...] | str] = field(default_factory=dict)
    is_shipped: bool = True
    tax_category: str = "standard"
    status: str = "published"


@dataclass(frozen=True, kw_only=True)
class Catalogue:
    """Everything the demo loads; vendors stand before their products, categories before their children."""

    currency: str
    people: tuple[Person, ...]
    vendors: tuple[DemoVendor, ...]
    attributes: tuple[DemoAttribute, ...]
    categories: tuple[DemoCategory, ...]
    products: tuple[DemoProduct, ...]
    taxes: tuple[DemoTax, ...] = ()
    promotions: tuple[DemoPromotion, ...] = ()


def read() -> Catalogue:
    """Read the folder. A key that is unknown or missing is a TypeError."""
    files = {
        path.stem: tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted(SOURCE.glob("*.toml"))
    }
    common = files.pop(MARKETPLACE)
    products: list[DemoProduct] = []
    vendors: list[DemoVendor] = []
    people = [Person(**each) for each in common["people"]]
    for slug, told in files.items():
        items = told.pop("items", [])
        ranges = told.pop("ranges", [])
        people.append(Person(email=told["owner"], name=told.pop("owner_name")))
        vendors.append(_vendor(slug=slug, **told))
        products += [_product(vendor=slug, **item) for item in items]
        products += [_of_range(slug, shared, item) for shared in ranges for item in shared["items"]]
    return Catalogue(
        currency=common["currency"],
        people=tuple(people),
        vendors=tuple(vendors),
        attributes=tuple(_attribute(**each) for each in common["attributes"]),
        categories=tuple(_category(**each) for each in common["categories"]),
        products=tuple(products),
        taxes=tuple(DemoTax(**each) for each in common["taxes"]),
        promotions=tuple(DemoPromotion(**each) for each in common["promotions"]),
    )


def _attribute(*, choices: tuple[str, ...] = (), **facts: Any) -> DemoAttribute:
    return DemoAttribute(choices=tuple(choices), **facts)


def _category(*, attributes: tuple[str, ...] = (), **facts: Any) -> DemoCategory:
    return DemoCategory(attributes=tuple(attributes), **facts)


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
    *,
    text: str,
    variants: list[dict[str, Any]],
    tints: list[str],
    options: tuple[str, ...] = (),
    attributes: Mapping[str, Any] | None = None,
    **facts: Any,
) -> DemoProduct:
    return DemoProduct(
        description=text,
        variants=tuple(_variant(**each) for each in variants),
        tints=tuple(tints),
        options=tuple(options),
        attributes={
            slug: tuple(said) if isinstance(said, list) else said for slug, said in (attributes or {}).items()
        },
        **facts,
    )


def _variant(*, price: str, compare_at: str | None = None, **facts: Any) -> DemoVariant:
    return DemoVariant(
        price=Decimal(price), compare_at=None if compare_at is None else Decimal(compare_at), **facts
    )


def _of_range(vendor: str, shared: Mapping[str, Any], item: Mapping[str, Any]) -> DemoProduct:
    """What an item of a range says, over what the range says; attributes are added up."""
    both = {**{key: value for key, value in shared.items() if key != "items"}, **item}
    said = {**shared.get("attributes", {}), **item.get("attributes", {})}
    colours: dict[str, str] = both.pop("colours", {})
    sizes: list[str] = both.pop("sizes", [])
    tint = both.pop("tint", None)
    offer = _Offer(
        prefix="".join(word[0] for word in vendor.split("-")).upper(),
        title=both["title"],
        price=Decimal(both.pop("price")),
        compare_at=both.pop("compare_at", None),
        step=Decimal(both.pop("step", "0.00")),
        stock=both.pop("stock", None),
        weight_g=both.pop("weight_g"),
    )
    axes = {
        name: values
        for name, values in (("Colour", [*colours]), (both.pop("size_name", "Size"), sizes))
        if values
    }
    return _product(
        vendor=vendor,
        variants=offer.variants(axes, sizes),
        tints=[*colours.values()] or [tint],
        options=tuple(axes),
        **(both | {"attributes": said}),
    )


@dataclass(frozen=True, kw_only=True)
class _Offer:
    """From what the variants of an item are made."""

    prefix: str
    title: str
    price: Decimal
    compare_at: str | None
    step: Decimal
    stock: int | None
    weight_g: int

    def variants(self, axes: Mapping[str, list[str]], sizes: list[str]) -> list[dict[str, Any]]:
        """One for each combination; each size is a step dearer than the one before."""
        made = []
        for combination in product(*axes.values()):
            words = slugify(" ".join([self.title, *combination])).upper()
            sku = f"{self.prefix}-{words}"[:64]
            steps = sizes.index(combination[-1]) if sizes else 0
            price = self.price + steps * self.step
            made.append(
                {
                    "sku": sku,
                    "price": str(price),
                    "compare_at": None
                    if self.compare_at is None
                    else str(price + Decimal(self.compare_at) - self.price),
                    "stock": self._stock(sku),
                    "weight_g": self.weight_g,
                    "options": dict(zip(axes, combination, strict=True)),
                }
            )
        return made

    def _stock(self, sku: str) -> int:
        if self.stock is not None:
            return self.stock
        chance = crc32(sku.encode())
        if chance % SOLD_OUT == 0:
            return 0
        return 1 + chance % 4 if chance % NEARLY == 0 else 6 + chance % 55
