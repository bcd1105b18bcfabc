"""Changes of listings on sale: asked for by vendors, decided by the platform."""

from pathlib import Path
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries, Settings

from catalog.models import Product, ProductChange, ProductStatus
from marketplace.api.scalars import encode_id
from tests.factories.accounts import UserFactory
from tests.factories.catalog import listed, picture
from tests.factories.vendors import member_of
from tests.support.graphql import GraphQL

pytestmark = pytest.mark.django_db

QUEUE_QUERIES = 9
CHANGE = """id version status differences { field before after } pictures { id isNew alt width }
  rejection { reason faults { field reason note } }"""
LISTING = f"""id title status slug publishAt waitingSince images {{ edges {{ node {{ id }} }} }}
  pendingChange {{ {CHANGE} }} rejection {{ note faults {{ field reason note }} }}
  rejections {{ isOfChange note }}"""


@pytest.fixture
def staff() -> GraphQL:
    return GraphQL(UserFactory.create(is_staff=True, is_superuser=True))


def call(client: GraphQL, field: str, success: str, **input: object) -> Any:
    name = field[0].upper() + field[1:]
    also = f"change {{ {CHANGE} }}" if success == "ProductChangeSuccess" else ""
    document = f"""mutation($input: {name}Input!) {{ {field}(input: $input) {{
        ... on {success} {{ {also} listing {{ {LISTING} }} }} ... on Error {{ code field }} }} }}"""
    return client.ask(document, input=input)[field]


def listing(product: Product) -> str:
    return encode_id("Listing", product.pk)


def test_a_change_is_asked_for_seen_and_approved(staff: GraphQL) -> None:
    product = listed(title="Kettle", slug="kettle")
    seller = GraphQL(member_of(product.vendor))
    asked = call(seller, "updateProduct", "ListingSuccess", listing=listing(product), title="Pot")["listing"]
    change = asked["pendingChange"]
    assert (asked["title"], asked["status"]) == ("Kettle", "PUBLISHED")
    assert change["differences"] == [{"field": "TITLE", "before": "Kettle", "after": "Pot"}]
    it = {"change": change["id"], "version": change["version"]}
    refused = call(seller, "approveProductChange", "ProductChangeSuccess", **it)
    assert refused == {"code": "NOT_FOUND", "field": "change"}
    stale = call(staff, "approveProductChange", "ProductChangeSuccess", **{**it, "version": 7})
    assert stale == {"code": "LISTING_CHANGED", "field": "version"}
    approved = call(staff, "approveProductChange", "ProductChangeSuccess", **it)
    assert (approved["change"]["status"], approved["listing"]["pendingChange"]) == ("APPROVED", None)
    assert approved["change"]["differences"] == change["differences"]
    told = GraphQL().ask('{ product(slug: "kettle") { title slug } }')
    assert told == {"product": {"title": "Pot", "slug": "pot"}}


def test_a_declined_change_names_its_faults_and_comes_again(staff: GraphQL) -> None:
    product = listed(title="Kettle")
    seller = GraphQL(member_of(product.vendor))
    asked = call(seller, "updateProduct", "ListingSuccess", listing=listing(product), title="POT!!!")
    faults = [{"field": "TITLE", "reason": "TITLE", "note": "Do not shout."}]
    change = asked["listing"]["pendingChange"]
    it = {"change": change["id"], "version": 1}
    assert call(staff, "declineProductChange", "ProductChangeSuccess", **it) == {
        "code": "INVALID_INPUT",
        "field": "reason",
    }
    declined = call(staff, "declineProductChange", "ProductChangeSuccess", **it, faults=faults, note="No")
    assert declined["change"]["rejection"] == {"reason": "TITLE", "faults": faults}
    assert declined["listing"]["rejection"] is None
    assert declined["listing"]["rejections"] == [{"isOfChange": True, "note": "No"}]
    again = call(seller, "updateProduct", "ListingSuccess", listing=listing(product), title="Pot")
    change = again["listing"]["pendingChange"]
    taken = call(seller, "withdrawProductChange", "ProductChangeSuccess", change=change["id"])
    assert (taken["change"]["status"], taken["listing"]["pendingChange"]) == ("WITHDRAWN", None)


