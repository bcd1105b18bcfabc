from pathlib import Path

import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from catalog.errors import TooManyImages
from catalog.models import ProductImage, ProductStatus
from catalog.operations import images
from marketplace.kernel.errors import InvalidInput, UnusableImage
from tests.factories.catalog import ProductFactory, picture

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings: Settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def _files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_a_picture_is_kept_in_every_size_beside_its_row(media: Path) -> None:
    image = images.add_product_image(
        product=ProductFactory.create(status=ProductStatus.DRAFT),
        content=picture(width=1000, height=500),
        alt=" A  kettle ",
    )
    assert isinstance(image, ProductImage)
    assert (image.width, image.height, image.alt, image.position) == (1000, 500, "A kettle", 0)
    assert [(each["width"], each["height"]) for each in image.renditions] == [
        (480, 240),
        (960, 480),
        (1000, 500),
    ]
    assert _files(media) == {each["name"] for each in image.renditions}
    assert image.file.name == image.renditions[-1]["name"]
    assert image.placeholder.startswith("data:image/webp;base64,")
    assert (media / str(image.file)).read_bytes()[8:12] == b"WEBP"


def test_the_same_picture_twice_has_files_of_its_own(media: Path) -> None:
    product = ProductFactory.create(status=ProductStatus.DRAFT)
    first, second = (images.add_product_image(product=product, content=picture()) for _ in range(2))
    assert list(product.images.values_list("position", flat=True)) == [0, 1]
    assert first.file.name != second.file.name
    assert len(_files(media)) == 2


def test_an_unusable_upload_leaves_nothing_behind(media: Path) -> None:
    with pytest.raises(UnusableImage):
        images.add_product_image(product=ProductFactory.create(status=ProductStatus.DRAFT), content=b"<svg/>")
    assert (ProductImage.objects.count(), _files(media)) == (0, set())


def test_a_picture_too_many_is_refused_and_its_files_are_deleted(
    media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(images, "MAX_IMAGES", 1)
    product = ProductFactory.create(status=ProductStatus.DRAFT)
    kept = images.add_product_image(product=product, content=picture())
    with pytest.raises(TooManyImages) as caught:
        images.add_product_image(product=product, content=picture(width=2000))
    assert caught.value.limit == 1
    assert (ProductImage.objects.get(), _files(media)) == (kept, {kept.file.name})


def test_files_are_deleted_once_the_removal_is_committed(
    media: Path, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    product = ProductFactory.create(status=ProductStatus.DRAFT)
    kept, removed = (images.add_product_image(product=product, content=picture()) for _ in range(2))
    with django_capture_on_commit_callbacks(execute=True):
        images.remove_product_image(image=removed)
        assert len(_files(media)) == 2
    assert (ProductImage.objects.get(), _files(media)) == (kept, {kept.file.name})


def test_pictures_stand_in_the_order_given() -> None:
    product = ProductFactory.create(status=ProductStatus.DRAFT)
    keys = [images.add_product_image(product=product, content=picture()).pk for _ in range(3)]
    images.reorder_product_images(product=product, image_ids=keys[::-1])
    assert list(product.images.values_list("pk", flat=True)) == keys[::-1]


def test_an_order_that_forgets_or_repeats_a_picture_or_names_a_foreign_one_is_refused() -> None:
    product = ProductFactory.create(status=ProductStatus.DRAFT)
    first, second = (images.add_product_image(product=product, content=picture()).pk for _ in range(2))
    foreign = images.add_product_image(
        product=ProductFactory.create(status=ProductStatus.DRAFT), content=picture()
    ).pk
    for keys in ([first], [first, first], [first, second, foreign], []):
        with pytest.raises(InvalidInput):
            images.reorder_product_images(product=product, image_ids=keys)
    assert list(product.images.values_list("pk", flat=True)) == [first, second]
