"""From a costed cart to an order: one part for each vendor, with the very amounts the cart came to.

Nothing is priced here. A costed row moves into an order row, and the sums are those of the cart, so that
Order total = sum of the vendors' totals = what is charged holds by construction.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, Final

from checkout.costing import AMOUNTS, CostedCart, CostedLine, CostedPart
from checkout.models import AppliedPromotion, CartLine, Order, OrderLine, TaxLine, VendorOrder
from checkout.pricing import Off
from checkout.promotions import Terms
from checkout.shipping import Quote
from checkout.tax import TaxCharge
from marketplace.accounts.models import Address
from vendors.models import Vendor

# Read out over the telephone: no 0 and O, no 1, I and L, no U and V.
ALPHABET: Final = "23456789ABCDEFGHJKMNPQRSTWXYZ"
BLOCKS: Final = (4, 4, 2)
# Told of a vendor's part, not of the whole.
REMITTED: Final = "tax_remitted_minor"

ADDRESS_COLUMNS: Final = (
    "name",
    "line1",
    "line2",
    "city",
    "state",
    "postal_code",
    "country",
    "phone",
)


def new_number() -> str:
    """A random number for an order, such as "K7QM-2XPD-9R": it says nothing of how many there are."""
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(length)) for length in BLOCKS)


def snapshot(address: Address | None) -> dict[str, str]:
    """The address as it is now; empty where none is needed."""
    return {} if address is None else {name: getattr(address, name) for name in ADDRESS_COLUMNS}


def amounts(costed: CostedCart | CostedPart, currency: str) -> dict[str, Any]:
    """The columns of `Costed`."""
    columns = {name: getattr(costed, name) for name in AMOUNTS if name != REMITTED}
    return {"currency": currency, **columns, "total_minor": costed.total_minor}


def vendor_order(order: Order, costed: CostedPart, *, vendor: Vendor, position: int) -> VendorOrder:
    """The part of a vendor, numbered from the order, unsaved."""
    return VendorOrder(
        order=order,
        vendor=vendor,
        number=f"{order.number}-{position}",
        shipping_method_id=costed.quote.way.key if costed.quote else None,
        shipping_name=costed.quote.way.name if costed.quote else "",
        shipping_quote=quoted(costed.quote),
        tax_remitted_minor=costed.tax_remitted_minor,
        **amounts(costed, order.currency),
    )


def quoted(quote: Quote | None) -> dict[str, Any]:
    """What the buyer was told of shipping besides its name and price; empty where nothing is shipped."""
    if quote is None:
        return {}
    return {
        "is_pickup": quote.way.is_pickup,
        "min_days": quote.way.min_days,
        "max_days": quote.way.max_days,
        "parcels": [asdict(parcel) for parcel in quote.parcels],
    }


def order_lines(part: VendorOrder, costed: CostedPart, lines: Sequence[CartLine]) -> list[OrderLine]:
    """The lines of a vendor's part, unsaved; names and prices are copies. Both stand in the same order."""
    return [_line(part, line, row) for line, row in zip(lines, costed.lines, strict=True)]


def tax_lines(part: VendorOrder, costed: CostedPart, lines: Sequence[OrderLine]) -> list[TaxLine]:
    """The taxes on a vendor's part, unsaved: on its lines, in the same order, then on its shipping."""
    on_lines = [
        _tax_line(part, charge, line)
        for line, row in zip(lines, costed.lines, strict=True)
        for charge in row.taxes
    ]
    return on_lines + [_tax_line(part, charge, None) for charge in costed.shipping_taxes]


def applied_promotions(
    part: VendorOrder, costed: CostedPart, lines: Sequence[OrderLine], *, terms: Mapping[int, Terms]
) -> list[AppliedPromotion]:
    """What promotions took off a part, unsaved: of its lines, in the same order, then of its shipping.

    `terms` are the promotions by their keys.
    """
    on_lines = [
        _applied(part, off, terms[off.promotion], line)
        for line, row in zip(lines, costed.lines, strict=True)
        for off in row.offs
    ]
    return on_lines + [_applied(part, off, terms[off.promotion], None) for off in costed.shipping_offs]


def _applied(part: VendorOrder, off: Off, terms: Terms, line: OrderLine | None) -> AppliedPromotion:
    return AppliedPromotion(
        vendor_order=part,
        order_line=line,
        promotion_id=terms.key,
        title=terms.title,
        code=terms.code,
        amount_minor=off.amount_minor,
        platform_minor=off.platform_minor,
    )


def _tax_line(part: VendorOrder, charge: TaxCharge, line: OrderLine | None) -> TaxLine:
    return TaxLine(vendor_order=part, order_line=line, **asdict(charge))


def _line(part: VendorOrder, line: CartLine, costed: CostedLine) -> OrderLine:
    return OrderLine(
        vendor_order=part,
        variant=line.variant,
        product=line.variant.product,
        title=line.variant.product.title,
        sku=line.variant.sku,
        options=line.variant.options,
        characteristics=line.characteristics,
        is_shipped=line.variant.product.is_shipped,
        quantity=costed.line.quantity,
        currency=part.currency,
        unit_price_minor=costed.line.unit_minor,
        amount_minor=costed.amount_minor,
        discount_minor=costed.discount_minor,
        platform_discount_minor=costed.platform_discount_minor,
        tax_minor=costed.tax_minor,
        tax_included_minor=costed.tax_included_minor,
        tax_remitted_minor=costed.tax_remitted_minor,
    )
