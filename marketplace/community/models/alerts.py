"""What somebody waits for: that it is back, or costs less."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from typing_extensions import override

from catalog.models import Product, Variant
from marketplace.kernel import clock


class ProductAlert(models.Model):
    """A user wants mail when a product, or one variant of it, is back in stock or costs less.

    Less than `price_minor`: what it cost when the user asked, or was last told of. That it was asked for
    stands in outreach's record of consent too; whoever unsubscribes there waits for nothing any more.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="product_alerts")
    product = models.ForeignKey(Product, models.CASCADE, related_name="+")
    variant = models.ForeignKey(Variant, models.CASCADE, null=True, blank=True, related_name="+")
    is_for_stock = models.BooleanField(default=True)
    is_for_price = models.BooleanField(default=True)
    price_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    asked_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["-pk"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["user", "product", "variant"],
                nulls_distinct=False,
                name="a_thing_is_waited_for_once",
            ),
            models.CheckConstraint(
                condition=Q(is_for_stock=True) | Q(is_for_price=True), name="an_alert_is_for_something"
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"for product {self.product_id}"
