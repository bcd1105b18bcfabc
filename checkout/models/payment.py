"""The one payment of an order, and what went back."""

import uuid

from django.db import models
from django.db.models import F, Q
from typing_extensions import override

from checkout.models.order import Order
from marketplace.kernel.money import Money


class PaymentStatus(models.TextChoices):
    CREATED = "created", "To be started with the provider"
    OPEN = "open", "Waiting for the buyer"
    PROCESSING = "processing", "Under way"
    SUCCEEDED = "succeeded", "Succeeded"
    CANCELLED = "cancelled", "Cancelled"


class Payment(models.Model):
    """An attempt to be paid for an order; an order has one that is not cancelled.

    `uuid` and `version` make the provider's idempotency key: the version grows when the parameters change.
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
    status = models.CharField(max_length=10, choices=PaymentStatus, default=PaymentStatus.CREATED)
    decline_code = models.CharField(max_length=64, blank=True)
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

    @property
    def amount(self) -> Money:
        """What the order costs."""
        return Money(self.amount_minor, self.currency)

    @property
    def key(self) -> str:
        """The provider's idempotency key of the payment."""
        return f"pi:{self.uuid}:v{self.version}"

    @override
    def __str__(self) -> str:
        return str(self.uuid)


class RefundStatus(models.TextChoices):
    CREATED = "created", "To be sent to the provider"
    PENDING = "pending", "Under way"
    SUCCEEDED = "succeeded", "Given back"
    FAILED = "failed", "Failed"


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
