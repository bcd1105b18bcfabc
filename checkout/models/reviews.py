"""Orders that people look at before anything of them is sent: since when, why, and what was decided."""

from typing import Final

from django.conf import settings
from django.db import models
from django.db.models import Q
from typing_extensions import override

from checkout.models.order import Order
from marketplace.kernel import clock
from marketplace.kernel.states import Transitions


class OrderReviewStatus(models.TextChoices):
    OPEN = "open", "Waits for a decision"
    RELEASED = "released", "Released"
    REJECTED = "rejected", "Rejected"
    CLOSED = "closed", "Closed: nothing of the order was left to decide about"


REVIEW_MOVES: Final = Transitions(
    OrderReviewStatus,
    {
        OrderReviewStatus.OPEN: {
            OrderReviewStatus.RELEASED,
            OrderReviewStatus.REJECTED,
            OrderReviewStatus.CLOSED,
        },
        OrderReviewStatus.RELEASED: set(),
        OrderReviewStatus.REJECTED: set(),
        OrderReviewStatus.CLOSED: set(),
    },
)


class OrderReviewCause(models.TextChoices):
    EARLY_FRAUD_WARNING = "early_fraud_warning", "The bank takes its payment for fraud"
    VELOCITY_EMAIL = "velocity_email", "Many orders under one e-mail address"
    VELOCITY_ADDRESS = "velocity_address", "Many orders to one address"
    VELOCITY_CLIENT = "velocity_client", "Many orders from one internet connection"
    FIRST_ORDER_CAP = "first_order_cap", "A first order of so much"


class OrderReview(models.Model):
    """A paid order that people are to look at: while this is open nothing is sent, nobody is paid.

    An order has one open review at most; all of it changes under the lock of the order. A decided one stays
    as it is, and another may follow.
    """

    order = models.ForeignKey(Order, models.PROTECT, related_name="reviews")
    status = models.CharField(max_length=8, choices=OrderReviewStatus, default=OrderReviewStatus.OPEN)
    opened_at = models.DateTimeField(default=clock.now)
    decided_at = models.DateTimeField(null=True, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    note = models.TextField(max_length=4000, blank=True)

    class Meta:
        ordering = ["-pk"]
        default_permissions = ("view",)
        permissions = [("decide_orderreview", "Can release and reject orders under review")]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=OrderReviewStatus.values), name="a_review_status_is_known"
            ),
            models.CheckConstraint(
                condition=Q(status=OrderReviewStatus.OPEN, decided_at__isnull=True)
                | (~Q(status=OrderReviewStatus.OPEN) & Q(decided_at__isnull=False)),
                name="a_decided_review_has_its_date",
            ),
            models.UniqueConstraint(
                fields=["order"],
                condition=Q(status=OrderReviewStatus.OPEN),
                name="an_order_has_one_open_review",
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"review {self.pk} of {self.order_id}"


class OrderReviewFinding(models.Model):
    """Why an order is looked at: what was found, with its facts. Nothing personal is among them.

    By its reference the same finding is written down once, whatever became of the review.
    """

    review = models.ForeignKey(OrderReview, models.PROTECT, related_name="findings")
    cause = models.CharField(max_length=24, choices=OrderReviewCause)
    reference = models.CharField(max_length=100, unique=True)
    facts = models.JSONField(default=dict)
    found_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["pk"]
        default_permissions = ("view",)
        constraints = [
            models.CheckConstraint(
                condition=Q(cause__in=OrderReviewCause.values), name="a_review_finding_has_a_known_cause"
            ),
        ]

    @override
    def __str__(self) -> str:
        return self.get_cause_display()
