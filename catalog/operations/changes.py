"""Changes of listings that are on sale: they wait for the platform while the listing is sold as it is.

Which fields wait is the setting REVIEWED_LISTING_FIELDS, whose changes are approved unseen is
UNREVIEWED_VENDORS. A product has one change that waits; what its vendor asks for next amends it. The lock of
the product guards its changes, and their `version` that nobody decides about what they have not seen.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from django.db import transaction

from catalog.errors import ListingChanged, TooManyImages
from catalog.events import ProductChangeApproved, ProductChangeDeclined, ProductChangeProposed
from catalog.models import (
    AGREED,
    CHANGE_MOVES,
    MAX_IMAGES,
    ChangePicture,
    ChangeStatus,
    Product,
    ProductChange,
    ProductImage,
    ProductRejection,
    ProductStatus,
)
from catalog.operations.rejections import Verdict, as_facts, reject
from catalog.operations.writing import note_change, write
from marketplace.accounts.models import User
from marketplace.kernel import adjustable, audit, clock, pictures
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.events import publish
from marketplace.kernel.locking import lock_one
from marketplace.kernel.texts import prose

PICTURES: Final = "pictures"
COLUMNS: Final = ("title", "description", "category")
BRIEF: Final = 200
# How long a vendor is not trusted after something of its was sent back.
PROBATION: Final = timedelta(days=90)


def waits(product: Product, field: str) -> bool:
    """Whether a change of this field waits for the platform. The caller holds the product."""
    return product.status in AGREED and field in adjustable.words("REVIEWED_LISTING_FIELDS")


def keep_back(product: Product, wanted: Mapping[str, Any], *, author: User | None) -> dict[str, Any]:
    """Keep what may not be written at once for the platform to decide; returns what may.

    The caller holds the product. A field that shall be as it is on sale waits no more.
    """
    kept = {name: value for name, value in wanted.items() if name in COLUMNS and waits(product, name)}
    if kept:
        change = pending_of(product)
        differing = {name: value for name, value in kept.items() if value != getattr(product, name)}
        if change is not None or differing:
            asked = {name: differing.get(name) for name in kept}
            _amend(product, change, asked, author=author)
    return {name: value for name, value in wanted.items() if name not in kept}


def add_picture(
    product: Product, columns: Mapping[str, Any], *, author: User | None
) -> ChangePicture | ProductImage:
    """Let a stored picture wait, after the others. The caller holds the product. Raises TooManyImages."""
    change = pending_of(product)
    keys = _keys(product, change)
    if len(keys) >= MAX_IMAGES:
        raise TooManyImages(limit=MAX_IMAGES)
    if change is None:
        change = ProductChange(product=product, author=author, version=0)
        change.save()
    picture = ChangePicture.objects.create(change=change, **columns)
    _amend(product, change, {"picture_keys": [*keys, -picture.pk]}, author=author)
    if change.status == ChangeStatus.APPROVED:  # by itself
        return ProductImage.objects.filter(product=product).latest("pk")
    return picture


def reorder_pictures(product: Product, keys: Sequence[int], *, author: User | None) -> None:
    """Ask for another order of the pictures, those that wait (their keys below zero) among them.

    The caller holds the product. Raises InvalidInput unless the keys are those of all, each once.
    """
    change = pending_of(product)
    if sorted(keys) != sorted(_keys(product, change)):
        raise InvalidInput(field="images", reason="Name each picture of the product once.")
    _amend(product, change, {"picture_keys": list(keys)}, author=author)


def remove_picture(product: Product, key: int, *, author: User | None) -> None:
    """Ask for a picture to go, or let one that waits (its key below zero) go at once, with its files.

    The caller holds the product.
    """
    change = pending_of(product)
    if key < 0:
        _drop(ChangePicture.objects.filter(change=change, pk=-key))
    left = [each for each in _keys(product, change) if each != key]
    _amend(product, change, {"picture_keys": left}, author=author)


def withdraw_change(*, change: ProductChange, actor: User | None) -> ProductChange:
    """Take back a change that waits; its pictures and their files go.

    Locks the product. Raises TransitionNotAllowed.
    """
    with transaction.atomic():
        lock_one(Product.objects.filter(pk=change.product_id))
        change = _fresh(change)
        _end(change, ChangeStatus.WITHDRAWN, actor=actor)
    return change


def withdraw_pending(product: Product, *, actor: User | None) -> None:
    """The same for the change of a listing that goes off sale, if one waits. The caller holds it."""
    change = pending_of(product)
    if change is not None:
        _end(change, ChangeStatus.WITHDRAWN, actor=actor, reason="archived")


def approve_change(*, change: ProductChange, version: int, actor: User, note: str = "") -> ProductChange:
    """Put a change on sale as it was seen: all of it, in one transaction.

    Locks the product. Raises ListingChanged where it was amended meanwhile, TransitionNotAllowed,
    TooManyImages, InvalidInput. Publishes ProductChangeApproved; audited with what was and what is.
    """
    note = prose(note, field="note", longest=4000)
    with transaction.atomic(), audit.gathered():
        product = lock_one(Product.objects.filter(pk=change.product_id).select_related("category"))
        change = _seen(change, version)
        _approve(product, change, actor=actor, note=note)
        publish(ProductChangeApproved(change_id=change.pk))
    return change


def decline_change(
    *, change: ProductChange, version: int, actor: User, verdict: Verdict, note: str = ""
) -> ProductChange:
    """Turn a change down, with what is wrong with which field; what is on sale stays on sale.

    Locks the product. Raises ListingChanged where it was amended meanwhile, TransitionNotAllowed,
    InvalidInput. Publishes ProductChangeDeclined; audited.
    """
    note = prose(note, field="note", longest=4000)
    with transaction.atomic(), audit.gathered():
        product = lock_one(Product.objects.filter(pk=change.product_id).select_related("category"))
        change = _seen(change, version)
        change.before = as_facts(product)
        _end(change, ChangeStatus.DECLINED, actor=actor, reason=verdict.reason, note=note)
        reject(product, verdict, note=note, change=change, seen=asked(change))
        publish(ProductChangeDeclined(change_id=change.pk))
    return change


def pending_of(product: Product) -> ProductChange | None:
    """The change of the product that waits, if one does. One statement."""
    return (
        ProductChange.objects.filter(product=product, status=ChangeStatus.PENDING)
        .select_related("product__category", "category")
        .first()
    )


def asked(change: ProductChange) -> dict[str, Any]:
    """What a change asks for, in words."""
    wanted = {
        "title": change.title,
        "description": change.description,
        "category": change.category and change.category.path,
        PICTURES: change.picture_keys,
    }
    return {name: value for name, value in wanted.items() if value is not None}


def is_trusted(vendor_id: int) -> bool:
    """Whether the vendor has enough listings on sale, and nothing was sent back lately. Two statements."""
    enough = adjustable.number("TRUSTED_VENDOR_LISTINGS")
    on_sale = Product.objects.filter(vendor=vendor_id, status=ProductStatus.PUBLISHED)
    lately = ProductRejection.objects.filter(
        product__vendor=vendor_id, created_at__gte=clock.now() - PROBATION
    )
    return on_sale[:enough].count() >= enough and not lately.exists()


def _amend(
    product: Product, change: ProductChange | None, asked_for: Mapping[str, Any], *, author: User | None
) -> None:
    """Write what is asked for into the change that waits, which ends where it asks for nothing any more."""
    if change is None:
        change = ProductChange(product=product, version=0)
    is_new = change.version == 0
    for name, value in asked_for.items():
        setattr(change, name, value)
    if change.picture_keys == _live_keys(product):
        change.picture_keys = None
    change.version += 1
    change.author = author
    if not asked(change):
        if change.pk is not None:
            change.save()
            _end(change, ChangeStatus.WITHDRAWN, actor=author)
        return
    change.save()
    if is_new:
        audit.record(
            actor=author, action="catalog.change_proposed", subject=change, after=_brief(asked(change))
        )
        publish(ProductChangeProposed(change_id=change.pk))
    if _is_approved_unseen(product):
        _approve(product, change, actor=None, note="")


def _is_approved_unseen(product: Product) -> bool:
    whose = adjustable.words("UNREVIEWED_VENDORS")
    return "all" in whose or ("trusted" in whose and is_trusted(product.vendor_id))


def _approve(product: Product, change: ProductChange, *, actor: User | None, note: str) -> None:
    change.before = {name: value for name, value in as_facts(product).items() if name in asked(change)}
    wanted = asked(change)
    if change.picture_keys is not None:
        change.before[PICTURES] = _live_keys(product)
        _take_pictures(product, change)
    values = {name: getattr(change, name) for name in COLUMNS if getattr(change, name) is not None}
    if values:
        write(product, values)
    change.save(update_fields=["before"])
    audit.record(
        actor=actor,
        action="catalog.change_approved",
        subject=product,
        before=_brief(change.before),
        after=_brief(wanted),
    )
    _end(change, ChangeStatus.APPROVED, actor=actor, note=note)


def _take_pictures(product: Product, change: ProductChange) -> None:
    """Put the pictures on sale as the change has them; rows that wait become the product's, files stay."""
    live = {image.pk: image for image in ProductImage.objects.filter(product=product)}
    waiting = {-picture.pk: picture for picture in change.pictures.all()}
    keys = [key for key in change.picture_keys or [] if key in live or key in waiting]
    if len(keys) > MAX_IMAGES:
        raise TooManyImages(limit=MAX_IMAGES)
    for key in live.keys() - set(keys):
        ProductImage.objects.filter(pk=key).delete()
        pictures.forget(live[key])
    for position, key in enumerate(keys):
        if key in live:
            live[key].position = position
        else:
            picture = waiting.pop(key)
            ProductImage.objects.create(product=product, position=position, **_columns(picture))
            ChangePicture.objects.filter(pk=picture.pk).delete()
    ProductImage.objects.bulk_update([live[key] for key in keys if key in live], ["position"])
    _drop(change.pictures.all())
    note_change(product)


