"""What buyers write of what they bought: once for each order line, and changed for a while.

All of it goes by the lock of the product, under which its ratings are kept too.
"""

from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Final, Self

from django.db import transaction

from catalog.models import Product
from checkout.models import OrderLine
from marketplace.accounts.models import User
from marketplace.community.errors import AlreadyReviewed, EditWindowClosed, NotDelivered, OwnListing
from marketplace.community.events import ReviewPublished
from marketplace.community.models import REVIEW_MOVES, STARS, Review, ReviewStatus
from marketplace.community.selectors.reviews import is_delivered, is_self_dealing, refuse_own_people
from marketplace.community.tallies import tally
from marketplace.kernel import adjustable, clock
from marketplace.kernel.errors import InvalidInput, TransitionNotAllowed
from marketplace.kernel.events import publish
from marketplace.kernel.locking import lock_one
from marketplace.kernel.texts import line as one_line
from marketplace.kernel.texts import prose

# What may have to be looked at before it is shown: the words of the setting REVIEWS_HELD.
NEW: Final = "new"
CHANGED: Final = "changed"
LIVE: Final = (ReviewStatus.PENDING, ReviewStatus.PUBLISHED)


@dataclass(frozen=True, kw_only=True)
class Written:
    """What a review says, cleaned."""

    stars: int
    title: str
    text: str
    author_name: str

    @classmethod
    def cleaned(cls, *, stars: int, title: str = "", text: str = "", author_name: str = "") -> Self:
        """Raises InvalidInput."""
        if stars not in STARS:
            raise InvalidInput(field="stars", reason="This must be between 1 and 5.")
        return cls(
            stars=stars,
            title=one_line(title, field="title", longest=120, shortest=0),
            text=prose(text, field="text", longest=5000),
            author_name=one_line(author_name, field="authorName", longest=60, shortest=0),
        )

    @classmethod
    def of(cls, review: Review) -> Self:
        """What a review says now."""
        return cls(**{name: getattr(review, name) for name in cls.__dataclass_fields__})


def review_product(*, line: OrderLine, user: User | None, written: Written) -> Review:
    """Say what a product is like that has arrived. The same words once more change nothing.

    It is shown at once, unless staff want to look at new ones before; then it takes the place of what the
    same person said of the product before.

    Args:
        line: with its order, of the person who writes, which is known.
        user: None for a guest.

    Locks the product. Publishes ReviewPublished. Raises NotDelivered, AlreadyReviewed, and OwnListing for the
    vendor's own people, whoever they sign in as and whichever of their addresses they ordered with.
    """
    with transaction.atomic():
        product = lock_one(Product.objects.filter(pk=line.product_id))
        known = Review.objects.filter(order_line=line).first()
        if known is not None:
            if Written.of(known) == written:
                return known
            raise AlreadyReviewed
        _refuse(line, user)
        review = Review.objects.create(
            order_line=line,
            billing_profile_id=line.vendor_order.order.billing_profile_id,
            product=product,
            vendor_id=product.vendor_id,
            **asdict(written),
        )
        if NEW not in adjustable.words("REVIEWS_HELD"):
            show(review, product, actor=user)
    return review


def update_review(*, review: Review, user: User | None, written: Written) -> Review:
    """Say it in other words, for as long as REVIEW_EDIT_DAYS.

    Where staff want to look at changed ones it is not shown until they have. Locks the product. Publishes
    ReviewPublished where it comes to be shown. Raises EditWindowClosed, and TransitionNotAllowed for a review
    that was rejected or replaced.
    """
    with transaction.atomic():
        product, review = lock_live(review)
        if Written.of(review) == written:
            return review
        was = review.stars if review.is_published else 0
        for name, value in asdict(written).items():
            setattr(review, name, value)
        review.edited_at = clock.now()
        review.save(update_fields=[*asdict(written), "edited_at"])
        if review.is_published:
            tally(product, was=was, now=review.stars)
        hold_changed(review, product, actor=user)
    return review


def lock_live(review: Review) -> tuple[Product, Review]:
    """The product, locked, and the review as it is now, which who wrote it may still change.

    Raises EditWindowClosed, TransitionNotAllowed.
    """
    product = lock_one(Product.objects.filter(pk=review.product_id))
    review = Review.objects.get(pk=review.pk)
    if review.status not in LIVE:
        raise TransitionNotAllowed(thing="review", current=review.status, asked="changed")
    if clock.now() - review.written_at > timedelta(days=adjustable.number("REVIEW_EDIT_DAYS")):
        raise EditWindowClosed
    return product, review


def hold_changed(review: Review, product: Product, *, actor: User | None) -> None:
    """Hide a review that was changed, where staff want to look at those. The caller holds the product."""
    if review.is_published and CHANGED in adjustable.words("REVIEWS_HELD"):
        hide(review, ReviewStatus.PENDING, product, actor=actor)


def show(review: Review, product: Product, *, actor: User | None, note: str = "") -> None:
    """Publish a review in the place of an older one of the same person; or behind a newer one, nowhere.

    The caller holds the product. Publishes ReviewPublished.
    """
    others = _of_same_person(review)
    if any(other.pk > review.pk for other in others):
        REVIEW_MOVES.move(review, ReviewStatus.SUPERSEDED, actor=actor, reason="a newer one")
        return
    for other in others:
        hide(other, ReviewStatus.SUPERSEDED, product, actor=actor, reason="a newer one")
    REVIEW_MOVES.move(review, ReviewStatus.PUBLISHED, actor=actor, note=note, also={"fault": "", "note": ""})
    tally(product, now=review.stars)
    publish(ReviewPublished(review_id=review.pk))


def hide(review: Review, to: ReviewStatus, product: Product, *, actor: User | None, reason: str = "") -> None:
    """Take a published review from view. The caller holds the product."""
    REVIEW_MOVES.move(review, to, actor=actor, reason=reason)
    tally(product, was=review.stars)


def _of_same_person(review: Review) -> list[Review]:
    """What else of the same person about the same product is published, under all their billing profiles."""
    profile = review.billing_profile
    owner = profile.user_id or profile.claimed_by_id
    others = Review.objects.filter(product=review.product_id, status=ReviewStatus.PUBLISHED)
    others = others.exclude(pk=review.pk)
    if owner is None:
        return list(others.filter(billing_profile=profile))
    theirs = others.filter(billing_profile__user=owner) | others.filter(billing_profile__claimed_by=owner)
    return list(theirs.distinct())


def _refuse(line: OrderLine, user: User | None) -> None:
    this = OrderLine.objects.filter(pk=line.pk)
    if this.filter(is_self_dealing()).exists():
        raise OwnListing
    if user is not None:
        refuse_own_people(user, vendor_id=line.vendor_order.vendor_id, product_id=line.product_id)
    if not this.filter(is_delivered()).exists():
        raise NotDelivered(title=line.title)
