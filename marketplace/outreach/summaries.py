"""What mail tells of an order: values of a moment, of rows or of a sample."""

from dataclasses import dataclass

from checkout.models import Order, OrderLine, VendorOrder
from marketplace.kernel.money import Money


@dataclass(frozen=True, kw_only=True)
class LineSummary:
    """So many units of something, and what they come to; without an amount where that is not the point."""

    title: str
    options: str
    quantity: int
    amount: Money | None = None


@dataclass(frozen=True, kw_only=True)
class Amounts:
    """Subtotal - discount + shipping + tax = total."""

    subtotal: Money
    discount: Money
    shipping: Money
    tax: Money
    total: Money


@dataclass(frozen=True, kw_only=True)
class PartSummary:
    """One vendor's part of an order."""

    vendor: str
    number: str
    shipping_name: str
    lines: tuple[LineSummary, ...]
    amounts: Amounts


@dataclass(frozen=True, kw_only=True)
class OrderSummary:
    """A whole order, as its buyer sees it."""

    number: str
    parts: tuple[PartSummary, ...]
    amounts: Amounts
    address: tuple[str, ...]


def order_summary(order: Order) -> OrderSummary:
    """Reads the parts, their vendors and their lines."""
    return OrderSummary(
        number=order.number,
        parts=tuple(part_summary(part) for part in order.vendor_orders.all()),
        amounts=_amounts(order),
        address=address_lines(order.shipping_address),
    )


def part_summary(part: VendorOrder) -> PartSummary:
    """Reads the vendor and the lines."""
    return PartSummary(
        vendor=part.vendor.name,
        number=part.number,
        shipping_name=part.shipping_name,
        lines=tuple(line_summary(line) for line in part.lines.all()),
        amounts=_amounts(part),
    )


def line_summary(line: OrderLine, quantity: int | None = None) -> LineSummary:
    """The line with its amount; or so many units of it, without."""
    return LineSummary(
        title=line.title,
        options=options_text(line.options, line.characteristics),
        quantity=line.quantity if quantity is None else quantity,
        amount=line.amount if quantity is None else None,
    )


def options_text(*named: dict[str, str]) -> str:
    """ "blue, L": what was chosen, without the names of the choices."""
    return ", ".join(str(value) for each in named for value in each.values())


def address_lines(address: dict[str, str]) -> tuple[str, ...]:
    """An address as it stands on a parcel."""
    place = " ".join(filter(None, (address.get("postal_code"), address.get("city"), address.get("state"))))
    lines = (address.get("name"), address.get("line1"), address.get("line2"), place, address.get("country"))
    return tuple(line for line in lines if line)


def _amounts(costed: Order | VendorOrder) -> Amounts:
    return Amounts(
        subtotal=costed.subtotal,
        discount=costed.discount,
        shipping=costed.shipping,
        tax=costed.tax,
        total=costed.total,
    )
