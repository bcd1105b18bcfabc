"""The one payment of an order, and what went back."""

import uuid
from typing import Final

from django.db import models
from django.db.models import F, Q
from typing_extensions import override

from catalog.models import Product
from checkout.models.order import Order, OrderLine, VendorOrder
from marketplace.accounts.models import BillingProfile
from marketplace.kernel import clock
from marketplace.kernel.imported import Imported, unique_in_its_source
from marketplace.kernel.money import Money
from marketplace.kernel.states import Transitions
from vendors.models import Vendor


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
    # Who the provider knows the buyer as, and whether it keeps the card that pays.
    customer_ref = models.CharField(max_length=64, blank=True)
    is_card_kept = models.BooleanField(default=False)
    # A card that the buyer keeps and has chosen: it is charged at once, without their browser.
    card_ref = models.CharField(max_length=64, blank=True, default="", db_default="")
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    refunded_minor = models.BigIntegerField(default=0)
    # While the buyer disputes it at the bank nothing else goes back of it.
    is_disputed = models.BooleanField(default=False, db_default=False)
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


class RefundReason(models.TextChoices):
    """Why money goes back, where people decide it; others are written by the checkout itself."""

    CANCELLED = "cancelled", "Cancelled"
    RETURNED = "returned", "Sent back"
    DAMAGED = "damaged", "Arrived damaged"
    NOT_ARRIVED = "not_arrived", "Has not arrived"
    GOODWILL = "goodwill", "Goodwill"
    NOT_ACCEPTED = "not_accepted", "The platform does not accept the order"
    OTHER = "other", "Another reason"


class Refund(Imported):
    """Money that goes back on a payment, for one vendor's part of an order or for all of it.

    One for all of it has no lines: its order was never taken to be paid. One of a source went back there: it
    has no payment, its order only where that is known, and any amount. One of nothing has no payment either:
    the platform had paid for what is taken back. One that failed may be tried again, as another row of the
    next version, for the provider repeats what it said to a key.
    """

    payment = models.ForeignKey(Payment, models.PROTECT, null=True, blank=True, related_name="refunds")
    order = models.ForeignKey(Order, models.PROTECT, null=True, blank=True, related_name="refunds")
    vendor_order = models.ForeignKey(
        VendorOrder, models.PROTECT, null=True, blank=True, related_name="refunds"
    )
    billing_profile = models.ForeignKey(
        BillingProfile, models.PROTECT, null=True, blank=True, related_name="refunds"
    )
    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # The one that failed, of which this is another attempt; a refund is tried again once, and then that one.
    retry_of = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="retry", editable=False
    )
    provider_ref = models.CharField(max_length=64, blank=True)
    version = models.PositiveIntegerField(default=1)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    reason = models.CharField(max_length=40)
    status = models.CharField(max_length=10, choices=RefundStatus, default=RefundStatus.CREATED)
    occurred_at = models.DateTimeField(default=clock.now)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        permissions = [("retry_refund", "Can try a refund again that failed")]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount_minor__gte=0) | ~Q(source=""), name="a_refund_is_not_below_nothing"
            ),
            models.CheckConstraint(
                condition=Q(status__in=RefundStatus.values), name="a_refund_status_is_known"
            ),
            models.CheckConstraint(
                condition=Q(source="", amount_minor__gt=0, payment__isnull=False)
                | Q(source="", amount_minor=0, payment__isnull=True)
                | (~Q(source="") & Q(payment__isnull=True)),
                name="a_refund_has_a_payment_or_a_source_or_is_of_nothing",
            ),
            models.CheckConstraint(
                condition=Q(currency__regex=r"^[A-Z]{3}$"), name="a_refund_has_a_currency_code"
            ),
            unique_in_its_source(name="a_refund_of_a_source_comes_once"),
        ]

    @override
    def __str__(self) -> str:
        return str(self.uuid)

    @property
    def amount(self) -> Money:
        """What goes back."""
        return Money(self.amount_minor, self.currency)

    @property
    def key(self) -> str:
        """The provider's idempotency key."""
        return f"re:{self.uuid}:v{self.version}"


class RefundLineKind(models.TextChoices):
    UNITS = "units", "For units of a line"
    AMOUNT = "amount", "An amount of what a line cost"
    SHIPPING = "shipping", "For shipping"


class RefundLine(models.Model):
    """What came back, and what of the money is for it; the line it was bought on, where that is known.

    The buyer gets `amount_minor` for goods, `shipping_minor` for shipping, and `tax_minor` for the tax on top
    of either. Beside that the platform takes back what it paid of a discount (`platform_minor`), and does not
    remit what it would have (`tax_remitted_minor`). `fee_minor` is what was kept of units that came back.
    """

    refund = models.ForeignKey(Refund, models.PROTECT, related_name="lines")
    vendor = models.ForeignKey(Vendor, models.PROTECT, related_name="refund_lines")
    product = models.ForeignKey(Product, models.PROTECT, null=True, blank=True, related_name="+")
    order_line = models.ForeignKey(
        OrderLine, models.PROTECT, null=True, blank=True, related_name="refund_lines"
    )
    kind = models.CharField(
        max_length=10,
        choices=RefundLineKind,
        default=RefundLineKind.UNITS,
        db_default=RefundLineKind.UNITS.value,
    )
    quantity = models.PositiveIntegerField()
    amount_minor = models.BigIntegerField()
    shipping_minor = models.BigIntegerField(default=0, db_default=0)
    tax_minor = models.BigIntegerField(default=0, db_default=0)
    platform_minor = models.BigIntegerField(default=0, db_default=0)
    tax_remitted_minor = models.BigIntegerField(default=0, db_default=0)
    fee_minor = models.BigIntegerField(default=0, db_default=0)
    reference = models.CharField(max_length=100, blank=True, default="", db_default="", editable=False)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind=RefundLineKind.UNITS, quantity__gte=1, product__isnull=False)
                | Q(
                    kind=RefundLineKind.AMOUNT,
                    quantity=0,
                    product__isnull=False,
                    order_line__isnull=False,
                    fee_minor=0,
                )
                | Q(
                    kind=RefundLineKind.SHIPPING,
                    quantity=0,
                    product__isnull=True,
                    order_line__isnull=True,
                    amount_minor=0,
                    fee_minor=0,
                ),
                name="a_refund_line_is_of_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(
                    amount_minor__gte=0,
                    shipping_minor__gte=0,
                    tax_minor__gte=0,
                    platform_minor__gte=0,
                    tax_remitted_minor__gte=0,
                    fee_minor__gte=0,
                )
                | ~Q(reference=""),
                name="a_refund_line_gives_back",
            ),
            models.UniqueConstraint(
                fields=["refund", "reference"],
                condition=~Q(reference=""),
                name="a_refund_line_of_a_source_comes_once",
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.kind} of {self.order_line_id or 'shipping'}"

    @property
    def paid_minor(self) -> int:
        """What the buyer gets for it."""
        return self.amount_minor + self.shipping_minor + self.tax_minor
