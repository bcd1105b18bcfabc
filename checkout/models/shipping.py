"""How a vendor ships, and what the cart has chosen of it."""

from django.db import models
from django.db.models import Q
from typing_extensions import override

from checkout.models.cart import Cart
from marketplace.kernel.money import Money
from vendors.models import Vendor


class ShippingMethod(models.Model):
    """A way a vendor ships, at a flat price for its part of an order."""

    vendor = models.ForeignKey(Vendor, models.PROTECT, related_name="shipping_methods")
    name = models.CharField(max_length=80)
    price_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    position = models.PositiveIntegerField(default=0)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(price_minor__gte=0), name="a_shipping_price_is_not_negative"),
            models.CheckConstraint(
                condition=Q(currency__regex=r"^[A-Z]{3}$"), name="a_shipping_price_has_a_currency_code"
            ),
        ]

    @override
    def __str__(self) -> str:
        return self.name

    @property
    def price(self) -> Money:
        """What shipping the vendor's part costs."""
        return Money(self.price_minor, self.currency)


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
