"""Letters about reviews: to the vendor's people, and to who wrote one."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from marketplace.community.models import Review, ReviewFault, ReviewReply, ReviewStatus
from marketplace.outreach.letters.orders import buyers_link

Context = dict[str, object]
Facts = Mapping[str, Any]
Letter = Callable[[Facts], Context | None]


def published(facts: Facts) -> Context | None:
    """What was said of which product; the words are on its page. None when it is not shown any more."""
    review = _review(facts)
    if not review.is_published:
        return None
    told = {"product": review.product.title, "stars": review.stars}
    return {**told, "vendor": review.vendor.name}


def rejected(facts: Facts) -> Context | None:
    """Why it is not shown; None where it is after all."""
    review = _review(facts)
    if review.status != ReviewStatus.REJECTED:
        return None
    return {**_to_author(review), "fault": ReviewFault(review.fault).label, "note": review.note}


def replied(facts: Facts) -> Context | None:
    """The vendor's answer as it is now."""
    review = _review(facts)
    reply = ReviewReply.objects.filter(review=review).first()
    if reply is None or not review.is_published:
        return None
    return {**_to_author(review), "vendor": review.vendor.name, "text": reply.text}


LETTERS: Final[Mapping[str, Letter]] = {
    "review_published": published,
    "review_rejected": rejected,
    "review_replied": replied,
}


def _review(facts: Facts) -> Review:
    rows = Review.objects.select_related(
        "product", "vendor", "order_line__vendor_order__order__billing_profile"
    )
    return rows.get(pk=facts["review_id"])


def _to_author(review: Review) -> Context:
    order = review.order_line.vendor_order.order
    return {"product": review.product.title, "number": order.number, "link": buyers_link(order)}
