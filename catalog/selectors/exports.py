"""All listings of a vendor as rows of a file: what an import of the same file would change nothing of."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from django.db.models import Prefetch

from catalog.imports.answers import cell_of
from catalog.imports.columns import ATTRIBUTE, LISTING_COLUMNS, OPTIONS
from catalog.models import Product, ProductAttribute, Variant
from marketplace.kernel.pictures import address_of
from marketplace.kernel.sheets import lines
from vendors.models import Vendor

PRODUCTS_A_PAGE: Final = 200
# What an import does, but nobody is.
ACTIONS: Final = frozenset({"submit"})
# Beside them for who reads; an import passes it over.
STATUS: Final = "status"

Cells = Mapping[str, str]


def as_csv(vendor: Vendor) -> Iterator[str]:
    """The lines of a CSV: a row for each variant that is for sale, formulas made text.

    Three statements for 200 products, one page of which is in memory at a time, and one before them.
    """
    head = _head(vendor)
    return lines(head, ([cells.get(name, "") for name in head] for cells in _rows(vendor)))


def as_json_lines(vendor: Vendor) -> Iterator[str]:
    """The same as objects, one a line; what is empty is left out but where an import would take it back."""
    head = _head(vendor)
    for cells in _rows(vendor):
        yield json.dumps({name: cells.get(name, "") for name in head}, ensure_ascii=False) + "\n"


def _head(vendor: Vendor) -> list[str]:
    answered = ProductAttribute.objects.filter(product__vendor=vendor).order_by("attribute__slug")
    slugs = answered.values_list("attribute__slug", flat=True).distinct()
    return [
        *(name for name in LISTING_COLUMNS if name not in ACTIONS),
        *(ATTRIBUTE + slug for slug in slugs),
        STATUS,
    ]


def _rows(vendor: Vendor) -> Iterator[Cells]:
    live = Variant.objects.filter(is_active=True).order_by("position", "pk")
    said = ProductAttribute.objects.select_related("attribute", "choice")
    listed = (
        Product.objects.for_vendor(vendor)
        .filter(pk__in=Variant.objects.filter(vendor=vendor, is_active=True).values("product"))
        .select_related("category")
        .prefetch_related(
            Prefetch("variants", live, to_attr="for_sale"), Prefetch("attributes", said), "images"
        )
        .order_by("pk")
    )
    after = 0
    while page := list(listed.filter(pk__gt=after)[:PRODUCTS_A_PAGE]):
        for product in page:
            yield from _rows_of(product)
        after = page[-1].pk


def _rows_of(product: Product) -> Iterator[Cells]:
    """What is said of the product as a whole stands in its first row."""
    whole = _whole(product)
    variants: Sequence[Variant] = getattr(product, "for_sale")  # noqa: B009  # as the prefetch names it
    for variant in variants:
        yield {"product": product.slug, **whole, **_own(variant, product)}
        whole = {}


def _whole(product: Product) -> dict[str, str]:
    answers: dict[str, list[ProductAttribute]] = {}
    for row in product.attributes.all():
        answers.setdefault(row.attribute.slug, []).append(row)
    names = dict(zip(OPTIONS, product.option_names, strict=False))
    return {
        "title": product.title,
        "description": product.description,
        "category": product.category.path,
        "is_shipped": "yes" if product.is_shipped else "no",
        "tax_category": product.tax_category,
        "tags": "|".join(product.tags),
        "images": "\n".join(each.origin or address_of(str(each.file.name)) for each in product.images.all()),
        STATUS: product.status,
        **{f"option{number}_name": name for number, name in names.items()},
        **{ATTRIBUTE + slug: _said(rows) for slug, rows in answers.items()},
    }


def _own(variant: Variant, product: Product) -> dict[str, str]:
    values = [variant.options.get(name, "") for name in product.option_names]
    compare_at = variant.compare_at_price
    return {
        "sku": variant.sku,
        "price": variant.price.amount,
        "compare_at": "" if compare_at is None else compare_at.amount,
        "currency": variant.currency,
        "stock": str(variant.on_hand),
        "weight_g": str(variant.weight_g),
        **{f"option{number}_value": value for number, value in zip(OPTIONS, values, strict=False)},
    }


def _said(rows: Sequence[ProductAttribute]) -> str:
    choices = [row.choice.slug for row in rows if row.choice is not None]
    return cell_of(choices, rows[0].text, rows[0].number_milli)
