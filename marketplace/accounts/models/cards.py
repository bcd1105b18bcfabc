"""The cards that buyers keep with a payment provider; of a card we have what a receipt shows."""

import uuid
from datetime import date

from django.db import models
from django.db.models import Q
from typing_extensions import override

from marketplace.accounts.models.people import BillingProfile
from marketplace.kernel import clock


class PaymentCustomer(models.Model):
    """A billing profile as a payment provider knows it: one for each provider and mode.

    One without `ref` is to be made with the provider, which is done after the row is committed; `uuid` and
    `version` make the key of that.
    """

    billing_profile = models.ForeignKey(BillingProfile, models.PROTECT, related_name="payment_customers")
    provider = models.CharField(max_length=16)
    is_live = models.BooleanField()
    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    version = models.PositiveIntegerField(default=1)
    ref = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["pk"]
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(
                fields=["billing_profile", "provider", "is_live"],
                name="a_billing_profile_is_one_customer_of_a_provider",
            ),
            models.UniqueConstraint(
                fields=["provider", "ref"], condition=~Q(ref=""), name="a_customer_reference_is_one_customer"
            ),
        ]

    @override
    def __str__(self) -> str:
        return self.ref or str(self.uuid)

    @property
    def key(self) -> str:
        """The provider's idempotency key of its making."""
        return f"cus:{self.uuid}:v{self.version}"


class PaymentMethod(models.Model):
    """A card that the provider keeps for a customer. One that was taken off stays as a row, for receipts."""

    customer = models.ForeignKey(PaymentCustomer, models.PROTECT, related_name="methods")
    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    ref = models.CharField(max_length=64)
    brand = models.CharField(max_length=32)
    last4 = models.CharField(max_length=4)
    exp_month = models.PositiveSmallIntegerField()
    exp_year = models.PositiveSmallIntegerField()
    is_default = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=clock.now)
    detached_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-is_default", "-pk"]
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(fields=["customer", "ref"], name="a_customer_keeps_a_card_once"),
            models.UniqueConstraint(
                fields=["customer"], condition=Q(is_default=True), name="a_customer_has_one_default_card"
            ),
            models.CheckConstraint(
                condition=Q(is_default=False) | Q(detached_at__isnull=True),
                name="a_card_that_was_taken_off_is_no_default",
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.brand} {self.last4}"

    def has_expired(self, today: date) -> bool:
        """Whether its date is past."""
        return (self.exp_year, self.exp_month) < (today.year, today.month)


class CardSetup(models.Model):
    """The keeping of a card, which the buyer's browser carries out with the provider by the client secret."""

    customer = models.ForeignKey(PaymentCustomer, models.CASCADE, related_name="setups")
    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    version = models.PositiveIntegerField(default=1)
    ref = models.CharField(max_length=64, blank=True)
    client_secret = models.CharField(max_length=128, blank=True)
    created_at = models.DateTimeField(default=clock.now, db_index=True)

    class Meta:
        ordering = ["pk"]
        default_permissions = ()

    @override
    def __str__(self) -> str:
        return self.ref or str(self.uuid)

    @property
    def key(self) -> str:
        """The provider's idempotency key of its opening."""
        return f"seti:{self.uuid}:v{self.version}"
