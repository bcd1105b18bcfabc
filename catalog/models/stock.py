"""The record of stock: what moved, and what is promised."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from typing_extensions import override

from catalog.models.variants import Variant
from marketplace.kernel.append_only_row import AppendOnlyRow


class StockReason(models.TextChoices):
    RECEIVED = "received", "Received"
    CORRECTION = "correction", "Correction"
    SOLD = "sold", "Sold"
    RETURNED = "returned", "Returned"
    DAMAGED = "damaged", "Damaged"


class StockMovement(AppendOnlyRow):
    """One change of a variant's units on hand; their sum is `Variant.on_hand`. Append-only, by trigger."""

    variant = models.ForeignKey(Variant, models.PROTECT, related_name="movements")
    delta = models.IntegerField()
    reason = models.CharField(max_length=10, choices=StockReason)
    note = models.CharField(max_length=200, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(delta=0), name="a_stock_movement_moves_something"),
            models.CheckConstraint(
                condition=Q(reason__in=StockReason.values), name="a_stock_reason_is_known"
            ),
        ]
        indexes = [
            models.Index(
                fields=["created_at"],
                include=["variant", "delta"],
                condition=Q(reason=StockReason.SOLD),
                name="stock_movement_by_sale",
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.delta:+} {self.reason}"


class ReservationState(models.TextChoices):
    HELD = "held", "Held"
    CONSUMED = "consumed", "Sold"
    RELEASED = "released", "Released"


class Reservation(models.Model):
    """Units promised to a buyer who has not paid yet; the held ones sum to `Variant.reserved`.

    `holder` names who holds them in the words of the app above, such as "order:17".
    """

    variant = models.ForeignKey(Variant, models.PROTECT, related_name="reservations")
    holder = models.CharField(max_length=40)
    quantity = models.PositiveIntegerField()
    state = models.CharField(max_length=8, choices=ReservationState, default=ReservationState.HELD)
    expires_at = models.DateTimeField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["holder", "variant"], name="a_holder_reserves_a_variant_once"),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="a_reservation_holds_something"),
            models.CheckConstraint(
                condition=Q(state__in=ReservationState.values), name="a_reservation_state_is_known"
            ),
        ]
        indexes = [
            models.Index(fields=["expires_at"], condition=Q(state="held"), name="reservation_by_expiry"),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.quantity} for {self.holder}"
