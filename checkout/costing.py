"""What a cart costs: prices in, amounts out. No database, no clock.

A cart is costed once, by vendor, in this order: prices; what promotions take off goods; shipping, whose tiers
and thresholds look at the vendor's own lines less the discounts it pays for itself; what else goes off, of
goods and of shipping; tax on each line and on shipping less all of that, half to even; sums. The order then
takes these very amounts (checkout/split.py) and nothing is computed a second time.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from types import MappingProxyType
from typing import Any, Final

from checkout.models import Remitter
from checkout.pricing import NO_PROMOTIONS, Off, Priced, Promotions
from checkout.shipping import Parcel, Place, Quote, Shipper, chosen, offers
from checkout.tax import NO_TAX, Taxable, TaxCharge, Taxes

NOBODY_SHIPS: Final[Mapping[int, Shipper]] = MappingProxyType({})


@dataclass(frozen=True, kw_only=True)
class Amounts:
    """Amounts that add up: subtotal - discount + shipping + tax = total.

    The discount holds what goes off shipping, and what of both the platform pays for. Tax that prices contain
    is a part of the total already; what of either tax the platform remits is told beside them.
    """

    subtotal_minor: int = 0
    discount_minor: int = 0
    shipping_minor: int = 0
    tax_minor: int = 0
    shipping_discount_minor: int = 0
    platform_discount_minor: int = 0
    tax_included_minor: int = 0
    tax_remitted_minor: int = 0

    @property
    def total_minor(self) -> int:
        """subtotal - discount + shipping + tax."""
        return self.subtotal_minor - self.discount_minor + self.shipping_minor + self.tax_minor


AMOUNTS: Final = tuple(field.name for field in fields(Amounts))


@dataclass(frozen=True, kw_only=True)
class CostedLine:
    """A line and what it comes to."""

    line: Priced
    offs: tuple[Off, ...]
    taxes: tuple[TaxCharge, ...]
    amount_minor: int
    discount_minor: int
    platform_discount_minor: int
    tax_minor: int
    tax_included_minor: int
    tax_remitted_minor: int


@dataclass(frozen=True, kw_only=True)
class CostedPart(Amounts):
    """One vendor's part: its lines, the ways it ships them, and the one that is chosen."""

    vendor: int
    lines: tuple[CostedLine, ...]
    offers: tuple[Quote, ...] = ()
    quote: Quote | None = None
    shipping_offs: tuple[Off, ...] = ()
    shipping_taxes: tuple[TaxCharge, ...] = ()
    # Goods to ship, and no way of the vendor's goes there.
    is_out_of_reach: bool = False
    # What its shipping thresholds look at.
    counted_minor: int = 0


@dataclass(frozen=True, kw_only=True)
class CostedCart(Amounts):
    """The whole, as the sum of its parts; parts stand in the order of their first lines."""

    parts: tuple[CostedPart, ...] = ()


@dataclass(frozen=True, kw_only=True)
class _Shipped:
    """A vendor's lines, and how they are shipped."""

    vendor: int
    lines: tuple[Priced, ...]
    offers: tuple[Quote, ...]
    quote: Quote | None
    to: Place | None
    is_out_of_reach: bool
    counted_minor: int

    @property
    def shipping_minor(self) -> int:
        return 0 if self.quote is None else self.quote.price_minor


def cost(
    lines: Sequence[Priced],
    *,
    to: Place | None = None,
    shippers: Mapping[int, Shipper] = NOBODY_SHIPS,
    taxes: Taxes = NO_TAX,
    promotions: Promotions = NO_PROMOTIONS,
) -> CostedCart:
    """Cost a cart.

    Args:
        lines: in the order of the cart; all of one currency.
        to: where it goes; None while nobody knows.
        shippers: how each vendor ships; one without an entry ships for nothing.

    Raises ValueError where promotions take off more than there is.
    """
    taken = list(promotions.before_shipping(lines))
    by_vendor: dict[int, list[Priced]] = defaultdict(list)
    for line in lines:
        by_vendor[line.vendor].append(line)
    shipped = [
        _ship(vendor, of_vendor, taken, shipper=shippers.get(vendor, Shipper()), to=to)
        for vendor, of_vendor in by_vendor.items()
    ]
    shipping = {each.vendor: each.shipping_minor for each in shipped}
    offs = [*taken, *promotions.after_shipping(lines, taken=taken, shipping_minor=shipping)]
    return _whole(_parts(shipped, offs, taxes))


