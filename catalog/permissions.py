"""What a grant on one single product is worth.

Authority on a product is authority on its vendor (vendors/permissions.py). Beside it, a permission granted by
django-guardian on the product itself counts like these permissions of a vendor's role, for that product only.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from vendors.permissions import VendorPermission

# What the platform's staff may: Django permissions, given by roles of theirs (marketplace/staff.py).
MODERATE_PRODUCTS: Final = "catalog.moderate_product"
VIEW_PRODUCTS: Final = "catalog.view_product"
VIEW_SEARCHES: Final = "catalog.view_searchtally"
VIEW_COLLECTIONS: Final = "catalog.view_collection"
CHANGE_COLLECTIONS: Final = "catalog.change_collection"
VIEW_ATTRIBUTES: Final = "catalog.view_attribute"
CHANGE_ATTRIBUTES: Final = "catalog.change_attribute"

# The codenames are those of Django's own permissions on the model.
PRODUCT_GRANTS: Final[Mapping[VendorPermission, frozenset[str]]] = MappingProxyType(
    {
        VendorPermission.VIEW_LISTINGS: frozenset({"view_product", "change_product"}),
        VendorPermission.CHANGE_LISTINGS: frozenset({"change_product"}),
        VendorPermission.CHANGE_STOCK: frozenset({"change_product"}),
    }
)
