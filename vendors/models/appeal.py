"""What vendors say against decisions of the platform."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from typing_extensions import override

from marketplace.kernel import clock
from vendors.models.vendor import Vendor, VendorStatus


class VendorAppeal(models.Model):
    """What a vendor says against a rejection or a suspension: once for each, and the platform answers."""

    vendor = models.ForeignKey(Vendor, models.CASCADE, related_name="appeals")
    # The key of the move's entry in the audit table, to which no foreign key leads.
    decision = models.BigIntegerField()
    status = models.CharField(max_length=12, choices=VendorStatus)
    message = models.TextField(max_length=4000)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=clock.now)
    answer = models.TextField(max_length=4000, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["vendor", "decision"], name="a_decision_is_appealed_once"),
            models.CheckConstraint(
                condition=Q(status__in=[VendorStatus.REJECTED, VendorStatus.SUSPENDED]),
                name="an_appeal_is_against_a_rejection_or_a_suspension",
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.vendor}: {self.status}"
