"""What the quality of listings is judged by, for any number of them in a fixed number of statements."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Aggregate, BigIntegerField, Count, OuterRef, Prefetch
from django.db.models.functions import JSONObject

from catalog.asking import read
from catalog.models import Product, ProductAttribute, ProductImage, ProductStatus, Variant
from catalog.quality import Facts, Prices, Quality, quality_of
from catalog.selectors.attributes import asking_categories


class _Usual(Aggregate):
    """The price below which a part of them lies."""

    function = "percentile_disc"
    template = "percentile_disc(%(part)s) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = BigIntegerField()


def quality_prefetches() -> list["Prefetch[Any]"]:
    """What `judged` reads beside the listing: four statements, and each category is weighed once."""
    return [
        Prefetch("category", asking_categories().annotate(usual=_usual_prices()), to_attr="weighed_category"),
        Prefetch("images", ProductImage.objects.only("product", "alt"), to_attr="weighed_images"),
        Prefetch("variants", Variant.objects.filter(is_active=True), to_attr="weighed_variants"),
        Prefetch(
            "attributes", ProductAttribute.objects.only("product", "attribute"), to_attr="weighed_answers"
        ),
    ]


def judged(product: Any) -> Quality:
    """How good a listing is that comes with the prefetches above."""
    asked = {each.key for each in read(product.weighed_category.asked)}
    answered = {row.attribute_id for row in product.weighed_answers}
    images: Sequence[ProductImage] = product.weighed_images
    variants: Sequence[Variant] = product.weighed_variants
    return quality_of(
        Facts(
            title=product.title,
            description=product.description,
            pictures=len(images),
            described=sum(bool(image.alt) for image in images),
            asked=len(asked),
            answered=len(asked & answered),
            prices=tuple((row.price_minor, row.compare_at_minor) for row in variants),
            usual=_of_currency(product.weighed_category.usual, product.currency),
            is_in_stock=any(row.available > 0 for row in variants),
            sold=product.sold_lately,
        )
    )


def _usual_prices() -> ArraySubquery:
    """The usual prices of the products on sale in a category, currency by currency."""
    listed = Product.objects.filter(
        category=OuterRef("pk"), status=ProductStatus.PUBLISHED, price_minor__isnull=False
    )
    return ArraySubquery(
        listed.order_by()
        .values("currency")
        .annotate(
            usual=JSONObject(
                currency="currency",
                count=Count("pk"),
                low=_Usual("price_minor", part=0.25),
                high=_Usual("price_minor", part=0.75),
            )
        )
        .values("usual")
    )


def _of_currency(usual: Iterable[dict[str, Any]], currency: str) -> Prices | None:
    for each in usual:
        if each["currency"] == currency:
            return Prices(count=each["count"], low=each["low"], high=each["high"])
    return None
