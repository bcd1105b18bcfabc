"""What comes of comparing our rows with the payment providers' books."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from typing_extensions import override

from checkout.models import Order
from marketplace.kernel import clock
from marketplace.kernel.money import Money


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
    TRANSFER_MISSING = "transfer_missing", "A transfer is not known there"
    TRANSFER_STATE = "transfer_state", "A transfer is made there, and not here"
    TRANSFER_AMOUNT = "transfer_amount", "A transfer is of another amount there, or goes to another"
    TRANSFER_REVERSED = "transfer_reversed", "Another amount has come back of a transfer there"
    BALANCE = "balance", "An account holds another amount there"
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


class StrayRefundStatus(models.TextChoices):
    CREATED = "created", "To be asked of the provider"
    MADE = "made", "Given back"
    FAILED = "failed", "The provider has refused it, or it came back"


class StrayRefund(models.Model):
    """A payment that pays nothing here and was given back: of a discrepancy, by decision of the staff.

    It stands in no ledger, for what it gives back never stood there. `uuid` and `version` make the provider's
    key; one that failed may be asked for again, under the next version. Changes under the lock of its row.
    """

    discrepancy = models.OneToOneField(Discrepancy, models.PROTECT, related_name="stray_refund")
    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    version = models.PositiveIntegerField(default=1)
    ref = models.CharField(max_length=64, blank=True)
    amount_minor = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3, blank=True)
    status = models.CharField(max_length=7, choices=StrayRefundStatus, default=StrayRefundStatus.CREATED)
    refusal = models.CharField(max_length=64, blank=True)
    reason = models.CharField(max_length=300)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["-pk"]
        default_permissions = ("view", "add")
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=StrayRefundStatus.values), name="a_stray_refund_status_is_known"
            ),
            models.CheckConstraint(condition=Q(amount_minor__gte=0), name="a_stray_refund_gives_back"),
        ]

    @override
    def __str__(self) -> str:
        return self.ref or str(self.uuid)

    @property
    def key(self) -> str:
        """The provider's idempotency key of it."""
        return f"re:{self.uuid}:v{self.version}"

    @property
    def amount(self) -> Money | None:
        """What went back; None until the provider was asked."""
        return Money(self.amount_minor, self.currency) if self.currency else None
