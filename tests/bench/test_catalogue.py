"""The generated catalogue agrees with what the catalogue's own operations would have made of it."""

import pytest
from django.db import connection
from django.db.models import F, Sum
from django.test.utils import CaptureQueriesContext

from bench import catalogue
from bench.catalogue import BRANCHES, load
from catalog.models import Category, Product, ProductImage, StockMovement, Variant
from catalog.operations.index import reindex
from catalog.operations.offers import refresh_offers
from vendors.models import Vendor

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue, "BATCH", 20)
    load(products=50, vendors=5)


def test_it_has_the_size_that_was_asked_for() -> None:
    assert Product.objects.buyable().count() == ProductImage.objects.count() == 50
    assert Vendor.objects.count() == 5
    eight, six, four = BRANCHES
    assert Category.objects.count() == eight + eight * six + eight * six * four


def test_every_offer_is_settled_as_the_operation_settles_it() -> None:
    products = list(Product.objects.all())
    with CaptureQueriesContext(connection) as queries:
        refresh_offers(products)
    assert [query["sql"] for query in queries if not query["sql"].startswith("SELECT")] == []


def test_every_product_is_found_by_what_the_index_would_hold() -> None:
    before = dict(Product.objects.values_list("pk", "search"))
    reindex(Product.objects.all())
    assert dict(Product.objects.values_list("pk", "search")) == before
    assert None not in before.values()


def test_the_stock_of_a_variant_is_the_sum_of_its_movements() -> None:
    moved = Variant.objects.annotate(moved=Sum("movements__delta", default=0))
    assert list(moved.exclude(moved=F("on_hand"))) == []
    assert StockMovement.objects.count() > 0


def test_a_row_made_afterwards_gets_a_key_of_its_own() -> None:
    category = Category.objects.create(name="Late", slug="late", path="late")
    assert category.pk == Category.objects.count()
