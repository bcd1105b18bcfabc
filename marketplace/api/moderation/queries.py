"""Which changes of listings one may see by their ids."""

from django.db.models import QuerySet

from catalog import models
from catalog.selectors import sellers
from marketplace.api.context import Info
from marketplace.api.nodes import visible
from vendors.permissions import VendorPermission


@visible("ProductChange")
def visible_changes(info: Info) -> "QuerySet[models.ProductChange]":
    listings = sellers.listings_of(info.context.visitor, VendorPermission.VIEW_LISTINGS)
    return models.ProductChange.objects.filter(product__in=listings)
