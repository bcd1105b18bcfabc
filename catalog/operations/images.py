"""Pictures of products: rendered and stored before the transaction, forgotten by the storage after it."""

from collections.abc import Sequence
from typing import Final

from django.db import transaction

from catalog.errors import TooManyImages
from catalog.models import Product, ProductImage
from marketplace.kernel import pictures
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.locking import lock_one
from marketplace.kernel.rendering import Picture
from marketplace.kernel.texts import line

MAX_IMAGES: Final = 20
LONGEST_ALT: Final = 200


def add_product_image(*, product: Product, content: bytes | Picture, alt: str = "") -> ProductImage:
    """Add a picture after the product's others: an upload, or one that we drew and rendered ourselves.

    Writes its renditions to the storage before the transaction, and deletes them again should that fail; a
    process killed in between leaves files that no row names, never a row without files.
    Locks the product. Raises UnusableImage, TooManyImages, InvalidInput.
    """
    alt = line(alt, field="alt", longest=LONGEST_ALT, shortest=0)
    picture = content if isinstance(content, Picture) else pictures.prepare(content)
    with pictures.stored(picture, folder="products") as columns, transaction.atomic():
        product = lock_one(Product.objects.filter(pk=product.pk))
        positions = list(ProductImage.objects.filter(product=product).values_list("position", flat=True))
        if len(positions) >= MAX_IMAGES:
            raise TooManyImages(limit=MAX_IMAGES)
        return ProductImage.objects.create(
            product=product, alt=alt, position=max(positions, default=-1) + 1, **columns
        )


def reorder_product_images(*, product: Product, image_ids: Sequence[int]) -> None:
    """Put the product's pictures in this order; the first one represents it in lists.

    Locks the product. Raises InvalidInput unless the keys are those of all its pictures, each once.
    """
    with transaction.atomic():
        lock_one(Product.objects.filter(pk=product.pk))
        images = {image.pk: image for image in ProductImage.objects.filter(product=product)}
        if sorted(image_ids) != sorted(images):
            raise InvalidInput(field="images", reason="Name each picture of the product once.")
        for position, key in enumerate(image_ids):
            images[key].position = position
        ProductImage.objects.bulk_update(images.values(), ["position"])


def remove_product_image(*, image: ProductImage) -> None:
    """Remove a picture; its files are deleted once that is committed.

    Locks the product.
    """
    with transaction.atomic():
        lock_one(Product.objects.filter(pk=image.product_id))
        ProductImage.objects.filter(pk=image.pk).delete()
        pictures.forget(image)
