"""Reviews over the API: buyers write, guests by their link, vendors answer, readers vote, staff decide."""

from typing import Any, Final

import pytest

from checkout.selectors.orders import token_of
from marketplace.api.scalars import encode_id
from marketplace.community.models import Review, ReviewPhoto
from marketplace.staff import MODERATOR, SUPPORT
from tests.factories.accounts import UserFactory
from tests.factories.catalog import picture
from tests.factories.checkout import buyable
from tests.factories.community import bought, delivered, reviewed
from tests.factories.vendors import member_of
from tests.support.checkout import mutate
from tests.support.graphql import GraphQL
from tests.support.staff import with_role
from vendors.permissions import VendorRole

pytestmark = pytest.mark.django_db

DONE: Final = """... on ReviewSuccess { review { id stars title authorName status helpfulCount fault note
  reply { text editedAt } photos { edges { node { id alt } } } } }"""
QUEUE: Final = "{ platform { reviews { edges { node { id reports { fault note } } } } } }"


def review_id(review: Review) -> str:
    return encode_id("Review", review.pk)


def test_f88_a_buyer_reviews_what_arrived_and_changes_it() -> None:
    user = UserFactory.create()
    line = delivered(user=user)
    client, key = GraphQL(user), encode_id("OrderLine", line.pk)
    given = {"line": key, "stars": 4, "title": "Fine", "authorName": "Ada"}
    review = mutate(client, "reviewProduct", DONE, **given)["review"]
    assert (review["stars"], review["title"], review["authorName"], review["status"]) == (
        4,
        "Fine",
        "Ada",
        "PUBLISHED",
    )
    assert mutate(client, "reviewProduct", DONE, **given)["review"] == review
    assert mutate(client, "reviewProduct", DONE, **{**given, "stars": 1})["code"] == "ALREADY_REVIEWED"
    changed = mutate(client, "updateReview", DONE, review=review["id"], stars=1)["review"]
    assert (changed["stars"], changed["title"]) == (1, "")
    assert mutate(client, "updateReview", DONE, review=review["id"], stars=9)["field"] == "stars"
    stranger = GraphQL(UserFactory.create())
    assert mutate(stranger, "updateReview", DONE, review=review["id"], stars=2)["code"] == "NOT_FOUND"
    assert mutate(stranger, "reviewProduct", DONE, **given)["code"] == "NOT_FOUND"


def test_f88_a_guest_reviews_by_the_link_of_the_order_and_by_nothing_else() -> None:
    line = delivered()
    token, other = (token_of(each.vendor_order.order) for each in (line, bought()))
    given: dict[str, Any] = {"line": encode_id("OrderLine", line.pk), "stars": 5}
    for wrong in (None, other, "made up"):
        assert mutate(GraphQL(), "reviewProduct", DONE, **given, token=wrong)["code"] == "NOT_FOUND"
    review = mutate(GraphQL(), "reviewProduct", DONE, **given, token=token)["review"]
    assert mutate(GraphQL(), "updateReview", DONE, review=review["id"], stars=3)["code"] == "NOT_FOUND"
    changed = mutate(GraphQL(), "updateReview", DONE, review=review["id"], stars=3, token=token)
    assert changed["review"]["stars"] == 3
    early = {"line": encode_id("OrderLine", bought().pk), "stars": 5}
    assert mutate(GraphQL(), "reviewProduct", DONE, **early)["code"] == "NOT_FOUND"


def test_f88_what_is_under_way_and_ones_own_goods_are_refused() -> None:
    variant = buyable()
    user, member = UserFactory.create(), member_of(variant.vendor, VendorRole.FINANCE)
    for line, who, code in (
        (bought(user=user), user, "NOT_DELIVERED"),
        (delivered(variant, user=member), member, "OWN_LISTING"),
    ):
        given = {"line": encode_id("OrderLine", line.pk), "stars": 5}
        assert mutate(GraphQL(who), "reviewProduct", DONE, **given)["code"] == code
    assert Review.objects.count() == 0


