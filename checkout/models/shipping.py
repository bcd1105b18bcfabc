"""How a vendor ships: its ways, what they cost where, and what the cart has chosen of them."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from typing_extensions import override

from catalog.models import Product
from checkout.models.cart import Cart
from marketplace.kernel.money import Money
from vendors.models import Vendor


class ShippingMethod(models.Model):
    """A way a vendor ships, as its buyers choose it.

    Its own price is what it costs wherever no zone says otherwise, once for all that ships so; without one it
    is offered only where zones say what it costs.
    """

    vendor = models.ForeignKey(Vendor, models.PROTECT, related_name="shipping_methods")
    name = models.CharField(max_length=80)
    price_minor = models.BigIntegerField(null=True, blank=True)
    currency = models.CharField(max_length=3)
    # Fetched by the buyer: it goes nowhere, and is taxed where the vendor is.
    is_pickup = models.BooleanField(default=False)
    # Between how many days it takes.
    min_days = models.PositiveSmallIntegerField(null=True, blank=True)
    max_days = models.PositiveSmallIntegerField(null=True, blank=True)
    position = models.PositiveIntegerField(default=0)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(price_minor__gte=0), name="a_shipping_price_is_not_negative"),
            models.CheckConstraint(
                condition=Q(currency__regex=r"^[A-Z]{3}$"), name="a_shipping_price_has_a_currency_code"
            ),
            models.CheckConstraint(
                condition=Q(min_days__isnull=True, max_days__isnull=True)
                | Q(min_days__isnull=False, max_days__gte=models.F("min_days")),
                name="a_delivery_estimate_has_two_ends",
            ),
        ]

    @override
    def __str__(self) -> str:
        return self.name

    @property
    def price(self) -> Money | None:
        """What it costs wherever no zone says otherwise, if anything."""
        return None if self.price_minor is None else Money(self.price_minor, self.currency)


class ShippingProfile(models.Model):
    """Goods of a vendor that ship together, from one place, at rates of their own.

    The default one takes all goods that no other names. Two profiles in one order are two parcels, and cost
    both.
    """

    vendor = models.ForeignKey(Vendor, models.PROTECT, related_name="shipping_profiles")
    name = models.CharField(max_length=80)
    origin = models.CharField(max_length=80, blank=True)
    is_default = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["vendor"],
                condition=Q(is_default=True),
                name="a_vendor_has_one_default_shipping_profile",
            )
        ]

    @override
    def __str__(self) -> str:
        return self.name


class ShippedProduct(models.Model):
    """A product that ships by another profile than its vendor's default one."""

    product = models.OneToOneField(Product, models.CASCADE, related_name="shipping")
    profile = models.ForeignKey(ShippingProfile, models.CASCADE, related_name="products")

    @override
    def __str__(self) -> str:
        return f"{self.product_id} by {self.profile_id}"


class ShippingZone(models.Model):
    """Where rates of a profile are good: countries, and of these only regions or postal codes, where named.

    Without countries it is the rest of the world. Codes are kept in capitals, without spaces.
    """

    profile = models.ForeignKey(ShippingProfile, models.CASCADE, related_name="zones")
    name = models.CharField(max_length=80)
    countries = ArrayField(models.CharField(max_length=2), default=list, blank=True)
    regions = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    postal_prefixes = ArrayField(models.CharField(max_length=12), default=list, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(countries=[]) | Q(regions=[], postal_prefixes=[]),
                name="a_part_of_a_country_is_of_a_country",
            )
        ]

    @override
    def __str__(self) -> str:
        return self.name


class RateKind(models.TextChoices):
    """What a rate goes by; the label describes it in the schema."""

    FLAT = "flat", "One price, whatever is shipped"
    PER_ITEM = "per_item", "A price for the first unit and one for each more"
    BY_WEIGHT = "by_weight", "A price that depends on the weight, in grams"
    BY_TOTAL = "by_total", "A price that depends on what the goods come to"


class ShippingRate(models.Model):
    """What a way costs in a zone, in the currency of the way.

    `tiers` are pairs of a bound (grams, or minor units) and a price, ascending; below the first of them
    counts `price_minor`.
    """

    zone = models.ForeignKey(ShippingZone, models.CASCADE, related_name="rates")
    method = models.ForeignKey(ShippingMethod, models.CASCADE, related_name="rates")
    kind = models.CharField(max_length=10, choices=RateKind, default=RateKind.FLAT)
    price_minor = models.BigIntegerField()
    extra_minor = models.BigIntegerField(default=0)
    tiers = models.JSONField(default=list, blank=True)
    # What the vendor's goods have to come to for it to cost nothing.
    free_from_minor = models.BigIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["zone", "method"], name="a_way_has_one_rate_in_a_zone"),
            models.CheckConstraint(condition=Q(kind__in=RateKind.values), name="a_kind_of_rate_is_known"),
            models.CheckConstraint(
                condition=Q(price_minor__gte=0, extra_minor__gte=0), name="a_shipping_rate_is_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(free_from_minor__gte=0), name="shipping_is_free_from_some_amount"
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.method_id} in {self.zone_id}"


class CartShipping(models.Model):
    """The way chosen for one vendor's part of a cart."""

    cart = models.ForeignKey(Cart, models.CASCADE, related_name="shipping")
    vendor = models.ForeignKey(Vendor, models.CASCADE, related_name="+")
    method = models.ForeignKey(ShippingMethod, models.CASCADE, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cart", "vendor"], name="a_vendor_ships_a_cart_in_one_way")
        ]

    @override
    def __str__(self) -> str:
        return f"{self.cart_id}: {self.method_id}"
