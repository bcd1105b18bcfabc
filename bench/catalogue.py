"""A generated catalogue, the same for the same size: vendors, a category tree, products, variants, pictures.

Rows are copied in, which takes seconds where operations, a transaction for each product, would take minutes.
What operations derive is derived here by the same rules: the offer of a product as
catalog/operations/offers.py settles it, its words by catalog/operations/index.py itself.
"""

import base64
import random
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django.core.management.color import no_style
from django.db import connection, transaction
from django.db.models import Model

from bench.words import Writer, vocabulary
from catalog.models import (
    Attribute,
    AttributeChoice,
    AttributeKind,
    Category,
    CategoryAttribute,
    Product,
    ProductImage,
    ProductStatus,
    StockMovement,
    StockReason,
    Variant,
)
from catalog.operations.index import reindex
from marketplace.kernel.pictures import WIDE
from vendors.models import Vendor, VendorStatus

CURRENCY: Final = "EUR"
BRANCHES: Final = (8, 6, 4)
FIRST_DAY: Final = datetime(2026, 1, 1, tzinfo=UTC)
COLOURS: Final = ("Red", "Green", "Blue", "Black")
SENTENCES: Final = 6
PLACEHOLDER_BYTES: Final = 180
ATTRIBUTES: Final = 3
CHOICES: Final = 20
BATCH: Final = 10_000


def load(*, products: int, vendors: int) -> None:
    """Fill an empty, migrated database, in one transaction."""
    words = vocabulary()
    with transaction.atomic():
        copy(Vendor, _vendors(vendors, words))
        categories = _categories(words)
        copy(Category, categories)
        copy(Attribute, _attributes())
        copy(AttributeChoice, _choices(words))
        copy(CategoryAttribute, _asked(categories))
        leaves = [each.pk for each in categories if each.path.count("/") == len(BRANCHES) - 1]
        shelf = _Shelf(words, leaves=leaves, vendors=vendors)
        for start in range(1, products + 1, BATCH):
            shelf.fill(range(start, min(start + BATCH, products + 1)))
        reindex(Product.objects.all())
        _continue_numbering(Vendor, Category, Attribute, AttributeChoice, CategoryAttribute)
        _continue_numbering(Product, Variant, ProductImage, StockMovement)


