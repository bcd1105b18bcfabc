"""The order, paid once, and its part for each vendor. Amounts are minor units of the order's currency."""

import uuid
from collections.abc import Iterable
from typing import Final

from django.db import models
from django.db.models import F, Q
from typing_extensions import override

from catalog.models import Product, Variant
from checkout.models.cart import Cart
from checkout.models.costs import ADDS_UP, PARTS_OF_ITS_DISCOUNT, REMITTED, Costed
from checkout.models.shipping import ShippingMethod
from marketplace.accounts.models import BillingProfile
from marketplace.kernel.imported import Imported, unique_in_its_source
from marketplace.kernel.money import Money
from marketplace.kernel.states import Transitions
from vendors.models import Vendor, VendorPolicy


class PaymentState(models.TextChoices):
    """All that an order stores of its status; the rest is derived with its vendor orders."""

    PENDING = "pending", "Waiting for payment"
    PROCESSING = "processing", "Payment under way"
    PAID = "paid", "Paid"
    EXPIRED = "expired", "Not paid in time"
    SUPERSEDED = "superseded", "Replaced by a newer order"
    CANCELLED = "cancelled", "Cancelled"


class OrderStatus(models.TextChoices):
    """What an order is to its buyer: derived of its payment and its parts, stored nowhere."""

    PENDING = "pending", "Waits for its payment"
    PROCESSING = "processing", "Its payment is under way"
    PAID = "paid", "Paid, to be shipped"
    PARTIALLY_SHIPPED = "partially_shipped", "Shipped in part"
    SHIPPED = "shipped", "Shipped"
    DELIVERED = "delivered", "Delivered"
    COMPLETED = "completed", "Completed"
    EXPIRED = "expired", "Was not paid in time"
    SUPERSEDED = "superseded", "Was replaced by a newer one"
    CANCELLED = "cancelled", "Was cancelled"


# What a buyer may still pay for, and what holds stock meanwhile.
OPEN_ORDERS: Final = (PaymentState.PENDING, PaymentState.PROCESSING)

ORDER_MOVES: Final = Transitions(
    PaymentState,
    {
        PaymentState.PENDING: {
            PaymentState.PROCESSING,
            PaymentState.PAID,
            PaymentState.EXPIRED,
            PaymentState.SUPERSEDED,
            PaymentState.CANCELLED,
        },
        PaymentState.PROCESSING: {PaymentState.PENDING, PaymentState.PAID, PaymentState.EXPIRED},
        # Paid too late: kept while the stock is still there, else given back.
        PaymentState.EXPIRED: {PaymentState.PAID, PaymentState.CANCELLED},
        PaymentState.PAID: set(),
        PaymentState.SUPERSEDED: set(),
        PaymentState.CANCELLED: set(),
    },
    field="payment_state",
)


class VendorOrderStatus(models.TextChoices):
    PENDING = "pending", "Waiting for payment"
    OPEN = "open", "To be shipped"
    PARTIALLY_SHIPPED = "partially_shipped", "Shipped in part"
    SHIPPED = "shipped", "Shipped"
    DELIVERED = "delivered", "Delivered"
    COMPLETED = "completed", "Completed"
    CANCELLED = "cancelled", "Cancelled"


VENDOR_ORDER_MOVES: Final = Transitions(
    VendorOrderStatus,
    {
        VendorOrderStatus.PENDING: {VendorOrderStatus.OPEN, VendorOrderStatus.CANCELLED},
        VendorOrderStatus.OPEN: {
            VendorOrderStatus.PARTIALLY_SHIPPED,
            VendorOrderStatus.SHIPPED,
            VendorOrderStatus.CANCELLED,
        },
        # The rest of it is shipped, or cancelled.
        VendorOrderStatus.PARTIALLY_SHIPPED: {VendorOrderStatus.SHIPPED},
        VendorOrderStatus.SHIPPED: {VendorOrderStatus.DELIVERED},
        VendorOrderStatus.DELIVERED: {VendorOrderStatus.COMPLETED},
        # Where an order of a history begins, too.
        VendorOrderStatus.COMPLETED: set(),
        # An expired order that is paid after all.
        VendorOrderStatus.CANCELLED: {VendorOrderStatus.OPEN},
    },
)

# What is still to be sent, and what was sent in part at least.
TO_SHIP: Final = (VendorOrderStatus.OPEN, VendorOrderStatus.PARTIALLY_SHIPPED)
SENT: Final = (
    VendorOrderStatus.PARTIALLY_SHIPPED,
    VendorOrderStatus.SHIPPED,
    VendorOrderStatus.DELIVERED,
    VendorOrderStatus.COMPLETED,
)


