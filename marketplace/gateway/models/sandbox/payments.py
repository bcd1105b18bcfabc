"""Payments of the sandbox, the attempts to take their money, and what goes back. Amounts are minor units."""

from typing import Final

from django.db import models
from django.db.models import F, Q

from marketplace.gateway.models.sandbox.objects import SandboxObject
from marketplace.gateway.models.sandbox.wallets import SandboxCard, SandboxCustomer
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
    customer = models.ForeignKey(SandboxCustomer, models.PROTECT, null=True, related_name="intents")
    card = models.ForeignKey(
        SandboxCard, models.PROTECT, null=True, related_name="+", db_comment="tried last"
    )
    is_card_kept = models.BooleanField(default=False, db_comment="the customer is to keep the card that pays")
    is_off_session = models.BooleanField(default=False, db_comment="opened while the buyer was not there")
    group = models.CharField(max_length=64, blank=True, db_comment="of the transfers it is for")

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

    @property
    def kept_card_ref(self) -> str | None:
        """The card that paid, where the customer keeps it."""
        is_kept = self.card is not None and self.card.customer_id is not None
        return self.card.ref if self.card and is_kept and self.status == IntentState.SUCCEEDED else None


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
    balance_ref = models.CharField(max_length=64, blank=True, db_comment="what it moved, if anything")
    available_at = models.DateTimeField(null=True, db_comment="when the platform may use it")

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
    balance_ref = models.CharField(max_length=64, blank=True, db_comment="what it moved")
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
