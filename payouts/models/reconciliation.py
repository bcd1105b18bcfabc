"""What comes of comparing our rows with the payment providers' books."""

from django.db import models
from django.db.models import Q
from typing_extensions import override

from checkout.models import Order
from marketplace.kernel import clock


class ReconciliationOutcome(models.TextChoices):
    RUNNING = "running", "Under way, or cut off"
    CLEAN = "clean", "Nothing differs"
    DIFFERENT = "different", "Something differs"
    SILENT = "silent", "The provider did not answer"


class DiscrepancyKind(models.TextChoices):
    """What is told differently."""

    PAYMENT_BEHIND = "payment_behind", "A payment has gone on there, and not here"
    PAYMENT_UNFOUNDED = "payment_unfounded", "A payment is made here, and not there"
    PAYMENT_MISSING = "payment_missing", "A payment is not known there"
    PAYMENT_AMOUNT = "payment_amount", "A payment is of another amount there"
    PAYMENT_SECOND = "payment_second", "An order was paid there a second time"
    PAYMENT_ORPHAN = "payment_orphan", "A payment of ours is not known here"
    LEDGER = "ledger", "The ledger holds another amount of an order"
    REFUND_UNKNOWN = "refund_unknown", "A refund is not known here"
    REFUND_MISSING = "refund_missing", "A refund is not known there"
    REFUND_STATE = "refund_state", "A refund stands elsewhere there"
    REFUND_AMOUNT = "refund_amount", "A refund is of another amount there"
    EVENT_UNSETTLED = "event_unsettled", "An event was not acted on"
    CUSTOMER_UNKNOWN = "customer_unknown", "A customer is not known there"
    ACCOUNT_UNKNOWN = "account_unknown", "A vendor's account is not known there"
    ACCOUNT_STATE = "account_state", "A vendor's account stands elsewhere there"
    DISPUTE_UNKNOWN = "dispute_unknown", "A dispute is not known here"
    DISPUTE_STATE = "dispute_state", "A dispute stands elsewhere there"
    TRANSFER_UNKNOWN = "transfer_unknown", "A transfer is not known here"
    PAYOUT_STATE = "payout_state", "A payout is not known here, or stands elsewhere there"


class DiscrepancyStatus(models.TextChoices):
    OPEN = "open", "Differs"
    HEALED = "healed", "Was brought to what the provider says"
    GONE = "gone", "Differs no more"


class Reconciliation(models.Model):
    """One comparison of our rows with a provider's books, from a moment on."""

    provider = models.CharField(max_length=16)
    since_at = models.DateTimeField()
    outcome = models.CharField(
        max_length=9, choices=ReconciliationOutcome, default=ReconciliationOutcome.RUNNING
    )
    healed = models.PositiveIntegerField(default=0)
    open = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        default_permissions = ("view",)
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome__in=ReconciliationOutcome.values),
                name="an_outcome_of_a_reconciliation_is_known",
            ),
            models.CheckConstraint(
                condition=Q(outcome="running", ended_at__isnull=True)
                | (~Q(outcome="running") & Q(ended_at__isnull=False)),
                name="a_reconciliation_that_has_an_outcome_has_ended",
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.provider} {self.started_at:%Y-%m-%d %H:%M}"


class Discrepancy(models.Model):
    """One thing of which we and a provider tell different things, for as long as we do.

    One that is found again after it was gone is the same row. `looked_back_to_at` is how far the
    reconciliation looked that found it first: until it is gone the next ones look as far.
    """

    reconciliation = models.ForeignKey(
        Reconciliation, models.PROTECT, related_name="discrepancies", db_comment="the last that met it"
    )
    provider = models.CharField(max_length=16)
    kind = models.CharField(max_length=20, choices=DiscrepancyKind)
    ref = models.CharField(max_length=255, db_comment="what it is about, as the provider calls it")
    order = models.ForeignKey(Order, models.PROTECT, null=True, blank=True, related_name="+")
    ours = models.CharField(max_length=100)
    theirs = models.CharField(max_length=100)
    status = models.CharField(max_length=6, choices=DiscrepancyStatus, default=DiscrepancyStatus.OPEN)
    looked_back_to_at = models.DateTimeField()
    first_seen_at = models.DateTimeField(default=clock.now)
    last_seen_at = models.DateTimeField(default=clock.now)
    resolved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        verbose_name_plural = "discrepancies"
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(fields=["provider", "kind", "ref"], name="a_discrepancy_is_kept_once"),
            models.CheckConstraint(
                condition=Q(kind__in=DiscrepancyKind.values), name="a_discrepancy_kind_is_known"
            ),
            models.CheckConstraint(
                condition=Q(status="open", resolved_at__isnull=True)
                | (Q(status__in=["healed", "gone"]) & Q(resolved_at__isnull=False)),
                name="a_discrepancy_is_open_or_has_its_end",
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.kind} {self.ref}"
