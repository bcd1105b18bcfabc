"""Who may see what goes to vendors: their people who may see finances, and the platform's staff."""

from typing import Annotated

import strawberry
from django.db.models import QuerySet

from marketplace.api import fields
from marketplace.api.context import Info
from marketplace.api.nodes import visible
from marketplace.api.transfers.types import TransferType, visible_transfers
from payouts import models, selectors
from payouts.permissions import VIEW_ADJUSTMENTS, VIEW_TRANSFERS
from vendors.permissions import VendorPermission
from vendors.selectors import vendors_of

visible("Transfer")(visible_transfers)


@visible("Reversal")
def visible_reversals(info: Info) -> "QuerySet[models.Reversal]":
    return models.Reversal.objects.filter(transfer__in=visible_transfers(info))


@visible("Adjustment")
def visible_adjustments(info: Info) -> "QuerySet[models.Adjustment]":
    if info.context.staff_who_may(VIEW_ADJUSTMENTS):
        return models.Adjustment.objects.all()
    mine = vendors_of(info.context.visitor, VendorPermission.VIEW_FINANCES)
    return models.Adjustment.objects.filter(vendor__in=mine)


@strawberry.type
class Platform:
    """The part of `platform` that this package provides."""

    @fields.connection(
        TransferType, description="What goes to vendors' accounts, newest first.", is_guarded=True
    )
    def transfers(
        self,
        info: Info,
        *,
        status: Annotated[
            models.TransferStatus | None, strawberry.argument(description="Only those that stand so.")
        ] = None,
        waiting: Annotated[
            models.Waiting | None, strawberry.argument(description="Only those that wait for this.")
        ] = None,
    ) -> "QuerySet[models.Transfer]":
        info.context.demand_staff(VIEW_TRANSFERS)
        return selectors.transfers(status=status, waiting=waiting)
