"""Money between the platform and vendors' accounts with the provider: transfers, and what came back of them.

Each follows a transaction of the ledger that says what is a vendor's: a sale, a refund, a dispute, an
adjustment. It is asked of the provider after its row and its posting are committed, by a key made of the row,
so that whatever is cut off is asked again and happens once.
"""

import uuid
from typing import Final

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from typing_extensions import override

from checkout.models import VendorOrder
from marketplace.kernel import clock
from marketplace.kernel.money import Money
from marketplace.kernel.states import Transitions
from payouts.models.accounts import PayoutAccount
from payouts.models.ledger import LedgerTransaction
from vendors.models import Vendor


class TransferSource(models.TextChoices):
    CHARGE = "charge", "Of what the buyer paid"
    BALANCE = "balance", "Of what the platform has with the provider"


class TransferStatus(models.TextChoices):
    QUEUED = "queued", "To be sent"
    SENDING = "sending", "Asked of the provider"
    MADE = "made", "In the vendor's account"
    CANCELLED = "cancelled", "Nothing was left to send"


TRANSFER_MOVES: Final = Transitions(
    TransferStatus,
    {
        TransferStatus.QUEUED: {TransferStatus.SENDING, TransferStatus.MADE, TransferStatus.CANCELLED},
        # What the provider refused is asked again, under another key.
        TransferStatus.SENDING: {TransferStatus.MADE, TransferStatus.QUEUED},
        TransferStatus.MADE: set(),
        TransferStatus.CANCELLED: set(),
    },
)


class Waiting(models.TextChoices):
    """Why a transfer waits."""

    NOTHING = "", "For nothing"
    ACCOUNT = "account", "For the vendor's account with the provider"
    SUSPENDED = "suspended", "For the vendor, which is suspended"
    REVIEW = "review", "For the review of the order"
    FUNDS = "funds", "For the platform's money to arrive at the provider"
    REFUSED = "refused", "The provider has refused it"


class Transfer(models.Model):
    """Money for a vendor, of one ledger transaction and one source.

    `planned_minor` is what that transaction says is the vendor's, of this source. What is sent is decided
    when it is claimed: `amount_minor` goes, `netted_minor` is kept for what the vendor owes; what went back
    to the buyer before is neither. `charge_ref` names the charge it is of; `uuid` and `version` make the
    provider's key, and the version grows after a refusal. Changes under the lock of its row, or of the
    vendor's ledger accounts.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    version = models.PositiveIntegerField(default=1)
    vendor = models.ForeignKey(Vendor, models.PROTECT, related_name="transfers")
    vendor_order = models.ForeignKey(
        VendorOrder, models.PROTECT, null=True, blank=True, related_name="transfers"
    )
    occasion = models.ForeignKey(LedgerTransaction, models.PROTECT, related_name="transfers")
    source = models.CharField(max_length=7, choices=TransferSource)
    provider = models.CharField(max_length=16)
    charge_ref = models.CharField(max_length=64, blank=True)
    account = models.ForeignKey(
        PayoutAccount, models.PROTECT, null=True, blank=True, related_name="transfers"
    )
    ref = models.CharField(max_length=64, blank=True)
    currency = models.CharField(max_length=3)
    planned_minor = models.BigIntegerField()
    amount_minor = models.BigIntegerField(default=0)
    netted_minor = models.BigIntegerField(default=0)
    reversed_minor = models.BigIntegerField(default=0)
    status = models.CharField(max_length=9, choices=TransferStatus, default=TransferStatus.QUEUED)
    waiting = models.CharField(max_length=9, choices=Waiting, blank=True, default=Waiting.NOTHING)
    refusal = models.CharField(max_length=64, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=clock.now)
    claimed_at = models.DateTimeField(null=True, blank=True)
    made_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        default_permissions = ("view",)
        permissions = [("retry_transfer", "Can send a transfer again")]
        constraints = [
            models.UniqueConstraint(
                fields=["occasion", "vendor", "source"], name="what_is_a_vendors_is_sent_once_of_a_source"
            ),
            models.UniqueConstraint(
                fields=["provider", "ref"],
                condition=~Q(ref=""),
                name="a_transfer_reference_is_one_transfer",
            ),
            models.CheckConstraint(
                condition=Q(status__in=TransferStatus.values), name="a_transfer_status_is_known"
            ),
            models.CheckConstraint(
                condition=Q(source__in=TransferSource.values), name="a_transfer_source_is_known"
            ),
            models.CheckConstraint(
                condition=Q(planned_minor__gt=0, amount_minor__gte=0, netted_minor__gte=0)
                & Q(planned_minor__gte=F("amount_minor") + F("netted_minor")),
                name="a_transfer_sends_no_more_than_is_the_vendors",
            ),
            models.CheckConstraint(
                condition=Q(reversed_minor__gte=0, reversed_minor__lte=F("amount_minor")),
                name="no_more_comes_back_of_a_transfer_than_went",
            ),
        ]
        indexes = [
            models.Index(
                fields=["vendor", "id"],
                condition=Q(status__in=["queued", "sending"]),
                name="transfer_to_be_made",
            ),
            # What a vendor owes is summed for each of its transfers: few have kept anything for that.
            models.Index(
                fields=["vendor", "currency"],
                include=["netted_minor"],
                condition=Q(netted_minor__gt=0),
                name="transfer_that_was_netted",
            ),
        ]

    @override
    def __str__(self) -> str:
        return self.ref or str(self.uuid)

    @property
    def key(self) -> str:
        """The provider's idempotency key of its making."""
        return f"tr:{self.uuid}:v{self.version}"

    @property
    def planned(self) -> Money:
        """What it was made for."""
        return Money(self.planned_minor, self.currency)

    @property
    def amount(self) -> Money:
        """What went to the vendor's account, or is asked to."""
        return Money(self.amount_minor, self.currency)

    @property
    def netted(self) -> Money:
        """What was kept for what the vendor owed."""
        return Money(self.netted_minor, self.currency)


