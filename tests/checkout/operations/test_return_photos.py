"""Photos of what comes back: once each, few, and gone with their buyer."""

from pathlib import Path

import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from checkout.errors import TooManyPhotos
from checkout.models import Return, ReturnPhoto, ReturnReason, ReturnWish
from checkout.operations import return_photos
from checkout.operations.fulfil import fulfill_vendor_order
from checkout.operations.returns import Wanted, request_return, withdraw_return
from marketplace.kernel.errors import TransitionNotAllowed, UnusableImage
from tests.factories.catalog import picture
from tests.factories.checkout import buyable
from tests.factories.sold import line_of, part_of, sold
from tests.support.races import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings: Settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def _asked() -> Return:
    part = part_of(sold(buyable()))
    fulfill_vendor_order(part=part, actor=None)
    wanted = {line_of(part).pk: Wanted(units=1, reason=ReturnReason.DAMAGED)}
    return request_return(part=part, wanted=wanted, wish=ReturnWish.REFUND, actor=None)


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_the_same_file_is_one_photo(media: Path) -> None:
    asked = _asked()
    photo = return_photos.add_photo(asked=asked, content=picture(), alt="A crack", actor=None)
    assert return_photos.add_photo(asked=asked, content=picture(), actor=None) == photo
    assert (ReturnPhoto.objects.get(), photo.alt) == (photo, "A crack")
    assert len(_files(media)) == len(photo.renditions)


@pytest.mark.django_db(transaction=True)
def test_the_same_file_twice_at_once_is_one_photo_too(media: Path) -> None:
    asked, content = _asked(), picture()
    first, second = at_once(*[lambda: return_photos.add_photo(asked=asked, content=content, actor=None)] * 2)
    assert first == second == ReturnPhoto.objects.get()
    assert len(_files(media)) == len(ReturnPhoto.objects.get().renditions)


def test_there_are_few_and_none_of_what_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(return_photos, "MOST", 1)
    asked = _asked()
    with pytest.raises(UnusableImage):
        return_photos.add_photo(asked=asked, content=b"<svg onload=alert(1)>", actor=None)
    return_photos.add_photo(asked=asked, content=picture(), actor=None)
    with pytest.raises(TooManyPhotos):
        return_photos.add_photo(asked=asked, content=picture(colour="red"), actor=None)
    withdraw_return(asked=asked, actor=None)
    with pytest.raises(TransitionNotAllowed):
        return_photos.add_photo(asked=Return.objects.get(), content=picture(colour="blue"), actor=None)
    assert ReturnPhoto.objects.count() == 1


def test_they_go_with_their_buyer(
    media: Path, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    return_photos.add_photo(asked=_asked(), content=picture(), actor=None)
    with django_capture_on_commit_callbacks(execute=True):
        return_photos.forget_photos(Return.objects.all())
    assert (ReturnPhoto.objects.count(), _files(media)) == (0, [])
