"""The answers of the documents, put together by hand from rows the ORM fetched."""

import base64
import json
from collections.abc import Callable
from typing import Any

from django.core.files.storage import default_storage
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse

from catalog.models import Category, Product, ProductImage, Variant
from catalog.selectors.facets import Facets, facet_counts
from catalog.selectors.listings import ProductFilter, ProductSort, buyable_products, product_by_slug
from marketplace.api.connections import Connection
from marketplace.api.scalars import encode_id
from marketplace.kernel.money import Money
from vendors.models import Vendor

Json = dict[str, Any]


def product_list(request: HttpRequest) -> HttpResponse:
    return _answer({"products": _page(buyable_products(), _variables(request)["first"], _card)})


def product_detail(request: HttpRequest) -> HttpResponse:
    row = (
        product_by_slug(_variables(request)["slug"])
        .select_related("vendor", "category__parent", "default_variant")
        .prefetch_related("images", Prefetch("variants", Variant.objects.filter(is_active=True)))
        .get()
    )
    return _answer({"product": _detail(row)})


def product_search(request: HttpRequest) -> HttpResponse:
    variables = _variables(request)
    wanted = ProductFilter(text=variables["filter"]["text"])
    found = buyable_products(wanted, ProductSort[variables["sortBy"]])
    count = found.order_by()[: Connection.COUNT_CAP + 1].count()
    return _answer(
        {
            "products": {
                "totalCount": min(count, Connection.COUNT_CAP),
                "isCapped": count > Connection.COUNT_CAP,
                "facets": _facets(facet_counts(wanted)),
                **_page(found, variables["first"], _hit),
            }
        }
    )


def _variables(request: HttpRequest) -> Json:
    variables: Json = json.loads(request.GET["variables"])
    return variables


def _answer(content: Json) -> HttpResponse:
    body = json.dumps({"data": content}, separators=(",", ":"), ensure_ascii=False).encode()
    return HttpResponse(
        body, content_type="application/json; charset=utf-8", headers={"Content-Length": str(len(body))}
    )


def _page(products: "QuerySet[Product]", size: int, show: Callable[[Product], Json]) -> Json:
    related = products.select_related("vendor", "category", "default_variant").prefetch_related("images")
    rows = list(related[: size + 1])
    page = rows[:size]
    cursor = base64.urlsafe_b64encode(str(page[-1].pk).encode()).decode() if page else None
    return {
        "edges": [{"node": show(row)} for row in page],
        "pageInfo": {"hasNextPage": len(rows) > size, "endCursor": cursor},
    }


def _card(product: Product) -> Json:
    default = product.default_variant
    return {
        **_named("Product", product.pk, title=product.title, slug=product.slug),
        "price": _money(product.price),
        "compareAtPrice": _money(default.compare_at_price if default else None),
        "stockLevel": product.stock_level.name,
        "vendor": _vendor(product.vendor),
        "category": _category(product.category),
        "defaultVariant": default
        and _named("Variant", default.pk, sku=default.sku, stockLevel=default.stock_level.name),
        "images": {"edges": [{"node": _image(image)} for image in list(product.images.all())[:1]]},
    }


def _hit(product: Product) -> Json:
    default = product.default_variant
    return {
        **_named("Product", product.pk, title=product.title, slug=product.slug),
        "price": _money(product.price),
        "vendor": _vendor(product.vendor),
        "category": _category(product.category),
        "defaultVariant": default and _named("Variant", default.pk, stockLevel=default.stock_level.name),
        "images": {"edges": [{"node": _thumbnail(image)} for image in list(product.images.all())[:1]]},
    }


def _facets(facets: Facets) -> Json:
    choices = {"categories": facets.categories, "vendors": facets.vendors}
    return {
        "inStock": facets.in_stock,
        **{
            kind: [{"slug": each.slug, "name": each.name, "count": each.count} for each in values]
            for kind, values in choices.items()
        },
        "prices": [
            {"lowest": _money(each.lowest), "highest": _money(each.highest), "count": each.count}
            for each in facets.prices
        ],
    }


def _detail(product: Product) -> Json:
    variants = list(product.variants.all())
    category, vendor, default = product.category, product.vendor, product.default_variant
    return {
        **_named("Product", product.pk, title=product.title, slug=product.slug),
        "description": product.description,
        "price": _money(product.price),
        "compareAtPrice": _money(default.compare_at_price if default else None),
        "stockLevel": product.stock_level.name,
        "options": [
            {"name": name, "values": list(dict.fromkeys(variant.options[name] for variant in variants))}
            for name in product.option_names
        ],
        "vendor": {**_vendor(vendor), "about": vendor.about, "country": vendor.country},
        "category": {
            **_category(category),
            "path": category.path,
            "parent": _category(category.parent) if category.parent else None,
        },
        "defaultVariant": default and _named("Variant", default.pk),
        "variants": {"edges": [{"node": _variant(variant)} for variant in variants]},
        "images": {"edges": [{"node": _image(image)} for image in product.images.all()]},
    }


def _variant(variant: Variant) -> Json:
    return {
        **_named("Variant", variant.pk, sku=variant.sku),
        "options": [{"name": name, "value": value} for name, value in variant.options.items()],
        "price": _money(variant.price),
        "compareAtPrice": _money(variant.compare_at_price),
        "stockLevel": variant.stock_level.name,
    }


def _image(image: ProductImage) -> Json:
    return _named(
        "ProductImage",
        image.pk,
        alt=image.alt,
        url=default_storage.url(image.file.name or ""),
        width=image.width,
        height=image.height,
        placeholder=image.placeholder,
        renditions=[
            {"url": default_storage.url(each["name"]), "width": each["width"], "height": each["height"]}
            for each in image.renditions
        ],
    )


def _thumbnail(image: ProductImage) -> Json:
    return _named(
        "ProductImage",
        image.pk,
        alt=image.alt,
        url=default_storage.url(image.file.name or ""),
        renditions=[
            {"url": default_storage.url(each["name"]), "width": each["width"]} for each in image.renditions
        ],
    )


def _vendor(vendor: Vendor) -> Json:
    return _named("Vendor", vendor.pk, name=vendor.name, slug=vendor.slug)


def _category(category: Category) -> Json:
    return _named("Category", category.pk, name=category.name, slug=category.slug)


def _named(type_name: str, key: int, **fields: Any) -> Json:
    return {"id": encode_id(type_name, key), **fields}


def _money(money: Money | None) -> Json | None:
    return None if money is None else {"amount": str(money.amount), "currency": money.currency}
