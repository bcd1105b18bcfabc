"""Payments that buyers dispute at their bank, what each vendor has of them, and what was said of them."""

import uuid
from typing import Final

from django.conf import settings
from django.db import models
from django.db.models import Q
from typing_extensions import override

from checkout.models import Payment, VendorOrder
from marketplace.kernel import clock
from marketplace.kernel.money import Money
from marketplace.kernel.states import Transitions
from vendors.models import Vendor


class DisputeStatus(models.TextChoices):
    """Where a dispute stands; the values are the port's."""

    WARNING = "warning", "The bank asks; no money has moved"
    WARNING_CLOSED = "warning_closed", "The bank has asked, and nothing came of it"
    NEEDS_RESPONSE = "needs_response", "Waits for an answer"
    UNDER_REVIEW = "under_review", "The bank decides"
    WON = "won", "Won: the buyer has paid"
    LOST = "lost", "Lost: the buyer has the money back"
    PREVENTED = "prevented", "Settled before it became one"


ENDS: Final = frozenset(
    {DisputeStatus.WARNING_CLOSED, DisputeStatus.WON, DisputeStatus.LOST, DisputeStatus.PREVENTED}
)
ANSWERABLE: Final = frozenset({DisputeStatus.WARNING, DisputeStatus.NEEDS_RESPONSE})
# While it stands so, nothing else may go back of the payment.
CONTESTED: Final = frozenset({DisputeStatus.NEEDS_RESPONSE, DisputeStatus.UNDER_REVIEW})

# Events come in any order, so each state may be the first that is heard of after another; an end is one.
DISPUTE_MOVES: Final = Transitions(
    DisputeStatus,
    {
        DisputeStatus.WARNING: {DisputeStatus.NEEDS_RESPONSE, DisputeStatus.UNDER_REVIEW, *ENDS},
        DisputeStatus.NEEDS_RESPONSE: {DisputeStatus.UNDER_REVIEW, *ENDS},
        DisputeStatus.UNDER_REVIEW: {*ENDS},
        **{end: set() for end in ENDS},
    },
)


class Dispute(models.Model):
    """A payment that its buyer disputes. Changes under the lock of the payment.

    What the bank took stands in `withdrawn_minor`, after it was given back too; `booked_at` is when the
    books were told the end, once the money is where the end says.
    """

    payment = models.ForeignKey(Payment, models.PROTECT, related_name="disputes")
    provider = models.CharField(max_length=16)
    ref = models.CharField(max_length=64)
    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    status = models.CharField(max_length=16, choices=DisputeStatus)
    reason = models.CharField(max_length=64, blank=True)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    withdrawn_minor = models.BigIntegerField(default=0)
    fee_minor = models.BigIntegerField(default=0)
    evidence_due_at = models.DateTimeField(null=True, blank=True)
    evidence_sent_at = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField(default=clock.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    booked_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        default_permissions = ("view",)
        permissions = [("answer_dispute", "Can answer disputes")]
        constraints = [
            models.UniqueConstraint(fields=["provider", "ref"], name="a_dispute_is_kept_once"),
            models.CheckConstraint(
                condition=Q(status__in=DisputeStatus.values), name="a_dispute_status_is_known"
            ),
            models.CheckConstraint(
                condition=Q(amount_minor__gte=0, withdrawn_minor__gte=0), name="a_dispute_is_about_money"
            ),
        ]

    @override
    def __str__(self) -> str:
        return self.ref

    @property
    def amount(self) -> Money:
        """What the buyer wants back."""
        return Money(self.amount_minor, self.currency)


class DisputeShare(models.Model):
    """What of a dispute is one vendor's part: so much of what the buyer paid, and what is held of it."""

    dispute = models.ForeignKey(Dispute, models.PROTECT, related_name="shares")
    vendor_order = models.ForeignKey(VendorOrder, models.PROTECT, related_name="dispute_shares")
    amount_minor = models.BigIntegerField()
    held_minor = models.BigIntegerField(default=0)

    class Meta:
        ordering = ["pk"]
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(
                fields=["dispute", "vendor_order"], name="a_part_has_one_share_of_a_dispute"
            ),
            models.CheckConstraint(condition=Q(amount_minor__gte=0), name="a_share_of_a_dispute_is_money"),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.amount_minor} of {self.dispute_id}"

    @property
    def amount(self) -> Money:
        """What of the dispute is about this part."""
        return Money(self.amount_minor, self.dispute.currency)

    @property
    def held(self) -> Money:
        """What the vendor cannot have until it ends."""
        return Money(self.held_minor, self.dispute.currency)


class DisputeEvidence(models.Model):
    """What a vendor, or the platform, says against a dispute, and what was sent for it.

    `sent` is what was known by then of all who have a part, put together; `uuid` and `version` make the key.
    """

    dispute = models.ForeignKey(Dispute, models.PROTECT, related_name="evidence")
    vendor = models.ForeignKey(Vendor, models.PROTECT, null=True, blank=True, related_name="+")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    version = models.PositiveIntegerField(default=1)
    said = models.JSONField(default=dict)
    sent = models.JSONField(default=dict)
    is_final = models.BooleanField(default=False)
    has_ended_it = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=clock.now)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        default_permissions = ("view",)

    @override
    def __str__(self) -> str:
        return str(self.uuid)

    @property
    def key(self) -> str:
        """The provider's idempotency key."""
        return f"dpe:{self.uuid}:v{self.version}"
