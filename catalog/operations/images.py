"""Pictures of products: rendered and stored before the transaction, forgotten by the storage after it."""

from collections.abc import Sequence
from typing import Final

from django.db import transaction

from catalog.errors import TooManyImages
from catalog.models import MAX_IMAGES, ChangePicture, Product, ProductImage
from catalog.operations import changes
from catalog.operations.writing import note_change
from marketplace.accounts.models import User
from marketplace.kernel import pictures
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.locking import lock_one
from marketplace.kernel.rendering import Picture
from marketplace.kernel.texts import line

LONGEST_ALT: Final = 200


def add_product_image(
    *, product: Product, content: bytes | Picture, alt: str = "", actor: User | None = None
) -> ProductImage | ChangePicture:
    """Add a picture after the product's others: an upload, or one that we drew and rendered ourselves.

    One that was uploaded to a listing on sale waits for the platform, in a change (changes.py).

    Writes its renditions to the storage before the transaction, and deletes them again should that fail; a
    process killed in between leaves files that no row names, never a row without files.
    Locks the product. Raises UnusableImage, TooManyImages, InvalidInput.
    """
    alt = line(alt, field="alt", longest=LONGEST_ALT, shortest=0)
    picture = content if isinstance(content, Picture) else pictures.prepare(content)
    with pictures.stored(picture, folder="products") as columns, transaction.atomic():
        product = lock_one(Product.objects.filter(pk=product.pk))
        if not isinstance(content, Picture) and changes.waits(product, changes.PICTURES):
            return changes.add_picture(product, {**columns, "alt": alt}, author=actor)
        note_change(product)
        positions = list(ProductImage.objects.filter(product=product).values_list("position", flat=True))
        if len(positions) >= MAX_IMAGES:
            raise TooManyImages(limit=MAX_IMAGES)
        return ProductImage.objects.create(
            product=product, alt=alt, position=max(positions, default=-1) + 1, **columns
        )


def reorder_product_images(*, product: Product, image_ids: Sequence[int], actor: User | None = None) -> None:
    """Put the product's pictures in this order; the first one represents it in lists.

    On sale that waits for the platform, and the pictures that wait too are named by their keys below zero.
    Locks the product. Raises InvalidInput unless the keys are those of all its pictures, each once.
    """
    with transaction.atomic():
        product = lock_one(Product.objects.filter(pk=product.pk))
        if changes.waits(product, changes.PICTURES):
            changes.reorder_pictures(product, image_ids, author=actor)
            return
        note_change(product)
        images = {image.pk: image for image in ProductImage.objects.filter(product=product)}
        if sorted(image_ids) != sorted(images):
            raise InvalidInput(field="images", reason="Name each picture of the product once.")
        for position, key in enumerate(image_ids):
            images[key].position = position
        ProductImage.objects.bulk_update(images.values(), ["position"])


def remove_product_image(*, image: ProductImage | ChangePicture, actor: User | None = None) -> None:
    """Remove a picture; its files are deleted once that is committed.

    One on sale goes when the platform agrees, one that only waits goes at once. Locks the product.
    """
    with transaction.atomic():
        if isinstance(image, ChangePicture):
            product = lock_one(Product.objects.filter(changes=image.change_id))
            changes.remove_picture(product, -image.pk, author=actor)
            return
        product = lock_one(Product.objects.filter(pk=image.product_id))
        if changes.waits(product, changes.PICTURES):
            changes.remove_picture(product, image.pk, author=actor)
            return
        note_change(product)
        ProductImage.objects.filter(pk=image.pk).delete()
        pictures.forget(image)