def status_of(payment_state: str, parts: Iterable[str]) -> OrderStatus:
    """What an order is to its buyer: its payment until it is paid, and then its parts.

    What is cancelled counts for nothing beside what is not; the slowest of the rest tells, and an order of
    which something was sent and something was not is sent in part.
    """
    if payment_state != PaymentState.PAID:
        return OrderStatus(payment_state)
    states = {VendorOrderStatus(part) for part in parts}
    left = states - {VendorOrderStatus.CANCELLED}
    if not left:
        return OrderStatus.CANCELLED if states else OrderStatus.PAID
    if left <= {VendorOrderStatus.OPEN, VendorOrderStatus.PENDING}:
        return OrderStatus.PAID
    if left & {VendorOrderStatus.PENDING, *TO_SHIP}:
        return OrderStatus.PARTIALLY_SHIPPED
    slowest = (VendorOrderStatus.SHIPPED, VendorOrderStatus.DELIVERED, VendorOrderStatus.COMPLETED)
    return OrderStatus(next(state for state in slowest if state in left))


class Order(Costed, Imported):
    """One checkout of one cart: paid once, split by vendor, tied to one billing profile.

    One of a source was paid there: it has no cart, and stands as it was imported.
    """

    number = models.CharField(max_length=16, unique=True, editable=False)
    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    billing_profile = models.ForeignKey(BillingProfile, models.PROTECT, related_name="orders")
    cart = models.ForeignKey(Cart, models.PROTECT, null=True, related_name="orders")
    cart_version = models.PositiveIntegerField()
    email = models.EmailField(max_length=254)
    # From which internet connection it was placed, as a mark that tells equal from unequal alone, and not for
    # long (checkout/client_sites.py).
    client_site = models.CharField(max_length=32, blank=True, default="", db_default="", editable=False)
    # Copies: editing or deleting an address book entry never changes a past order.
    shipping_address = models.JSONField(default=dict)
    billing_address = models.JSONField(default=dict)
    payment_state = models.CharField(max_length=10, choices=PaymentState, default=PaymentState.PENDING)
    placed_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=ADDS_UP, name="an_order_adds_up"),
            models.CheckConstraint(
                condition=PARTS_OF_ITS_DISCOUNT, name="an_order_tells_parts_of_its_discount"
            ),
            models.CheckConstraint(
                condition=Q(tax_included_minor__gte=0), name="tax_in_an_order_is_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(payment_state__in=PaymentState.values), name="an_order_payment_state_is_known"
            ),
            models.UniqueConstraint(
                fields=["cart"],
                condition=Q(payment_state__in=OPEN_ORDERS),
                name="a_cart_has_one_open_order",
            ),
            models.CheckConstraint(
                condition=Q(payment_state=PaymentState.PAID, paid_at__isnull=False)
                | (~Q(payment_state=PaymentState.PAID) & Q(paid_at__isnull=True)),
                name="a_paid_order_has_its_date",
            ),
            models.CheckConstraint(
                condition=Q(source="", cart__isnull=False) | (~Q(source="") & Q(cart__isnull=True)),
                name="an_order_has_a_cart_or_a_source",
            ),
            unique_in_its_source(name="an_order_of_a_source_comes_once"),
        ]
        indexes = [
            models.Index(fields=["payment_state", "expires_at"], name="order_by_expiry"),
            models.Index(fields=["paid_at"], condition=Q(paid_at__isnull=False), name="order_by_payment"),
            models.Index(fields=["placed_at"], condition=~Q(client_site=""), name="order_with_client_site"),
        ]

    @override
    def __str__(self) -> str:
        return self.number

    @property
    def holder(self) -> str:
        """As whom it holds its reservations."""
        return f"order:{self.pk}"

    @property
    def status(self) -> OrderStatus:
        """What it is to its buyer. One statement where it is paid and does not know its parts."""
        if self.payment_state != PaymentState.PAID:
            return OrderStatus(self.payment_state)
        return status_of(self.payment_state, (part.status for part in self.vendor_orders.all()))

    @property
    def is_open(self) -> bool:
        """Whether it may still be paid for."""
        return self.payment_state in OPEN_ORDERS


