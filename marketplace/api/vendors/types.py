"""Vendors as buyers see them, and as their own people do."""

import strawberry
import strawberry_django
from django.db.models import QuerySet

from marketplace.accounts.models import User
from marketplace.api import fields
from marketplace.api.choices import enum_of
from marketplace.api.context import Info
from marketplace.api.nodes import Node
from marketplace.api.scalars import decode_key
from marketplace.kernel.errors import NotFound
from vendors import models, selectors
from vendors.errors import NotPermitted
from vendors.permissions import VendorPermission, VendorRole

enum_of(models.VendorStatus, description="Where a vendor stands with the platform.")
enum_of(models.VendorReason, description="Why a vendor was stopped.")
enum_of(VendorRole, description="What a member is to the vendor.")
enum_of(VendorPermission, description="What a member may do.")


@strawberry_django.type(
    models.Vendor, name="Vendor", description="Who sells: a third-party seller on the platform."
)
class VendorType(Node):
    slug: str = fields.attribute(description="Names the vendor in addresses.")
    name: str = fields.attribute(description="The name buyers know.")
    about: str = fields.attribute(description="What the vendor says of itself.")
    country: str = fields.attribute(description="ISO 3166-1 alpha-2 code of where it sells from.")


@strawberry_django.type(User, name="Person", description="Somebody one works with.")
class PersonType:
    email: str = fields.attribute(description="How they sign in.")
    name: str = fields.attribute(description="What they are called.")


@strawberry_django.type(
    models.VendorMember, name="VendorMember", description="A user who works for a vendor."
)
class VendorMemberType(Node):
    user: PersonType = fields.attribute(description="Who.")
    role: VendorRole = fields.attribute(description="As what.")


@strawberry_django.type(models.Vendor)
class Account:
    """The part of VendorAccount that this package provides."""

    slug: str = fields.attribute(description="Names the vendor in addresses.")
    name: str = fields.attribute(description="The name buyers know.")
    about: str = fields.attribute(description="What the vendor says of itself.")
    email: str = fields.attribute(description="Where the platform writes to.")
    country: str = fields.attribute(description="ISO 3166-1 alpha-2 code of where it sells from.")
    currency: str = fields.attribute(description="ISO 4217 code of the currency it sells in.")
    timezone: str = fields.attribute(description="IANA zone by which its reports cut their days.")
    status: models.VendorStatus = fields.attribute(description="Where it stands with the platform.")

    @fields.field(description="What you may do here.", only=["pk"])
    @staticmethod
    def permissions(root: strawberry.Parent[models.Vendor], info: Info) -> list[VendorPermission]:
        return sorted(held(root, info))

    @fields.connection(VendorMemberType, description="Who works here.", only=["pk"], is_guarded=True)
    @staticmethod
    def members(root: strawberry.Parent[models.Vendor], info: Info) -> "QuerySet[models.VendorMember]":
        demand(VendorPermission.VIEW_VENDOR, root, info)
        return models.VendorMember.objects.filter(vendor=root)


def held(vendor: models.Vendor, info: Info) -> frozenset[VendorPermission]:
    """What the viewer may do on the vendor; asked once a request."""
    known = info.context.permissions
    if vendor.pk not in known:
        known[vendor.pk] = selectors.permissions_on(info.context.visitor, vendor)
    return known[vendor.pk]


def demand(permission: VendorPermission, vendor: models.Vendor, info: Info) -> None:
    """Raise NotPermitted where the viewer's role lacks the permission."""
    if permission not in held(vendor, info):
        raise NotPermitted(permission=permission)


def own_vendor(identifier: str, permission: VendorPermission, info: Info) -> models.Vendor:
    """The vendor of this VendorAccount id, for something its role must allow.

    Raises NotFound for a stranger as for a vendor that does not exist, NotPermitted for a member who may not.
    """
    key = decode_key(identifier, "VendorAccount", field="vendor")
    vendor = selectors.vendors_of(info.context.visitor).filter(pk=key).first()
    if vendor is None:
        raise NotFound(thing="vendor", field="vendor")
    selectors.require(info.context.visitor, permission, vendor)
    return vendor
