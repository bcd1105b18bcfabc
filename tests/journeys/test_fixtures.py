"""The catalogue as Django's fixtures: written out, and brought into an empty database again."""

import json
from pathlib import Path
from typing import Any, Final

import pytest
from django.core.management import call_command

from catalog.models import (
    Attribute,
    AttributeChoice,
    Product,
    ProductAttribute,
    ProductImage,
    ProductSlug,
    StockMovement,
    StockReason,
)
from catalog.operations.stock import adjust_stock
from catalog.selectors.listings import ProductFilter, buyable_products
from tests.factories.accounts import UserFactory
from tests.factories.catalog import CategoryFactory, listed

# Whose goods they are, and who moved them; a catalogue refers to nothing else.
LABELS: Final = ("accounts.User", "vendors.Vendor", "catalog")


def _dumped(path: Path) -> list[dict[str, Any]]:
    call_command("dumpdata", *LABELS, format="json", indent=4, output=str(path), verbosity=0)
    rows: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    return rows


@pytest.mark.django_db(transaction=True)
def test_a_catalogue_that_is_dumped_and_loaded_is_the_same_again(tmp_path: Path) -> None:
    first, again = tmp_path / "products.json", tmp_path / "again.json"
    home = CategoryFactory.create()
    below = CategoryFactory.create(parent=home)
    product = listed(title="Grüne Tasse", price_minor=1250, on_hand=7, category=below)
    variant = product.variants.get()
    adjust_stock(variant=variant, delta=2, reason=StockReason.RECEIVED, actor=UserFactory.create())
    attribute = Attribute.objects.create(slug="material", name="Material", kind="single")
    choice = AttributeChoice.objects.create(attribute=attribute, slug="clay", name="Clay")
    ProductAttribute.objects.create(product=product, attribute=attribute, choice=choice)
    ProductImage.objects.create(product=product, file="products/a.webp", width=480, height=480, alt="A cup")
    Product.objects.filter(pk=product.pk).update(slug="green-cup")
    before = _dumped(first)
    names = {row["model"] for row in before}
    assert {"catalog.category", "catalog.product", "catalog.variant", "catalog.productattribute"} < names

    call_command("flush", interactive=False, verbosity=0)
    assert not Product.objects.exists()
    call_command("loaddata", str(first), verbosity=0)

    assert _dumped(again) == before
    found = buyable_products(ProductFilter(text="Tasse", categories=(home.slug,), in_stock=True))
    assert [each.title for each in found] == ["Grüne Tasse"]
    assert StockMovement.objects.count() == 1
    assert set(ProductSlug.objects.values_list("slug", flat=True)) == {product.slug, "green-cup"}
    # A row that is made now has a key of its own.
    assert CategoryFactory.create().pk > below.pk
