"""How vendors ship, as their own people see and set it. What is another's is not there."""

from typing import Any, Final

from django.db.models import Model, QuerySet

from checkout.models import ShippingMethod, ShippingProfile, ShippingZone
from marketplace.kernel.errors import NotFound
from vendors.models import Vendor
from vendors.permissions import VendorPermission
from vendors.selectors import Visitor, require, vendors_of

# The way to their vendor, and what they are called in refusals and in inputs.
KNOWN: Final[dict[type[Model], tuple[str, str, str]]] = {
    ShippingMethod: ("vendor", "way of shipping", "method"),
    ShippingProfile: ("vendor", "shipping profile", "profile"),
    ShippingZone: ("profile__vendor", "shipping zone", "zone"),
}


def shipping_of(visitor: Visitor, kind: type[Model]) -> "QuerySet[Any]":
    """The ways, profiles or zones of all vendors somebody works for."""
    return kind._default_manager.filter(**{f"{KNOWN[kind][0]}__in": vendors_of(visitor)})  # noqa: SLF001


def vendor_shipping(visitor: Visitor, kind: type[Model], pk: int, permission: VendorPermission) -> Vendor:
    """The vendor of a way, a profile or a zone, for something that a member's role must allow.

    Two statements. Raises NotFound for a stranger as for a key nobody has, NotPermitted.
    """
    _, thing, field = KNOWN[kind]
    row = shipping_of(visitor, kind).filter(pk=pk).select_related(KNOWN[kind][0]).first()
    if row is None:
        raise NotFound(thing=thing, field=field)
    vendor: Vendor = row.profile.vendor if isinstance(row, ShippingZone) else row.vendor
    require(visitor, permission, vendor)
    return vendor