def test_f88_photos_come_and_go_five_at_most() -> None:
    user = UserFactory.create()
    review = reviewed(user=user)
    client, small = GraphQL(user), picture(width=2, height=2)
    given = {"review": review_id(review), "photo": small, "alt": "A handle"}
    for _ in range(2):
        shown = mutate(client, "addReviewPhoto", DONE, **given)["review"]["photos"]["edges"]
        assert [edge["node"]["alt"] for edge in shown] == ["A handle"]
    assert mutate(client, "addReviewPhoto", DONE, **{**given, "photo": b"no"})["code"] == "UNUSABLE_IMAGE"
    for number in range(4):
        ReviewPhoto.objects.create(review=review, digest=str(number), file="a", width=1, height=1)
    another = picture(width=3, height=3)
    refused = mutate(client, "addReviewPhoto", DONE, **{**given, "photo": another})
    assert refused["code"] == "TOO_MANY_REVIEW_PHOTOS"
    left = mutate(client, "removeReviewPhoto", DONE, photo=shown[0]["node"]["id"])["review"]
    assert len(left["photos"]["edges"]) == 4


@pytest.mark.parametrize("role", VendorRole)
def test_f89_who_answers_buyers_replies_once_and_once_otherwise(role: VendorRole) -> None:
    review = reviewed()
    client = GraphQL(member_of(review.vendor, role))

    def reply(text: str) -> Any:
        return mutate(client, "replyToReview", DONE, review=review_id(review), text=text)

    if role in {VendorRole.OWNER, VendorRole.MANAGER, VendorRole.SUPPORT}:
        for text, is_edited in (("Thanks.", False), ("Thanks.", False), ("Thank you.", True)):
            told = reply(text)["review"]["reply"]
            assert (told["text"], told["editedAt"] is not None) == (text, is_edited)
        assert reply("Thank you!")["code"] == "EDIT_WINDOW_CLOSED"
    else:
        assert reply("Thanks.")["code"] == "NOT_PERMITTED"
    other = GraphQL(member_of(buyable().vendor))
    assert mutate(other, "replyToReview", DONE, review=review_id(review), text="x")["code"] == "NOT_FOUND"


def test_f88_votes_count_once_for_each_reader_and_not_of_those_it_is_about() -> None:
    author = UserFactory.create()
    review = reviewed(user=author)
    reader = GraphQL(UserFactory.create())

    def vote(client: GraphQL, *, is_helpful: bool = True) -> Any:
        return mutate(client, "voteReview", DONE, review=review_id(review), isHelpful=is_helpful)

    counts = [
        vote(reader, is_helpful=helpful)["review"]["helpfulCount"] for helpful in (True, True, False, False)
    ]
    assert counts == [1, 1, 0, 0]
    assert vote(GraphQL(author))["code"] == "OWN_REVIEW"
    assert vote(GraphQL(member_of(review.vendor, VendorRole.CATALOGUE)))["code"] == "OWN_LISTING"
    assert vote(GraphQL())["code"] == "SIGN_IN_REQUIRED"


def test_f88_what_is_reported_waits_for_staff_who_decide_and_say_why() -> None:
    author = UserFactory.create()
    review = reviewed(user=author, stars=1)
    report = {"review": review_id(review), "fault": "FAKE", "note": "Never bought."}
    for client in (reader := GraphQL(UserFactory.create()), reader):
        assert mutate(client, "reportReview", DONE, **report)["review"]["status"] == "PUBLISHED"
    assert mutate(GraphQL(author), "reportReview", DONE, **report)["code"] == "OWN_REVIEW"
    moderator = GraphQL(with_role(MODERATOR))
    (waiting,) = moderator.ask(QUEUE)["platform"]["reviews"]["edges"]
    assert waiting["node"]["reports"] == [{"fault": "FAKE", "note": "Never bought."}]
    why = {"review": review_id(review), "fault": "OFFENSIVE", "note": "Names."}
    assert mutate(GraphQL(with_role(SUPPORT)), "rejectReview", DONE, **why)["code"] == "NOT_FOUND"
    rejected = mutate(moderator, "rejectReview", DONE, **why)["review"]
    assert (rejected["status"], rejected["fault"], rejected["note"]) == ("REJECTED", "OFFENSIVE", "Names.")
    assert mutate(reader, "voteReview", DONE, review=review_id(review))["code"] == "NOT_FOUND"
    assert mutate(moderator, "rejectReview", DONE, **why)["code"] == "TRANSITION_NOT_ALLOWED"
    review.product.refresh_from_db()
    assert (review.product.rating_count, moderator.ask(QUEUE)["platform"]["reviews"]["edges"]) == (0, [])
    again = mutate(moderator, "approveReview", DONE, review=review_id(review))["review"]
    assert (again["status"], again["fault"]) == ("PUBLISHED", None)
