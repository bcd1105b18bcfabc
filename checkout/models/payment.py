"""The one payment of an order, and what went back."""

import uuid
from typing import Final

from django.db import models
from django.db.models import F, Q
from typing_extensions import override

from checkout.models.order import Order
from marketplace.kernel.money import Money
from marketplace.kernel.states import Transitions


class PaymentStatus(models.TextChoices):
    OPEN = "open", "Waiting for the buyer"
    PROCESSING = "processing", "Under way"
    SUCCEEDED = "succeeded", "Succeeded"
    CANCELLED = "cancelled", "Cancelled"


PAYMENT_MOVES: Final = Transitions(
    PaymentStatus,
    {
        PaymentStatus.OPEN: {PaymentStatus.PROCESSING, PaymentStatus.SUCCEEDED, PaymentStatus.CANCELLED},
        PaymentStatus.PROCESSING: {PaymentStatus.OPEN, PaymentStatus.SUCCEEDED, PaymentStatus.CANCELLED},
        PaymentStatus.SUCCEEDED: set(),
        # The provider's word is the last one: what it took is ours to give back.
        PaymentStatus.CANCELLED: {PaymentStatus.SUCCEEDED},
    },
)


class Payment(models.Model):
    """An attempt to be paid for an order; an order has one that is not cancelled.

    One without `provider_ref` is to be started with the provider, which is done after its order is committed.
    `uuid` and `version` make the provider's idempotency keys: the version grows after a refusal, which the
    provider would repeat to the same key.
    """

    order = models.ForeignKey(Order, models.PROTECT, related_name="payments")
    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    provider = models.CharField(max_length=16)
    provider_ref = models.CharField(max_length=64, blank=True)
    charge_ref = models.CharField(max_length=64, blank=True)
    client_secret = models.CharField(max_length=128, blank=True)
    version = models.PositiveIntegerField(default=1)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    refunded_minor = models.BigIntegerField(default=0)
    status = models.CharField(max_length=10, choices=PaymentStatus, default=PaymentStatus.OPEN)
    decline_code = models.CharField(max_length=64, blank=True)
    # Where the buyer shows the bank who they are, while it asks.
    action_url = models.CharField(max_length=1000, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["order"], condition=~Q(status="cancelled"), name="an_order_has_one_live_payment"
            ),
            models.UniqueConstraint(
                fields=["provider", "provider_ref"],
                condition=~Q(provider_ref=""),
                name="a_provider_reference_is_one_payment",
            ),
            models.CheckConstraint(
                condition=Q(status__in=PaymentStatus.values), name="a_payment_status_is_known"
            ),
            models.CheckConstraint(
                condition=Q(refunded_minor__gte=0, refunded_minor__lte=F("amount_minor")),
                name="no_more_goes_back_than_was_paid",
            ),
        ]

    @override
    def __str__(self) -> str:
        return str(self.uuid)

    @property
    def amount(self) -> Money:
        """What the order costs."""
        return Money(self.amount_minor, self.currency)

    @property
    def key(self) -> str:
        """The provider's idempotency key of its start."""
        return f"pi:{self.uuid}:v{self.version}"

    @property
    def cancel_key(self) -> str:
        """That of its end."""
        return f"pic:{self.uuid}:v{self.version}"


class RefundStatus(models.TextChoices):
    CREATED = "created", "To be sent to the provider"
    PENDING = "pending", "Under way"
    SUCCEEDED = "succeeded", "Given back"
    FAILED = "failed", "Failed"


REFUND_MOVES: Final = Transitions(
    RefundStatus,
    {
        RefundStatus.CREATED: {RefundStatus.PENDING, RefundStatus.SUCCEEDED, RefundStatus.FAILED},
        RefundStatus.PENDING: {RefundStatus.SUCCEEDED, RefundStatus.FAILED},
        # A bank may send it back days later.
        RefundStatus.SUCCEEDED: {RefundStatus.FAILED},
        RefundStatus.FAILED: set(),
    },
)


class Refund(models.Model):
    """Money that goes back on a payment."""

    payment = models.ForeignKey(Payment, models.PROTECT, related_name="refunds")
    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    provider_ref = models.CharField(max_length=64, blank=True)
    version = models.PositiveIntegerField(default=1)
    amount_minor = models.BigIntegerField()
    reason = models.CharField(max_length=40)
    status = models.CharField(max_length=10, choices=RefundStatus, default=RefundStatus.CREATED)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="a_refund_is_more_than_nothing"),
            models.CheckConstraint(
                condition=Q(status__in=RefundStatus.values), name="a_refund_status_is_known"
            ),
        ]

    @override
    def __str__(self) -> str:
        return str(self.uuid)

    @property
    def amount(self) -> Money:
        """What goes back."""
        return Money(self.amount_minor, self.payment.currency)

    @property
    def key(self) -> str:
        """The provider's idempotency key."""
        return f"re:{self.uuid}:v{self.version}"
