"""Which tax is due where, as rows; and what was due on an order, as it was then."""

from django.db import models
from django.db.models import F, Q
from typing_extensions import override

from checkout.models.order import OrderLine, VendorOrder


class Remitter(models.TextChoices):
    """Who pays a tax to whoever it is due to."""

    VENDOR = "vendor", "The vendor"
    PLATFORM = "platform", "The platform, for the vendor"


class TaxRule(models.Model):
    """A tax of a country or a part of it, on goods of a category or of any, in a span of days.

    Of rules of one name the one that fits most closely counts, and taxes of different names add up.
    `ends_on` is the first day on which it is not good any more.
    """

    name = models.CharField(max_length=40)
    country = models.CharField(max_length=2)
    region = models.CharField(max_length=40, blank=True)
    postal_prefix = models.CharField(max_length=12, blank=True)
    # Of the product; empty for any.
    category = models.SlugField(max_length=40, blank=True, db_index=False)
    rate_bps = models.PositiveIntegerField()
    # Whether prices contain it; else it comes on top of them.
    is_included = models.BooleanField(default=False)
    is_on_shipping = models.BooleanField(default=True)
    remitter = models.CharField(max_length=10, choices=Remitter, default=Remitter.VENDOR)
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["country", "name", "pk"]
        indexes = [models.Index(fields=["country", "region", "postal_prefix"], name="tax_rule_by_place")]
        constraints = [
            models.CheckConstraint(condition=Q(rate_bps__lte=10_000), name="a_tax_is_at_most_the_whole"),
            models.CheckConstraint(condition=Q(remitter__in=Remitter.values), name="a_remitter_is_known"),
            models.CheckConstraint(
                condition=Q(country__regex=r"^[A-Z]{2}$")
                & Q(region__regex=r"^[^\sa-z]*$")
                & Q(postal_prefix__regex=r"^[^\sa-z]*$"),
                name="a_place_of_tax_is_in_capitals_without_spaces",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__gt=F("starts_on")), name="a_tax_begins_before_it_ends"
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.name} {self.country} {self.rate_bps / 100:g} %"


class TaxLine(models.Model):
    """A tax on one line of an order, or on a vendor's shipping; `base_minor` is the amount without it."""

    vendor_order = models.ForeignKey(VendorOrder, models.PROTECT, related_name="tax_lines")
    order_line = models.ForeignKey(OrderLine, models.PROTECT, null=True, blank=True, related_name="tax_lines")
    name = models.CharField(max_length=40)
    jurisdiction = models.CharField(max_length=60)
    rate_bps = models.PositiveIntegerField()
    is_included = models.BooleanField()
    remitter = models.CharField(max_length=10, choices=Remitter)
    base_minor = models.BigIntegerField()
    amount_minor = models.BigIntegerField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(remitter__in=Remitter.values), name="a_remitter_of_a_tax_line_is_known"
            ),
            models.CheckConstraint(
                condition=Q(base_minor__gte=0, amount_minor__gte=0), name="a_tax_line_is_not_negative"
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.name}: {self.amount_minor}"
