"""What is read of reviews, in a number of statements that does not grow with them."""

from typing import Any, Final

import pytest
from pytest_django import DjangoAssertNumQueries

from catalog.operations.products import archive_product
from checkout.selectors.orders import token_of
from marketplace.api.scalars import encode_id
from marketplace.community.models import Review
from tests.factories.accounts import UserFactory
from tests.factories.checkout import buyable
from tests.factories.community import bought, delivered, reviewed
from tests.factories.vendors import member_of
from tests.support.graphql import GraphQL
from vendors.permissions import VendorRole

pytestmark = pytest.mark.django_db

RATING: Final = "rating { count average histogram { stars count } }"
PRODUCT: Final = f"""query($slug: String!, $sortBy: ReviewSort, $stars: [Int!]) {{ product(slug: $slug) {{
  {RATING} vendor {{ rating {{ count average }} }}
  reviews(sortBy: $sortBy, stars: $stars, first: 10) {{ totalCount edges {{ node {{
    stars isHelpfulToMe reports {{ note }} reply {{ text }} photos {{ edges {{ node {{ url }} }} }}
    product {{ slug }} }} }} }} }} }}"""
LISTED: Final = f"{{ products {{ edges {{ node {{ {RATING} }} }} }} }}"
NODE: Final = "query($id: ID!) { node(id: $id) { ... on Review { stars product { slug } } } }"
LINES: Final = """query($number: String!, $token: String) { order(number: $number, token: $token) {
  vendorOrders { edges { node { lines { edges { node { canReview review { stars } } } } } } } } }"""


def _stars(found: Any) -> list[int]:
    return [edge["node"]["stars"] for edge in found["product"]["reviews"]["edges"]]


def test_f88_a_page_shows_what_reviews_come_to_in_every_order() -> None:
    variant = buyable()
    slug = variant.product.slug
    first, *_ = (reviewed(variant, stars=stars) for stars in (4, 5, 2, 4))
    Review.objects.filter(pk=first.pk).update(helpful_count=3)
    found = GraphQL().ask(PRODUCT, slug=slug)
    assert found["product"]["rating"] == {
        "count": 4,
        "average": "3.75",
        "histogram": [
            {"stars": stars, "count": count} for stars, count in ((5, 1), (4, 2), (3, 0), (2, 1), (1, 0))
        ],
    }
    assert found["product"]["vendor"]["rating"] == {"count": 4, "average": "3.75"}
    for order, stars in {
        "NEWEST": [4, 2, 5, 4],
        "MOST_HELPFUL": [4, 4, 2, 5],
        "HIGHEST": [5, 4, 4, 2],
        "LOWEST": [2, 4, 4, 5],
    }.items():
        assert _stars(GraphQL().ask(PRODUCT, slug=slug, sortBy=order)) == stars
    assert _stars(GraphQL().ask(PRODUCT, slug=slug, stars=[5, 2])) == [2, 5]
    assert found["product"]["reviews"]["edges"][0]["node"]["reports"] is None


def test_f88_without_reviews_there_is_no_mean() -> None:
    found = GraphQL().ask(PRODUCT, slug=buyable().product.slug)["product"]
    assert (found["rating"]["count"], found["rating"]["average"]) == (0, None)
    assert {each["count"] for each in found["rating"]["histogram"]} == {0}
    assert found["vendor"]["rating"] == {"count": 0, "average": None}


@pytest.mark.parametrize("count", [1, 3])
def test_h31_ratings_in_a_list_cost_no_statement(
    count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(count):
        reviewed()
    with django_assert_num_queries(1):
        found = GraphQL().ask(LISTED)["products"]["edges"]
    assert [edge["node"]["rating"]["average"] for edge in found] == ["4.00"] * count


@pytest.mark.parametrize("count", [1, 3])
def test_h31_a_page_of_reviews_costs_the_same(
    count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    variant = buyable()
    for _ in range(count):
        reviewed(variant)
    client = GraphQL(UserFactory.create())
    client.ask("{ csrfToken }")
    with django_assert_num_queries(10):
        assert len(_stars(client.ask(PRODUCT, slug=variant.product.slug))) == count


def test_f88_what_is_not_shown_is_nobodys_but_its_writers() -> None:
    author = UserFactory.create()
    review = reviewed(user=author)
    Review.objects.update(status="rejected", fault="other")
    key = encode_id("Review", review.pk)
    assert GraphQL(author).ask(NODE, id=key)["node"]["stars"] == 4
    for other in (None, UserFactory.create(), member_of(review.vendor, VendorRole.OWNER)):
        assert GraphQL(other).ask(NODE, id=key) == {"node": None}
    mine = GraphQL(author).ask("{ viewer { reviews { edges { node { status fault } } } } }")
    assert [edge["node"] for edge in mine["viewer"]["reviews"]["edges"]] == [
        {"status": "REJECTED", "fault": "OTHER"}
    ]


def test_f88_what_was_said_of_an_archived_product_stays_and_the_product_is_not_shown() -> None:
    review = reviewed()
    archive_product(product=review.product, actor=UserFactory.create())
    found = GraphQL().ask(NODE, id=encode_id("Review", review.pk))["node"]
    assert found == {"stars": 4, "product": None}


@pytest.mark.parametrize("extra", [0, 2])
def test_f88_lines_say_whether_they_can_be_reviewed(
    extra: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    arrived, waiting, done = delivered(), bought(), reviewed().order_line
    orders = [line.vendor_order.order for line in (arrived, waiting, done)]
    for line in [bought() for _ in range(extra)]:
        line.vendor_order = arrived.vendor_order
        line.save()
    seen = []
    for order in orders:
        with django_assert_num_queries(5):
            found = GraphQL().ask(LINES, number=order.number, token=token_of(order))["order"]
        (part,) = found["vendorOrders"]["edges"]
        seen.append(part["node"]["lines"]["edges"][0]["node"])
    assert seen == [
        {"canReview": True, "review": None},
        {"canReview": False, "review": None},
        {"canReview": False, "review": {"stars": 4}},
    ]


def test_f88_a_vendor_reads_what_was_said_and_what_it_has_not_answered() -> None:
    review = reviewed()
    reviewed()
    asked = """query($slug: String!, $isAnswered: Boolean) { viewer { vendor(slug: $slug) {
      rating { count } reviews(isAnswered: $isAnswered) { edges { node { stars } } } } } }"""
    client = GraphQL(member_of(review.vendor, VendorRole.SUPPORT))
    for is_answered, count in ((None, 1), (False, 1), (True, 0)):
        found = client.ask(asked, slug=review.vendor.slug, isAnswered=is_answered)["viewer"]["vendor"]
        assert (len(found["reviews"]["edges"]), found["rating"]["count"]) == (count, 1)
    finance = GraphQL(member_of(review.vendor, VendorRole.FINANCE))
    assert finance.codes(asked, slug=review.vendor.slug) == ["NOT_PERMITTED"]
