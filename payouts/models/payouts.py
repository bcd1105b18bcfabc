"""Money from vendors' accounts to their banks: when, how much, and of what it is made up.

A payout is the sum of the ledger entries that it claims. It is asked of the provider after its row and its
posting are committed, by a key made of the row; what a bank sends back is the vendor's again, and its entries
are free for another payout.
"""

import uuid
from typing import Final

from django.conf import settings
from django.db import models
from django.db.models import Q
from typing_extensions import override

from checkout.models import VendorOrder
from marketplace.kernel import clock
from marketplace.kernel.money import BASIS_POINTS, Money
from marketplace.kernel.states import Transitions
from payouts.models.accounts import PayoutAccount
from payouts.models.ledger import LedgerEntry
from vendors.models import Vendor


class PayoutStatus(models.TextChoices):
    """Where a payout stands; the values are the port's, besides the first."""

    CLAIMED = "claimed", "To be asked of the provider"
    PENDING = "pending", "To be sent"
    IN_TRANSIT = "in_transit", "On its way"
    PAID = "paid", "With the bank"
    FAILED = "failed", "Came back, or was refused"
    CANCELED = "canceled", "Cancelled"


RETURNED: Final = frozenset({PayoutStatus.FAILED, PayoutStatus.CANCELED})

PAYOUT_MOVES: Final = Transitions(
    PayoutStatus,
    {
        PayoutStatus.CLAIMED: {
            PayoutStatus.PENDING,
            PayoutStatus.IN_TRANSIT,
            PayoutStatus.PAID,
            PayoutStatus.FAILED,
            PayoutStatus.CANCELED,
        },
        PayoutStatus.PENDING: {
            PayoutStatus.IN_TRANSIT,
            PayoutStatus.PAID,
            PayoutStatus.FAILED,
            PayoutStatus.CANCELED,
        },
        PayoutStatus.IN_TRANSIT: {PayoutStatus.PAID, PayoutStatus.FAILED},
        # The bank may send it back days later.
        PayoutStatus.PAID: {PayoutStatus.FAILED},
        PayoutStatus.FAILED: set(),
        PayoutStatus.CANCELED: set(),
    },
)


class Payout(models.Model):
    """Money that went from a vendor's account to its bank.

    One with `is_ours` was made by the marketplace and stands in the ledger; any other was made by the
    provider, or the vendor there, and is noted alone. Changes under the lock of its row.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    version = models.PositiveIntegerField(default=1)
    account = models.ForeignKey(PayoutAccount, models.PROTECT, related_name="payouts")
    is_ours = models.BooleanField(default=True)
    ref = models.CharField(max_length=64, blank=True)
    status = models.CharField(max_length=10, choices=PayoutStatus, default=PayoutStatus.CLAIMED)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    arrives_on = models.DateField(null=True, blank=True)
    failure_code = models.CharField(max_length=64, blank=True)
    failure_message = models.CharField(max_length=300, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=clock.now)
    synced_at = models.DateTimeField(null=True, blank=True)
    entries = models.ManyToManyField(LedgerEntry, through="PayoutEntry", related_name="payouts")

    class Meta:
        ordering = ["-created_at", "-pk"]
        default_permissions = ("view",)
        permissions = [("run_payouts", "Can have vendors paid")]
        constraints = [
            models.UniqueConstraint(
                fields=["account", "ref"],
                condition=~Q(ref=""),
                name="a_payout_of_an_account_is_kept_once",
            ),
            models.CheckConstraint(
                condition=Q(status__in=PayoutStatus.values), name="a_payout_status_is_known"
            ),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="a_payout_is_more_than_nothing"),
            models.CheckConstraint(
                condition=~Q(status="claimed") | Q(is_ours=True), name="what_others_pay_out_is_not_claimed"
            ),
        ]
        indexes = [
            models.Index(
                fields=["account"],
                condition=Q(status__in=["claimed", "pending", "in_transit"]),
                name="payout_under_way",
            )
        ]

    @override
    def __str__(self) -> str:
        return self.ref or str(self.uuid)

    @property
    def key(self) -> str:
        """The provider's idempotency key of its making."""
        return f"po:{self.uuid}:v{self.version}"

    @property
    def amount(self) -> Money:
        """What is on its way, or there."""
        return Money(self.amount_minor, self.currency)


class PayoutEntry(models.Model):
    """An entry of the ledger that a payout is made up of: of one payout, unless that came back."""

    payout = models.ForeignKey(Payout, models.PROTECT, related_name="claims")
    entry = models.ForeignKey(LedgerEntry, models.PROTECT, related_name="claims", db_index=False)
    released_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["entry"],
                condition=Q(released_at__isnull=True),
                name="an_entry_is_paid_out_once",
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.payout_id}: {self.entry_id}"


