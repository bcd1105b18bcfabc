"""The cells of a sales history as values. No database; money is exact, in whole minor units.

The conventions: an amount is quantity x unit price, rounded half to even on the minor unit of its currency; a
negative quantity is a return; prices of zero and below are kept as they are.
"""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple

from checkout.history.files import Layout
from marketplace.kernel.money import exponent, half_even
from marketplace.kernel.places import COUNTRIES, CURRENCIES, timezones

LONGEST_REFERENCE: Final = 100
LONGEST_TITLE: Final = 200
LONGEST_CATEGORY: Final = 100
MOST_UNITS: Final = 2**31 - 1
# So that the sum of a million lines still fits a bigint column.
MOST_DIGITS: Final = 13
# Reports begin there.
FIRST_YEAR: Final = 1970
# What these are depends on the machine.
NO_ZONES: Final = frozenset({"localtime", "Factory"})

VENDORS: Final = Layout(
    name="vendors",
    columns=("vendor", "country", "region", "city", "postal_code", "timezone"),
    is_needed=frozenset({"vendor", "country", "timezone"}),
)
PRODUCTS: Final = Layout(
    name="products",
    columns=("product", "title", "category", "weight_g"),
    is_needed=frozenset({"product"}),
)
LINES: Final = Layout(
    name="order_lines",
    columns=(
        "order",
        "line",
        "sold_at",
        "customer",
        "vendor",
        "product",
        "quantity",
        "unit_price",
        "shipping",
        "currency",
    ),
    is_needed=frozenset(
        {"order", "line", "sold_at", "customer", "vendor", "product", "quantity", "unit_price", "currency"}
    ),
)

_MOMENT: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?Z")
_QUANTITY: Final = re.compile(r"[+-]?[0-9]{1,18}")
_PRICE: Final = re.compile(r"([+-]?[0-9]{1,18})(?:\.([0-9]{1,12}))?")
_WEIGHT: Final = re.compile(r"[0-9]{1,9}(\.[0-9]{1,6})?")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f]")


class Rejected(Exception):  # noqa: N818  # what has become of the row
    """A row cannot be used: the column at fault, and a code that docs/import-sales.md explains."""

    def __init__(self, column: str, code: str) -> None:
        super().__init__(f"{column}: {code}")
        self.column = column
        self.code = code


class VendorRow(NamedTuple):
    vendor: str
    country: str
    timezone: str


class ProductRow(NamedTuple):
    """Of a product, whoever sells it; what is not known is empty or 0."""

    product: str
    title: str
    category: str
    weight_g: int


class LineRow(NamedTuple):
    """One line of an order; amounts carry the sign of their quantity and price."""

    order: str
    line: str
    sold_at: datetime
    customer: str
    vendor: str
    product: str
    quantity: int
    unit_price_minor: int
    amount_minor: int
    shipping_minor: int
    currency: str


def vendor_row(cells: Sequence[str]) -> VendorRow:
    """Raises Rejected. Without a time zone it is UTC."""
    vendor, country, _, _, _, timezone = (cell.strip() for cell in cells)
    timezone = timezone or "UTC"
    if country not in COUNTRIES:
        raise Rejected("country", "unknown_country")
    if timezone in NO_ZONES or timezone not in timezones():
        raise Rejected("timezone", "unknown_timezone")
    return VendorRow(_reference(vendor, "vendor"), country, timezone)


def product_row(cells: Sequence[str]) -> ProductRow:
    """Raises Rejected."""
    product, title, category, weight = (cell.strip() for cell in cells)
    if weight and not _WEIGHT.fullmatch(weight):
        raise Rejected("weight_g", "bad_weight")
    return ProductRow(
        _reference(product, "product"),
        _text(title, "title", LONGEST_TITLE),
        _text(category, "category", LONGEST_CATEGORY),
        int(weight.partition(".")[0] or 0),
    )


def line_row(cells: Sequence[str], *, latest: datetime) -> LineRow:
    """A line of an order. Raises Rejected, also for what was sold after the moment `latest`."""
    order, line, sold_at, customer, vendor, product, quantity, price, shipping, currency = cells
    order, line = _reference(order, "order"), _reference(line, "line")
    customer = _reference(customer, "customer", is_needed=False)
    vendor, product = _reference(vendor, "vendor"), _reference(product, "product")
    currency = currency.strip()
    if currency not in CURRENCIES:
        raise Rejected("currency", "unknown_currency")
    units = _units(quantity.strip())
    digits, decimals = _decimal(price.strip(), "unit_price")
    return LineRow(
        order=order,
        line=line,
        sold_at=_moment(sold_at.strip(), latest),
        customer=customer,
        vendor=vendor,
        product=product,
        quantity=units,
        unit_price_minor=_minor(digits, decimals, currency, "unit_price"),
        amount_minor=_minor(units * digits, decimals, currency, "unit_price"),
        shipping_minor=_shipping(shipping.strip(), units, currency),
        currency=currency,
    )


def _reference(text: str, column: str, *, is_needed: bool = True) -> str:
    text = text.strip()
    if not text and is_needed:
        raise Rejected(column, "missing_value")
    return _text(text, column, LONGEST_REFERENCE)


def _text(text: str, column: str, longest: int) -> str:
    if len(text) > longest:
        raise Rejected(column, "too_long")
    if text.isprintable():
        return text
    text = " ".join(text.split())
    if _CONTROL.search(text):
        raise Rejected(column, "control_character")
    return text


def _moment(text: str, latest: datetime) -> datetime:
    if not _MOMENT.fullmatch(text):
        raise Rejected("sold_at", "bad_time")
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as fault:
        raise Rejected("sold_at", "bad_time") from fault
    if moment.year < FIRST_YEAR:
        raise Rejected("sold_at", "bad_time")
    if moment > latest:
        raise Rejected("sold_at", "future_time")
    return moment


def _units(text: str) -> int:
    if not _QUANTITY.fullmatch(text):
        raise Rejected("quantity", "bad_quantity")
    units = int(text)
    if units == 0:
        raise Rejected("quantity", "zero_quantity")
    if abs(units) > MOST_UNITS:
        raise Rejected("quantity", "quantity_overflow")
    return units


def _decimal(text: str, column: str) -> tuple[int, int]:
    """The digits as a whole number, and how many of them stand behind the point."""
    match = _PRICE.fullmatch(text)
    if match is None:
        raise Rejected(column, "bad_price")
    whole, fraction = match[1], match[2] or ""
    return int(whole + fraction), len(fraction)


def _minor(digits: int, decimals: int, currency: str, column: str) -> int:
    """An amount in minor units, half to even."""
    places = exponent(currency) - decimals
    minor = digits * 10**places if places >= 0 else half_even(digits, 10**-places)
    if abs(minor) >= 10**MOST_DIGITS:
        raise Rejected(column, "amount_overflow")
    return minor


def _shipping(text: str, units: int, currency: str) -> int:
    """What shipping cost; of a return, what of it went back, which is zero or below."""
    if not text:
        return 0
    digits, decimals = _decimal(text, "shipping")
    minor = _minor(digits, decimals, currency, "shipping")
    if decimals > exponent(currency) and digits % 10 ** (decimals - exponent(currency)):
        raise Rejected("shipping", "too_many_decimals")
    if minor and (minor < 0) != (units < 0):
        raise Rejected("shipping", "bad_shipping")
    return minor
