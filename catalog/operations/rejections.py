"""Why something was sent back: a reason, and what is wrong with which field."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from catalog.models import ListingField, Product, ProductChange, ProductRejection, RejectionReason
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.texts import prose

MOST_FAULTS: Final = 20
LONGEST_NOTE: Final = 1000


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What is wrong with one field."""

    field: ListingField
    reason: RejectionReason
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """The reason as a whole, and the faults, of which a field may have several."""

    reason: RejectionReason
    faults: tuple[Fault, ...] = ()


def verdict(reason: RejectionReason | None, faults: Sequence[Fault] = ()) -> Verdict:
    """A verdict; without a reason it is the first fault's. Raises InvalidInput where there is neither."""
    if reason is None and not faults:
        raise InvalidInput(field="reason", reason="Say why.")
    if len(faults) > MOST_FAULTS:
        raise InvalidInput(field="faults", reason=f"{MOST_FAULTS} at most.")
    clean = tuple(
        Fault(
            field=each.field,
            reason=each.reason,
            note=prose(each.note, field="faults", longest=LONGEST_NOTE),
        )
        for each in faults
    )
    return Verdict(reason=reason or faults[0].reason, faults=clean)


def reject(
    product: Product,
    verdict: Verdict,
    *,
    note: str,
    seen: Mapping[str, Any],
    change: ProductChange | None = None,
) -> ProductRejection:
    """Keep why a listing, or a change of it, was sent back, and what it was. The caller holds the product."""
    return ProductRejection.objects.create(
        product=product,
        change=change,
        reason=verdict.reason,
        note=note,
        faults=[{name: str(value) for name, value in asdict(each).items()} for each in verdict.faults],
        seen=dict(seen),
    )


def as_facts(product: Product) -> dict[str, Any]:
    """What of a listing reviewers look at, in words. Reads the category."""
    return {
        "title": product.title,
        "description": product.description,
        "category": product.category.path,
    }