class PayoutInterval(models.TextChoices):
    DAILY = "daily", "Every day"
    WEEKLY = "weekly", "Every week"
    BIWEEKLY = "biweekly", "Every second week"
    MONTHLY = "monthly", "Every month"
    MANUAL = "manual", "When it is asked for"


class PayoutSchedule(models.Model):
    """When a vendor is paid, and what is held back; without a row, as the settings say.

    `minimum_minor` is in the vendor's currency and never below the platform's; `delay_days`, `reserve_bps`
    and `reserve_days` are for staff to say. `next_on` is the day of the next payout, none where it is asked
    for.
    """

    vendor = models.OneToOneField(Vendor, models.PROTECT, related_name="payout_schedule")
    interval = models.CharField(max_length=8, choices=PayoutInterval, default=PayoutInterval.WEEKLY)
    minimum_minor = models.BigIntegerField(default=0)
    delay_days = models.PositiveIntegerField(null=True, blank=True)
    reserve_bps = models.PositiveIntegerField(default=0)
    reserve_days = models.PositiveIntegerField(default=0)
    next_on = models.DateField(null=True, blank=True)
    changed_at = models.DateTimeField(default=clock.now)

    class Meta:
        default_permissions = ("view", "change")
        constraints = [
            models.CheckConstraint(
                condition=Q(interval__in=PayoutInterval.values), name="a_payout_interval_is_known"
            ),
            models.CheckConstraint(condition=Q(minimum_minor__gte=0), name="a_payout_minimum_is_no_debt"),
            models.CheckConstraint(
                condition=Q(reserve_bps__lte=BASIS_POINTS), name="a_reserve_is_at_most_the_whole"
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.vendor_id}: {self.interval}"


class HoldCause(models.TextChoices):
    RISK = "risk", "The platform looks at something"
    NEW_VENDOR = "new_vendor", "The vendor is new"
    ROLLING = "rolling", "A part of each sale is held for a while"
    BANK_CHANGED = "bank_changed", "The bank account is another"
    DISPUTE = "dispute", "A buyer disputes something"
    OTHER = "other", "Something else"


class PayoutHoldQuerySet(models.QuerySet["PayoutHold"]):
    """Holds."""

    def in_force(self) -> "PayoutHoldQuerySet":
        """Those that were not released."""
        return self.filter(released_at__isnull=True)

    def of_everything(self) -> "PayoutHoldQuerySet":
        """Those in force under which a vendor is paid nothing."""
        return self.in_force().filter(vendor_order__isnull=True, amount_minor__isnull=True)


class PayoutHold(models.Model):
    """Money of a vendor that is not paid out for now, why, and until when.

    Of one part of an order, or of a whole vendor where there is none; of an amount, which stands in the
    ledger as held back, or of everything where there is none. It ends by its day, or by somebody's decision.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    vendor = models.ForeignKey(Vendor, models.PROTECT, related_name="payout_holds")
    vendor_order = models.ForeignKey(
        VendorOrder, models.PROTECT, null=True, blank=True, related_name="payout_holds"
    )
    cause = models.CharField(max_length=12, choices=HoldCause)
    reason = models.CharField(max_length=300)
    amount_minor = models.BigIntegerField(null=True, blank=True)
    currency = models.CharField(max_length=3)
    placed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    placed_at = models.DateTimeField(default=clock.now)
    release_on = models.DateField(null=True, blank=True)
    released_at = models.DateTimeField(null=True, blank=True)
    released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    release_note = models.CharField(max_length=300, blank=True)

    objects = PayoutHoldQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        default_permissions = ("view", "add", "change")
        constraints = [
            models.CheckConstraint(
                condition=Q(cause__in=HoldCause.values), name="a_cause_of_a_hold_is_known"
            ),
            models.CheckConstraint(
                condition=Q(amount_minor__isnull=True) | Q(amount_minor__gt=0),
                name="a_hold_is_of_something_or_everything",
            ),
            models.UniqueConstraint(
                fields=["vendor_order"],
                condition=Q(cause="rolling"),
                name="of_a_sale_something_is_reserved_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["vendor"], condition=Q(released_at__isnull=True), name="payout_hold_in_force"
            )
        ]

    @override
    def __str__(self) -> str:
        return f"{self.vendor_id}: {self.cause}"

    @property
    def amount(self) -> Money | None:
        """What is held; None where it is everything."""
        return None if self.amount_minor is None else Money(self.amount_minor, self.currency)
