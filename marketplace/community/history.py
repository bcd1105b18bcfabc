"""Reviews that were written elsewhere or earlier, brought in all together: set by set, counted once.

For a demo, and for whoever moves here from another shop.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction

from checkout.models import OrderLine
from marketplace.community.models import STARS, Review, ReviewReply, ReviewStatus, ReviewVote
from marketplace.community.tallies import rebuild
from marketplace.kernel.errors import InvalidInput

AT_ONCE: Final = 1000


@dataclass(frozen=True, kw_only=True)
class PastReview:
    """What somebody said of what they bought in this line, when, and what the vendor answered, if it did."""

    order_line_id: int
    stars: int
    written_at: datetime
    title: str = ""
    text: str = ""
    author_name: str = ""
    helpful_count: int = 0
    reply: str = ""
    replied_at: datetime | None = None


def bring_reviews(past: Iterable[PastReview]) -> int:
    """Insert reviews of lines that have none yet, and count what all of them come to; returns how many.

    A line that has its review, and a product that its buyer has reviewed already, are passed over, so that
    the same rows once more bring nothing. Whether the lines have arrived is for the caller to know.

    A transaction and six statements for each thousand, then those of `rebuild` for each vendor, which is
    counted anew even where nothing was brought: who was interrupted begins again. Publishes nothing. Raises
    InvalidInput for a line there is not; the thousands before it stay.
    """
    rows, vendors, brought = list(past), set[int](), 0
    for start in range(0, len(rows), AT_ONCE):
        with transaction.atomic():
            some = rows[start : start + AT_ONCE]
            lines = _lines(some)
            vendors |= {line.vendor_order.vendor_id for line in lines.values()}
            brought += _insert(some, lines)
    rebuild(vendors)
    return brought


def _lines(rows: Sequence[PastReview]) -> dict[int, OrderLine]:
    found = OrderLine.objects.select_related("vendor_order__order").in_bulk(
        [row.order_line_id for row in rows]
    )
    for row in rows:
        if row.order_line_id not in found:
            raise InvalidInput(field="line", reason=f"There is no line {row.order_line_id}.")
        if row.stars not in STARS:
            raise InvalidInput(field="stars", reason=f"{row.stars} is not between 1 and 5.")
    return found


def _insert(rows: Sequence[PastReview], lines: dict[int, OrderLine]) -> int:
    reviews = list(_new(rows, lines))
    sources = {row.order_line_id: row for row in rows}
    Review.objects.bulk_create(reviews)
    ReviewReply.objects.bulk_create(
        ReviewReply(review=review, text=row.reply, written_at=row.replied_at or row.written_at)
        for review in reviews
        if (row := sources[review.order_line_id]).reply
    )
    # Nobody knows any more who they were.
    ReviewVote.objects.bulk_create(
        ReviewVote(review=review, given_at=review.written_at)
        for review in reviews
        for _ in range(review.helpful_count)
    )
    return len(reviews)


def _new(rows: Sequence[PastReview], lines: dict[int, OrderLine]) -> Iterator[Review]:
    """Those that are not there yet, each person and product once."""
    profiles = {line.vendor_order.order.billing_profile_id for line in lines.values()}
    known = Review.objects.filter(billing_profile__in=profiles, status=ReviewStatus.PUBLISHED)
    taken = set(known.values_list("billing_profile", "product"))
    reviewed = set(Review.objects.filter(order_line__in=lines).values_list("order_line", flat=True))
    for row in rows:
        line = lines[row.order_line_id]
        profile = line.vendor_order.order.billing_profile_id
        if line.pk in reviewed or (profile, line.product_id) in taken:
            continue
        reviewed.add(line.pk)
        taken.add((profile, line.product_id))
        yield Review(
            order_line=line,
            billing_profile_id=profile,
            product_id=line.product_id,
            vendor_id=line.vendor_order.vendor_id,
            author_name=row.author_name,
            stars=row.stars,
            title=row.title,
            text=row.text,
            status=ReviewStatus.PUBLISHED,
            helpful_count=row.helpful_count,
            written_at=row.written_at,
        )
