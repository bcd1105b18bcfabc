"""What of the catalogue staff may set: which changes of listings wait for them, and whose do not."""

from typing import Final

from catalog.models import ChangeStatus, Product, ProductChange, ProductStatus
from marketplace.kernel.adjustable import Adjustable, Number, Words, counted

FIELDS: Final = Words(
    choices={
        "title": "Title",
        "description": "Description",
        "category": "Category",
        "pictures": "Pictures",
    }
)
WHOSE: Final = Words(choices={"trusted": "Vendors that are trusted", "all": "All vendors"})
LISTINGS: Final = Number(least=1, most=10_000, unit="listings")


def _waiting() -> str:
    """One statement."""
    waiting = ProductChange.objects.filter(status=ChangeStatus.PENDING).count()
    return f"What waits goes on waiting: {counted(waiting, 'change', 'changes')}."


def _fields(old: tuple[str, ...], new: tuple[str, ...]) -> list[str]:
    """One statement."""
    return [
        f"These wait for a decision on listings on sale: {FIELDS.show(new)}. Up to now: {FIELDS.show(old)}.",
        _waiting(),
    ]


def _unreviewed(old: tuple[str, ...], new: tuple[str, ...]) -> list[str]:
    """One statement."""
    return [
        f"Whose changes are approved unseen from now on: {WHOSE.show(new)}. Up to now: {WHOSE.show(old)}.",
        f"{_waiting()} New listings are looked at, whoever sells them.",
    ]


def _trusted(old: int, new: int) -> list[str]:
    """One statement."""
    selling = Product.objects.filter(status=ProductStatus.PUBLISHED).values("vendor").distinct().count()
    return [
        f"A vendor is trusted with {LISTINGS.show(new)} on sale, up to now with {LISTINGS.show(old)}.",
        "And only while nothing of its was sent back for 90 days.",
        f"{counted(selling, 'vendor has', 'vendors have')} something on sale.",
    ]


REVIEWED_FIELDS: Final = Adjustable(
    name="REVIEWED_LISTING_FIELDS",
    label="Changes of listings on sale",
    description="Which wait for a decision while the listing is sold as it is; price and stock never do.",
    kind=FIELDS,
    impact=_fields,
)
UNREVIEWED: Final = Adjustable(
    name="UNREVIEWED_VENDORS",
    label="Vendors whose changes are approved unseen",
    description="Their changes of listings on sale are approved by themselves, and recorded.",
    kind=WHOSE,
    impact=_unreviewed,
)
TRUSTED: Final = Adjustable(
    name="TRUSTED_VENDOR_LISTINGS",
    label="Trusted vendors",
    description="How many listings on sale make one, while nothing of its was sent back for 90 days.",
    kind=LISTINGS,
    impact=_trusted,
)
