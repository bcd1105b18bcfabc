"""Eighteen months of sales for the demo, made up: the same ones each time, as seen from the same day.

Written as the files that `import_sales` reads. Customers have tastes, so that what they bought together says
something; things have seasons; vendors began one after another and grew; some of it came back.
"""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate
from pathlib import Path
from random import Random
from typing import Final

from django.utils.text import slugify

from marketplace.demo.catalogue import Catalogue, DemoProduct

# What the demo's rows are references of.
SOURCE: Final = "demo"
DAYS: Final = 548
ORDERS: Final = 2_600
CUSTOMERS: Final = 420
# The customer who is the demo's buyer, and how many of the orders are theirs.
BUYER: Final = "buyer"
BUYERS_ORDERS: Final = 14
SEED: Final = 20_240_229
LEAST_RETURNED, MOST_RETURNED = 3, 21  # days
RETURNED: Final = 0.045
TASTE: Final = 0.7
# By how much more is sold in each month, from January on; others are even.
SEASONS: Final = {
    "garden": (4, 6, 14, 22, 20, 12, 8, 6, 6, 5, 3, 5),
    "knitwear": (12, 9, 6, 4, 2, 2, 2, 4, 9, 14, 16, 20),
    "hats-scarves-and-socks": (13, 9, 5, 3, 2, 1, 1, 3, 8, 14, 18, 23),
    "toys": (4, 4, 6, 6, 5, 5, 5, 5, 6, 9, 17, 28),
    "chocolate": (6, 12, 11, 9, 4, 3, 2, 3, 6, 9, 13, 22),
    "honey-and-preserves": (7, 6, 6, 6, 7, 8, 9, 10, 11, 11, 9, 10),
    "jewellery": (5, 11, 6, 7, 11, 8, 6, 6, 6, 7, 11, 16),
    "pencils-and-cards": (6, 8, 7, 7, 8, 7, 6, 9, 10, 8, 10, 14),
}
EVEN: Final = (8, 7, 8, 8, 8, 8, 7, 7, 8, 9, 10, 12)
HEADS: Final = {
    "vendors": ("vendor", "country", "timezone"),
    "products": ("product", "title", "category", "weight_g"),
    "order_lines": (
        "order", "line", "sold_at", "customer", "vendor", "product", "quantity", "unit_price", "shipping",
        "currency",
    ),
}  # fmt: skip
SHIPPING: Final = "4.90"


@dataclass(frozen=True, kw_only=True)
class Ware:
    """A product that is sold, and how readily."""

    vendor: str
    reference: str
    category: str
    price: str
    appeal: float


def reference(product: DemoProduct) -> str:
    """What a product of the demo is called in its history."""
    return slugify(product.title)


def write(folder: Path, goods: Catalogue, *, until: date) -> int:
    """Write the history up to the day before `until` into a folder; returns the number of orders."""
    dice = Random(SEED)  # noqa: S311  # nobody's secret
    wares = _wares(goods, dice)
    vendors = [vendor for vendor in goods.vendors if vendor.status == "approved"]
    began = {vendor.slug: round(index * DAYS * 0.45 / len(vendors)) for index, vendor in enumerate(vendors)}
    _table(folder, "vendors", ((vendor.slug, vendor.country, vendor.timezone) for vendor in vendors))
    _table(folder, "products", ())
    rows = _Past(
        dice=dice, wares=wares, began=began, first=until - timedelta(days=DAYS), currency=goods.currency
    )
    _table(folder, "order_lines", rows.lines())
    return ORDERS


def _wares(goods: Catalogue, dice: Random) -> list[Ware]:
    """What is published, with an appeal that falls off quickly, as it does."""
    published = [product for product in goods.products if product.status == "published"]
    ranks = list(range(1, len(published) + 1))
    dice.shuffle(ranks)
    return [
        Ware(
            vendor=product.vendor,
            reference=reference(product),
            category=product.category,
            price=str(product.variants[0].price),
            appeal=1 / rank**0.6 / (1 + float(product.variants[0].price) / 120),
        )
        for product, rank in zip(published, ranks, strict=True)
    ]


