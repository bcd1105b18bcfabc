"""What buyers are shown beside what they looked for."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.models import Product, ProductStatus
from marketplace.accounts.models import BillingProfile, GuestEmail
from marketplace.accounts.operations.billing import GUEST
from marketplace.api.scalars import encode_id
from tests.factories.accounts import UserFactory
from tests.factories.catalog import CategoryFactory, illustrated, listed
from tests.factories.recommend import history
from tests.factories.vendors import VendorFactory
from tests.support.graphql import GraphQL

pytestmark = pytest.mark.django_db

CARD = "edges { node { slug price { amount } vendor { name } images { edges { node { url } } } } }"
RECOMMENDED = f"{{ recommendedProducts {{ {CARD} }} }}"
TRENDING = f"{{ trendingProducts {{ {CARD} }} }}"
BESIDE = f"""query($slug: String!) {{ product(slug: $slug) {{
  alsoBought {{ totalCount {CARD} }} similarProducts {{ {CARD} }} }} }}"""
BESIDE_THOSE = """{ products { edges { node {
  alsoBought { edges { node { alsoBought { edges { node { slug } } } } } } } } } }"""
BESIDE_EACH = f"{{ products(first: 50) {{ edges {{ node {{ slug alsoBought {{ {CARD} }} }} }} }} }}"


def slugs(connection: Any) -> list[str]:
    return [edge["node"]["slug"] for edge in connection["edges"]]


def statements(client: GraphQL, document: str, **variables: object) -> tuple[int, Any]:
    with CaptureQueriesContext(connection) as captured:
        answer = client.ask(document, **variables)
    return len(captured), answer


def as_guest(profile: BillingProfile) -> GraphQL:
    """A browser in which the guest of the profile has given an address."""
    client = GraphQL()
    session = client.http.session
    session[GUEST] = profile.guest_id
    session.save()
    return client


def as_member(profile: BillingProfile) -> GraphQL:
    """A browser in which somebody is signed in who has bought what the profile has bought."""
    user = UserFactory.create()
    profile.purchases.update(billing_profile=user.billing_profile)
    return GraphQL(user)


BOUGHT = {"me": ["tea", "cup"], "you": ["tea", "cup", "pot"], "them": ["tea", "lamp", "oil"], "eve": ["lamp"]}


@pytest.mark.parametrize("as_buyer", [as_guest, as_member])
def test_a_buyer_sees_what_buyers_alike_have_bought(as_buyer: Any) -> None:
    client = as_buyer(history(BOUGHT)["me"])
    assert slugs(client.ask(RECOMMENDED)["recommendedProducts"]) == ["pot", "lamp", "oil"]


def test_the_viewer_sees_the_same() -> None:
    client = as_member(history(BOUGHT)["me"])
    answer = client.ask(f"{{ viewer {RECOMMENDED} {RECOMMENDED[1:-1]} }}")
    assert slugs(answer["viewer"]["recommendedProducts"]) == ["pot", "lamp", "oil"]
    assert answer["viewer"]["recommendedProducts"] == answer["recommendedProducts"]


def test_anyone_else_sees_what_is_popular_and_then_what_is_new() -> None:
    history(BOUGHT)
    listed(slug="new")
    newcomer, nobody = GraphQL(UserFactory.create()), GraphQL()
    for client in (newcomer, nobody):
        answer = client.ask(RECOMMENDED)
        assert slugs(answer["recommendedProducts"]) == ["tea", "cup", "lamp", "oil", "pot", "new"]


def test_asking_leaves_nothing_behind() -> None:
    guest = GuestEmail.objects.create(email="ada@example.com")
    client = as_guest(BillingProfile(guest=guest))
    before = dict(client.http.session)
    assert client.ask(RECOMMENDED)["recommendedProducts"]["edges"] == []
    assert dict(client.http.session) == before
    assert BillingProfile.objects.count() == 0
    nobody = GraphQL()
    nobody.ask(RECOMMENDED)
    assert "sessionid" not in nobody.http.cookies


def test_what_is_trending() -> None:
    history(BOUGHT)
    listed(slug="unsold")
    assert slugs(GraphQL().ask(TRENDING)["trendingProducts"]) == ["tea", "cup", "lamp", "oil", "pot"]


def test_pages_keep_the_order() -> None:
    history(BOUGHT)
    document = """query($first: Int, $after: String) { trendingProducts(first: $first, after: $after) {
      totalCount pageInfo { hasNextPage endCursor } edges { node { slug } } } }"""
    first = GraphQL().ask(document, first=2)["trendingProducts"]
    rest = GraphQL().ask(document, after=first["pageInfo"]["endCursor"])["trendingProducts"]
    assert (slugs(first), first["totalCount"], first["pageInfo"]["hasNextPage"]) == (["tea", "cup"], 5, True)
    assert (slugs(rest), rest["pageInfo"]["hasNextPage"]) == (["lamp", "oil", "pot"], False)


def test_beside_a_product_stand_what_its_buyers_bought_and_what_costs_about_the_same() -> None:
    shelf, vendor = CategoryFactory.create(), VendorFactory.create()
    for slug, price in (("tea", 1000), ("dear", 1900), ("cheap", 300)):
        listed(slug=slug, price_minor=price, category=shelf, vendor=vendor)
    history(BOUGHT)
    Product.objects.filter(slug="pot").update(status=ProductStatus.ARCHIVED)
    answer = GraphQL().ask(BESIDE, slug="tea")["product"]
    assert (slugs(answer["alsoBought"]), answer["alsoBought"]["totalCount"]) == (["cup", "lamp", "oil"], 3)
    assert slugs(answer["similarProducts"]) == ["cheap", "dear"]


def test_nothing_stands_beside_a_product_nobody_bought() -> None:
    listed(slug="alone")
    answer = GraphQL().ask(BESIDE, slug="alone")["product"]
    assert answer == {"alsoBought": {"totalCount": 0, "edges": []}, "similarProducts": {"edges": []}}


@pytest.mark.parametrize(("count", "fills"), [(1, 2), (3, 2), (24, 1)])
def test_the_statements_do_not_depend_on_the_number_of_products(count: int, fills: int) -> None:
    shelf, vendor = CategoryFactory.create(), VendorFactory.create()
    found = [f"found-{number:02}" for number in range(count)]
    for slug in ["shared", *found]:
        illustrated(listed(slug=slug, category=shelf, vendor=vendor))
    client = as_guest(
        history({"me": ["shared"], **{f"you-{slug}": ["shared", slug] for slug in found}})["me"]
    )
    expected = min(count, 20)
    asked, answer = statements(GraphQL(), TRENDING)
    assert (asked, len(answer["trendingProducts"]["edges"])) == (3, min(count + 1, 20))
    asked, answer = statements(client, RECOMMENDED)
    # The session, the profile, the neighbours, what they bought; what fills up; the products, their pictures.
    assert (asked, len(answer["recommendedProducts"]["edges"])) == (6 + fills, expected)
    asked, answer = statements(GraphQL(), BESIDE, slug="shared")
    # The product; for each of the two its pairs, their products and those's pictures.
    assert (asked, len(answer["product"]["alsoBought"]["edges"])) == (7, expected)
    asked, answer = statements(GraphQL(), BESIDE_EACH)
    assert (asked, len(answer["products"]["edges"])) == (4, count + 1)


def test_products_beside_products_come_in_constant_statements() -> None:
    history({f"buyer-{number}": [f"one-{number % 3}", f"two-{number % 4}"] for number in range(12)})
    asked, answer = statements(GraphQL(), BESIDE_THOSE)
    inner = [
        slugs(other["node"]["alsoBought"])
        for edge in answer["products"]["edges"]
        for other in edge["node"]["alsoBought"]["edges"]
    ]
    assert len(inner) == 24
    assert {tuple(each) for each in inner} == {
        ("one-0", "one-1", "one-2"),
        ("two-0", "two-1", "two-2", "two-3"),
    }
    assert asked == 5


def test_a_product_by_its_id_has_them_too_and_twice_under_two_names() -> None:
    history({"a": ["tea", "cup"], "b": ["tea", "pot", "cup"]})
    tea = Product.objects.get(slug="tea")
    answer = GraphQL().ask(
        """query($id: ID!) { node(id: $id) { ... on Product {
          all: alsoBought { edges { node { slug } } }
          one: alsoBought(first: 1) { edges { node { slug title variants { totalCount } } } }
        } } }""",
        id=encode_id("Product", tea.pk),
    )["node"]
    assert (slugs(answer["all"]), slugs(answer["one"])) == (["cup", "pot"], ["cup"])
