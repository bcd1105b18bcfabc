"""The words under which products are found, kept on their rows: the one writer of `Product.search`."""

from catalog.models import Category, Product, ProductQuerySet
from catalog.search import document
from vendors.events import VendorRenamed


def reindex(products: ProductQuerySet) -> int:
    """Write the words of these products anew, in the caller's transaction; returns how many there were.

    One statement, for one product as for all: it locks their rows, waiting for whoever holds one.
    """
    return products.order_by().update(search=document())


def reindex_vendor(event: VendorRenamed) -> None:
    """Reindex all products of a vendor whose name changed; a reaction in the transaction of the change."""
    reindex(Product.objects.filter(vendor=event.vendor_id))


def reindex_category(category: Category) -> int:
    """Reindex the products of a category and those below it, after its name or its place changed."""
    return reindex(Product.objects.filter(category__in=Category.objects.within([category.slug])))
