"""What the platform and the vendors' accounts hold, and how it moves between them and to banks."""

from typing import Final

from django.db import models
from django.db.models import F, Q
from typing_extensions import override

from marketplace.gateway.models.sandbox.accounts import SandboxAccount, bank_ref
from marketplace.gateway.models.sandbox.objects import SandboxObject
from marketplace.gateway.models.sandbox.payments import SandboxCharge
from marketplace.kernel.money import Money
from marketplace.kernel.states import Transitions


class Movement(models.TextChoices):
    CHARGE = "charge", "A buyer paid"
    REFUND = "refund", "It went back"
    REFUND_FAILURE = "refund_failure", "The buyer's bank did not take it"
    DISPUTE = "dispute", "A bank took it back"
    DISPUTE_REVERSAL = "dispute_reversal", "And gave it again"
    TRANSFER = "transfer", "Sent to an account"
    PAYMENT = "payment", "Come from the platform"
    TRANSFER_REVERSAL = "transfer_reversal", "Taken back from an account"
    PAYMENT_REVERSAL = "payment_reversal", "Taken back by the platform"
    PAYOUT = "payout", "Sent to a bank"
    PAYOUT_FAILURE = "payout_failure", "Come back from a bank"


class PayoutState(models.TextChoices):
    PENDING = "pending", "To be sent"
    IN_TRANSIT = "in_transit", "On its way"
    PAID = "paid", "Arrived"
    FAILED = "failed", "Failed"
    CANCELED = "canceled", "Canceled"


PAYOUT_MOVES: Final = Transitions(
    PayoutState,
    {
        PayoutState.PENDING: {
            PayoutState.IN_TRANSIT,
            PayoutState.PAID,
            PayoutState.FAILED,
            PayoutState.CANCELED,
        },
        PayoutState.IN_TRANSIT: {PayoutState.PAID, PayoutState.FAILED},
        # The bank may send it back days later.
        PayoutState.PAID: {PayoutState.FAILED},
        PayoutState.FAILED: set(),
        PayoutState.CANCELED: set(),
    },
)


class SandboxBalanceTransaction(SandboxObject):
    """One movement of what somebody holds; what they hold is the sum. Rows are added and never changed."""

    account_ref = models.CharField(max_length=64, blank=True, db_comment="empty: the platform's own")
    kind = models.CharField(max_length=17, choices=Movement)
    amount_minor = models.BigIntegerField()
    fee_minor = models.BigIntegerField(default=0, db_comment="what the sandbox keeps of it")
    currency = models.CharField(max_length=3)
    available_at = models.DateTimeField(db_comment="until then it is pending")
    source_ref = models.CharField(max_length=64, db_comment="what moved it")

    class Meta(SandboxObject.Meta):
        indexes = [models.Index(fields=["account_ref", "currency"], name="sandbox_movements_by_holder")]
        constraints = [
            *SandboxObject.Meta.constraints,
            models.CheckConstraint(
                condition=Q(kind__in=Movement.values), name="a_sandbox_movement_kind_is_known"
            ),
        ]

    @property
    @override
    def connected_ref(self) -> str:
        return self.account_ref


class SandboxTransfer(SandboxObject):
    """Money that went from the platform to an account, of a charge or of the balance."""

    account = models.ForeignKey(SandboxAccount, models.PROTECT, related_name="transfers")
    charge = models.ForeignKey(SandboxCharge, models.PROTECT, null=True, related_name="transfers")
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    reversed_minor = models.BigIntegerField(default=0)
    group = models.CharField(max_length=64, blank=True)
    metadata = models.JSONField(default=dict)
    payment_ref = models.CharField(max_length=64, db_comment="what the account received")
    balance_ref = models.CharField(max_length=64, db_comment="the platform's movement")
    available_at = models.DateTimeField(db_comment="when the account may use it")

    class Meta(SandboxObject.Meta):
        constraints = [
            *SandboxObject.Meta.constraints,
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0), name="a_sandbox_transfer_is_more_than_nothing"
            ),
            models.CheckConstraint(
                condition=Q(reversed_minor__gte=0, reversed_minor__lte=F("amount_minor")),
                name="a_sandbox_transfer_gives_back_no_more_than_it_sent",
            ),
        ]

    @property
    def amount(self) -> Money:
        """What was sent."""
        return Money(self.amount_minor, self.currency)


class SandboxReversal(SandboxObject):
    """Money of a transfer that came back."""

    transfer = models.ForeignKey(SandboxTransfer, models.PROTECT, related_name="reversals")
    amount_minor = models.BigIntegerField()
    metadata = models.JSONField(default=dict)
    balance_ref = models.CharField(max_length=64, db_comment="the platform's movement")

    class Meta(SandboxObject.Meta):
        constraints = [
            *SandboxObject.Meta.constraints,
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0), name="a_sandbox_reversal_is_more_than_nothing"
            ),
        ]

    @property
    def amount(self) -> Money:
        """What came back."""
        return Money(self.amount_minor, self.transfer.currency)


class SandboxPayout(SandboxObject):
    """Money on its way from an account to its bank; without an account it is the platform's own."""

    account = models.ForeignKey(SandboxAccount, models.PROTECT, null=True, related_name="payouts")
    status = models.CharField(max_length=10, choices=PayoutState, default=PayoutState.PENDING)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    is_automatic = models.BooleanField(default=False)
    bank_last4 = models.CharField(max_length=4, blank=True)
    arrives_on = models.DateField()
    failure_code = models.CharField(max_length=40, blank=True)
    balance_ref = models.CharField(max_length=64)
    metadata = models.JSONField(default=dict)

    class Meta(SandboxObject.Meta):
        constraints = [
            *SandboxObject.Meta.constraints,
            models.CheckConstraint(
                condition=Q(status__in=PayoutState.values), name="a_sandbox_payout_status_is_known"
            ),
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0), name="a_sandbox_payout_is_more_than_nothing"
            ),
        ]

    @property
    def amount(self) -> Money:
        """What goes to the bank."""
        return Money(self.amount_minor, self.currency)

    @property
    def bank_ref(self) -> str:
        """What the bank account goes by."""
        return bank_ref(self.connected_ref or "platform", self.bank_last4)

    @property
    @override
    def connected_ref(self) -> str:
        return self.account.ref if self.account else ""
