"""Listings as files: neutral for spreadsheets, and nothing new to who brings them back."""

import csv
import io
import json
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.models import (
    Attribute,
    AttributeChoice,
    AttributeKind,
    CategoryAttribute,
    Product,
    ProductAttribute,
    StockMovement,
    Variant,
)
from catalog.selectors.exports import as_csv, as_json_lines
from tests.catalog.operations.imports.test_running import brought, counts, refused
from tests.factories.catalog import VariantFactory, illustrated, listed
from vendors.models import Vendor

pytestmark = pytest.mark.django_db

NASTY = ["=HYPERLINK(1)", "'=1", "''+x", "-5", "@SUM", '6" "pipe"', "a;b,c", "<img onerror=x>", "'tis"]


@pytest.fixture
def vendor() -> Vendor:
    """With listings of all kinds."""
    rich = listed(
        title=NASTY[0],
        description="=1+1\n\n\"quoted\", 'single'; and\ttabs\n- a list",
        option_names=["=Size", "Colour"],
        sku="=SKU",
        tags=["one", "two words"],
        tax_category="books",
        is_shipped=False,
    )
    rich.variants.update(options={"=Size": "@L", "Colour": "-blue"}, compare_at_minor=9900, weight_g=70)
    VariantFactory.create(
        product=rich, sku="'=B", options={"=Size": "S", "Colour": "red"}, price_minor=1, on_hand=0, reserved=0
    )
    VariantFactory.create(product=rich, sku="GONE", is_active=False)
    illustrated(rich, 2)
    for slug, kind, said in (
        ("material", AttributeKind.MULTI, {"choices": ["clay", "glass"]}),
        ("fragile", AttributeKind.TOGGLE, {"choices": ["yes"]}),
        ("maker", AttributeKind.TEXT, {"text": "=Ada | Sons"}),
        ("length", AttributeKind.NUMBER, {"number_milli": -1250}),
    ):
        _say(rich, slug, kind, said)
    for place, title in enumerate(NASTY[1:]):
        listed(vendor=rich.vendor, category=rich.category, title=title, sku=f"{title} {place}")
    listed(vendor=rich.vendor, category=rich.category, status="draft", title="Draft", sku="D", on_hand=0)
    listed(title="Another vendor's")
    return rich.vendor


def _say(product: Product, slug: str, kind: AttributeKind, said: dict[str, Any]) -> None:
    attribute = Attribute.objects.create(slug=slug, name=slug, kind=kind)
    CategoryAttribute.objects.create(category=product.category, attribute=attribute)
    for name in said.pop("choices", []):
        choice = AttributeChoice.objects.create(attribute=attribute, slug=name, name=name)
        ProductAttribute.objects.create(product=product, attribute=attribute, choice=choice)
        product.choice_keys = [*product.choice_keys, choice.pk]
        product.save()
    if said:
        ProductAttribute.objects.create(product=product, attribute=attribute, **said)


def _all() -> list[list[tuple[Any, ...]]]:
    models = (Product, Variant, ProductAttribute)
    return [list(model._default_manager.order_by("pk").values_list()) for model in models]


def test_h25_what_a_spreadsheet_would_compute_is_text(vendor: Vendor) -> None:
    cells = [cell for row in csv.reader(io.StringIO("".join(as_csv(vendor)))) for cell in row]
    assert [cell for cell in cells if cell[:1] in "=+-@\t\r\n" and cell] == []
    assert "'=HYPERLINK(1)" in cells


@pytest.mark.parametrize("write", [as_csv, as_json_lines])
def test_what_was_taken_along_changes_nothing_when_it_comes_back(vendor: Vendor, write: Any) -> None:
    before = _all()
    file = brought(vendor, "".join(write(vendor)))
    assert (refused(file), counts(file)) == ([], (0, 0, 11, 0))
    assert _all() == before
    assert not StockMovement.objects.exists()


def test_what_is_said_of_the_whole_stands_in_its_first_row(vendor: Vendor) -> None:
    first, second, *_ = map(json.loads, as_json_lines(vendor))
    assert (first["sku"], first["price"], first["compare_at"], first["attribute:length"]) == (
        "=SKU",
        "10.00",
        "99.00",
        "-1.25",
    )
    assert (first["images"].count("/media/products/small.webp"), first["tags"]) == (2, "one|two words")
    assert (second["sku"], second["title"], second["option2_value"]) == ("'=B", "", "red")


def test_a_page_of_listings_costs_as_many_statements_whatever_it_holds() -> None:
    def statements(vendor: Vendor) -> int:
        with CaptureQueriesContext(connection) as captured:
            list(as_csv(vendor))
        return len(captured)

    one = listed().vendor
    three = listed().vendor
    for _ in range(2):
        listed(vendor=three)
    assert [statements(one), statements(three)] == [6, 6]
