"""Who may see what was paid out, what is held, and who is not paid."""

from typing import Annotated

import strawberry
from django.db.models import QuerySet

from marketplace.api import fields
from marketplace.api.context import Info
from marketplace.api.nodes import visible
from marketplace.api.paying.types import PayoutHoldType, UnpaidVendor
from marketplace.api.payouts.types import PayoutType
from marketplace.api.scalars import decode_key
from payouts import models, selectors
from payouts.balances import outlooks
from payouts.permissions import VIEW_HOLDS, VIEW_PAYOUTS
from vendors.permissions import VendorPermission
from vendors.selectors import vendors_of

Whose = Annotated[strawberry.ID | None, strawberry.argument(description="Only of this vendor's account.")]


@visible("PayoutHold")
def visible_holds(info: Info) -> "QuerySet[models.PayoutHold]":
    if info.context.staff_who_may(VIEW_HOLDS):
        return models.PayoutHold.objects.all()
    mine = vendors_of(info.context.visitor, VendorPermission.VIEW_FINANCES)
    return models.PayoutHold.objects.filter(vendor__in=mine)


@strawberry.type
class Platform:
    """The part of `platform` that this package provides."""

    @fields.connection(PayoutType, description="What went to vendors' banks, newest first.", is_guarded=True)
    def payouts(
        self,
        info: Info,
        *,
        status: Annotated[
            models.PayoutStatus | None, strawberry.argument(description="Only what stands so.")
        ] = None,
        vendor: Whose = None,
    ) -> "QuerySet[models.Payout]":
        info.context.demand_staff(VIEW_PAYOUTS)
        return selectors.payouts(status=status, vendor_id=_key(vendor))

    @fields.connection(
        PayoutHoldType, description="What is held of vendors' money, and was; newest first.", is_guarded=True
    )
    def payout_holds(
        self,
        info: Info,
        *,
        is_open: Annotated[
            bool | None, strawberry.argument(description="Only those in force, or only those that ended.")
        ] = None,
        vendor: Whose = None,
    ) -> "QuerySet[models.PayoutHold]":
        info.context.demand_staff(VIEW_HOLDS)
        return selectors.holds(is_open=is_open, vendor_id=_key(vendor))

    @fields.field(description="Vendors whose day has come and who are not paid, and why; 100 at most.")
    def unpaid_vendors(self, info: Info) -> list[UnpaidVendor] | None:
        info.context.demand_staff(VIEW_PAYOUTS)
        found = outlooks(selectors.due_vendors())
        return [UnpaidVendor(outlook=outlook) for outlook in found.values() if outlook.reasons]


def _key(vendor: strawberry.ID | None) -> int | None:
    return None if vendor is None else decode_key(vendor, "VendorAccount", field="vendor")
