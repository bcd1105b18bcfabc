"""What a vendor's people change of what it says about itself."""

from typing import Annotated

import strawberry

from marketplace.api import fields
from marketplace.api.context import Info
from marketplace.api.fields import INPUT
from marketplace.api.vendors.inputs import UpdateVendorProfileInput
from marketplace.api.vendors.mutations.answers import VendorSuccess
from marketplace.api.vendors.types import own_vendor
from marketplace.kernel.errors import InvalidInput, NotFound
from vendors.errors import NotPermitted
from vendors.operations import profile
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
