"""How a product leads to others: for all products of a list at once, in the statements of one."""

from typing import Any

import strawberry
from django.db.models import Prefetch, QuerySet
from strawberry_django.optimizer import optimize

from catalog.models import Product
from recommend import selectors


def bought_together(info: strawberry.Info) -> Any:
    """Hint to the optimizer: what was bought with each product."""
    return Prefetch("bought_together", _first(selectors.also_bought(), info), to_attr="prefetched_together")


def near_in_price(info: strawberry.Info) -> Any:
    """Hint to the optimizer: what is like each product."""
    return Prefetch("similar_products", _first(selectors.similar(), info), to_attr="prefetched_similar")


def together_with(product: Product, info: strawberry.Info) -> list[Product]:
    """What was bought with a product, prefetched by the hint above where there was one."""
    found = getattr(product, "prefetched_together", None)
    return _others(_first(selectors.also_bought().filter(product=product), info) if found is None else found)


def similar_to(product: Product, info: strawberry.Info) -> list[Product]:
    """What is like a product, prefetched by the hint above where there was one."""
    found = getattr(product, "prefetched_similar", None)
    return _others(_first(selectors.similar().filter(product=product), info) if found is None else found)


def _first(pairs: "QuerySet[Any]", info: strawberry.Info) -> "QuerySet[Any]":
    """The first pairs of each product, with what the selection below asks of the other product.

    The optimizer gives no hint where a field stands under two names with different arguments: the prefetch
    could not serve both. Then each name asks for itself.
    """
    others = optimize(Product.objects.all(), info)
    return pairs.prefetch_related(Prefetch("other", others))[: selectors.MOST]


def _others(pairs: Any) -> list[Product]:
    return [pair.other for pair in pairs]
