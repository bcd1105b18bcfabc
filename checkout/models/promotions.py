"""What goes off prices and shipping: promotions, the codes that ask for them, and who has used them."""

from typing import Final

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from typing_extensions import override

from catalog.models import Category, Product
from checkout.models.cart import Cart
from checkout.models.order import Order, OrderLine, VendorOrder
from marketplace.accounts.models import BillingProfile
from marketplace.kernel.money import BASIS_POINTS, Money
from vendors.models import Vendor


class PromotionKind(models.TextChoices):
    """What a promotion takes off; the label describes it in the schema."""

    PERCENTAGE = "percentage", "A percentage of each vendor's goods"
    AMOUNT = "amount", "An amount, once for the order, shared out over its goods"
    FREE_SHIPPING = "free_shipping", "What shipping costs"
    BUY_X_GET_Y = "buy_x_get_y", "A percentage of so many units, the cheapest, for every so many bought"


class Promotion(models.Model):
    """A discount, and on what terms it is given: by a vendor on its own goods, or by the platform.

    A vendor pays for its own promotions. What the platform gives it pays for itself, or its share of it; the
    rest is paid by the vendors that have joined, and only their goods are promoted then.

    It is about certain products and categories, and what is below these, or explicitly about everything: one
    whose last product is gone is about nothing. It is automatic, or asked for by a code.
    """

    vendor = models.ForeignKey(
        Vendor, models.PROTECT, null=True, blank=True, related_name="promotions", help_text="None: platform"
    )
    title = models.CharField(max_length=80)
    kind = models.CharField(max_length=15, choices=PromotionKind)
    rate_bps = models.PositiveIntegerField(default=0)
    amount_minor = models.BigIntegerField(default=0)
    # Of the amount and the minimum; empty where there is neither, and every currency will do.
    currency = models.CharField(max_length=3, blank=True)
    buy_units = models.PositiveSmallIntegerField(default=0)
    get_units = models.PositiveSmallIntegerField(default=0)
    platform_share_bps = models.PositiveIntegerField(default=0)
    is_for_everything = models.BooleanField(default=False)
    products = models.ManyToManyField(Product, blank=True, related_name="promotions")
    categories = models.ManyToManyField(Category, blank=True, related_name="promotions")
    # What the goods it is about have to come to.
    minimum_minor = models.BigIntegerField(default=0)
    is_for_first_orders = models.BooleanField(default=False)
    is_automatic = models.BooleanField(default=False)
    is_exclusive = models.BooleanField(default=False)
    priority = models.PositiveSmallIntegerField(default=100)
    starts_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    # How many orders may have it, and how many of one person.
    total_cap = models.PositiveIntegerField(null=True, blank=True)
    person_cap = models.PositiveIntegerField(null=True, blank=True)
    is_active = models.BooleanField(default=True)
    archived_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(
                fields=["vendor"],
                condition=Q(is_automatic=True, is_active=True, archived_at=None),
                name="automatic_promotions",
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=PromotionKind.values), name="a_kind_of_promotion_is_known"
            ),
            models.CheckConstraint(
                condition=Q(kind="percentage", rate_bps__gt=0, amount_minor=0, buy_units=0, get_units=0)
                | Q(kind="amount", rate_bps=0, amount_minor__gt=0, buy_units=0, get_units=0)
                | Q(kind="free_shipping", rate_bps=0, amount_minor=0, buy_units=0, get_units=0)
                | Q(
                    kind="buy_x_get_y",
                    rate_bps__gt=0,
                    amount_minor=0,
                    buy_units__gt=0,
                    get_units__gt=0,
                ),
                name="a_promotion_takes_off_what_its_kind_says",
            ),
            models.CheckConstraint(
                condition=Q(rate_bps__lte=BASIS_POINTS), name="a_promotion_takes_off_the_whole_at_most"
            ),
            models.CheckConstraint(
                condition=Q(vendor=None, platform_share_bps__lte=BASIS_POINTS)
                | Q(vendor__isnull=False, platform_share_bps=0),
                name="a_vendor_pays_for_its_own_promotions",
            ),
            models.CheckConstraint(
                condition=Q(amount_minor=0, minimum_minor=0) | Q(currency__regex=r"^[A-Z]{3}$"),
                name="an_amount_of_a_promotion_has_a_currency",
            ),
            models.CheckConstraint(
                condition=Q(minimum_minor__gte=0), name="a_minimum_of_a_promotion_is_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="a_promotion_starts_before_it_ends"
            ),
            models.CheckConstraint(
                condition=Q(total_cap__gt=0) & Q(person_cap__gt=0), name="a_promotion_can_be_used_once"
            ),
        ]

    @override
    def __str__(self) -> str:
        return self.title

    @property
    def amount(self) -> Money | None:
        """What it takes off, where that is an amount."""
        return Money(self.amount_minor, self.currency) if self.amount_minor else None

    @property
    def minimum(self) -> Money | None:
        """What the goods it is about have to come to, where they have to."""
        return Money(self.minimum_minor, self.currency) if self.minimum_minor else None


