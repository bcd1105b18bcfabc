"""A listing begun as another one is."""

from collections.abc import Mapping
from typing import Any, Final

from django.db import transaction

from catalog.drafting import LONGEST_SKU
from catalog.models import Product, ProductAttribute, ProductImage, ProductSlug, ProductStatus, Variant
from catalog.operations.index import reindex
from catalog.operations.offers import refresh_offers
from marketplace.kernel import pictures
from marketplace.kernel.idempotency import Outcome, once
from marketplace.kernel.slugs import insert_with_slug

LONGEST_TITLE: Final = 200
COPY: Final = " (copy)"
SUFFIX: Final = "-COPY"
# What the copy has of the listing's own row; its slug, its state and what buyers made of it are its own.
COPIED: Final = (
    "vendor",
    "category",
    "description",
    "option_names",
    "currency",
    "is_shipped",
    "tax_category",
    "tags",
)


def duplicate_product(*, product: Product, idempotency_key: str | None = None) -> Product:
    """Begin a listing like another one, as a draft: with its words, its answers, what it has on sale under
    new SKUs, and copies of its pictures, but none of its stock.

    What is retired meanwhile is not said again. The same key again makes no other one.

    Writes the files before the transaction, and deletes them again should that fail, or make nothing. Locks
    nothing: what it reads may change meanwhile. Raises InvalidInput, IdempotencyKeyReused, RequestInProgress.
    """
    images = list(ProductImage.objects.filter(product=product))
    with pictures.copied(images, folder="products") as copies, transaction.atomic():
        made: list[Product] = []
        outcome = once(
            scope=f"duplicateProduct:product:{product.pk}",
            key=idempotency_key,
            payload={},
            run=lambda: _copy(product, dict(zip(images, copies, strict=True)), made),
        )
        if not made:
            pictures.discard(copies)
        return Product.objects.get(pk=outcome.ids["product"])


def _copy(
    product: Product, images: Mapping[ProductImage, dict[str, Any] | None], made: list[Product]
) -> Outcome:
    copy = _begun(product)
    shown = _copy_images(copy, images)
    _copy_variants(product, copy, shown)
    _copy_answers(product, copy)
    refresh_offers([copy])
    reindex(Product.objects.filter(pk=copy.pk))
    made.append(copy)
    return Outcome("duplicated", {"product": copy.pk})


def _begun(product: Product) -> Product:
    title = f"{product.title[: LONGEST_TITLE - len(COPY)]}{COPY}"
    values = {name: getattr(product, name) for name in COPIED}

    def insert(slug: str) -> Product:
        return Product.objects.create(title=title, slug=slug, status=ProductStatus.DRAFT, **values)

    return insert_with_slug(ProductSlug.objects.all(), text=title, fallback="product", insert=insert)


def _copy_images(
    copy: Product, images: Mapping[ProductImage, dict[str, Any] | None]
) -> dict[int, ProductImage]:
    """The pictures of the copy, by the keys of those they are copies of."""
    rows = {
        image.pk: ProductImage(product=copy, position=image.position, **columns)
        for image, columns in images.items()
        if columns is not None
    }
    ProductImage.objects.bulk_create(rows.values())
    return rows


def _copy_variants(product: Product, copy: Product, images: Mapping[int, ProductImage]) -> None:
    live = list(Variant.objects.filter(product=product, is_active=True))
    theirs = Variant.objects.filter(vendor=product.vendor_id, is_active=True, sku__contains=SUFFIX)
    taken = set(theirs.values_list("sku", flat=True))
    rows = []
    for row in live:
        sku = _sku(row.sku, taken)
        taken.add(sku)
        rows.append(
            Variant(
                product=copy,
                vendor_id=row.vendor_id,
                sku=sku,
                options=row.options,
                price_minor=row.price_minor,
                compare_at_minor=row.compare_at_minor,
                currency=row.currency,
                weight_g=row.weight_g,
                position=row.position,
                image=images.get(row.image_id) if row.image_id else None,
            )
        )
    Variant.objects.bulk_create(rows)


def _sku(sku: str, taken: set[str]) -> str:
    stem = f"{sku[: LONGEST_SKU - len(SUFFIX) - 4]}{SUFFIX}"
    found, number = stem, 1
    while found in taken:
        number += 1
        found = f"{stem}-{number}"
    return found


def _copy_answers(product: Product, copy: Product) -> None:
    said = ProductAttribute.objects.filter(product=product, attribute__is_active=True)
    rows = [
        ProductAttribute(
            product=copy,
            attribute_id=row.attribute_id,
            choice_id=row.choice_id,
            text=row.text,
            number_milli=row.number_milli,
        )
        for row in said.exclude(choice__is_active=False)
    ]
    ProductAttribute.objects.bulk_create(rows)
    copy.choice_keys = sorted(row.choice_id for row in rows if row.choice_id is not None)
    copy.save(update_fields=["choice_keys"])
