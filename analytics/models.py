"""What was sold, as rows that only ever add up.

Amounts are minor units, signed as they change the vendor's income: what the buyer pays is above zero, what
goes off it below. Rows are appended in the transaction of what they tell of, and never changed: the database
refuses it.
"""

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q
from typing_extensions import override

from catalog.models import Product
from checkout.models import Order, OrderLine
from vendors.models import Vendor


class EntryKind(models.TextChoices):
    LINE = "line", "A line was sold"
    SHIPPING = "shipping", "The shipping of a vendor's part was sold"


# Everything a report sums, so that it reads the index alone.
SUMMED = [
    "gross_minor",
    "refund_minor",
    "discount_minor",
    "shipping_minor",
    "commission_minor",
    "tax_minor",
    "units",
]


class SalesEntry(models.Model):
    """What one line, or the shipping of one vendor's part, did to the vendor's income.

    Every part of an order has one shipping entry, for nothing too: it is what orders are counted by.
    """

    kind = models.CharField(max_length=10, choices=EntryKind)
    vendor = models.ForeignKey(Vendor, models.PROTECT, related_name="+", db_index=False)
    order = models.ForeignKey(Order, models.PROTECT, related_name="+", db_index=False)
    order_line = models.ForeignKey(
        OrderLine, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    product = models.ForeignKey(
        Product, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    occurred_at = models.DateTimeField()
    currency = models.CharField(max_length=3)
    gross_minor = models.BigIntegerField(default=0)
    refund_minor = models.BigIntegerField(default=0)
    discount_minor = models.BigIntegerField(default=0)
    shipping_minor = models.BigIntegerField(default=0)
    commission_minor = models.BigIntegerField(default=0)
    tax_minor = models.BigIntegerField(default=0)
    units = models.IntegerField(default=0)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind=EntryKind.LINE, order_line__isnull=False, product__isnull=False)
                | Q(kind=EntryKind.SHIPPING, order_line__isnull=True, product__isnull=True),
                name="a_sales_entry_is_of_a_line_or_of_shipping",
            ),
            models.CheckConstraint(
                condition=Q(
                    gross_minor__gte=0,
                    refund_minor=0,
                    discount_minor__lte=0,
                    shipping_minor__gte=0,
                    commission_minor__lte=0,
                    units__gte=0,
                ),
                name="a_sale_adds_and_what_goes_off_it_subtracts",
            ),
            models.UniqueConstraint(
                fields=["order_line"], condition=Q(kind=EntryKind.LINE), name="a_line_is_sold_once"
            ),
            models.UniqueConstraint(
                fields=["order", "vendor"],
                condition=Q(kind=EntryKind.SHIPPING),
                name="a_vendors_part_is_shipped_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["vendor", "currency", "occurred_at"],
                include=["kind", *SUMMED],
                name="sales_by_vendor",
            ),
            # Entries come in the order of their moments, so a summary of each stretch of the table is enough.
            BrinIndex(fields=["occurred_at"], autosummarize=True, name="sales_by_moment"),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.kind} of order {self.order_id}"