class PromotionConsent(models.Model):
    """A vendor pays its part of a promotion of the platform on its goods, on the terms as they are.

    When the platform changes the terms, every consent to them is void.
    """

    promotion = models.ForeignKey(Promotion, models.CASCADE, related_name="consents")
    vendor = models.ForeignKey(Vendor, models.CASCADE, related_name="promotion_consents")
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["promotion", "vendor"], name="a_vendor_joins_a_promotion_once")
        ]

    @override
    def __str__(self) -> str:
        return f"{self.vendor_id} joins {self.promotion_id}"


class Coupon(models.Model):
    """A code that asks for a promotion. It is kept in capitals, and stands for one promotion everywhere."""

    promotion = models.ForeignKey(Promotion, models.PROTECT, related_name="coupons")
    code = models.CharField(max_length=40, unique=True)
    # How many orders may have the promotion by this code.
    cap = models.PositiveIntegerField(null=True, blank=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(code__regex=r"^[0-9A-Z][0-9A-Z-]{2,39}$"), name="a_code_is_in_capitals"
            ),
            models.CheckConstraint(condition=Q(cap__gt=0), name="a_code_can_be_used_once"),
        ]

    @override
    def __str__(self) -> str:
        return self.code


class CartCoupon(models.Model):
    """A code that the buyer has put on a cart."""

    cart = models.ForeignKey(Cart, models.CASCADE, related_name="coupons")
    coupon = models.ForeignKey(Coupon, models.CASCADE, related_name="+")

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["cart", "coupon"], name="a_cart_has_a_coupon_once")]

    @override
    def __str__(self) -> str:
        return f"{self.cart_id}: {self.coupon_id}"


class PromotionUseState(models.TextChoices):
    """What has become of a use of a promotion."""

    HELD = "held", "Held by an order that waits for its payment"
    USED = "used", "Used"
    GIVEN_BACK = "given_back", "Given back: the order was not paid, or cancelled"


# What counts for the caps.
COUNTED_USES: Final = (PromotionUseState.HELD, PromotionUseState.USED)


class PromotionUse(models.Model):
    """An order that has a promotion. The buyer is the profile, or whoever else gives the same address."""

    promotion = models.ForeignKey(Promotion, models.PROTECT, related_name="uses", db_index=False)
    order = models.ForeignKey(Order, models.PROTECT, related_name="promotion_uses")
    coupon = models.ForeignKey(Coupon, models.PROTECT, null=True, blank=True, related_name="uses")
    billing_profile = models.ForeignKey(BillingProfile, models.PROTECT, related_name="+", db_index=False)
    email = models.EmailField(max_length=254, blank=True)
    state = models.CharField(max_length=10, choices=PromotionUseState, default=PromotionUseState.HELD)

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["promotion", "state"], name="promotion_use_by_state"),
            models.Index(fields=["promotion", "email"], name="promotion_use_by_address"),
            models.Index(fields=["billing_profile", "promotion"], name="promotion_use_by_person"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["order", "promotion"], name="an_order_has_a_promotion_once"),
            models.CheckConstraint(
                condition=Q(state__in=PromotionUseState.values), name="a_state_of_a_use_is_known"
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.promotion_id} on {self.order_id}"


class AppliedPromotion(models.Model):
    """What a promotion took off a line of an order, or off a vendor's shipping; its names are copies.

    `platform_minor` is the part of the amount that the platform pays for.
    """

    vendor_order = models.ForeignKey(VendorOrder, models.PROTECT, related_name="applied_promotions")
    order_line = models.ForeignKey(
        OrderLine, models.PROTECT, null=True, blank=True, related_name="applied_promotions"
    )
    promotion = models.ForeignKey(Promotion, models.PROTECT, related_name="applied")
    title = models.CharField(max_length=80)
    code = models.CharField(max_length=40, blank=True)
    amount_minor = models.BigIntegerField()
    platform_minor = models.BigIntegerField(default=0)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0, platform_minor__gte=0)
                & Q(platform_minor__lte=F("amount_minor")),
                name="an_applied_promotion_takes_something_off",
            )
        ]

    @override
    def __str__(self) -> str:
        return f"{self.title}: {self.amount_minor}"