def test_a_picture_that_waits_is_shown_to_its_vendor_only(
    staff: GraphQL, settings: Settings, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    product = listed(slug="kettle")
    seller = GraphQL(member_of(product.vendor))
    it = {"listing": listing(product)}
    uploaded = call(seller, "uploadProductImage", "ListingSuccess", **it, image=picture(), alt="One")
    (waiting,) = uploaded["listing"]["pendingChange"]["pictures"]
    assert (waiting["isNew"], waiting["alt"], waiting["width"]) == (True, "One", 60)
    assert uploaded["listing"]["images"] == {"edges": []}
    read = '{ product(slug: "kettle") { images { edges { node { alt } } } } }'
    assert GraphQL().ask(read)["product"]["images"] == {"edges": []}
    ordered = call(seller, "reorderProductImages", "ListingSuccess", **it, images=[waiting["id"]])
    change = ordered["listing"]["pendingChange"]
    call(
        staff, "approveProductChange", "ProductChangeSuccess", change=change["id"], version=change["version"]
    )
    assert GraphQL().ask(read)["product"]["images"] == {"edges": [{"node": {"alt": "One"}}]}
    assert call(seller, "removeProductImage", "ListingSuccess", **it, image=waiting["id"]) == {
        "code": "NOT_FOUND",
        "field": "image",
    }


def test_a_listing_is_rejected_field_by_field_and_what_was_said_stays(staff: GraphQL) -> None:
    product = listed(title="Kettle", status=ProductStatus.PROPOSED)
    seller = GraphQL(member_of(product.vendor))
    faults = [
        {"field": "TITLE", "reason": "TITLE", "note": "Which kettle?"},
        {"field": "PICTURES", "reason": "PICTURES", "note": ""},
    ]
    it = {"listing": listing(product)}
    stale = call(staff, "rejectProduct", "ListingSuccess", **it, faults=faults, version=4)
    assert stale == {"code": "LISTING_CHANGED", "field": "version"}
    sent = call(staff, "rejectProduct", "ListingSuccess", **it, faults=faults, note="Nearly.", version=0)
    assert sent["listing"]["rejection"] == {"note": "Nearly.", "faults": faults}
    again = call(seller, "submitProduct", "ListingSuccess", **it)["listing"]
    assert (again["status"], again["rejection"], len(again["rejections"])) == ("PROPOSED", None, 1)
    assert again["waitingSince"] is not None


def test_a_day_is_set_for_a_listing() -> None:
    product = listed(status=ProductStatus.DRAFT)
    seller = GraphQL(member_of(product.vendor))
    it = {"listing": listing(product), "publishAt": "2099-01-01T00:00:00Z"}
    assert call(seller, "scheduleProduct", "ScheduleSuccess", **it)["listing"]["publishAt"] is not None
    refused = call(
        seller, "scheduleProduct", "ScheduleSuccess", **{**it, "publishAt": "2001-01-01T00:00:00Z"}
    )
    assert refused == {"code": "INVALID_INPUT", "field": "publishAt"}


@pytest.mark.parametrize("rows", [1, 3])
def test_the_queue_costs_the_same_for_one_listing_and_for_three(
    staff: GraphQL, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(rows):
        ProductChange.objects.create(product=listed(), title="Pot")
    document = f"{{ platform {{ productsAwaitingReview {{ edges {{ node {{ {LISTING} }} }} }} }} }}"
    with django_assert_num_queries(QUEUE_QUERIES):
        edges = staff.ask(document)["platform"]["productsAwaitingReview"]["edges"]
    assert [edge["node"]["pendingChange"]["differences"][0]["after"] for edge in edges] == ["Pot"] * rows
