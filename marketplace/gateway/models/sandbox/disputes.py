"""Charges that buyers dispute at their banks."""

from typing import Final

from django.db import models
from django.db.models import Q

from marketplace.gateway.models.sandbox.objects import SandboxObject
from marketplace.gateway.models.sandbox.payments import SandboxCharge
from marketplace.kernel.money import Money
from marketplace.kernel.states import Transitions


class DisputeState(models.TextChoices):
    WARNING = "warning_needs_response", "An inquiry"
    WARNING_CLOSED = "warning_closed", "An inquiry that came to nothing"
    NEEDS_RESPONSE = "needs_response", "Waits for evidence"
    UNDER_REVIEW = "under_review", "Looked at by the bank"
    WON = "won", "Won"
    LOST = "lost", "Lost"


DISPUTE_MOVES: Final = Transitions(
    DisputeState,
    {
        DisputeState.WARNING: {DisputeState.WARNING_CLOSED, DisputeState.NEEDS_RESPONSE},
        DisputeState.WARNING_CLOSED: set(),
        DisputeState.NEEDS_RESPONSE: {DisputeState.UNDER_REVIEW, DisputeState.WON, DisputeState.LOST},
        DisputeState.UNDER_REVIEW: {DisputeState.WON, DisputeState.LOST},
        DisputeState.WON: set(),
        DisputeState.LOST: set(),
    },
)


NOT_REFUNDABLE: Final = (DisputeState.NEEDS_RESPONSE, DisputeState.UNDER_REVIEW, DisputeState.LOST)


class SandboxDispute(SandboxObject):
    """A charge that its buyer disputes; what the bank takes of it is the platform's."""

    charge = models.ForeignKey(SandboxCharge, models.PROTECT, related_name="disputes")
    status = models.CharField(max_length=22, choices=DisputeState)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    reason = models.CharField(max_length=40)
    withdrawn_minor = models.BigIntegerField(default=0, db_comment="taken from the platform, not given back")
    fee_minor = models.BigIntegerField(default=0)
    evidence = models.JSONField(default=dict)
    evidence_due_at = models.DateTimeField()
    evidence_sent_at = models.DateTimeField(null=True)
    decides_at = models.DateTimeField(null=True, db_comment="when the bank decides by itself")
    is_to_be_won = models.BooleanField(default=False, db_comment="how it will decide then")
    balance_refs = models.JSONField(default=list)

    class Meta(SandboxObject.Meta):
        constraints = [
            *SandboxObject.Meta.constraints,
            models.CheckConstraint(
                condition=Q(status__in=DisputeState.values), name="a_sandbox_dispute_status_is_known"
            ),
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0), name="a_sandbox_dispute_is_about_more_than_nothing"
            ),
        ]

    @property
    def is_charge_refundable(self) -> bool:
        """Whether what is left of the charge may go back; otherwise the bank has it already."""
        return self.status not in NOT_REFUNDABLE

    @property
    def amount(self) -> Money:
        """What is disputed."""
        return Money(self.amount_minor, self.currency)
