"""The books of the sandbox: a provider's own tables, which nobody reads but the sandbox.

They stand in our database and are another system's all the same: no foreign key leads in or out, and its
transactions are never ours. Amounts are minor units. Of a card the last four digits and the brand are kept.
"""

from typing import Final

from django.db import models
from django.db.models import F, Q
from typing_extensions import override

from marketplace.kernel import clock
from marketplace.kernel.money import Money
from marketplace.kernel.states import Transitions


class IntentState(models.TextChoices):
    REQUIRES_METHOD = "requires_method", "Waits for a card"
    REQUIRES_CONFIRMATION = "requires_confirmation", "Has a card"
    REQUIRES_ACTION = "requires_action", "Waits for the buyer at the bank"
    PROCESSING = "processing", "Under way"
    SUCCEEDED = "succeeded", "Succeeded"
    CANCELED = "canceled", "Canceled"


INTENT_MOVES: Final = Transitions(
    IntentState,
    {
        IntentState.REQUIRES_METHOD: {IntentState.REQUIRES_CONFIRMATION, IntentState.CANCELED},
        IntentState.REQUIRES_CONFIRMATION: {
            IntentState.REQUIRES_METHOD,
            IntentState.REQUIRES_ACTION,
            IntentState.PROCESSING,
            IntentState.CANCELED,
        },
        # The buyer may give up at the bank and try another card.
        IntentState.REQUIRES_ACTION: {
            IntentState.REQUIRES_METHOD,
            IntentState.REQUIRES_CONFIRMATION,
            IntentState.PROCESSING,
            IntentState.CANCELED,
        },
        IntentState.PROCESSING: {IntentState.SUCCEEDED, IntentState.REQUIRES_METHOD},
        IntentState.SUCCEEDED: set(),
        IntentState.CANCELED: set(),
    },
)


class ChargeState(models.TextChoices):
    SUCCEEDED = "succeeded", "Succeeded"
    FAILED = "failed", "Failed"


class RefundState(models.TextChoices):
    PENDING = "pending", "Under way"
    SUCCEEDED = "succeeded", "Given back"
    FAILED = "failed", "Failed"
    CANCELED = "canceled", "Canceled"


REFUND_MOVES: Final = Transitions(
    RefundState,
    {
        RefundState.PENDING: {RefundState.SUCCEEDED, RefundState.FAILED, RefundState.CANCELED},
        # The buyer's bank may send it back days later.
        RefundState.SUCCEEDED: {RefundState.FAILED},
        RefundState.FAILED: set(),
        RefundState.CANCELED: set(),
    },
)


class SandboxObject(models.Model):
    """What every object of the sandbox has: a random reference, and play money only."""

    ref = models.CharField(max_length=64, unique=True)
    is_live = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        abstract = True
        ordering = ["pk"]
        default_permissions = ()
        constraints = [models.CheckConstraint(condition=Q(is_live=False), name="a_%(class)s_is_never_live")]

    @override
    def __str__(self) -> str:
        return self.ref


class SandboxIntent(SandboxObject):
    """A payment of the sandbox, from its opening to its end."""

    status = models.CharField(max_length=21, choices=IntentState, default=IntentState.REQUIRES_METHOD)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    email = models.EmailField(max_length=254, blank=True)
    metadata = models.JSONField(default=dict)
    client_secret = models.CharField(max_length=128)
    card_last4 = models.CharField(max_length=4, blank=True)
    card_brand = models.CharField(max_length=16, blank=True)
    decline_code = models.CharField(max_length=40, blank=True)
    charge_ref = models.CharField(max_length=64, blank=True)
    return_url = models.CharField(max_length=500, blank=True)
    is_slow = models.BooleanField(default=False, db_comment="a confirmation stays under way until finished")

    class Meta(SandboxObject.Meta):
        constraints = [
            *SandboxObject.Meta.constraints,
            models.CheckConstraint(
                condition=Q(status__in=IntentState.values), name="a_sandbox_intent_status_is_known"
            ),
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0), name="a_sandbox_intent_is_more_than_nothing"
            ),
        ]

    @property
    def amount(self) -> Money:
        """What the buyer is to pay."""
        return Money(self.amount_minor, self.currency)


