from pathlib import Path

import pytest
from pytest_django import DjangoAssertNumQueries, Settings

from catalog.answering import Answer
from catalog.models import AttributeKind, Product, ProductAttribute, ProductStatus, Variant
from catalog.operations.duplicates import duplicate_product
from catalog.operations.images import add_product_image
from catalog.operations.products import update_product
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.pictures import WIDE
from marketplace.kernel.rendering import render
from tests.factories.attributes import asks, attribute
from tests.factories.catalog import VariantFactory, illustrated, listed, picture

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(tmp_path: Path, settings: Settings) -> Path:
    settings.MEDIA_ROOT = str(tmp_path)
    return tmp_path


def _files(folder: Path) -> set[str]:
    return {str(path) for path in folder.rglob("*.webp")}


def _mug() -> Product:
    """A mug that says what it is made of, shown by a picture, with a variant beside it that is off sale."""
    product = listed(title="Mug", sku="MUG", option_names=["Size"], tags=["blue"])
    asks(product.category, attribute("Material", AttributeKind.SINGLE, "Clay"))
    update_product(product=product, answers=[Answer(attribute="material", choices=("clay",))])
    image = add_product_image(product=product, content=render(picture(), WIDE), alt="A mug")
    Variant.objects.filter(product=product).update(image=image)
    VariantFactory.create(product=product, is_active=False)
    product.refresh_from_db()
    return product


def test_a_copy_is_a_draft_of_its_own_with_everything_but_the_stock(media: Path) -> None:
    product = _mug()
    copy, another = duplicate_product(product=product), duplicate_product(product=product)
    assert (copy.title, copy.slug, another.slug) == ("Mug (copy)", "mug-copy", "mug-copy-2")
    assert (copy.status, copy.published_at, copy.price, copy.is_in_stock) == (
        ProductStatus.DRAFT,
        None,
        product.price,
        False,
    )
    assert (copy.tags, copy.option_names, copy.choice_keys) == (["blue"], ["Size"], product.choice_keys)
    assert ProductAttribute.objects.filter(product=copy).count() == 1
    (variant,) = copy.variants.all()
    assert (variant.sku, variant.on_hand, variant.movements.count()) == ("MUG-COPY", 0, 0)
    assert another.variants.get().sku == "MUG-COPY-2"
    (image,) = copy.images.all()
    assert (variant.image, image.alt) == (image, "A mug")
    assert image.file.name != product.images.get().file.name
    names = (image.file.name, product.images.get().file.name)
    assert len({(media / str(name)).read_bytes() for name in names}) == 1
    assert Product.objects.get(pk=product.pk).status == ProductStatus.PUBLISHED


def test_the_same_key_makes_one_copy_and_leaves_no_files(media: Path) -> None:
    product = _mug()
    first = duplicate_product(product=product, idempotency_key="k")
    files = _files(media)
    assert duplicate_product(product=product, idempotency_key="k") == first
    with pytest.raises(InvalidInput):
        duplicate_product(product=product, idempotency_key="")
    assert (_files(media), Product.objects.count()) == (files, 2)


def test_a_picture_whose_files_are_gone_is_left_out() -> None:
    product = listed()
    illustrated(product, 2)
    copy = duplicate_product(product=product)
    assert (copy.images.count(), copy.variants.count()) == (0, 1)


@pytest.mark.parametrize("count", [1, 3])
def test_a_copy_takes_the_same_statements_whatever_the_listing_has(
    count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    product = listed(option_names=["Size"])
    VariantFactory.create_batch(count, product=product)
    for _ in range(count):
        add_product_image(product=product, content=render(picture(), WIDE))
    with django_assert_num_queries(17):
        duplicate_product(product=product)
