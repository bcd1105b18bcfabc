from pathlib import Path

import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from marketplace.kernel.errors import InvalidInput, NotFound, UnusableImage
from tests.factories.catalog import picture
from tests.factories.vendors import VendorFactory
from vendors.models import VendorImage, VendorImageKind
from vendors.operations import images

pytestmark = pytest.mark.django_db

LOGO, COVER = VendorImageKind.LOGO, VendorImageKind.COVER


@pytest.fixture(autouse=True)
def media(settings: Settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def _files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def _names(*rows: VendorImage) -> set[str]:
    return {each["name"] for row in rows for each in row.renditions}


def test_a_logo_is_square_and_a_cover_is_wide(media: Path) -> None:
    vendor = VendorFactory.create()
    content = picture(width=500, height=250)
    logo = images.put_image(vendor=vendor, kind=LOGO, content=content, alt=" A  lamp ")
    cover = images.put_image(vendor=vendor, kind=COVER, content=content)
    assert [(each["width"], each["height"]) for each in logo.renditions] == [(96, 96), (192, 192), (250, 250)]
    assert [(each["width"], each["height"]) for each in cover.renditions] == [(480, 240), (500, 250)]
    assert (logo.alt, logo.width, logo.file.name) == ("A lamp", 250, logo.renditions[-1]["name"])
    assert _files(media) == _names(logo, cover)


def test_another_takes_its_place_once_that_is_committed(
    media: Path, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    vendor, other = VendorFactory.create_batch(2)
    cover = images.put_image(vendor=vendor, kind=COVER, content=picture())
    others = images.put_image(vendor=other, kind=LOGO, content=picture())
    before = images.put_image(vendor=vendor, kind=LOGO, content=picture())
    with django_capture_on_commit_callbacks(execute=True):
        after = images.put_image(vendor=vendor, kind=LOGO, content=picture(colour="red"))
        assert _files(media) == _names(cover, others, before, after)
    assert _files(media) == _names(cover, others, after)
    assert set(VendorImage.objects.all()) == {cover, others, after}


def test_what_cannot_be_used_leaves_what_there_was(media: Path) -> None:
    vendor = VendorFactory.create()
    kept = images.put_image(vendor=vendor, kind=LOGO, content=picture())
    for content, alt, refusal in [(b"<svg/>", "", UnusableImage), (picture(), "a" * 201, InvalidInput)]:
        with pytest.raises(refusal):
            images.put_image(vendor=vendor, kind=LOGO, content=content, alt=alt)
    assert (VendorImage.objects.get(), _files(media)) == (kept, _names(kept))


def test_a_picture_is_removed_once(
    media: Path, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    vendor = VendorFactory.create()
    cover = images.put_image(vendor=vendor, kind=COVER, content=picture())
    images.put_image(vendor=vendor, kind=LOGO, content=picture())
    with django_capture_on_commit_callbacks(execute=True):
        images.remove_image(vendor=vendor, kind=LOGO)
    assert (VendorImage.objects.get(), _files(media)) == (cover, _names(cover))
    with pytest.raises(NotFound):
        images.remove_image(vendor=vendor, kind=LOGO)
