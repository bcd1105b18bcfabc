"""What a vendor's people set of how it takes things back; orders keep what they agreed to."""

from typing import Annotated

import strawberry

from checkout.operations.return_policies import save_return_policy
from marketplace.api import fields
from marketplace.api.context import Info
from marketplace.api.fields import INPUT
from marketplace.api.returns.inputs import SaveReturnPolicyInput, bps_of
from marketplace.api.vendors.mutations.answers import VendorSuccess
from marketplace.api.vendors.types import own_vendor
from marketplace.kernel.errors import InvalidInput, NotFound
from vendors.errors import NotPermitted
from vendors.permissions import VendorPermission


@strawberry.type
class Mutation:
    @fields.mutation(
        NotFound,
        NotPermitted,
        InvalidInput,
        description="Say how long your vendor takes things back and what it keeps, from the next order on.",
    )
    def save_return_policy(self, info: Info, input: Annotated[SaveReturnPolicyInput, INPUT]) -> VendorSuccess:
        vendor = own_vendor(input.vendor, VendorPermission.CHANGE_VENDOR, info)
        save_return_policy(
            vendor=vendor,
            days=input.days,
            restocking_bps=bps_of(input.restocking_rate, field="restockingRate"),
            actor=info.context.actor,
        )
        return VendorSuccess(row=vendor)
