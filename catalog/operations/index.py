"""The words under which products are found, kept on their rows: the one writer of `Product.search`."""

from typing import Final

from django.db import transaction

from catalog.models import Attribute, Category, Product, ProductAttribute, ProductQuerySet
from catalog.search import document
from marketplace.kernel.locking import lock
from vendors.events import VendorRenamed

BATCH: Final = 500


def reindex(products: ProductQuerySet) -> int:
    """Write the words of these products anew, in the caller's transaction; returns how many there were.

    One statement, for one product as for all: it locks their rows, waiting for whoever holds one.
    """
    return products.order_by().update(search=document())


def reindex_vendor(event: VendorRenamed) -> None:
    """Reindex all products of a vendor whose name changed; a reaction in the transaction of the change.

    Locks the products.
    """
    _reindex_together(Product.objects.filter(vendor=event.vendor_id))


def reindex_category(category: Category) -> int:
    """Reindex the products of a category and those below it, after its name or its place changed.

    Locks the products.
    """
    return _reindex_together(Product.objects.filter(category__in=Category.objects.within([category.slug])))


def reindex_attribute(attribute: Attribute) -> int:
    """Reindex the products that chose something of an attribute, after its name or that of a choice changed.

    Locks the products.
    """
    theirs = ProductAttribute.objects.filter(attribute=attribute, choice__isnull=False)
    return _reindex_together(Product.objects.filter(pk__in=theirs.order_by().values("product")))


def reindex_all() -> int:
    """Reindex every product, after another language was chosen; returns how many.

    Some at a time, each time in a transaction of its own, so that nobody waits long.
    """
    done = last = 0
    keys = Product.objects.order_by("pk").values_list("pk", flat=True)
    while some := list(keys.filter(pk__gt=last)[:BATCH]):
        with transaction.atomic():
            done += _reindex_together(Product.objects.filter(pk__in=some))
        last = some[-1]
    return done


def _reindex_together(products: ProductQuerySet) -> int:
    """An UPDATE takes its rows in any order; two that share products would wait for each other for ever."""
    lock(products.only("pk"))
    return reindex(products)
