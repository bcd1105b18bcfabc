"""What buyers send back, and under which terms."""

from typing import Final

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from typing_extensions import override

from checkout.models.order import OrderLine, VendorOrder
from checkout.models.payment import Refund
from marketplace.kernel import clock
from marketplace.kernel.pictures import StoredPicture
from marketplace.kernel.states import Transitions
from vendors.models import Vendor

MOST_RETURN_DAYS: Final = 365
MOST_RESTOCKING_BPS: Final = 5_000


class ReturnStatus(models.TextChoices):
    REQUESTED = "requested", "Waits for the vendor"
    APPROVED = "approved", "May be sent back"
    DECLINED = "declined", "Declined"
    WITHDRAWN = "withdrawn", "Withdrawn"
    PARTLY_RECEIVED = "partly_received", "Came back in part"
    RECEIVED = "received", "Came back"
    REFUNDED = "refunded", "Paid back"
    EXCHANGED = "exchanged", "Exchanged"


RETURN_MOVES: Final = Transitions(
    ReturnStatus,
    {
        ReturnStatus.REQUESTED: {ReturnStatus.APPROVED, ReturnStatus.DECLINED, ReturnStatus.WITHDRAWN},
        ReturnStatus.APPROVED: {
            ReturnStatus.PARTLY_RECEIVED,
            ReturnStatus.RECEIVED,
            ReturnStatus.WITHDRAWN,
        },
        # What never arrives of it is not waited for for ever.
        ReturnStatus.PARTLY_RECEIVED: {
            ReturnStatus.RECEIVED,
            ReturnStatus.REFUNDED,
            ReturnStatus.EXCHANGED,
        },
        ReturnStatus.RECEIVED: {ReturnStatus.REFUNDED, ReturnStatus.EXCHANGED},
        ReturnStatus.DECLINED: set(),
        ReturnStatus.WITHDRAWN: set(),
        ReturnStatus.REFUNDED: set(),
        ReturnStatus.EXCHANGED: set(),
    },
)
# Until when something may come of it.
OPEN_RETURNS: Final = (
    ReturnStatus.REQUESTED,
    ReturnStatus.APPROVED,
    ReturnStatus.PARTLY_RECEIVED,
    ReturnStatus.RECEIVED,
)
# While units of it may still arrive.
COMING_BACK: Final = (ReturnStatus.REQUESTED, ReturnStatus.APPROVED, ReturnStatus.PARTLY_RECEIVED)


class ReturnReason(models.TextChoices):
    DAMAGED = "damaged", "Arrived damaged"
    DEFECTIVE = "defective", "Does not work"
    WRONG_ITEM = "wrong_item", "Is not what was ordered"
    NOT_AS_DESCRIBED = "not_as_described", "Is not as described"
    ARRIVED_LATE = "arrived_late", "Arrived too late"
    NO_LONGER_WANTED = "no_longer_wanted", "Is no longer wanted"
    OTHER = "other", "Another reason"


# What is the vendor's own fault: nothing is kept of what comes back for it.
VENDOR_FAULTS: Final = frozenset(
    {
        ReturnReason.DAMAGED,
        ReturnReason.DEFECTIVE,
        ReturnReason.WRONG_ITEM,
        ReturnReason.NOT_AS_DESCRIBED,
        ReturnReason.ARRIVED_LATE,
    }
)


class ReturnWish(models.TextChoices):
    REFUND = "refund", "Money back"
    EXCHANGE = "exchange", "The same again, or another variant"


class Return(models.Model):
    """Units of a vendor's part that its buyer wants to send back.

    `wish` is what the buyer asked for; what it came to is its status, and the refund where there is one.
    """

    vendor_order = models.ForeignKey(VendorOrder, models.PROTECT, related_name="returns")
    number = models.CharField(max_length=28, unique=True, editable=False)
    status = models.CharField(max_length=16, choices=ReturnStatus, default=ReturnStatus.REQUESTED)
    wish = models.CharField(max_length=10, choices=ReturnWish, default=ReturnWish.REFUND)
    answer = models.TextField(max_length=2000, blank=True)
    refund = models.OneToOneField(
        Refund, models.PROTECT, null=True, blank=True, related_name="return_request"
    )
    requested_at = models.DateTimeField(default=clock.now)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=ReturnStatus.values), name="a_return_status_is_known"
            ),
            models.CheckConstraint(condition=Q(wish__in=ReturnWish.values), name="a_return_wish_is_known"),
        ]

    @override
    def __str__(self) -> str:
        return self.number


class ReturnLine(models.Model):
    """Units of one order line that are to come back, why, and how many have come."""

    return_request = models.ForeignKey(Return, models.PROTECT, related_name="lines")
    order_line = models.ForeignKey(OrderLine, models.PROTECT, related_name="return_lines")
    quantity = models.PositiveIntegerField()
    received = models.PositiveIntegerField(default=0)
    reason = models.CharField(max_length=20, choices=ReturnReason)
    note = models.TextField(max_length=2000, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["return_request", "order_line"], name="a_return_names_a_line_of_an_order_once"
            ),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="a_return_is_of_something"),
            models.CheckConstraint(
                condition=Q(received__lte=F("quantity")), name="no_more_comes_back_than_was_announced"
            ),
            models.CheckConstraint(
                condition=Q(reason__in=ReturnReason.values), name="a_return_reason_is_known"
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.quantity} of {self.order_line_id}"


class ReturnPhoto(StoredPicture):
    """What the buyer shows of what is to come back. Its address is known to both sides of the order only."""

    return_request = models.ForeignKey(Return, models.PROTECT, related_name="photos")
    # Of the file that was sent, so that it stays once.
    digest = models.CharField(max_length=64, editable=False)
    added_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["return_request", "digest"], name="a_photo_is_once_on_a_return"),
        ]


def least_return_days() -> int:
    """What the law asks for."""
    return settings.LEAST_RETURN_DAYS


class ReturnPolicy(models.Model):
    """How long a vendor takes things back, and what it keeps, where that is not as everybody does.

    An order keeps what it was placed under.
    """

    vendor = models.OneToOneField(Vendor, models.PROTECT, related_name="return_policy")
    days = models.PositiveIntegerField(
        validators=[MinValueValidator(least_return_days), MaxValueValidator(MOST_RETURN_DAYS)]
    )
    # The most that is kept of what comes back for no fault of the vendor's.
    restocking_bps = models.PositiveIntegerField(
        default=0, validators=[MaxValueValidator(MOST_RESTOCKING_BPS)]
    )

    class Meta:
        verbose_name_plural = "return policies"
        constraints = [
            models.CheckConstraint(condition=Q(days__lte=MOST_RETURN_DAYS), name="a_return_window_ends"),
            models.CheckConstraint(
                condition=Q(restocking_bps__lte=MOST_RESTOCKING_BPS),
                name="a_restocking_fee_is_at_most_half",
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.days} days of {self.vendor_id}"
