"""What the platform's staff may read of comparisons with the providers' books."""

import strawberry
from django.db.models import QuerySet

from marketplace.api import fields
from marketplace.api.context import Info
from marketplace.api.nodes import visible
from marketplace.api.reconciliation.types import DiscrepancyType, ReconciliationType
from payouts import models, selectors
from payouts.permissions import VIEW_DISCREPANCIES, VIEW_RECONCILIATIONS


@visible("Reconciliation")
def visible_reconciliations(info: Info) -> "QuerySet[models.Reconciliation]":
    may = info.context.staff_who_may(VIEW_RECONCILIATIONS)
    return selectors.reconciliations() if may else models.Reconciliation.objects.none()


@visible("Discrepancy")
def visible_discrepancies(info: Info) -> "QuerySet[models.Discrepancy]":
    may = info.context.staff_who_may(VIEW_DISCREPANCIES)
    return selectors.discrepancies() if may else models.Discrepancy.objects.none()


@visible("StrayRefund")
def visible_stray_refunds(info: Info) -> "QuerySet[models.StrayRefund]":
    return models.StrayRefund.objects.filter(discrepancy__in=visible_discrepancies(info))


@strawberry.type
class Platform:
    """The part of `platform` that this package provides."""

    @fields.connection(
        ReconciliationType,
        description="The comparisons with the payment providers' books, newest first.",
        is_guarded=True,
    )
    def reconciliations(self, info: Info) -> "QuerySet[models.Reconciliation]":
        info.context.demand_staff(VIEW_RECONCILIATIONS)
        return selectors.reconciliations()

    @fields.connection(
        DiscrepancyType,
        description="What differed from the payment providers' books, newest first.",
        is_guarded=True,
    )
    def discrepancies(self, info: Info) -> "QuerySet[models.Discrepancy]":
        info.context.demand_staff(VIEW_DISCREPANCIES)
        return selectors.discrepancies()