def _columns(picture: ChangePicture) -> dict[str, Any]:
    """What a stored picture is, whichever row names its files."""
    return {
        "file": picture.file.name,
        "width": picture.width,
        "height": picture.height,
        "renditions": picture.renditions,
        "placeholder": picture.placeholder,
        "alt": picture.alt,
        "origin": picture.origin,
    }


def _end(
    change: ProductChange, to: ChangeStatus, *, actor: User | None, reason: str = "", note: str = ""
) -> None:
    """Move a change to its end; pictures that still wait with it go, with their files."""
    also = {"decided_at": clock.now(), "before": change.before}
    CHANGE_MOVES.move(change, to, actor=actor, reason=reason, note=note, also=also)
    _drop(change.pictures.all())


def _drop(waiting: Any) -> None:
    for picture in waiting:
        ChangePicture.objects.filter(pk=picture.pk).delete()
        pictures.forget(picture)


def _brief(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Facts as the log keeps them: of a long text its beginning."""
    return {name: value[:BRIEF] if isinstance(value, str) else value for name, value in facts.items()}


def _seen(change: ProductChange, version: int) -> ProductChange:
    """The change as it is now. Raises ListingChanged unless that is what was looked at."""
    change = _fresh(change)
    if change.status == ChangeStatus.PENDING and change.version != version:
        raise ListingChanged(version=change.version)
    return change


def _fresh(change: ProductChange) -> ProductChange:
    return ProductChange.objects.select_related("product__category", "category").get(pk=change.pk)


def _keys(product: Product, change: ProductChange | None) -> list[int]:
    """The pictures as they shall stand: those of the change, or those on sale."""
    if change is None or change.picture_keys is None:
        return _live_keys(product)
    return list(change.picture_keys)


def _live_keys(product: Product) -> list[int]:
    return list(ProductImage.objects.filter(product=product).values_list("pk", flat=True))
