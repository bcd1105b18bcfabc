"""Many variants, and whole listings, changed at once by the vendor's people."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from guardian.shortcuts import assign_perm

from catalog.models import Product, Variant
from checkout.models import ShippedProduct, ShippingProfile
from marketplace.api.scalars import encode_id
from tests.factories.accounts import UserFactory
from tests.factories.catalog import ProductFactory, VariantFactory, illustrated, listed
from tests.factories.vendors import VendorFactory, member_of
from tests.support.graphql import GraphQL
from vendors.permissions import VendorRole

pytestmark = pytest.mark.django_db

LISTING = """... on ListingSuccess { listing { optionNames
  variants(first: 100) { edges { node { sku isActive image { alt } price { amount } } } } } }"""
CHANGED = """... on UpdateVariantsSuccess {
  variants(first: 100) { totalCount edges { node { sku onHand price { amount } } } }
  undo { index price { amount currency } compareAtPrice { amount } isCompared stockDelta isActive }
  problems { index code field message } }"""
REFUSED = "... on VariantsRefusedError { problems { index code field } }"


def call(client: GraphQL, field: str, selection: str, **input: object) -> Any:
    name = field[0].upper() + field[1:]
    document = f"""mutation($input: {name}Input!) {{ {field}(input: $input) {{
      {selection} ... on Error {{ code field }} }} }}"""
    return client.ask(document, input=input)[field]


def row(variant: Variant, **change: object) -> dict[str, object]:
    return {"variant": encode_id("ListingVariant", variant.pk), **change}


def test_a_matrix_is_made_and_then_saved() -> None:
    product = ProductFactory.create()
    picture = illustrated(product)[0]
    seller, listing = GraphQL(member_of(product.vendor)), encode_id("Listing", product.pk)
    axes = [{"name": "Size", "values": ["S", "M"]}]
    made = call(seller, "createVariants", LISTING, listing=listing, axes=axes, price="9.00", skuPrefix="MUG")
    assert made["listing"]["optionNames"] == ["Size"]
    size = [{"name": "Size", "value": "M"}]
    draft = {"sku": "NEW", "price": "8.50", "options": size, "image": encode_id("ProductImage", picture.pk)}
    saved = call(seller, "saveVariants", LISTING, listing=listing, variants=[draft], isComplete=True)[
        "listing"
    ]["variants"]["edges"]
    assert [each["node"] for each in saved] == [
        {"sku": "MUG-S", "isActive": False, "image": None, "price": {"amount": "9.00"}},
        {"sku": "NEW", "isActive": True, "image": {"alt": ""}, "price": {"amount": "8.50"}},
    ]


def test_a_copy_ships_as_its_listing_does_and_a_helper_with_one_listing_makes_none() -> None:
    product = listed(title="Mug")
    profile = ShippingProfile.objects.create(vendor=product.vendor, name="Heavy")
    ShippedProduct.objects.create(product=product, profile=profile)
    listing = encode_id("Listing", product.pk)
    helper = UserFactory.create()
    assign_perm("change_product", helper, product)
    made = "... on ListingSuccess { listing { title status shippingProfile { name } } }"
    assert call(GraphQL(helper), "duplicateProduct", made, listing=listing)["code"] == "NOT_FOUND"
    copy = call(GraphQL(member_of(product.vendor)), "duplicateProduct", made, listing=listing)["listing"]
    assert copy == {"title": "Mug (copy)", "status": "DRAFT", "shippingProfile": {"name": "Heavy"}}
    assert Product.objects.count() == 2


def test_every_draft_that_cannot_be_is_told_of_at_once() -> None:
    product = listed(sku="OLD")
    refused = call(
        GraphQL(member_of(product.vendor)),
        "saveVariants",
        REFUSED,
        listing=encode_id("Listing", product.pk),
        variants=[{"sku": "A", "price": "1.005"}, {"sku": "B", "price": "1", "image": "rubbish"}],
    )
    assert (refused["code"], refused["field"]) == ("VARIANTS_REFUSED", "variants")
    assert refused["problems"] == [
        {"index": 0, "code": "INVALID_INPUT", "field": "price"},
        {"index": 1, "code": "INVALID_INPUT", "field": "image"},
    ]
    assert list(product.variants.values_list("sku", flat=True)) == ["OLD"]


def test_prices_and_stock_of_many_change_and_who_may_not_changes_none() -> None:
    vendor = VendorFactory.create(currency="EUR")
    first, second = (listed(vendor=vendor, sku=sku).variants.get() for sku in ("A", "B"))
    foreign = listed().variants.get()
    account = encode_id("VendorAccount", vendor.pk)
    rows = [row(first, price="8.50", stockDelta=2), row(second, stockDelta=-9), row(foreign, price="1")]
    packer = GraphQL(member_of(vendor, VendorRole.FULFILMENT))
    assert call(packer, "updateVariants", CHANGED, vendor=account, variants=rows)["code"] == "NOT_PERMITTED"
    answer = call(
        GraphQL(member_of(vendor, VendorRole.CATALOGUE)),
        "updateVariants",
        CHANGED,
        vendor=account,
        variants=rows,
    )
    assert answer["variants"]["edges"] == [{"node": {"sku": "A", "onHand": 7, "price": {"amount": "8.50"}}}]
    assert answer["undo"] == [
        {
            "index": 0,
            "price": {"amount": "10.00", "currency": "EUR"},
            "compareAtPrice": None,
            "isCompared": None,
            "stockDelta": -2,
            "isActive": None,
        }
    ]
    assert [(each["index"], each["code"]) for each in answer["problems"]] == [
        (1, "NEGATIVE_STOCK"),
        (2, "NOT_FOUND"),
    ]
    moved = call(packer, "updateVariants", CHANGED, vendor=account, variants=[row(first, stockDelta=-2)])
    assert moved["variants"]["edges"][0]["node"]["onHand"] == 5
    assert Product.objects.get(pk=foreign.product_id).price_minor == 1000


@pytest.mark.parametrize("count", [1, 3])
def test_an_answer_takes_the_same_statements_for_any_number(count: int) -> None:
    product = listed(option_names=["Size"])
    VariantFactory.create_batch(count, product=product)
    seller = GraphQL(member_of(product.vendor))
    rows = [row(each, price="9.00") for each in product.variants.all()]
    account = encode_id("VendorAccount", product.vendor_id)
    with CaptureQueriesContext(connection) as captured:
        call(seller, "updateVariants", CHANGED, vendor=account, variants=rows)
    assert len(captured) == 16
