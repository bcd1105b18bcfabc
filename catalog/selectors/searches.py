"""What buyers looked for, for those who choose what is sold."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django.db.models import Max, Min, Sum

from catalog.models import SearchTally
from marketplace.kernel import clock
from marketplace.kernel.errors import InvalidInput

MOST: Final = 100
MOST_DAYS: Final = 90


@dataclass(frozen=True, kw_only=True)
class Searched:
    """A text that buyers looked for: how often, how much there was at least, and when they last did."""

    text: str
    times: int
    found: int
    last_on: date


def searches(*, days: int, first: int, is_in_vain: bool = False) -> list[Searched]:
    """The texts looked for most in so many days; with `is_in_vain` those that found nothing. One statement.

    Raises InvalidInput.
    """
    if not 1 <= first <= MOST:
        raise InvalidInput(field="first", reason=f"From 1 to {MOST}.")
    if not 1 <= days <= MOST_DAYS:
        raise InvalidInput(field="days", reason=f"From 1 to {MOST_DAYS}.")
    since = clock.now().date() - timedelta(days=days)
    counted = SearchTally.objects.filter(searched_on__gt=since).order_by().values("text")
    counted = counted.annotate(sum=Sum("times"), least=Min("found"), last=Max("searched_on"))
    if is_in_vain:
        counted = counted.filter(least=0)
    return [
        Searched(text=row["text"], times=row["sum"], found=row["least"], last_on=row["last"])
        for row in counted.order_by("-sum", "text")[:first]
    ]
