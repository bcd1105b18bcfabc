"""What a vendor has sent: parcels of its part of an order, and what is in them."""

from django.db import models
from django.db.models import F, Q
from typing_extensions import override

from catalog.models import Variant
from checkout.models.order import OrderLine, VendorOrder
from marketplace.kernel import clock


class Fulfillment(models.Model):
    """One parcel; its number is that of the part and its own place, such as "K7M2P9QX-1-F2".

    What is sent in exchange for something that came back is a parcel too, and names that return.
    """

    vendor_order = models.ForeignKey(VendorOrder, models.PROTECT, related_name="fulfillments")
    number = models.CharField(max_length=28, unique=True, editable=False)
    carrier = models.CharField(max_length=40, blank=True)
    tracking_number = models.CharField(max_length=40, blank=True)
    return_of = models.OneToOneField(
        "checkout.Return", models.PROTECT, null=True, blank=True, related_name="replacement"
    )
    # Nothing was sent: it was handed over when it was paid.
    is_digital = models.BooleanField(default=False, db_default=False)
    shipped_at = models.DateTimeField(default=clock.now)
    delivered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(delivered_at__gte=F("shipped_at")), name="a_parcel_arrives_after_it_left"
            ),
            models.CheckConstraint(
                condition=Q(tracking_number="") | ~Q(carrier=""), name="a_tracking_number_is_of_a_carrier"
            ),
        ]
        indexes = [
            models.Index(
                fields=["shipped_at"], condition=Q(delivered_at__isnull=True), name="parcel_under_way"
            )
        ]

    @override
    def __str__(self) -> str:
        return self.number


class FulfillmentLine(models.Model):
    """Units of an order line in a parcel; the variant is another one only in an exchange."""

    fulfillment = models.ForeignKey(Fulfillment, models.PROTECT, related_name="lines")
    order_line = models.ForeignKey(OrderLine, models.PROTECT, related_name="fulfillment_lines")
    variant = models.ForeignKey(Variant, models.PROTECT, related_name="+")
    quantity = models.PositiveIntegerField()
    # What the vendor told of something digital when it was handed over.
    note = models.TextField(max_length=4000, blank=True, default="", db_default="")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["fulfillment", "order_line"], name="a_parcel_holds_a_line_of_an_order_once"
            ),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="a_parcel_holds_something"),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.quantity} of {self.order_line_id}"