class SandboxCharge(SandboxObject):
    """One attempt to take the money of an intent."""

    intent = models.ForeignKey(SandboxIntent, models.PROTECT, related_name="charges")
    status = models.CharField(max_length=9, choices=ChargeState)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    refunded_minor = models.BigIntegerField(default=0)
    decline_code = models.CharField(max_length=40, blank=True)
    card_last4 = models.CharField(max_length=4)
    card_brand = models.CharField(max_length=16)
    is_disputed = models.BooleanField(default=False)

    class Meta(SandboxObject.Meta):
        constraints = [
            *SandboxObject.Meta.constraints,
            models.CheckConstraint(
                condition=Q(status__in=ChargeState.values), name="a_sandbox_charge_status_is_known"
            ),
            models.CheckConstraint(
                condition=Q(refunded_minor__gte=0, refunded_minor__lte=F("amount_minor")),
                name="a_sandbox_charge_gives_back_no_more_than_it_took",
            ),
            models.UniqueConstraint(
                fields=["intent"], condition=Q(status="succeeded"), name="a_sandbox_intent_is_charged_once"
            ),
        ]


class SandboxRefund(SandboxObject):
    """Money of a charge on its way back."""

    charge = models.ForeignKey(SandboxCharge, models.PROTECT, related_name="refunds")
    status = models.CharField(max_length=9, choices=RefundState, default=RefundState.PENDING)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    metadata = models.JSONField(default=dict)
    fails_at = models.DateTimeField(null=True, db_comment="when the buyer's bank will send it back")

    class Meta(SandboxObject.Meta):
        constraints = [
            *SandboxObject.Meta.constraints,
            models.CheckConstraint(
                condition=Q(status__in=RefundState.values), name="a_sandbox_refund_status_is_known"
            ),
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0), name="a_sandbox_refund_is_more_than_nothing"
            ),
        ]

    @property
    def amount(self) -> Money:
        """What goes back."""
        return Money(self.amount_minor, self.currency)


class SandboxEvent(SandboxObject):
    """Something that happened in the sandbox, to be delivered to our webhook until it is taken."""

    type = models.CharField(max_length=80)
    object_type = models.CharField(max_length=40)
    object_ref = models.CharField(max_length=64)
    content = models.JSONField(db_comment="the object as it was then")
    attempts = models.PositiveIntegerField(default=0)
    last_answer = models.CharField(max_length=80, blank=True, db_comment="a status, or why there was none")
    due_at = models.DateTimeField(db_comment="when to try again, should nothing come of the try before")
    delivered_at = models.DateTimeField(null=True)

    class Meta(SandboxObject.Meta):
        indexes = [
            models.Index(
                fields=["due_at"],
                name="sandbox_events_to_deliver",
                condition=Q(delivered_at__isnull=True),
            ),
            models.Index(fields=["created_at"], name="sandbox_events_by_time"),
        ]


class SandboxKey(models.Model):
    """The answer that a write of the sandbox gave to a key; the same key again gets it once more."""

    key = models.CharField(max_length=255, unique=True)
    parameters_hash = models.CharField(max_length=64)
    answer = models.JSONField()
    created_at = models.DateTimeField(default=clock.now, db_index=True)

    class Meta:
        ordering = ["pk"]
        default_permissions = ()

    @override
    def __str__(self) -> str:
        return self.key


class SandboxNetwork(models.Model):
    """How badly events travel from the sandbox to us: one row, for trying out what the world does anyway."""

    duplicates = models.PositiveIntegerField(default=0, db_comment="how many copies come with each event")
    delay_seconds = models.PositiveIntegerField(default=0, db_comment="before an event is sent at first")
    shuffle_seconds = models.PositiveIntegerField(
        default=0, db_comment="up to so much longer, so that events overtake each other"
    )
    drops = models.PositiveIntegerField(default=0, db_comment="how many of the next attempts never arrive")

    class Meta:
        default_permissions = ()
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="there_is_one_sandbox_network")]

    @override
    def __str__(self) -> str:
        return f"{self.duplicates} copies, {self.delay_seconds} s late, {self.drops} lost"