def _ship(
    vendor: int, lines: list[Priced], taken: Iterable[Off], *, shipper: Shipper, to: Place | None
) -> _Shipped:
    off: dict[int | None, int] = defaultdict(int)
    for each in taken:
        if each.line is None:
            raise ValueError(f"{each} is decided before shipping is known")
        off[each.line] += each.vendor_minor
    counted = {line.key: line.amount_minor - off[line.key] for line in lines}
    together: dict[int | None, list[Priced]] = defaultdict(list)
    for line in lines:
        if line.needs_shipping:
            together[line.parcel].append(line)
    parcels = [
        Parcel(
            profile=profile,
            amount_minor=sum(counted[line.key] for line in inside),
            weight_g=sum(line.weight_g for line in inside),
            units=sum(line.quantity for line in inside),
        )
        for profile, inside in together.items()
    ]
    whole = sum(counted.values())
    offered = offers(shipper.ways, parcels, whole_minor=whole, to=to)
    quote = chosen(offered)
    return _Shipped(
        vendor=vendor,
        lines=tuple(lines),
        offers=offered,
        quote=quote,
        to=shipper.home if quote is not None and quote.way.is_pickup else to,
        is_out_of_reach=bool(parcels and shipper.ways and not offered and to is not None),
        counted_minor=whole,
    )


def _parts(shipped: Sequence[_Shipped], offs: Iterable[Off], taxes: Taxes) -> list[CostedPart]:
    by_line: dict[int, list[Off]] = defaultdict(list)
    by_vendor: dict[int, list[Off]] = defaultdict(list)
    for off in offs:
        if off.line is None:
            by_vendor[off.vendor].append(off)
        else:
            by_line[off.line].append(off)
    taxables = []
    for each in shipped:
        taxables += [
            _taxable(each, line.amount_minor, by_line[line.key], category=line.category)
            for line in each.lines
        ]
        taxables.append(_taxable(each, each.shipping_minor, by_vendor[each.vendor], category=None))
    assessed = iter(taxes.assess(taxables))
    return [
        _part(
            each,
            [_line(line, by_line[line.key], next(assessed)) for line in each.lines],
            offs=by_vendor[each.vendor],
            taxes=next(assessed),
        )
        for each in shipped
    ]


def _taxable(shipped: _Shipped, amount_minor: int, offs: Iterable[Off], *, category: str | None) -> Taxable:
    left = amount_minor - sum(off.amount_minor for off in offs)
    if left < 0:
        raise ValueError(f"{-left} more is taken off than there is")
    return Taxable(vendor=shipped.vendor, amount_minor=left, category=category, to=shipped.to)


def _line(line: Priced, offs: Sequence[Off], taxes: Sequence[TaxCharge]) -> CostedLine:
    return CostedLine(
        line=line,
        offs=tuple(offs),
        taxes=tuple(taxes),
        amount_minor=line.amount_minor,
        discount_minor=sum(off.amount_minor for off in offs),
        platform_discount_minor=sum(off.platform_minor for off in offs),
        **_taxed(taxes),
    )


def _part(
    shipped: _Shipped, lines: Sequence[CostedLine], *, offs: Sequence[Off], taxes: Sequence[TaxCharge]
) -> CostedPart:
    off_shipping = sum(off.amount_minor for off in offs)
    platform = sum(off.platform_minor for off in offs)
    return CostedPart(
        vendor=shipped.vendor,
        lines=tuple(lines),
        offers=shipped.offers,
        quote=shipped.quote,
        shipping_offs=tuple(offs),
        shipping_taxes=tuple(taxes),
        is_out_of_reach=shipped.is_out_of_reach,
        counted_minor=shipped.counted_minor,
        subtotal_minor=sum(line.amount_minor for line in lines),
        discount_minor=sum(line.discount_minor for line in lines) + off_shipping,
        shipping_minor=shipped.shipping_minor,
        shipping_discount_minor=off_shipping,
        platform_discount_minor=sum(line.platform_discount_minor for line in lines) + platform,
        **{
            name: of_shipping + sum(getattr(line, name) for line in lines)
            for name, of_shipping in _taxed(taxes).items()
        },
    )


def _taxed(taxes: Iterable[TaxCharge]) -> dict[str, int]:
    """The columns of tax: on top, contained, and what of both the platform remits."""
    taxes = list(taxes)
    return {
        "tax_minor": sum(tax.amount_minor for tax in taxes if not tax.is_included),
        "tax_included_minor": sum(tax.amount_minor for tax in taxes if tax.is_included),
        "tax_remitted_minor": sum(tax.amount_minor for tax in taxes if tax.remitter == Remitter.PLATFORM),
    }


def _whole(parts: Sequence[CostedPart]) -> CostedCart:
    sums: dict[str, Any] = {name: sum(getattr(part, name) for part in parts) for name in AMOUNTS}
    return CostedCart(parts=tuple(parts), **sums)
