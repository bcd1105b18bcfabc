"""Listings changed by the vendor's people and decided on by the platform."""

from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from catalog.models import Product, ProductStatus, StockMovement, Variant
from checkout.models import ShippingProfile
from marketplace.api.scalars import encode_id
from tests.factories.accounts import UserFactory
from tests.factories.catalog import (
    CategoryFactory,
    ProductFactory,
    VariantFactory,
    illustrated,
    listed,
    picture,
)
from tests.factories.checkout import TaxRuleFactory, zone_of
from tests.factories.vendors import VendorFactory, member_of
from tests.support.graphql import GraphQL
from vendors.permissions import VendorRole

pytestmark = pytest.mark.django_db

MUTATION = """mutation($input: %(name)sInput!) { %(field)s(input: $input) {
  ... on %(success)s { %(selection)s } ... on Error { code field } } }"""
LISTING = "listing { id title slug status optionNames price { amount currency } }"
VARIANT = "variant { sku onHand available price { amount currency } options { name value } }"


def call(client: GraphQL, field: str, **input: object) -> Any:
    name = field[0].upper() + field[1:]
    is_variant = field in {"saveVariant", "adjustStock"}
    document = MUTATION % {
        "name": name,
        "field": field,
        "success": "VariantSuccess" if is_variant else "ListingSuccess",
        "selection": VARIANT if is_variant else LISTING,
    }
    return client.ask(document, input=input)[field]


def listing(product: Product) -> str:
    return encode_id("Listing", product.pk)


def test_a_listing_goes_from_draft_to_sale() -> None:
    vendor = VendorFactory.create(currency="EUR")
    seller = GraphQL(member_of(vendor, VendorRole.CATALOGUE))
    made = call(
        seller,
        "createProduct",
        vendor=encode_id("VendorAccount", vendor.pk),
        category=encode_id("Category", CategoryFactory.create().pk),
        title="Blue mug",
        optionNames=["Size"],
    )["listing"]
    assert (made["slug"], made["status"], made["price"]) == ("blue-mug", "DRAFT", None)
    variant = call(
        seller,
        "saveVariant",
        listing=made["id"],
        sku="MUG-L",
        price="12.50",
        options=[{"name": "Size", "value": "L"}],
    )["variant"]
    assert variant == {
        "sku": "MUG-L",
        "onHand": 0,
        "available": 0,
        "price": {"amount": "12.50", "currency": "EUR"},
        "options": [{"name": "Size", "value": "L"}],
    }
    assert call(seller, "submitProduct", listing=made["id"])["listing"]["status"] == "PROPOSED"
    staff = GraphQL(UserFactory.create(is_staff=True, is_superuser=True))
    published = call(staff, "approveProduct", listing=made["id"])["listing"]
    assert (published["status"], published["price"]["amount"]) == ("PUBLISHED", "12.50")
    assert GraphQL().ask('{ product(slug: "blue-mug") { title } }') == {"product": {"title": "Blue mug"}}


def test_another_vendors_listing_answers_like_none() -> None:
    product = listed(title="Before")
    stranger = GraphQL(member_of(VendorFactory.create()))
    for identifier in (listing(product), encode_id("Listing", product.pk + 1000)):
        for field, more in (
            ("updateProduct", {"title": "After"}),
            ("submitProduct", {}),
            ("archiveProduct", {}),
            ("approveProduct", {}),
            ("rejectProduct", {"reason": "TITLE"}),
            ("saveVariant", {"sku": "X", "price": "1"}),
        ):
            refused = call(stranger, field, listing=identifier, **more)
            assert refused == {"code": "NOT_FOUND", "field": "listing"}, field
    product.refresh_from_db()
    assert (product.title, product.status, product.variants.count()) == ("Before", "published", 1)


def test_a_role_that_may_look_may_not_change() -> None:
    product = listed()
    looker = GraphQL(member_of(product.vendor, VendorRole.SUPPORT))
    assert call(looker, "archiveProduct", listing=listing(product))["code"] == "NOT_PERMITTED"
    product.refresh_from_db()
    assert product.status == ProductStatus.PUBLISHED


