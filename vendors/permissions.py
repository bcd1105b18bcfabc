"""Who may do what on a vendor: its roles, its permissions, and the one table that joins them.

A permission is granted on the vendor object (django-guardian), never on its products or orders: those are
reached through their vendor. Only owners manage members and payout accounts, so no role can raise itself.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from django.db.models import TextChoices

# What the platform's staff may: Django permissions, given by roles of theirs (marketplace/staff.py).
MODERATE_VENDORS: Final = "vendors.moderate_vendor"
PUBLISH_TERMS: Final = "vendors.add_platformterms"
VIEW_AUDIT: Final = "kernel.view_auditentry"
VIEW_VENDORS: Final = "vendors.view_vendor"
VIEW_APPEALS: Final = "vendors.view_vendorappeal"
VIEW_TRADERS: Final = "vendors.view_traderdetails"


class VendorPermission(TextChoices):
    """What a member may do; the value is the codename of a Django permission on Vendor."""

    VIEW_VENDOR = "view_vendor", "Can see the vendor's account"
    CHANGE_VENDOR = "change_vendor", "Can change the vendor's profile and settings"
    MANAGE_MEMBERS = "manage_members", "Can invite, change and remove members"
    VIEW_LISTINGS = "view_listings", "Can see all listings, unpublished ones too"
    CHANGE_LISTINGS = "change_listings", "Can create and change listings"
    CHANGE_STOCK = "change_stock", "Can adjust stock"
    VIEW_ORDERS = "view_orders", "Can see the vendor's orders"
    FULFIL_ORDERS = "fulfil_orders", "Can ship and cancel"
    REFUND_ORDERS = "refund_orders", "Can refund and answer returns"
    VIEW_FINANCES = "view_finances", "Can see income, ledger and payouts"
    CHANGE_PAYOUT_ACCOUNT = "change_payout_account", "Can change where money is paid"
    ANSWER_BUYERS = "answer_buyers", "Can answer messages and reviews"
    MANAGE_API_KEYS = "manage_api_keys", "Can make and revoke API keys"
    CHANGE_PROMOTIONS = "change_promotions", "Can make and end promotions"


class VendorRole(TextChoices):
    """What a member is to the vendor."""

    OWNER = "owner", "Owner"
    MANAGER = "manager", "Manager"
    CATALOGUE = "catalogue", "Catalogue"
    FULFILMENT = "fulfilment", "Fulfilment"
    FINANCE = "finance", "Finance"
    SUPPORT = "support", "Support"


_P = VendorPermission

ROLE_PERMISSIONS: Final[Mapping[VendorRole, frozenset[VendorPermission]]] = MappingProxyType(
    {
        VendorRole.OWNER: frozenset(_P),
        VendorRole.MANAGER: frozenset(_P) - {_P.MANAGE_MEMBERS, _P.CHANGE_PAYOUT_ACCOUNT},
        VendorRole.CATALOGUE: frozenset(
            {_P.VIEW_VENDOR, _P.VIEW_LISTINGS, _P.CHANGE_LISTINGS, _P.CHANGE_STOCK}
        ),
        VendorRole.FULFILMENT: frozenset(
            {_P.VIEW_VENDOR, _P.VIEW_LISTINGS, _P.CHANGE_STOCK, _P.VIEW_ORDERS, _P.FULFIL_ORDERS}
        ),
        VendorRole.FINANCE: frozenset({_P.VIEW_VENDOR, _P.VIEW_ORDERS, _P.VIEW_FINANCES}),
        VendorRole.SUPPORT: frozenset(
            {_P.VIEW_VENDOR, _P.VIEW_LISTINGS, _P.VIEW_ORDERS, _P.REFUND_ORDERS, _P.ANSWER_BUYERS}
        ),
    }
)

# What takes a person: no API key has these, whoever makes it, so none can raise itself, or give money away.
FOR_PEOPLE_ONLY: Final = frozenset(
    {_P.MANAGE_MEMBERS, _P.CHANGE_PAYOUT_ACCOUNT, _P.MANAGE_API_KEYS, _P.CHANGE_PROMOTIONS}
)


def as_markdown() -> str:
    """The table of roles for the docs: one line a permission."""
    roles = list(VendorRole)
    lines = [
        f"| `{permission.value}` | {permission.label} | "
        + " | ".join("yes" if permission in ROLE_PERMISSIONS[role] else "" for role in roles)
        + " |"
        for permission in VendorPermission
    ]
    head = f"| permission | | {' | '.join(role.label for role in roles)} |"
    return "\n".join([head, "|---" * (len(roles) + 2) + "|", *lines])