def _table(folder: Path, name: str, rows: Iterator[Sequence[str]] | Sequence[Sequence[str]]) -> None:
    with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADS[name])
        writer.writerows(rows)


@dataclass(frozen=True, kw_only=True)
class _Past:
    dice: Random
    wares: Sequence[Ware]
    began: dict[str, int]
    first: date
    currency: str

    def lines(self) -> Iterator[tuple[str, ...]]:
        """The lines of all orders, and of what came back."""
        categories = sorted({ware.category for ware in self.wares})
        tastes = [frozenset(self.dice.sample(categories, min(3, len(categories)))) for _ in range(CUSTOMERS)]
        days = self._days()
        theirs = set(self.dice.sample(range(ORDERS), BUYERS_ORDERS))
        for number, day in enumerate(days):
            who = self.dice.randrange(CUSTOMERS)
            customer = BUYER if number in theirs else f"customer-{who}"
            yield from self._order(number, day, customer, tastes[0 if number in theirs else who])

    def _days(self) -> list[int]:
        """On which day each order is placed: more of them as time goes by, and at weekends."""
        weights = [
            (0.5 + day / DAYS) * (1.3 if (self.first + timedelta(days=day)).weekday() >= 5 else 1.0)
            for day in range(DAYS)
        ]
        return sorted(self.dice.choices(range(DAYS), weights, k=ORDERS))

    def _order(
        self, number: int, day: int, customer: str, taste: frozenset[str]
    ) -> Iterator[tuple[str, ...]]:
        month = (self.first + timedelta(days=day)).month
        open_now = [ware for ware in self.wares if self.began[ware.vendor] <= day]
        weights = list(
            accumulate(
                ware.appeal
                * SEASONS.get(ware.category, EVEN)[month - 1]
                * (1 if ware.category in taste else 1 - TASTE)
                for ware in open_now
            )
        )
        picked = self.dice.choices(open_now, cum_weights=weights, k=self.dice.choice((1, 1, 2, 2, 2, 3, 4)))
        sold_at = self._moment(day)
        shipped: set[str] = set()
        for line, ware in enumerate({ware.reference: ware for ware in picked}.values(), start=1):
            quantity = self.dice.choice((1, 1, 1, 1, 2, 3) if float(ware.price) < 20 else (1,))
            shipping = "0" if ware.vendor in shipped else SHIPPING
            shipped.add(ware.vendor)
            yield self._line(
                f"D{number}", line, sold_at, customer, ware=ware, quantity=quantity, shipping=shipping
            )
            back_at = sold_at + timedelta(days=self.dice.randint(LEAST_RETURNED, MOST_RETURNED))
            if self.dice.random() < RETURNED and back_at < self._moment(DAYS - 1):
                yield self._line(f"R{number}", line, back_at, customer, ware=ware, quantity=-1, shipping="0")

    def _moment(self, day: int) -> datetime:
        """Some time in the day, seldom at night."""
        hour = self.dice.choices(
            range(24), (1, 1, 1, 1, 1, 2, 4, 6, 7, 8, 9, 9, 10, 9, 8, 8, 8, 9, 10, 12, 13, 11, 6, 3)
        )
        moment = time(hour[0], self.dice.randrange(60), tzinfo=UTC)
        return datetime.combine(self.first + timedelta(days=day), moment)

    def _line(
        self,
        order: str,
        line: int,
        moment: datetime,
        customer: str,
        *,
        ware: Ware,
        quantity: int,
        shipping: str,
    ) -> tuple[str, ...]:
        return (
            order,
            f"{order}-{line}",
            f"{moment:%Y-%m-%dT%H:%M:%SZ}",
            customer,
            ware.vendor,
            ware.reference,
            str(quantity),
            ware.price,
            shipping,
            self.currency,
        )
