"""What was sold, as rows that only ever add up.

Amounts are minor units, signed as they change the vendor's income: what the buyer pays is above zero, what
goes off it below. Rows are appended in the transaction of what they tell of, and never changed: the database
refuses it. docs/reports.md says what each figure is.
"""

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q
from typing_extensions import override

from catalog.models import Product
from checkout.models import Order, OrderLine, RefundLine
from vendors.models import Vendor


class EntryKind(models.TextChoices):
    LINE = "line", "A line was sold"
    SHIPPING = "shipping", "The shipping of a vendor's part was sold"
    REFUND = "refund", "Something went back"
    RESTORED = "restored", "Something did not go back after all"


# Everything a report of a vendor reads, so that it reads the index alone.
CARRIED = [
    "kind",
    "product",
    "gross_minor",
    "refund_minor",
    "discount_minor",
    "shipping_minor",
    "commission_minor",
    "tax_minor",
    "units",
]


_OF_A_LINE = Q(
    kind=EntryKind.LINE,
    order__isnull=False,
    order_line__isnull=False,
    refund_line__isnull=True,
    product__isnull=False,
    is_first_part=False,
)
_OF_SHIPPING = Q(
    kind=EntryKind.SHIPPING,
    order__isnull=False,
    order_line__isnull=True,
    refund_line__isnull=True,
    product__isnull=True,
)
# What goes back for shipping is of no product.
_OF_A_REFUND = Q(
    kind__in=[EntryKind.REFUND, EntryKind.RESTORED], refund_line__isnull=False, is_first_part=False
)
# A line of a history may have an amount below zero: then it is what went back. And what came back may have
# had a price below zero.
_ADDS = Q(
    ~Q(kind__in=[EntryKind.REFUND, EntryKind.RESTORED]),
    gross_minor__gte=0,
    refund_minor__lte=0,
    discount_minor__lte=0,
    shipping_minor__gte=0,
    commission_minor__lte=0,
    units__gte=0,
)
_GOES_BACK = Q(
    kind=EntryKind.REFUND,
    gross_minor__gte=0,
    refund_minor__lte=0,
    discount_minor=0,
    shipping_minor__lte=0,
    commission_minor__gte=0,
    units__lte=0,
)
_COMES_AGAIN = Q(
    kind=EntryKind.RESTORED,
    gross_minor=0,
    refund_minor__gte=0,
    discount_minor=0,
    shipping_minor__gte=0,
    commission_minor__lte=0,
    units__gte=0,
)


class SalesEntry(models.Model):
    """What a line, the shipping of one vendor's part, or what came back of a line did to the vendor's income.

    Every part of an order has one shipping entry, for nothing too: it is what orders are counted by, by the
    platform those of first parts. What came back stands on its own day; its order may be unknown. The country
    is where the goods went, empty where that is unknown.
    """

    kind = models.CharField(max_length=10, choices=EntryKind)
    vendor = models.ForeignKey(Vendor, models.PROTECT, related_name="+", db_index=False)
    order = models.ForeignKey(Order, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    order_line = models.ForeignKey(
        OrderLine, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    refund_line = models.ForeignKey(
        RefundLine, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    product = models.ForeignKey(
        Product, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    is_first_part = models.BooleanField(default=False, db_default=False)
    country = models.CharField(max_length=2, blank=True, default="", db_default="")
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
                condition=_OF_A_LINE | _OF_SHIPPING | _OF_A_REFUND, name="a_sales_entry_is_of_one_thing"
            ),
            models.CheckConstraint(
                condition=_ADDS | _GOES_BACK | _COMES_AGAIN, name="a_sale_adds_and_what_goes_off_it_subtracts"
            ),
            models.UniqueConstraint(
                fields=["order_line"], condition=Q(kind=EntryKind.LINE), name="a_line_is_sold_once"
            ),
            models.UniqueConstraint(
                fields=["order", "vendor"],
                condition=Q(kind=EntryKind.SHIPPING),
                name="a_vendors_part_is_shipped_once",
            ),
            models.UniqueConstraint(
                fields=["refund_line"], condition=Q(kind=EntryKind.REFUND), name="a_line_comes_back_once"
            ),
            models.UniqueConstraint(
                fields=["refund_line"], condition=Q(kind=EntryKind.RESTORED), name="a_refund_fails_once"
            ),
            models.UniqueConstraint(
                fields=["order"], condition=Q(is_first_part=True), name="an_order_has_one_first_part"
            ),
        ]
        indexes = [
            models.Index(
                fields=["vendor", "currency", "occurred_at"], include=CARRIED, name="sales_by_vendor"
            ),
            # Entries come about in the order of their moments, imported ones aside, so a summary of each
            # stretch of the table is enough.
            BrinIndex(fields=["occurred_at"], autosummarize=True, name="sales_by_moment"),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.kind} of {self.vendor_id} at {self.occurred_at}"