def test_what_is_left_out_stays() -> None:
    product = listed(title="Before", description="Kept", status=ProductStatus.DRAFT)
    seller = GraphQL(member_of(product.vendor))
    assert (
        call(seller, "updateProduct", listing=listing(product), title="After")["listing"]["title"] == "After"
    )
    product.refresh_from_db()
    assert product.description == "Kept"


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"sku": "TAKEN"}, "SKU_TAKEN", "sku"),
        ({"price": "-1"}, "INVALID_INPUT", "price"),
        ({"price": "1.005"}, "INVALID_INPUT", "price"),
        ({"price": "5", "compareAtPrice": "4"}, "INVALID_INPUT", "compareAtPrice"),
        ({"options": [{"name": "Colour", "value": "Blue"}]}, "OPTIONS_MISMATCH", "options"),
        ({"variant": encode_id("ListingVariant", 10**9)}, "NOT_FOUND", "variant"),
    ],
)
def test_a_variant_that_cannot_be_is_refused_by_name(
    change: dict[str, object], code: str, field: str
) -> None:
    product = listed(sku="TAKEN")
    other = ProductFactory.create(vendor=product.vendor)
    seller = GraphQL(member_of(product.vendor))
    refused = call(
        seller, "saveVariant", **({"listing": listing(other), "sku": "NEW", "price": "5"} | change)
    )
    assert refused == {"code": code, "field": field}
    assert not Variant.objects.filter(product=other).exists()


def test_stock_is_adjusted_once_for_a_key() -> None:
    variant = VariantFactory.create(on_hand=5)
    seller = GraphQL(member_of(variant.product.vendor, VendorRole.FULFILMENT))
    request: dict[str, Any] = {
        "variant": encode_id("ListingVariant", variant.pk),
        "delta": 3,
        "reason": "RECEIVED",
        "idempotencyKey": "delivery-17",
    }
    assert call(seller, "adjustStock", **request)["variant"]["onHand"] == 8
    assert call(seller, "adjustStock", **request)["variant"]["onHand"] == 8
    assert call(seller, "adjustStock", **request | {"delta": 4})["code"] == "IDEMPOTENCY_KEY_REUSED"
    assert [movement.delta for movement in StockMovement.objects.all()] == [3]


def test_stock_never_goes_below_what_is_promised() -> None:
    variant = VariantFactory.create(on_hand=5, reserved=4)
    seller = GraphQL(member_of(variant.product.vendor))
    identifier = encode_id("ListingVariant", variant.pk)
    refused = call(seller, "adjustStock", variant=identifier, delta=-2, reason="DAMAGED")
    assert refused == {"code": "NEGATIVE_STOCK", "field": "delta"}
    assert not StockMovement.objects.exists()


def test_staff_send_a_listing_back() -> None:
    product = ProductFactory.create(status=ProductStatus.PROPOSED)
    staff = GraphQL(UserFactory.create(is_staff=True, is_superuser=True))
    answer = call(staff, "rejectProduct", listing=listing(product), reason="PICTURES", note="Too dark")
    assert answer["listing"]["status"] == "REJECTED"


IMAGES = "listing { images { edges { node { id alt width } } } }"


def pictured(client: GraphQL, field: str, **input: object) -> Any:
    name = field[0].upper() + field[1:]
    parts = {"name": name, "field": field, "success": "ListingSuccess", "selection": IMAGES}
    answer = client.ask(MUTATION % parts, input=input)[field]
    if "listing" not in answer:
        return answer
    return [edge["node"] for edge in answer["listing"]["images"]["edges"]]


