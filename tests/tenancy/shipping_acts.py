"""The matrix's rows of how a vendor ships."""

from typing import Final

from tests.tenancy.acts import P, Ref, by_members
from tests.tenancy.world import MEMBERS

SHIPPING_ACTS: Final = [
    by_members(
        "saveShippingMethod",
        P.CHANGE_VENDOR,
        MEMBERS,
        vendor=Ref("account"),
        method=Ref("shipping_method"),
        name="Another",
        idempotencyKey="the-same-for-all",
    ),
    by_members(
        "saveShippingProfile",
        P.CHANGE_VENDOR,
        MEMBERS,
        vendor=Ref("account"),
        profile=Ref("shipping_profile"),
        name="Another",
        idempotencyKey="the-same-for-all",
    ),
    by_members(
        "saveShippingZone",
        P.CHANGE_VENDOR,
        MEMBERS,
        profile=Ref("shipping_profile"),
        zone=Ref("shipping_zone"),
        name="Another",
        countries=["DE"],
        idempotencyKey="the-same-for-all",
    ),
    by_members(
        "saveShippingRate",
        P.CHANGE_VENDOR,
        MEMBERS,
        zone=Ref("shipping_zone"),
        method=Ref("shipping_method"),
        price="2.00",
    ),
    by_members("deleteShippingProfile", P.CHANGE_VENDOR, MEMBERS, profile=Ref("shipping_profile")),
    by_members("deleteShippingZone", P.CHANGE_VENDOR, MEMBERS, zone=Ref("shipping_zone")),
    by_members(
        "deleteShippingRate",
        P.CHANGE_VENDOR,
        MEMBERS,
        zone=Ref("shipping_zone"),
        method=Ref("shipping_method"),
    ),
]
