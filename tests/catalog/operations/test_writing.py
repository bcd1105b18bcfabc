import pytest
from django.db import IntegrityError, transaction

from catalog.models import Product, ProductSlug, ProductStatus
from catalog.operations.products import create_product, update_product
from catalog.selectors.listings import product_by_slug
from tests.factories.catalog import CategoryFactory, listed
from tests.factories.vendors import VendorFactory

pytestmark = pytest.mark.django_db


def _made(title: str) -> Product:
    return create_product(vendor=VendorFactory.create(), category=CategoryFactory.create(), title=title)


def test_a_slug_follows_its_title_and_the_old_ones_go_on_leading_there() -> None:
    product, other = _made("Kettle"), _made("Cup")
    assert update_product(product=product, title="Tea kettle").slug == "tea-kettle"
    assert update_product(product=product, title="Tea Kettle!").slug == "tea-kettle"
    assert update_product(product=other, title="Kettle").slug == "kettle-2"
    assert update_product(product=product, title="Kettle").slug == "kettle"
    assert _made("Tea kettle").slug == "tea-kettle-2"
    listed_now = listed(slug="pot", title="Pot")
    Product.objects.filter(pk=listed_now.pk).update(slug="pan")
    assert [product_by_slug(slug).get().slug for slug in ("pot", "pan")] == ["pan", "pan"]


def test_a_slug_that_was_not_made_of_the_title_stays() -> None:
    product = listed(slug="my-own", title="Kettle", status=ProductStatus.DRAFT)
    assert update_product(product=product, title="Pot").slug == "my-own"


def test_the_database_gives_a_borne_slug_to_nobody_else_ever() -> None:
    product = listed(slug="kettle")
    Product.objects.filter(pk=product.pk).update(slug="pot")
    with pytest.raises(IntegrityError, match="is or was that of another product"), transaction.atomic():
        listed(slug="kettle")
    gone = _made("Gone")
    gone.delete()
    with pytest.raises(IntegrityError, match="is or was that of another product"), transaction.atomic():
        listed(slug="gone", vendor=gone.vendor)
    assert ProductSlug.objects.get(slug="gone").product is None
    assert _made("Gone").slug == "gone-2"


def test_what_reviewers_look_at_counts_as_another_version() -> None:
    product = _made("Kettle")
    assert update_product(product=product, title="Kettle", is_shipped=False).version == 0
    assert update_product(product=product, description="Whistles.").version == 1