def settle() -> None:
    """Let PostgreSQL tidy up and count what came, as it does by itself after a while."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def copy(model: type[Model], rows: Iterable[Model]) -> None:
    """Write the rows by COPY, their own keys included; checks and triggers hold, `save()` is not called."""
    fields = model._meta.concrete_fields
    columns = ", ".join(connection.ops.quote_name(field.column or "") for field in fields)
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as target:
        for row in rows:
            values = [(field, field.pre_save(row, add=True)) for field in fields]
            target.write_row([field.get_db_prep_save(value, connection) for field, value in values])


def _vendors(count: int, words: list[str]) -> Iterator[Vendor]:
    writer = Writer("vendors", words)
    for number in range(1, count + 1):
        yield Vendor(
            pk=number,
            slug=f"vendor-{number}",
            name=f"{writer.title(2, 2)} {number}",
            about=writer.text(3),
            email=f"vendor-{number}@example.com",
            country="DE",
            currency=CURRENCY,
            status=VendorStatus.APPROVED,
        )


def _categories(words: list[str]) -> list[Category]:
    """A tree of BRANCHES: eight roots with six below each, and four below each of those."""
    writer = Writer("categories", words)
    made: list[Category] = []
    parents: list[Category | None] = [None]
    for breadth in BRANCHES:
        level = []
        for parent in parents:
            for position in range(breadth):
                number = len(made) + 1
                name = writer.title(1, 2)
                slug = f"{name.lower().replace(' ', '-')}-{number}"
                path = f"{parent.path}/{slug}" if parent else slug
                made.append(
                    Category(pk=number, parent=parent, name=name, slug=slug, path=path, position=position)
                )
                level.append(made[-1])
        parents = [*level]
    return made


def _attributes() -> Iterator[Attribute]:
    for number in range(1, ATTRIBUTES + 1):
        slug = f"attribute-{number}"
        yield Attribute(pk=number, slug=slug, name=f"Attribute {number}", kind=AttributeKind.SINGLE)


def _choices(words: list[str]) -> Iterator[AttributeChoice]:
    for number in range(ATTRIBUTES * CHOICES):
        word = words[-number - 1]
        yield AttributeChoice(
            pk=number + 1, attribute_id=number // CHOICES + 1, slug=word, name=word.title(), position=number
        )


def _asked(categories: list[Category]) -> Iterator[CategoryAttribute]:
    """Every root asks for each, and so do all below it."""
    roots = [each.pk for each in categories if each.parent is None]
    pairs = [(root, attribute) for root in roots for attribute in range(1, ATTRIBUTES + 1)]
    for number, (root, attribute) in enumerate(pairs, start=1):
        yield CategoryAttribute(pk=number, category_id=root, attribute_id=attribute, position=attribute)


class _Shelf:
    """Makes products with all that belongs to them; keys follow from the product's."""

    def __init__(self, words: list[str], *, leaves: list[int], vendors: int) -> None:
        self.writer = Writer("products", words)
        self.chance = random.Random("shelf")  # noqa: S311  # nothing secret
        self.leaves = leaves
        self.vendors = vendors
        self.variants_made = 0

    def fill(self, numbers: range) -> None:
        """Copy one batch in; a product and its variants name each other, so all are made before."""
        products = [self._product(number) for number in numbers]
        variants = {product.pk: self._variants(product) for product in products}
        for product in products:
            _offer(product, variants[product.pk])
        every = [variant for those in variants.values() for variant in those]
        copy(Product, products)
        copy(Variant, every)
        copy(StockMovement, (_movement(variant) for variant in every if variant.on_hand))
        copy(ProductImage, (self._image(product) for product in products))

    def _product(self, number: int) -> Product:
        # A product's vendor and category are drawn as unevenly as its words.
        vendor = int(self.chance.paretovariate(0.5))
        title = self.writer.title(4, 6)
        return Product(
            pk=number,
            vendor_id=vendor if vendor <= self.vendors else number % self.vendors + 1,
            category_id=self.leaves[int(len(self.leaves) * self.chance.random() ** 2)],
            title=title,
            slug=f"{title.lower().replace(' ', '-')}-{number}",
            description=self.writer.text(SENTENCES),
            option_names=["Colour"],
            status=ProductStatus.PUBLISHED,
            currency=CURRENCY,
            published_at=FIRST_DAY + timedelta(minutes=number),
            choice_keys=self._chosen(),
            sold_lately=int(self.chance.paretovariate(0.8)) - 1,
        )

    def _chosen(self) -> list[int]:
        """One choice of each attribute, the first ones more often."""
        drawn = (int(CHOICES * self.chance.random() ** 2) for _ in range(ATTRIBUTES))
        return [attribute * CHOICES + choice + 1 for attribute, choice in enumerate(drawn)]

    def _variants(self, product: Product) -> list[Variant]:
        """One to four, some of them sold out or reduced."""
        price = int(self.chance.lognormvariate(8, 0.9)) + 100
        made = []
        for position in range(self.chance.choice((1, 2, 2, 3, 4))):
            self.variants_made += 1
            own = price + position * 150
            made.append(
                Variant(
                    pk=self.variants_made,
                    product_id=product.pk,
                    vendor_id=product.vendor_id,
                    sku=f"B{product.pk}-{position + 1}",
                    options={"Colour": COLOURS[position]},
                    price_minor=own,
                    compare_at_minor=own * 5 // 4 if self.chance.random() < 0.2 else None,
                    currency=CURRENCY,
                    weight_g=self.chance.randint(50, 5000),
                    on_hand=self.chance.choice((0, 3, 12, 40, 200)),
                    position=position,
                )
            )
        return made

    def _image(self, product: Product) -> ProductImage:
        blurred = base64.b64encode(self.chance.randbytes(PLACEHOLDER_BYTES)).decode()
        return ProductImage(
            pk=product.pk,
            product_id=product.pk,
            file=f"products/{product.pk}/{WIDE.widths[-1]}.webp",
            width=WIDE.widths[-1],
            height=WIDE.widths[-1] * 3 // 4,
            renditions=[
                {"width": width, "height": width * 3 // 4, "name": f"products/{product.pk}/{width}.webp"}
                for width in WIDE.widths
            ],
            placeholder=f"data:image/webp;base64,{blurred}",
            alt=product.title,
        )


def _offer(product: Product, variants: list[Variant]) -> None:
    """What catalog/operations/offers.py would settle."""
    first = min(variants, key=lambda each: (each.available <= 0, each.price_minor, each.position, each.pk))
    product.default_variant_id = first.pk
    product.price_minor = first.price_minor
    product.is_in_stock = first.available > 0


def _movement(variant: Variant) -> StockMovement:
    return StockMovement(
        pk=variant.pk, variant_id=variant.pk, delta=variant.on_hand, reason=StockReason.RECEIVED
    )


def _continue_numbering(*models: type[Model]) -> None:
    statements: list[Any] = connection.ops.sequence_reset_sql(no_style(), list(models))
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