class ReversalStatus(models.TextChoices):
    SENDING = "sending", "Asked of the provider"
    MADE = "made", "Back with the platform"
    SHORT = "short", "The vendor's account did not hold it"


class Reversal(models.Model):
    """What is to come back of a transfer for one ledger transaction: a refund, or what a bank took.

    Of what is asked, `amount_minor` comes of the vendor's account and `short_minor` is not there: the vendor
    owes it, and later transfers are netted with it. `uuid` and `version` make the provider's key.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    version = models.PositiveIntegerField(default=1)
    transfer = models.ForeignKey(Transfer, models.PROTECT, related_name="reversals")
    occasion = models.ForeignKey(LedgerTransaction, models.PROTECT, related_name="reversals")
    ref = models.CharField(max_length=64, blank=True)
    asked_minor = models.BigIntegerField()
    amount_minor = models.BigIntegerField()
    short_minor = models.BigIntegerField(default=0)
    status = models.CharField(max_length=7, choices=ReversalStatus, default=ReversalStatus.SENDING)
    refusal = models.CharField(max_length=64, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=clock.now)
    made_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(
                fields=["occasion", "transfer"], name="a_transfer_is_reversed_once_for_one_thing"
            ),
            models.CheckConstraint(
                condition=Q(status__in=ReversalStatus.values), name="a_reversal_status_is_known"
            ),
            models.CheckConstraint(
                condition=Q(asked_minor__gt=0, amount_minor__gte=0, short_minor__gte=0)
                & Q(asked_minor=F("amount_minor") + F("short_minor")),
                name="what_does_not_come_back_of_a_transfer_is_owed",
            ),
        ]
        indexes = [
            models.Index(
                fields=["transfer"],
                include=["short_minor"],
                condition=Q(short_minor__gt=0),
                name="reversal_that_fell_short",
            )
        ]

    @override
    def __str__(self) -> str:
        return self.ref or str(self.uuid)

    @property
    def key(self) -> str:
        """The provider's idempotency key of its making."""
        return f"trr:{self.uuid}:v{self.version}"

    @property
    def amount(self) -> Money:
        """What came back, or is asked to."""
        return Money(self.amount_minor, self.transfer.currency)

    @property
    def short(self) -> Money:
        """What was not there, and is owed."""
        return Money(self.short_minor, self.transfer.currency)


class Adjustment(models.Model):
    """What the platform gave a vendor besides what it sold, or asked of it (below zero), and why."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    vendor = models.ForeignKey(Vendor, models.PROTECT, related_name="adjustments")
    vendor_order = models.ForeignKey(
        VendorOrder, models.PROTECT, null=True, blank=True, related_name="adjustments"
    )
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    reason = models.CharField(max_length=300)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["-pk"]
        default_permissions = ("view", "add")
        constraints = [
            models.CheckConstraint(condition=~Q(amount_minor=0), name="an_adjustment_moves_something"),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.amount} for {self.vendor_id}"

    @property
    def amount(self) -> Money:
        """What the vendor has more of it, or less."""
        return Money(self.amount_minor, self.currency)
