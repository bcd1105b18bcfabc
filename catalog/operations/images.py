"""Pictures of products: rendered and stored before the transaction, forgotten by the storage after it."""

import hashlib
import secrets
from collections.abc import Iterable, Sequence
from typing import Final

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from catalog.errors import TooManyImages
from catalog.images import Picture, Rendition, prepare
from catalog.models import Product, ProductImage
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.locking import lock_one
from marketplace.kernel.texts import line

MAX_IMAGES: Final = 20


def add_product_image(*, product: Product, content: bytes, alt: str = "") -> ProductImage:
    """Add a picture after the product's others.

    Writes its renditions to the storage before the transaction, and deletes them again should that fail; a
    process killed in between leaves files that no row names, never a row without files.
    Locks the product. Raises UnusableImage, TooManyImages, InvalidInput.
    """
    alt = line(alt, field="alt", longest=200, shortest=0)
    picture = prepare(content)
    stored: list[dict[str, object]] = []
    try:
        for rendition in picture.renditions:
            # One by one: what is stored already is known when the next one fails.
            stored.append(_store(rendition))  # noqa: PERF401
        return _insert(product, picture, stored, alt)
    except BaseException:
        _delete_files(stored)
        raise


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
        transaction.on_commit(lambda: _delete_files(image.renditions), robust=True)


def _insert(product: Product, picture: Picture, stored: list[dict[str, object]], alt: str) -> ProductImage:
    largest = picture.renditions[-1]
    with transaction.atomic():
        product = lock_one(Product.objects.filter(pk=product.pk))
        positions = list(ProductImage.objects.filter(product=product).values_list("position", flat=True))
        if len(positions) >= MAX_IMAGES:
            raise TooManyImages(limit=MAX_IMAGES)
        return ProductImage.objects.create(
            product=product,
            file=stored[-1]["name"],
            width=largest.width,
            height=largest.height,
            renditions=stored,
            placeholder=picture.placeholder,
            alt=alt,
            position=max(positions, default=-1) + 1,
        )


def _store(rendition: Rendition) -> dict[str, object]:
    """Write one file, named by its content, that it may be cached for ever, and by chance, for one owner."""
    digest = hashlib.sha256(rendition.content).hexdigest()[:32]
    name = f"products/{digest[:2]}/{digest}-{secrets.token_hex(4)}.webp"
    saved = default_storage.save(name, ContentFile(rendition.content))
    return {"width": rendition.width, "height": rendition.height, "name": saved}


def _delete_files(stored: Iterable[dict[str, object]]) -> None:
    for each in stored:
        default_storage.delete(str(each["name"]))
