import pytest

from catalog.models import Category, Product, ProductStatus, SearchWord
from catalog.operations.vocabulary import refresh_vocabulary
from tests.factories.catalog import CategoryFactory, listed
from tests.factories.vendors import VendorFactory
from vendors.models import VendorStatus

pytestmark = pytest.mark.django_db


def known() -> dict[str, int]:
    return dict(SearchWord.objects.values_list("word", "products"))


def test_words_of_what_buyers_see_are_kept_as_they_are_written_and_counted() -> None:
    nord = VendorFactory.create(name="Nördlicht AB")
    kitchen = CategoryFactory.create(name="Kitchens")
    tea = listed(title="Kettles 2 B4", description="Unsaid", vendor=nord, category=kitchen, tags=["gift"])
    listed(title="Kettles, kettles", vendor=nord, category=kitchen)
    listed(title="Draft", status=ProductStatus.DRAFT, category=kitchen)
    listed(title="Closed", vendor=VendorFactory.create(status=VendorStatus.SUSPENDED), category=kitchen)
    assert refresh_vocabulary() == 4
    assert known() == {"kettles": 2, "nordlicht": 2, "kitchens": 2, "gift": 1}
    assert refresh_vocabulary() == 0
    Product.objects.filter(pk=tea.pk).update(status=ProductStatus.ARCHIVED)
    Category.objects.update(name="Kitchen")
    assert refresh_vocabulary() == 5
    assert known() == {"kettles": 1, "nordlicht": 1, "kitchen": 1}
