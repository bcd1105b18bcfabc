"""A vendor's part in hand: locked, with its lines, and how many units of which are meant.

The lock of the part guards all that happens to it after it is paid: parcels, cancelled units, refunds,
returns and complaints come one after the other.
"""

from collections.abc import Callable, Mapping

from checkout.errors import OrderUnderReview, TooManyUnits
from checkout.models import OrderLine, VendorOrder
from checkout.selectors.reviews import under_review
from marketplace.kernel.errors import InvalidInput, NotFound
from marketplace.kernel.locking import lock_one

# Units by the key of their line.
Units = Mapping[int, int]


def lock_part(key: int) -> tuple[VendorOrder, list[OrderLine]]:
    """The part as it is now, and its lines, which change under its lock only. Locks the vendor's order."""
    part = lock_one(VendorOrder.objects.filter(pk=key).select_related("order"))
    return part, list(OrderLine.objects.filter(vendor_order=part).order_by("pk"))


def refuse_under_review(part: VendorOrder) -> None:
    """Raises OrderUnderReview; the caller holds the part, so that none begins meanwhile. One statement."""
    if under_review([part.order_id]):
        raise OrderUnderReview


def picked(
    lines: list[OrderLine], asked: Units | None, *, left: Callable[[OrderLine], int]
) -> dict[OrderLine, int]:
    """The units that are meant of each line: those asked for, or all that are left.

    Raises NotFound for a line of another part, InvalidInput for less than one unit, TooManyUnits.
    """
    if asked is None:
        return {line: left(line) for line in lines if left(line)}
    known = {line.pk: line for line in lines}
    if not asked:
        raise InvalidInput(field="lines", reason="Name a line at least.")
    for key, units in asked.items():
        if key not in known:
            raise NotFound(thing="line", field="lines")
        if units < 1:
            raise InvalidInput(field="lines", reason="This must be 1 at least.")
        if units > left(known[key]):
            raise TooManyUnits(title=known[key].title, asked=units, left=left(known[key]), field="lines")
    return {known[key]: asked[key] for key in sorted(asked)}


def by_variant(units: Mapping[OrderLine, int]) -> dict[int, int]:
    """The same units, by what stands on the shelf: two lines may be of one variant."""
    summed: dict[int, int] = {}
    for line, count in units.items():
        summed[line.variant_id] = summed.get(line.variant_id, 0) + count
    return summed


def variants_of(key: int) -> list[int]:
    """The variants of a part's lines. One statement."""
    return list(OrderLine.objects.filter(vendor_order=key).values_list("variant", flat=True))
