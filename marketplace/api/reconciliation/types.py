"""What differs from the payment providers' books, for the platform's staff."""

from datetime import datetime

import strawberry
import strawberry_django

from marketplace.api import fields
from marketplace.api.choices import enum_of
from marketplace.api.nodes import Node
from marketplace.api.scalars import MoneyType
from payouts import models

enum_of(models.DiscrepancyKind, description="What a payment provider tells differently.")
enum_of(models.DiscrepancyStatus, description="Whether something still differs.")
enum_of(models.ReconciliationOutcome, description="What came of a comparison.")
enum_of(models.StrayRefundStatus, description="Where a refund stands of a payment that pays nothing here.")


@strawberry_django.type(
    models.StrayRefund,
    name="StrayRefund",
    description="A payment that pays nothing here and was given back by decision of the staff.",
)
class StrayRefundType(Node):
    ref: str = fields.attribute(description="What the payment provider calls it; empty until it answers.")
    status: models.StrayRefundStatus = fields.attribute(description="Where it stands.")
    amount: MoneyType | None = fields.attribute(
        description="What goes back; null until the provider was asked what is left.",
        only=["amount_minor", "currency"],
    )
    refusal: str = fields.attribute(description="Why it failed, as a code; empty where it did not.")
    reason: str = fields.attribute(description="Why it was given back.")
    created_at: datetime = fields.attribute(description="When that was decided first.")


@strawberry_django.type(
    models.Discrepancy,
    name="Discrepancy",
    description="One thing of which the marketplace and a payment provider tell different things.",
)
class DiscrepancyType(Node):
    provider: str = fields.attribute(description="Whose books they are.")
    kind: models.DiscrepancyKind = fields.attribute(description="What is told differently.")
    ref: str = fields.attribute(description="What it is about, as the provider calls it.")
    ours: str = fields.attribute(description="What stands here.")
    theirs: str = fields.attribute(description="What stands there.")
    status: models.DiscrepancyStatus = fields.attribute(description="Whether it still differs.")
    first_seen_at: datetime = fields.attribute(description="When it was met first.")
    last_seen_at: datetime = fields.attribute(description="When it was met last.")
    resolved_at: datetime | None = fields.attribute(description="When it was seen to differ no more.")

    @fields.field(
        description="The number of the order it is about, where that is known.",
        select_related=["order"],
        only=["order__number"],
    )
    @staticmethod
    def order_number(root: strawberry.Parent[models.Discrepancy]) -> str | None:
        return root.order.number if root.order else None

    @fields.field(
        StrayRefundType | None,
        description="What was given back of it, where it is a payment that pays nothing here.",
        select_related=["stray_refund"],
    )
    @staticmethod
    def stray_refund(root: strawberry.Parent[models.Discrepancy]) -> models.StrayRefund | None:
        return getattr(root, "stray_refund", None)


@strawberry_django.type(
    models.Reconciliation,
    name="Reconciliation",
    description="One comparison of the marketplace with a payment provider's books.",
)
class ReconciliationType(Node):
    provider: str = fields.attribute(description="Whose books they are.")
    since_at: datetime = fields.attribute(description="From which moment on they were compared.")
    outcome: models.ReconciliationOutcome = fields.attribute(description="What came of it.")
    healed: int = fields.attribute(description="How much was brought to what the provider says.")
    open: int = fields.attribute(description="How much differs after it.")
    started_at: datetime = fields.attribute(description="When it began.")
    ended_at: datetime | None = fields.attribute(description="When it ended; null while it is under way.")
    discrepancies = fields.related(
        DiscrepancyType, description="What differed, of what no later one has met again."
    )
