"""The demo's listings, many at once: rows in a handful of statements, decided upon like any other.

The operations of the catalogue take one listing at a time, some fifty statements each; three hundred of them
would make whoever looks at the demo wait.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Final
from zlib import crc32

from django.db import transaction
from django.utils.text import slugify

from catalog.models import (
    PRODUCT_MOVES,
    Attribute,
    AttributeChoice,
    AttributeKind,
    Category,
    Product,
    ProductAttribute,
    ProductImage,
    ProductStatus,
    StockMovement,
    StockReason,
    Variant,
)
from catalog.operations.index import reindex
from catalog.operations.offers import refresh_offers
from marketplace.accounts.models import User
from marketplace.demo import past
from marketplace.demo.catalogue import DemoProduct
from marketplace.demo.painting import Gallery
from marketplace.kernel import audit, clock, pictures
from marketplace.kernel.money import Money
from vendors.models import Vendor

AT_ONCE: Final = 60
# The newest listing is so many days old; the oldest as old as what its vendor has sold.
NEWEST: Final = 3
THOUSANDTHS: Final = 1000


@dataclass(frozen=True, kw_only=True)
class Shelf:
    """What listings stand in: who sells, in which categories, described by which attributes."""

    vendors: Mapping[str, Vendor]
    categories: Mapping[str, Category]
    attributes: Mapping[str, Attribute]
    choices: Mapping[tuple[int, str], AttributeChoice]
    admin: User


def shelve(missing: Sequence[DemoProduct], shelf: Shelf, gallery: Gallery) -> None:
    """List these products, 60 in a transaction: a load that is interrupted goes on with the next ones."""
    for start in range(0, len(missing), AT_ONCE):
        batch = missing[start : start + AT_ONCE]
        with ExitStack() as stored, transaction.atomic(), audit.gathered():
            products = Product.objects.bulk_create(_product(facts, shelf) for facts in batch)
            known = list(zip(batch, products, strict=True))
            _stock([variant for facts, product in known for variant in _variants(facts, product)], shelf)
            ProductImage.objects.bulk_create(
                image for facts, product in known for image in _images(facts, product, gallery, stored)
            )
            _describe(known, shelf)
            refresh_offers(products)
            reindex(Product.objects.filter(pk__in=[product.pk for product in products]))
            _decide(known, shelf)


def _product(facts: DemoProduct, shelf: Shelf) -> Product:
    return Product(
        vendor=shelf.vendors[facts.vendor],
        category=shelf.categories[facts.category],
        title=facts.title,
        slug=slugify(facts.title),
        description=facts.description,
        option_names=list(facts.options),
        currency=shelf.vendors[facts.vendor].currency,
        is_shipped=facts.is_shipped,
        tax_category=facts.tax_category,
        source=past.SOURCE,
        reference=past.reference(facts),
    )


def _variants(facts: DemoProduct, product: Product) -> Iterator[Variant]:
    for position, each in enumerate(facts.variants):
        yield Variant(
            product=product,
            vendor=product.vendor,
            sku=each.sku,
            options=dict(each.options),
            price_minor=_minor(each.price, product),
            compare_at_minor=None if each.compare_at is None else _minor(each.compare_at, product),
            currency=product.currency,
            weight_g=each.weight_g,
            on_hand=each.stock,
            position=position,
        )


def _minor(amount: Decimal, product: Product) -> int:
    return Money.from_decimal(amount, product.currency).minor


def _stock(variants: Sequence[Variant], shelf: Shelf) -> None:
    StockMovement.objects.bulk_create(
        StockMovement(variant=variant, delta=variant.on_hand, reason=StockReason.RECEIVED, actor=shelf.admin)
        for variant in Variant.objects.bulk_create(variants)
        if variant.on_hand
    )


def _images(
    facts: DemoProduct, product: Product, gallery: Gallery, stored: ExitStack
) -> Iterator[ProductImage]:
    """One for each tint; the files go again should the transaction fail."""
    for position, tint in enumerate(facts.tints):
        picture = gallery.take(facts.motif, tint)
        columns = stored.enter_context(pictures.stored(picture, folder="products"))
        yield ProductImage(product=product, alt=facts.title, position=position, **columns)


def _describe(known: Sequence[tuple[DemoProduct, Product]], shelf: Shelf) -> None:
    """The attributes of each, and on its own row what it chose."""
    answers = [answer for facts, product in known for answer in _answers(facts, product, shelf)]
    ProductAttribute.objects.bulk_create(answers)
    for _, product in known:
        product.choice_keys = sorted(
            answer.choice_id for answer in answers if answer.product is product and answer.choice_id
        )
    Product.objects.bulk_update([product for _, product in known], ["choice_keys"])


def _answers(facts: DemoProduct, product: Product, shelf: Shelf) -> Iterator[ProductAttribute]:
    for slug, said in facts.attributes.items():
        attribute = shelf.attributes[slug]
        if attribute.kind == AttributeKind.NUMBER and isinstance(said, str):
            number = int(Decimal(said) * THOUSANDTHS)
            yield ProductAttribute(product=product, attribute=attribute, number_milli=number)
            continue
        for word in [said] if isinstance(said, str) else said:
            choice = shelf.choices[attribute.pk, word]
            yield ProductAttribute(product=product, attribute=attribute, choice=choice)


def _decide(known: Sequence[tuple[DemoProduct, Product]], shelf: Shelf) -> None:
    """All are proposed, most of them approved, one after another over the demo's past."""
    PRODUCT_MOVES.move_all([product for _, product in known], ProductStatus.PROPOSED, actor=shelf.admin)
    approved = [product for facts, product in known if facts.status == ProductStatus.PUBLISHED]
    PRODUCT_MOVES.move_all(
        approved, ProductStatus.PUBLISHED, actor=shelf.admin, also={"published_at": clock.now()}
    )
    for product in approved:
        age = NEWEST + crc32(product.slug.encode()) % (past.DAYS - NEWEST)
        product.published_at = clock.now() - timedelta(days=age)
    Product.objects.bulk_update(approved, ["published_at"])
