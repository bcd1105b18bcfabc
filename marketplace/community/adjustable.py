"""What of reviews staff may set: which they look at first, how long they can be changed, how scores begin."""

from typing import Final

from django.db.models import Count, Q

from marketplace.community.models import Review, ReviewStatus
from marketplace.kernel.adjustable import Adjustable, Number, Words, counted

KINDS: Final = Words(choices={"new": "New ones", "changed": "Those that were changed"})
DAYS: Final = Number(least=0, most=365, unit="days")
WEIGHT: Final = Number(least=0, most=1000, unit="reviews")


def _states() -> dict[str, int]:
    return Review.objects.aggregate(
        waiting=Count("pk", filter=Q(status=ReviewStatus.PENDING)),
        shown=Count("pk", filter=Q(status=ReviewStatus.PUBLISHED)),
    )


def _held(old: tuple[str, ...], new: tuple[str, ...]) -> list[str]:
    """One statement."""
    waiting = counted(_states()["waiting"], "review waits", "reviews wait")
    return [
        f"Looked at before they are shown, from now on: {KINDS.show(new)}. Up to now: {KINDS.show(old)}.",
        f"{waiting} for a decision and go on waiting; what is shown stays.",
    ]


def _edit_days(old: int, new: int) -> list[str]:
    """One statement."""
    shown = counted(_states()["shown"], "review is shown", "reviews are shown")
    return [
        f"{shown}: who wrote one can change it for {DAYS.show(new)} from when it was written.",
        f"Up to now for {DAYS.show(old)}.",
    ]


def _weight(old: int, new: int) -> list[str]:
    """One statement."""
    shown = counted(_states()["shown"], "review is shown", "reviews are shown")
    return [
        f"{shown}; from the next night on a product counts as having {new:,} more of the mean of all.",
        f"Up to now {old:,}. The stars that are shown stay; the order by rating changes.",
    ]


HELD: Final = Adjustable(
    name="REVIEWS_HELD",
    label="Reviews to be looked at",
    description="Which reviews staff look at before they are shown. The others are shown at once.",
    kind=KINDS,
    impact=_held,
)
EDIT_DAYS: Final = Adjustable(
    name="REVIEW_EDIT_DAYS",
    label="Time to change a review",
    description="For how many days who wrote a review can change it, and its photos.",
    kind=DAYS,
    impact=_edit_days,
)
PRIOR_WEIGHT: Final = Adjustable(
    name="RATING_PRIOR_WEIGHT",
    label="Weight of the mean of all reviews",
    description="For how many reviews of its own the mean of all counts in a product's score.",
    kind=WEIGHT,
    impact=_weight,
)
