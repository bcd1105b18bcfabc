"""What a vendor shows of itself: rendered and stored before the transaction, forgotten after it."""

from typing import Final

from django.db import transaction

from marketplace.kernel import pictures
from marketplace.kernel.errors import NotFound
from marketplace.kernel.locking import lock_one
from marketplace.kernel.pictures import SQUARE, WIDE
from marketplace.kernel.rendering import Picture
from marketplace.kernel.texts import line
from vendors.models import Vendor, VendorImage, VendorImageKind

SIZES: Final = {VendorImageKind.LOGO: SQUARE, VendorImageKind.COVER: WIDE}
LONGEST_ALT: Final = 200


def put_image(
    *, vendor: Vendor, kind: VendorImageKind, content: bytes | Picture, alt: str = ""
) -> VendorImage:
    """Show this picture in the place of the one there was: an upload, or one that we drew ourselves.

    Writes its renditions to the storage before the transaction, and deletes them again should that fail; the
    files of the picture before are deleted once it is committed.
    Locks the vendor. Raises UnusableImage, InvalidInput.
    """
    alt = line(alt, field="alt", longest=LONGEST_ALT, shortest=0)
    picture = content if isinstance(content, Picture) else pictures.prepare(content, SIZES[kind])
    with pictures.stored(picture, folder="vendors") as columns, transaction.atomic():
        vendor = lock_one(Vendor.objects.filter(pk=vendor.pk))
        for before in VendorImage.objects.filter(vendor=vendor, kind=kind):
            _remove(before)
        return VendorImage.objects.create(vendor=vendor, kind=kind, alt=alt, **columns)


def remove_image(*, vendor: Vendor, kind: VendorImageKind) -> None:
    """Show no picture of this kind any more; its files are deleted once that is committed.

    Locks the vendor. Raises NotFound where there is none.
    """
    with transaction.atomic():
        lock_one(Vendor.objects.filter(pk=vendor.pk))
        image = VendorImage.objects.filter(vendor=vendor, kind=kind).first()
        if image is None:
            raise NotFound(thing="picture", field="kind")
        _remove(image)


def _remove(image: VendorImage) -> None:
    VendorImage.objects.filter(pk=image.pk).delete()
    pictures.forget(image)
