"""Reviews: of what has arrived, by who bought it, once for each line, and never by the vendor's people."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from guardian.shortcuts import assign_perm

from checkout.models import VendorOrderStatus
from marketplace.accounts.models import User
from marketplace.community.checking import check
from marketplace.community.errors import AlreadyReviewed, EditWindowClosed, NotDelivered, OwnListing
from marketplace.community.models import Review, ReviewStatus
from marketplace.community.operations.moderation import approve_review
from marketplace.community.operations.reviews import Written, review_product, update_review
from marketplace.community.selectors.reviews import reviewable
from marketplace.kernel.adjustable import hold
from marketplace.kernel.errors import InvalidInput
from tests.factories.accounts import UserFactory
from tests.factories.checkout import buyable
from tests.factories.community import bought, delivered, reviewed
from tests.factories.vendors import member_of
from vendors.permissions import VendorRole

pytestmark = pytest.mark.django_db
GOOD = Written.cleaned(stars=4, title="Good", text="It is good.", author_name="Ada")


def rating(review: Review) -> tuple[int, int]:
    review.product.refresh_from_db()
    return review.product.rating_count, review.product.rating_sum


def faults() -> list[str]:
    return [fault for _, found in check() for fault in found]


def test_f88_what_has_arrived_is_reviewed_once_and_the_same_words_change_nothing() -> None:
    line = delivered()
    assert line in reviewable()
    review = review_product(line=line, user=None, written=GOOD)
    assert review_product(line=line, user=None, written=GOOD) == review
    with pytest.raises(AlreadyReviewed):
        review_product(line=line, user=None, written=Written.cleaned(stars=5))
    assert (Review.objects.count(), review.status, rating(review)) == (1, ReviewStatus.PUBLISHED, (1, 4))
    assert line not in reviewable()
    assert faults() == []


def test_f88_what_has_not_arrived_is_not_reviewed() -> None:
    line = bought()
    assert line not in reviewable()
    with pytest.raises(NotDelivered):
        review_product(line=line, user=None, written=GOOD)
    line.vendor_order.status = VendorOrderStatus.COMPLETED  # as those of a history are
    line.vendor_order.save()
    assert line in reviewable()
    assert review_product(line=line, user=None, written=GOOD).is_published


@pytest.mark.parametrize("role", VendorRole)
def test_h34_the_vendors_people_review_nothing_of_it_in_any_role(role: VendorRole) -> None:
    variant = buyable()
    member = member_of(variant.vendor, role)
    _refused(variant, member)


def _refused(variant: Any, user: User | None, *, email: str = "") -> None:
    line = delivered(variant, user=user)
    if email:
        order = line.vendor_order.order
        order.email = email
        order.save()
    assert line not in reviewable()
    with pytest.raises(OwnListing):
        review_product(line=line, user=user, written=GOOD)


def test_h34_nor_as_a_guest_by_the_address_of_one_of_them_or_of_the_vendor() -> None:
    variant = buyable()
    member = member_of(variant.vendor, VendorRole.SUPPORT)
    _refused(variant, None, email=member.email.upper())
    _refused(variant, None, email=variant.vendor.email)
    # By the link of a guest's order, but signed in.
    with pytest.raises(OwnListing):
        review_product(line=delivered(variant), user=member, written=GOOD)
    assert Review.objects.count() == 0


def test_h34_nor_who_helps_with_that_listing_but_those_of_another_vendor_may() -> None:
    variant, helper = buyable(), UserFactory.create()
    assign_perm("view_product", helper, variant.product)
    _refused(variant, helper)
    assert reviewed(user=helper).is_published
    assert reviewed(variant, user=member_of(buyable().vendor)).is_published


def test_f88_of_one_person_and_product_the_newest_is_shown() -> None:
    variant, user = buyable(), UserFactory.create()
    older = reviewed(variant, user=user, stars=1)
    guests = reviewed(variant, stars=2)
    guests.billing_profile.claimed_by = user
    guests.billing_profile.save()
    newest = reviewed(variant, user=user, stars=5)
    states = dict(Review.objects.values_list("pk", "status"))
    assert states == {older.pk: "superseded", guests.pk: "superseded", newest.pk: "published"}
    assert rating(newest) == (1, 5)
    with pytest.raises(IntegrityError, match="one_published_review"), transaction.atomic():
        Review.objects.filter(pk=older.pk).update(status="published")


def test_f88_a_review_is_changed_for_a_while_and_counts_otherwise() -> None:
    review = reviewed(stars=2)
    better = Written.cleaned(stars=5, text="I was wrong.")
    changed = update_review(review=review, user=None, written=better)
    assert (Written.of(changed), rating(review), faults()) == (better, (1, 5), [])
    edited_at = changed.edited_at
    assert edited_at is not None
    assert update_review(review=review, user=None, written=better).edited_at == edited_at
    Review.objects.update(written_at=review.written_at - timedelta(days=31))
    with pytest.raises(EditWindowClosed):
        update_review(review=review, user=None, written=GOOD)
    assert rating(review) == (1, 5)


def test_f88_where_staff_look_first_nothing_is_shown_before() -> None:
    hold({"REVIEWS_HELD": ["new", "changed"]})
    review = reviewed(stars=3)
    assert (review.status, rating(review)) == ("pending", (0, 0))
    review = approve_review(review=review, actor=UserFactory.create(is_staff=True))
    assert (review.status, rating(review)) == ("published", (1, 3))
    review = update_review(review=review, user=None, written=GOOD)
    assert (review.status, rating(review), faults()) == ("pending", (0, 0), [])


@pytest.mark.parametrize(
    ("given", "field"), [({"stars": 0}, "stars"), ({"stars": 6}, "stars"), ({"title": "x" * 121}, "title")]
)
def test_f88_what_is_no_review_is_refused(given: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        Written.cleaned(**{"stars": 3, **given})
    assert refusal.value.field == field
