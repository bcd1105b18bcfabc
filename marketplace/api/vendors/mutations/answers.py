"""What mutations on vendors answer, and how they find what they act on."""

import strawberry

from marketplace.accounts.models import User
from marketplace.api import fields
from marketplace.api.context import Info
from marketplace.api.scalars import decode_key
from marketplace.api.vendor_account import VendorAccount
from marketplace.kernel.errors import NotFound
from vendors.models import Vendor
from vendors.permissions import MODERATE_VENDORS


@strawberry.type(description="The vendor as it is now.")
class VendorSuccess:
    row: strawberry.Private[Vendor]

    @fields.field(VendorAccount, description="The vendor as it is now.")
    def vendor(self, info: Info) -> Vendor:
        return fields.refetch(self.row, info)


def as_staff(identifier: str, info: Info) -> tuple[User, Vendor]:
    """Who acts, if they may decide about vendors, and the vendor; raises NotFound where either is missing."""
    key = decode_key(identifier, "VendorAccount", field="vendor")
    actor = info.context.staff_who_may(MODERATE_VENDORS)
    vendor = Vendor.objects.filter(pk=key).first() if actor else None
    if actor is None or vendor is None:
        raise NotFound(thing="vendor", field="vendor")
    return actor, vendor
