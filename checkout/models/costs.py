"""Amounts that add up, as columns of an order and of its parts."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Least

from marketplace.kernel.money import Money


class Costed(models.Model):
    """Amounts that add up: subtotal - discount + shipping + tax = total.

    The discount is all that goes off, of goods and of shipping; part of it may be paid by the platform. Tax
    that prices contain is told beside the sum, of which it is a part already.
    """

    currency = models.CharField(max_length=3)
    subtotal_minor = models.BigIntegerField()
    discount_minor = models.BigIntegerField(default=0)
    shipping_minor = models.BigIntegerField(default=0)
    tax_minor = models.BigIntegerField(default=0)
    total_minor = models.BigIntegerField()
    shipping_discount_minor = models.BigIntegerField(default=0, db_default=0)
    platform_discount_minor = models.BigIntegerField(default=0, db_default=0)
    tax_included_minor = models.BigIntegerField(default=0, db_default=0)

    class Meta:
        abstract = True

    @property
    def total(self) -> Money:
        return Money(self.total_minor, self.currency)

    @property
    def subtotal(self) -> Money:
        return Money(self.subtotal_minor, self.currency)

    @property
    def shipping(self) -> Money:
        return Money(self.shipping_minor, self.currency)

    @property
    def tax(self) -> Money:
        return Money(self.tax_minor, self.currency)

    @property
    def discount(self) -> Money:
        return Money(self.discount_minor, self.currency)

    @property
    def platform_discount(self) -> Money:
        """What of the discount the platform pays for."""
        return Money(self.platform_discount_minor, self.currency)

    @property
    def included_tax(self) -> Money:
        """What of it is tax that the prices contain."""
        return Money(self.tax_included_minor, self.currency)


ADDS_UP = Q(total_minor=F("subtotal_minor") - F("discount_minor") + F("shipping_minor") + F("tax_minor"))
# What a history says of shipping may be below zero: nothing goes off that.
PARTS_OF_ITS_DISCOUNT = Q(
    platform_discount_minor__gte=0,
    platform_discount_minor__lte=F("discount_minor"),
    shipping_discount_minor__gte=0,
) & (
    Q(shipping_discount_minor=0)
    | Q(shipping_discount_minor__lte=Least(F("discount_minor"), F("shipping_minor")))
)
REMITTED = Q(
    tax_included_minor__gte=0,
    tax_remitted_minor__gte=0,
    tax_remitted_minor__lte=F("tax_minor") + F("tax_included_minor"),
)
