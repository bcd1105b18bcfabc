"""Complaints about a vendor's part of an order, which the buyer and the vendor both see."""

from typing import Final

from django.conf import settings
from django.db import models
from django.db.models import Q
from typing_extensions import override

from checkout.models.order import VendorOrder
from marketplace.kernel import clock
from marketplace.kernel.states import Transitions


class CaseStatus(models.TextChoices):
    OPEN = "open", "Waits for the vendor"
    ANSWERED = "answered", "Waits for the buyer"
    CLOSED = "closed", "Closed"


CASE_MOVES: Final = Transitions(
    CaseStatus,
    {
        CaseStatus.OPEN: {CaseStatus.ANSWERED, CaseStatus.CLOSED},
        CaseStatus.ANSWERED: {CaseStatus.OPEN, CaseStatus.CLOSED},
        # Who writes again opens it again.
        CaseStatus.CLOSED: {CaseStatus.OPEN, CaseStatus.ANSWERED},
    },
)


class CaseTopic(models.TextChoices):
    NOT_ARRIVED = "not_arrived", "Something has not arrived"
    DAMAGED = "damaged", "Something arrived damaged"
    NOT_AS_DESCRIBED = "not_as_described", "Something is not as described"
    REFUND = "refund", "Money has not come back"
    OTHER = "other", "Something else"


class OrderCase(models.Model):
    """A complaint on an order's number; whose turn it is, is its status."""

    vendor_order = models.ForeignKey(VendorOrder, models.PROTECT, related_name="cases")
    number = models.CharField(max_length=28, unique=True, editable=False)
    topic = models.CharField(max_length=20, choices=CaseTopic)
    status = models.CharField(max_length=10, choices=CaseStatus, default=CaseStatus.OPEN)
    opened_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=CaseStatus.values), name="a_case_status_is_known"),
            models.CheckConstraint(condition=Q(topic__in=CaseTopic.values), name="a_case_topic_is_known"),
        ]

    @override
    def __str__(self) -> str:
        return self.number


class CaseMessage(models.Model):
    """What one side wrote to the other; a guest has no user."""

    case = models.ForeignKey(OrderCase, models.PROTECT, related_name="messages")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    is_from_vendor = models.BooleanField()
    text = models.TextField(max_length=4000)
    written_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["pk"]

    @override
    def __str__(self) -> str:
        return f"message {self.pk} of {self.case_id}"
