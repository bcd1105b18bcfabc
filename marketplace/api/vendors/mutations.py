"""What may be done to vendors."""

from typing import Annotated

import strawberry

from marketplace.accounts.errors import SignInRequired
from marketplace.accounts.models import User
from marketplace.api import fields
from marketplace.api.context import Info
from marketplace.api.fields import INPUT
from marketplace.api.scalars import decode_key
from marketplace.api.vendor_account import VendorAccount
from marketplace.api.vendors.inputs import (
    ApplyAsVendorInput,
    ApproveVendorInput,
    ReinstateVendorInput,
    RejectVendorInput,
    SuspendVendorInput,
    UpdateVendorProfileInput,
)
from marketplace.api.vendors.types import own_vendor
from marketplace.kernel.errors import InvalidInput, NotFound, TransitionNotAllowed
from vendors import operations
from vendors.errors import NotPermitted
from vendors.models import Vendor
from vendors.permissions import VendorPermission


@strawberry.type(description="The vendor as it is now.")
class VendorSuccess:
    row: strawberry.Private[Vendor]

    @fields.field(VendorAccount, description="The vendor as it is now.")
    def vendor(self, info: Info) -> Vendor:
        return fields.refetch(self.row, info)


@strawberry.type
class Mutation:
    @fields.mutation(
        SignInRequired, InvalidInput, description="Ask to sell here; you become the vendor's owner."
    )
    def apply_as_vendor(self, info: Info, input: Annotated[ApplyAsVendorInput, INPUT]) -> VendorSuccess:
        vendor = operations.apply(
            user=info.context.demand_user(),
            name=input.name,
            email=input.email,
            country=input.country,
            currency=input.currency,
            timezone=input.timezone,
            about=input.about,
        )
        return VendorSuccess(row=vendor)

    @fields.mutation(
        NotFound, NotPermitted, InvalidInput, description="Change what your vendor says about itself."
    )
    def update_vendor_profile(
        self,
        info: Info,
        input: Annotated[UpdateVendorProfileInput, INPUT],
    ) -> VendorSuccess:
        vendor = own_vendor(input.vendor, VendorPermission.CHANGE_VENDOR, info)
        changed = operations.update_profile(
            vendor=vendor, name=input.name, email=input.email, about=input.about, timezone=input.timezone
        )
        return VendorSuccess(row=changed)

    @fields.mutation(
        NotFound, InvalidInput, TransitionNotAllowed, description="Platform: let an applicant sell."
    )
    def approve_vendor(self, info: Info, input: Annotated[ApproveVendorInput, INPUT]) -> VendorSuccess:
        actor, vendor = _as_staff(input.vendor, info)
        return VendorSuccess(row=operations.approve(vendor=vendor, actor=actor, note=input.note))

    @fields.mutation(
        NotFound, InvalidInput, TransitionNotAllowed, description="Platform: turn an applicant down."
    )
    def reject_vendor(self, info: Info, input: Annotated[RejectVendorInput, INPUT]) -> VendorSuccess:
        actor, vendor = _as_staff(input.vendor, info)
        changed = operations.reject(vendor=vendor, actor=actor, reason=input.reason, note=input.note)
        return VendorSuccess(row=changed)

    @fields.mutation(
        NotFound, InvalidInput, TransitionNotAllowed, description="Platform: take a vendor off sale."
    )
    def suspend_vendor(self, info: Info, input: Annotated[SuspendVendorInput, INPUT]) -> VendorSuccess:
        actor, vendor = _as_staff(input.vendor, info)
        changed = operations.suspend(vendor=vendor, actor=actor, reason=input.reason, note=input.note)
        return VendorSuccess(row=changed)

    @fields.mutation(
        NotFound, InvalidInput, TransitionNotAllowed, description="Platform: let a vendor sell again."
    )
    def reinstate_vendor(
        self,
        info: Info,
        input: Annotated[ReinstateVendorInput, INPUT],
    ) -> VendorSuccess:
        actor, vendor = _as_staff(input.vendor, info)
        return VendorSuccess(row=operations.reinstate(vendor=vendor, actor=actor, note=input.note))


def _as_staff(identifier: str, info: Info) -> tuple[User, Vendor]:
    """The admin who acts, and the vendor; raises NotFound where either is missing."""
    key = decode_key(identifier, "VendorAccount", field="vendor")
    actor = info.context.staff
    vendor = Vendor.objects.filter(pk=key).first() if actor else None
    if actor is None or vendor is None:
        raise NotFound(thing="vendor", field="vendor")
    return actor, vendor
