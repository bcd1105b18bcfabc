"""What the community knows of a person: told, and without the person afterwards."""

import pytest
from django.contrib.sessions.backends.db import SessionStore

from marketplace.community.checking import check
from marketplace.community.models import ProductAlert, Review, ReviewReport, ReviewVote, Wishlist
from marketplace.community.operations.moderation import report_review, vote_review
from marketplace.community.operations.personal import community_in_full, erase_community
from marketplace.community.operations.wishes import add_to_wishlist
from tests.factories.accounts import UserFactory
from tests.factories.community import reviewed

pytestmark = pytest.mark.django_db


def test_f109_a_person_is_told_and_taken_out_and_what_was_said_stays() -> None:
    ada = UserFactory.create()
    own, other = reviewed(user=ada, text="Mine."), reviewed(text="Not mine.")
    Review.objects.filter(pk=own.pk).update(author_name="Ada")
    vote_review(review=other, user=ada, is_helpful=True)
    report_review(review=other, user=ada, fault="other", note="I know her.")  # type: ignore[arg-type]  # its value
    product = other.product
    add_to_wishlist(session=SessionStore(), user=ada, product_id=product.pk)
    ProductAlert.objects.create(user=ada, product=product, price_minor=1, currency="EUR")
    told = list(community_in_full(ada))
    assert [next(iter(each)) for each in told] == [
        "review_of",
        "found_helpful_review",
        "reported_review",
        "wishlist",
        "waits_for",
    ]
    assert told[0]["text"] == "Mine."
    erase_community(ada)
    own.refresh_from_db()
    assert (own.author_name, own.text, own.status) == ("", "Mine.", "published")
    assert (ReviewVote.objects.get().user, ReviewReport.objects.get().note) == (None, "")
    assert (Wishlist.objects.count(), ProductAlert.objects.count()) == (0, 0)
    assert [fault for _, found in check() for fault in found] == []
