"""Categories, listings with their variants, and small pictures."""

import io
from datetime import timedelta
from typing import Any

from django.utils import timezone
from factory.declarations import LazyAttribute, SelfAttribute, Sequence, SubFactory
from factory.django import DjangoModelFactory
from PIL import Image

from catalog.models import Category, Product, ProductImage, ProductStatus, Variant
from catalog.operations.index import reindex
from catalog.operations.offers import refresh_offers
from tests.factories.vendors import VendorFactory


class CategoryFactory(DjangoModelFactory[Category]):
    class Meta:
        model = Category

    name = Sequence(lambda number: f"Category {number}")
    slug = Sequence(lambda number: f"category-{number}")
    path = LazyAttribute(lambda made: f"{made.parent.path}/{made.slug}" if made.parent else made.slug)
    parent = None


class ProductFactory(DjangoModelFactory[Product]):
    """A published listing without variants; `listed` makes one that can be bought."""

    class Meta:
        model = Product

    vendor = SubFactory(VendorFactory)
    category = SubFactory(CategoryFactory)
    title = Sequence(lambda number: f"Product {number}")
    slug = Sequence(lambda number: f"product-{number}")
    status = ProductStatus.PUBLISHED
    currency = SelfAttribute("vendor.currency")
    published_at = LazyAttribute(lambda _: timezone.now())
    publish_at = LazyAttribute(
        lambda made: timezone.now() + timedelta(days=1) if made.status == ProductStatus.SCHEDULED else None
    )


class VariantFactory(DjangoModelFactory[Variant]):
    """A live variant with five units; the product's offer is not refreshed."""

    class Meta:
        model = Variant

    product = SubFactory(ProductFactory)
    vendor = SelfAttribute("product.vendor")
    currency = SelfAttribute("product.currency")
    sku = Sequence(lambda number: f"SKU-{number}")
    options = LazyAttribute(lambda made: dict.fromkeys(made.product.option_names, made.sku))
    price_minor = 1000
    on_hand = 5


def listed(*, price_minor: int = 1000, on_hand: int = 5, sku: str | None = None, **fields: Any) -> Product:
    """A listing with one variant, its offer and its words up to date."""
    product: Product = ProductFactory.create(**fields)
    named = {} if sku is None else {"sku": sku}
    VariantFactory.create(product=product, price_minor=price_minor, on_hand=on_hand, **named)
    refresh_offers([product])
    reindex(Product.objects.filter(pk=product.pk))
    return product


def picture(
    *,
    width: int = 60,
    height: int = 40,
    kind: str = "PNG",
    mode: str = "RGB",
    colour: str | int = "teal",
    **options: Any,
) -> bytes:
    """The bytes of a plain picture."""
    target = io.BytesIO()
    Image.new(mode, (width, height), colour).save(target, kind, **options)
    return target.getvalue()


def illustrated(product: Product, count: int = 1) -> list[ProductImage]:
    """Rows of pictures, without their files."""
    sizes = [{"width": 480, "height": 320, "name": "products/small.webp"}]
    return [
        ProductImage.objects.create(
            product=product,
            file="products/small.webp",
            width=480,
            height=320,
            renditions=sizes,
            position=position,
        )
        for position in range(count)
    ]