class VendorOrder(Costed):
    """One vendor's part of an order."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="vendor_orders")
    vendor = models.ForeignKey(Vendor, models.PROTECT, related_name="orders")
    number = models.CharField(max_length=20, unique=True, editable=False)
    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    shipping_method = models.ForeignKey(ShippingMethod, models.PROTECT, null=True, related_name="+")
    shipping_name = models.CharField(max_length=80, blank=True)
    # What it was told of shipping besides: how long, from where, each parcel's price (checkout/split.py).
    shipping_quote = models.JSONField(default=dict)
    status = models.CharField(max_length=20, choices=VendorOrderStatus, default=VendorOrderStatus.PENDING)
    # Of the tax, on top or contained, what the platform remits: never the vendor's.
    tax_remitted_minor = models.BigIntegerField(default=0, db_default=0)
    # How long its goods can be sent back, none for as long as everybody's can; and the most that is kept of
    # what comes back for no fault of the vendor's.
    return_days = models.PositiveIntegerField(null=True)
    restocking_bps = models.PositiveIntegerField(default=0, db_default=0)
    # What it was sold under: versions of the vendor's policies, which are never changed.
    policies = models.ManyToManyField(VendorPolicy, through="AgreedPolicy", related_name="+")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=ADDS_UP, name="a_vendor_order_adds_up"),
            models.CheckConstraint(
                condition=PARTS_OF_ITS_DISCOUNT, name="a_vendor_order_tells_parts_of_its_discount"
            ),
            models.CheckConstraint(condition=REMITTED, name="a_vendor_order_remits_of_its_tax"),
            models.UniqueConstraint(fields=["order", "vendor"], name="a_vendor_has_one_part_of_an_order"),
            models.CheckConstraint(
                condition=Q(status__in=VendorOrderStatus.values), name="a_vendor_order_status_is_known"
            ),
        ]

    @override
    def __str__(self) -> str:
        return self.number


class AgreedPolicy(models.Model):
    """A policy that a vendor's part of an order was sold under."""

    vendor_order = models.ForeignKey(VendorOrder, models.PROTECT, related_name="agreed_policies")
    policy = models.ForeignKey(VendorPolicy, models.PROTECT, related_name="+", db_index=False)

    class Meta:
        verbose_name_plural = "agreed policies"
        constraints = [
            models.UniqueConstraint(
                fields=["vendor_order", "policy"], name="a_policy_is_agreed_to_once_for_a_part"
            )
        ]

    @override
    def __str__(self) -> str:
        return f"{self.vendor_order_id}: {self.policy_id}"


class OrderLine(models.Model):
    """What was bought, as it was: names and prices are copies.

    A line of a source has a reference: its amount is what was paid there, be it below zero, and its unit
    price, which may have had more decimals, is information.

    Of its units, so many are cancelled, so many shipped, and of these so many are back: all change under the
    lock of the vendor's part.
    """

    vendor_order = models.ForeignKey(VendorOrder, models.PROTECT, related_name="lines")
    variant = models.ForeignKey(Variant, models.PROTECT, related_name="+")
    product = models.ForeignKey(Product, models.PROTECT, related_name="+")
    title = models.CharField(max_length=200)
    sku = models.CharField(max_length=64)
    options = models.JSONField(default=dict)
    characteristics = models.JSONField(default=dict)
    # What is not is delivered once it is paid (operations/digital.py).
    is_shipped = models.BooleanField(default=True, db_default=True)
    quantity = models.PositiveIntegerField()
    cancelled = models.PositiveIntegerField(default=0, db_default=0)
    shipped = models.PositiveIntegerField(default=0, db_default=0)
    returned = models.PositiveIntegerField(default=0, db_default=0)
    currency = models.CharField(max_length=3)
    unit_price_minor = models.BigIntegerField()
    amount_minor = models.BigIntegerField()
    discount_minor = models.BigIntegerField(default=0)
    tax_minor = models.BigIntegerField(default=0)
    platform_discount_minor = models.BigIntegerField(default=0, db_default=0)
    tax_included_minor = models.BigIntegerField(default=0, db_default=0)
    tax_remitted_minor = models.BigIntegerField(default=0, db_default=0)
    reference = models.CharField(max_length=100, blank=True, default="", db_default="", editable=False)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount_minor=F("unit_price_minor") * F("quantity")) | ~Q(reference=""),
                name="an_order_line_is_its_price_times_its_quantity",
            ),
            models.CheckConstraint(
                condition=Q(platform_discount_minor__gte=0, platform_discount_minor__lte=F("discount_minor")),
                name="an_order_line_tells_a_part_of_its_discount",
            ),
            models.CheckConstraint(condition=REMITTED, name="an_order_line_remits_of_its_tax"),
            models.CheckConstraint(
                condition=Q(quantity__gte=F("cancelled") + F("shipped")),
                name="no_more_is_shipped_or_cancelled_than_was_bought",
            ),
            models.CheckConstraint(
                condition=Q(returned__lte=F("shipped")), name="no_more_comes_back_than_was_shipped"
            ),
            models.UniqueConstraint(
                fields=["vendor_order", "reference"],
                condition=~Q(reference=""),
                name="a_line_of_a_source_comes_once",
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.quantity} x {self.title}"

    @property
    def to_ship(self) -> int:
        """Units that are neither shipped nor cancelled."""
        return self.quantity - self.cancelled - self.shipped

    @property
    def with_buyer(self) -> int:
        """Units that were shipped and are not back."""
        return self.shipped - self.returned

    @property
    def unit_price(self) -> Money:
        return Money(self.unit_price_minor, self.currency)

    @property
    def amount(self) -> Money:
        """Before discount and tax."""
        return Money(self.amount_minor, self.currency)

    @property
    def discount(self) -> Money:
        return Money(self.discount_minor, self.currency)

    @property
    def tax(self) -> Money:
        return Money(self.tax_minor, self.currency)
