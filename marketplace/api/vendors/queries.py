"""What may be read of vendors: by anyone, by their people, by the platform."""

from typing import Annotated

import strawberry
from django.db.models import QuerySet

from marketplace.api import fields
from marketplace.api.context import Info
from marketplace.api.nodes import visible
from marketplace.api.vendor_account import VendorAccount
from marketplace.api.vendors.types import PlatformTermsType, VendorAppealType, VendorType
from vendors import selectors
from vendors.models import PlatformTerms, Vendor, VendorApiKey, VendorAppeal, VendorInvitation, VendorMember
from vendors.permissions import VIEW_APPEALS, VIEW_VENDORS, VendorPermission

Slug = Annotated[str, strawberry.argument(description="The name in addresses.")]


@visible("Vendor")
def visible_vendors(_: Info) -> "QuerySet[Vendor]":
    return selectors.selling_vendors()


@visible("VendorAccount")
def visible_accounts(info: Info) -> "QuerySet[Vendor]":
    return selectors.vendors_of(info.context.visitor)


@visible("VendorMember")
def visible_members(info: Info) -> "QuerySet[VendorMember]":
    mine = selectors.vendors_of(info.context.visitor, VendorPermission.VIEW_VENDOR)
    return VendorMember.objects.filter(vendor__in=mine)


@visible("VendorInvitation")
def visible_invitations(info: Info) -> "QuerySet[VendorInvitation]":
    mine = selectors.vendors_of(info.context.visitor, VendorPermission.MANAGE_MEMBERS)
    return VendorInvitation.objects.filter(vendor__in=mine)


@visible("VendorApiKey")
def visible_api_keys(info: Info) -> "QuerySet[VendorApiKey]":
    mine = selectors.vendors_of(info.context.visitor, VendorPermission.MANAGE_API_KEYS)
    return VendorApiKey.objects.filter(vendor__in=mine)


@visible("VendorAppeal")
def visible_appeals(info: Info) -> "QuerySet[VendorAppeal]":
    if info.context.staff_who_may(VIEW_APPEALS):
        return VendorAppeal.objects.all()
    mine = selectors.vendors_of(info.context.visitor, VendorPermission.VIEW_VENDOR)
    return VendorAppeal.objects.filter(vendor__in=mine)


@strawberry.type
class Query:
    @fields.field(VendorType | None, description="The vendor of this slug, if it sells.")
    def vendor(self, info: Info, slug: Slug) -> Vendor | None:
        return fields.fetch(selectors.vendor_by_slug(slug), info)

    @fields.field(PlatformTermsType | None, description="What vendors agree to at present.")
    def platform_terms(self) -> PlatformTerms | None:
        return selectors.terms_of_this_moment()

    @fields.connection(VendorType, description="The vendors that sell, by name.")
    def vendors(self) -> "QuerySet[Vendor]":
        return selectors.selling_vendors().order_by("name", "pk")


@strawberry.type
class Viewer:
    """The part of `viewer` that this package provides."""

    @fields.connection(VendorAccount, description="The vendors you work for.")
    def vendors(self, info: Info) -> "QuerySet[Vendor]":
        return selectors.vendors_of(info.context.visitor).order_by("name", "pk")

    @fields.field(VendorAccount | None, description="The vendor of this slug, if you work for it.")
    def vendor(self, info: Info, slug: Slug) -> Vendor | None:
        return fields.fetch(selectors.vendors_of(info.context.visitor).filter(slug=slug), info)


@strawberry.type
class Platform:
    """The part of `platform` that this package provides."""

    @fields.connection(
        VendorAccount, description="All vendors, whatever their state, newest first.", is_guarded=True
    )
    def vendors(self, info: Info) -> "QuerySet[Vendor]":
        info.context.demand_staff(VIEW_VENDORS)
        return Vendor.objects.order_by("-pk")

    @fields.connection(
        VendorAccount,
        description="Vendors that wait for a decision, the longest waiting first.",
        is_guarded=True,
    )
    def vendor_applications(self, info: Info) -> "QuerySet[Vendor]":
        info.context.demand_staff(VIEW_VENDORS)
        return selectors.applications()

    @fields.connection(
        VendorAppealType, description="Appeals that wait for an answer, oldest first.", is_guarded=True
    )
    def vendor_appeals(self, info: Info) -> "QuerySet[VendorAppeal]":
        info.context.demand_staff(VIEW_APPEALS)
        return selectors.open_appeals()
