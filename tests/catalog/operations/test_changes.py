from collections.abc import Callable
from pathlib import Path

import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from catalog.errors import ListingChanged, TooManyImages
from catalog.models import (
    ChangePicture,
    ChangeStatus,
    ListingField,
    Product,
    ProductChange,
    ProductImage,
    ProductRejection,
    ProductStatus,
    RejectionReason,
)
from catalog.operations import changes, images
from catalog.operations.products import archive_product, update_product
from catalog.operations.rejections import Fault, verdict
from marketplace.accounts.models import User
from marketplace.kernel import audit
from marketplace.kernel.errors import InvalidInput, TransitionNotAllowed
from marketplace.kernel.pictures import WIDE
from marketplace.kernel.rendering import render
from tests.factories.accounts import UserFactory
from tests.factories.catalog import CategoryFactory, listed, picture

pytestmark = pytest.mark.django_db
DARK = verdict(None, [Fault(field=ListingField.PICTURES, reason=RejectionReason.PICTURES, note="Too dark.")])


@pytest.fixture(autouse=True)
def media(settings: Settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def actor() -> User:
    user: User = UserFactory.create()
    return user


@pytest.fixture
def product() -> Product:
    return listed(title="Kettle", slug="kettle", description="Whistles.")


def _files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def _pending(product: Product) -> ProductChange:
    return ProductChange.objects.get(product=product, status=ChangeStatus.PENDING)


def _upload(product: Product, width: int = 60) -> None:
    images.add_product_image(product=product, content=picture(width=width), alt=str(width))


def test_what_is_risky_waits_and_the_rest_is_written_at_once(product: Product, actor: User) -> None:
    category = CategoryFactory.create()
    update_product(product=product, title="Pot", category=category, description="Sings.", actor=actor)
    product.refresh_from_db()
    assert (product.title, product.description, product.slug) == ("Kettle", "Sings.", "kettle")
    assert product.category != category
    change = _pending(product)
    assert (change.title, change.category, change.description) == ("Pot", category, None)
    assert (change.version, change.author) == (1, actor)


def test_what_is_asked_next_amends_the_one_change(product: Product, actor: User) -> None:
    update_product(product=product, title="Pot")
    update_product(product=product, title="Tea pot", category=product.category)
    change = _pending(product)
    assert (change.title, change.category, change.version) == ("Tea pot", None, 2)
    with pytest.raises(ListingChanged) as caught:
        changes.approve_change(change=change, version=1, actor=actor)
    assert caught.value.version == 2
    update_product(product=product, title="Kettle")
    change.refresh_from_db()
    assert (change.status, change.version) == (ChangeStatus.WITHDRAWN, 3)


def test_an_approved_change_is_on_sale_whole_and_recorded(product: Product, actor: User) -> None:
    category = CategoryFactory.create()
    before = product.category.path
    update_product(product=product, title="Pot", category=category)
    approved = changes.approve_change(change=_pending(product), version=1, actor=actor, note="Fine.")
    product.refresh_from_db()
    assert (product.title, product.category, product.slug) == ("Pot", category, "pot")
    assert (approved.status, approved.before) == ("approved", {"title": "Kettle", "category": before})
    entry = audit.entries_of(product).get(action="catalog.change_approved")
    assert (entry.actor_id, entry.before, entry.after) == (
        actor.pk,
        {"title": "Kettle", "category": before},
        {"title": "Pot", "category": category.path},
    )
    with pytest.raises(TransitionNotAllowed):
        changes.approve_change(change=approved, version=1, actor=actor)


def test_a_declined_change_says_why_and_changes_nothing(product: Product, actor: User) -> None:
    update_product(product=product, title="Pot")
    change = _pending(product)
    changes.decline_change(change=change, version=1, actor=actor, verdict=DARK, note="Almost.")
    product.refresh_from_db()
    assert (product.title, product.status) == ("Kettle", ProductStatus.PUBLISHED)
    why = ProductRejection.objects.get(change=change)
    assert (why.reason, why.note, why.seen) == ("pictures", "Almost.", {"title": "Pot"})
    assert why.faults == [{"field": "pictures", "reason": "pictures", "note": "Too dark."}]
    update_product(product=product, title="Tea pot")
    assert _pending(product).version == 1


def test_pictures_of_a_listing_on_sale_wait_in_the_order_asked_for(
    product: Product,
    actor: User,
    media: Path,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    old = images.add_product_image(product=product, content=render(picture(), WIDE))
    gone = images.add_product_image(product=product, content=render(picture(), WIDE))
    _upload(product)
    (waiting,) = ChangePicture.objects.all()
    assert list(product.images.all()) == [old, gone]
    images.reorder_product_images(product=product, image_ids=[-waiting.pk, gone.pk, old.pk])
    assert isinstance(gone, ProductImage)
    images.remove_product_image(image=gone)
    assert (_pending(product).picture_keys, product.images.count()) == ([-waiting.pk, old.pk], 2)
    with django_capture_on_commit_callbacks(execute=True):
        changes.approve_change(change=_pending(product), version=3, actor=actor)
    shown = list(product.images.all())
    assert [image.alt for image in shown] == ["60", ""]
    assert (shown[1].pk, ChangePicture.objects.count()) == (old.pk, 0)
    assert _files(media) == {image.file.name for image in shown}


@pytest.mark.parametrize("end", ["withdraw", "decline", "archive", "remove"])
def test_pictures_that_only_waited_go_with_their_files(
    product: Product,
    actor: User,
    media: Path,
    end: str,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    _upload(product)
    change = _pending(product)
    ends: dict[str, Callable[[], object]] = {
        "withdraw": lambda: changes.withdraw_change(change=change, actor=actor),
        "decline": lambda: changes.decline_change(change=change, version=1, actor=actor, verdict=DARK),
        "archive": lambda: archive_product(product=product, actor=actor),
        "remove": lambda: images.remove_product_image(image=change.pictures.get()),
    }
    with django_capture_on_commit_callbacks(execute=True):
        ends[end]()
    change.refresh_from_db()
    assert change.status == ("declined" if end == "decline" else "withdrawn")
    assert (ChangePicture.objects.count(), _files(media), product.images.count()) == (0, set(), 0)


def test_the_limit_of_pictures_counts_those_that_wait(
    product: Product, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changes, "MAX_IMAGES", 1)
    _upload(product)
    with pytest.raises(TooManyImages):
        _upload(product)
    assert (_pending(product).version, len(_files(media))) == (1, 1)
    with pytest.raises(InvalidInput):
        images.reorder_product_images(product=product, image_ids=[1])


def test_a_change_approved_unseen_is_written_at_once_and_kept(settings: Settings, product: Product) -> None:
    settings.UNREVIEWED_VENDORS = ("all",)
    update_product(product=product, title="Pot")
    _upload(product)
    product.refresh_from_db()
    assert (product.title, product.images.count(), ChangePicture.objects.count()) == ("Pot", 1, 0)
    assert [change.status for change in product.changes.all()] == ["approved", "approved"]
    assert audit.entries_of(product).filter(action="catalog.change_approved", actor_id=None).count() == 2


def test_trust_is_earned_by_listings_and_lost_by_a_rejection(settings: Settings, product: Product) -> None:
    settings.UNREVIEWED_VENDORS, settings.TRUSTED_VENDOR_LISTINGS = ("trusted",), 2
    update_product(product=product, title="Pot")
    assert _pending(product).title == "Pot"
    listed(vendor=product.vendor)
    update_product(product=product, title="Pan")
    product.refresh_from_db()
    assert product.title == "Pan"
    ProductRejection.objects.create(product=product, reason=RejectionReason.OTHER)
    assert changes.is_trusted(product.vendor_id) is False


def test_what_staff_do_not_look_at_is_written_at_once(settings: Settings, product: Product) -> None:
    settings.REVIEWED_LISTING_FIELDS = ("description",)
    update_product(product=product, title="Pot", description="Sings.")
    product.refresh_from_db()
    assert (product.title, product.description) == ("Pot", "Whistles.")
    assert _pending(product).description == "Sings."