def test_pictures_are_added_ordered_and_removed(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    product = listed(status=ProductStatus.DRAFT)
    seller, helper = (
        GraphQL(member_of(product.vendor, role)) for role in (VendorRole.CATALOGUE, VendorRole.SUPPORT)
    )
    it = {"listing": listing(product)}
    refused = pictured(helper, "uploadProductImage", **it, image=picture())
    assert refused == {"code": "NOT_PERMITTED", "field": None}
    pictured(seller, "uploadProductImage", **it, image=picture(width=40), alt="One")
    first, second = pictured(seller, "uploadProductImage", **it, image=picture(width=50), alt="Two")
    assert [(each["alt"], each["width"]) for each in (first, second)] == [("One", 40), ("Two", 50)]
    turned = pictured(seller, "reorderProductImages", **it, images=[second["id"], first["id"]])
    assert turned == [second, first]
    for images in ([first["id"]], [first["id"]] * 2, []):
        assert pictured(seller, "reorderProductImages", **it, images=images)["code"] == "INVALID_INPUT"
    assert pictured(seller, "removeProductImage", **it, image=first["id"]) == [second]
    again = pictured(seller, "removeProductImage", **it, image=first["id"])
    assert again == {"code": "NOT_FOUND", "field": "image"}
    broken = pictured(seller, "uploadProductImage", **it, image=b"GIF89a")
    assert broken == {"code": "UNUSABLE_IMAGE", "field": "image"}


def test_a_picture_of_another_listing_is_none_of_this_one() -> None:
    product, other = listed(), listed()
    foreign = illustrated(other)[0]
    seller = GraphQL(member_of(product.vendor, VendorRole.CATALOGUE))
    image = encode_id("ProductImage", foreign.pk)
    refused = pictured(seller, "removeProductImage", listing=listing(product), image=image)
    assert refused == {"code": "NOT_FOUND", "field": "image"}
    refused = pictured(seller, "reorderProductImages", listing=listing(product), images=[image])
    assert refused == {"code": "INVALID_INPUT", "field": "images"}
    assert other.images.get() == foreign


def test_a_listing_says_how_it_ships_and_how_it_is_taxed() -> None:
    product, foreign = listed(), zone_of(VendorFactory.create()).profile
    default = zone_of(product.vendor).profile
    named = ShippingProfile.objects.create(vendor=product.vendor, name="Farm")
    TaxRuleFactory.create(category="books")
    seller = GraphQL(member_of(product.vendor, VendorRole.CATALOGUE))
    told = "listing { isShipped taxCategory shippingProfile { name } }"
    document = MUTATION % {
        "name": "UpdateProduct",
        "field": "updateProduct",
        "success": "ListingSuccess",
        "selection": told,
    }

    def update(**input: object) -> Any:
        return seller.ask(document, input={"listing": listing(product), **input})["updateProduct"]

    by = {each: encode_id("ShippingProfile", each.pk) for each in (default, named, foreign)}
    assert update(isShipped=False, taxCategory="books", shippingProfile=by[named])["listing"] == {
        "isShipped": False,
        "taxCategory": "books",
        "shippingProfile": {"name": "Farm"},
    }
    assert update(taxCategory="boks") == {"code": "INVALID_INPUT", "field": "taxCategory"}
    assert update(shippingProfile=by[foreign], isShipped=True) == {
        "code": "NOT_FOUND",
        "field": "shippingProfile",
    }
    assert update(shippingProfile=by[default])["listing"] == {
        "isShipped": False,
        "taxCategory": "books",
        "shippingProfile": None,
    }
    made = call(
        seller,
        "createProduct",
        vendor=encode_id("VendorAccount", product.vendor_id),
        category=encode_id("Category", product.category_id),
        title="Farm song",
        taxCategory="books",
        shippingProfile=by[named],
    )["listing"]
    created = Product.objects.get(slug=made["slug"])
    assert (created.tax_category, created.is_shipped, created.shipping.profile) == ("books", True, named)
    refused = call(
        seller,
        "createProduct",
        vendor=encode_id("VendorAccount", product.vendor_id),
        category=encode_id("Category", product.category_id),
        title="Nobody's song",
        shippingProfile=by[foreign],
    )
    assert (refused["code"], Product.objects.count()) == ("NOT_FOUND", 2)
