"""The session cart: guest or member, many vendors, one currency."""

import uuid
from typing import Final

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from typing_extensions import override

from catalog.models import Variant
from marketplace.accounts.models import Address, BillingProfile
from marketplace.kernel.money import Money
from marketplace.kernel.states import Transitions


class CartStatus(models.TextChoices):
    """An active cart may be changed and bought, whether an order was made of it already or not."""

    ACTIVE = "active", "Active"
    PAID = "paid", "Paid"
    MERGED = "merged", "Merged into another cart"
    ABANDONED = "abandoned", "Abandoned"


CART_MOVES: Final = Transitions(
    CartStatus,
    {
        CartStatus.ACTIVE: {
            CartStatus.PAID,
            CartStatus.MERGED,
            CartStatus.ABANDONED,
        },
        CartStatus.PAID: set(),
        # Its order may be paid yet, in another window.
        CartStatus.MERGED: {CartStatus.PAID},
        CartStatus.ABANDONED: {CartStatus.PAID},
    },
)


class Cart(models.Model):
    """What a session has gathered. Its token, kept in the session as `cart_id`, is all a guest needs.

    `version` grows with every change of what would be ordered: lines, contact, addresses, shipping; an order
    remembers the version it was made of. The currency is that of the first line.
    """

    token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="carts"
    )
    billing_profile = models.ForeignKey(
        BillingProfile, models.SET_NULL, null=True, blank=True, related_name="carts"
    )
    email = models.EmailField(max_length=254, blank=True)
    shipping_address = models.ForeignKey(Address, models.SET_NULL, null=True, blank=True, related_name="+")
    billing_address = models.ForeignKey(Address, models.SET_NULL, null=True, blank=True, related_name="+")
    currency = models.CharField(max_length=3)
    status = models.CharField(max_length=10, choices=CartStatus, default=CartStatus.ACTIVE)
    version = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(status="active"),
                name="a_user_has_one_active_cart",
            ),
            models.CheckConstraint(condition=Q(status__in=CartStatus.values), name="a_cart_status_is_known"),
            models.CheckConstraint(
                condition=Q(currency__regex=r"^[A-Z]{3}$"), name="a_cart_has_a_currency_code"
            ),
        ]

    @override
    def __str__(self) -> str:
        # Not the token, which opens it: this goes to pages of the admin and to logs.
        return f"cart {self.pk}"


class CartLine(models.Model):
    """A variant with its characteristics (an engraving, a gift note): the same again adds to the quantity."""

    cart = models.ForeignKey(Cart, models.CASCADE, related_name="lines")
    variant = models.ForeignKey(Variant, models.PROTECT, related_name="+")
    characteristics = models.JSONField(default=dict, blank=True)
    quantity = models.PositiveIntegerField()
    # How many the buyer asked for: more than the quantity where fewer were left.
    asked = models.PositiveIntegerField()
    # What one unit cost when the buyer last saw it, to tell when it changed.
    seen_price_minor = models.BigIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["cart", "variant", "characteristics"],
                name="a_cart_line_is_one_variant_with_its_characteristics",
            ),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="a_cart_line_has_a_quantity"),
            models.CheckConstraint(
                condition=Q(asked__gte=F("quantity")), name="a_cart_line_holds_no_more_than_was_asked_for"
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.quantity} x {self.variant_id}"

    @property
    def unit_price(self) -> Money:
        """What one unit costs now."""
        return self.variant.price

    @property
    def seen_price(self) -> Money:
        """What one unit cost when the buyer last saw it."""
        return Money(self.seen_price_minor, self.variant.currency)

    @property
    def amount(self) -> Money:
        """What the line comes to now, before discount, shipping and tax."""
        return self.unit_price * self.quantity
