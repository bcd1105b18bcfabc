"""What a vendor's people change of what it says about itself."""

from typing import Annotated

import strawberry

from marketplace.api import fields
from marketplace.api.context import Info
from marketplace.api.fields import INPUT
from marketplace.api.vendors.inputs import SetVacationInput, UpdateVendorProfileInput
from marketplace.api.vendors.mutations.answers import VendorSuccess
from marketplace.api.vendors.types import own_vendor
from marketplace.kernel import clock
from marketplace.kernel.errors import InvalidInput, NotFound
from vendors.errors import NotPermitted
from vendors.operations import profile, vacation
from vendors.permissions import VendorPermission


@strawberry.type
class Mutation:
    @fields.mutation(
        NotFound, NotPermitted, InvalidInput, description="Change what your vendor says about itself."
    )
    def update_vendor_profile(
        self,
        info: Info,
        input: Annotated[UpdateVendorProfileInput, INPUT],
    ) -> VendorSuccess:
        changed = profile.update_profile(
            vendor=own_vendor(input.vendor, VendorPermission.CHANGE_VENDOR, info),
            name=input.name,
            email=input.email,
            about=input.about,
            timezone=input.timezone,
        )
        return VendorSuccess(row=changed)

    @fields.mutation(
        NotFound, NotPermitted, InvalidInput, description="Say when your vendor is away, or that it is back."
    )
    def set_vacation(self, info: Info, input: Annotated[SetVacationInput, INPUT]) -> VendorSuccess:
        vendor = own_vendor(input.vendor, VendorPermission.CHANGE_VENDOR, info)
        actor = info.context.user
        if input.closed_to is None:
            if input.closed_from is not None:
                raise InvalidInput(field="closedTo", reason="Say when it ends.")
            return VendorSuccess(row=vacation.end_vacation(vendor=vendor, actor=actor))
        changed = vacation.set_vacation(
            vendor=vendor,
            closed_from=input.closed_from or clock.now(),
            closed_to=input.closed_to,
            message=input.message,
            actor=actor,
        )
        return VendorSuccess(row=changed)
