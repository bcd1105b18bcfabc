import pytest
from django.db import transaction
from pytest_django import DjangoAssertNumQueries

from catalog.models import Category, Product
from catalog.operations.index import reindex, reindex_category
from catalog.selectors.listings import ProductFilter, buyable_products
from tests.factories.catalog import CategoryFactory, listed
from tests.factories.vendors import VendorFactory
from vendors.operations import profile

pytestmark = pytest.mark.django_db


def _found(text: str) -> list[str]:
    return [product.title for product in buyable_products(ProductFilter(text=text))]


@pytest.mark.parametrize("count", [1, 3])
def test_any_number_of_products_takes_one_statement(
    count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(count):
        listed(title="Kettle")
    Product.objects.update(search=None)
    with django_assert_num_queries(1):
        assert reindex(Product.objects.all()) == count
    assert _found("kettle") == ["Kettle"] * count


def test_a_vendor_that_takes_another_name_is_found_by_it_and_no_longer_by_the_old_one() -> None:
    vendor = VendorFactory.create(name="Nordlicht")
    listed(title="Lamp", vendor=vendor)
    profile.update_profile(vendor=vendor, name="Suedwind", email=vendor.email, about="", timezone="UTC")
    assert (_found("suedwind"), _found("nordlicht")) == (["Lamp"], [])


def test_a_category_is_reindexed_with_those_below_it_and_no_other() -> None:
    above = CategoryFactory.create()
    for category in (above, CategoryFactory.create(parent=above), CategoryFactory.create()):
        listed(category=category)
    Category.objects.update(name="Garden")
    with transaction.atomic():
        assert reindex_category(above) == 2
    assert len(_found("garden")) == 2
