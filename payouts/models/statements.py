"""What a vendor is told of a month: what stood there before, what came and went, and what stands there."""

from datetime import date

from django.db import models
from django.db.models import F, Q
from typing_extensions import override

from marketplace.kernel import clock
from marketplace.kernel.money import Money
from vendors.models import Vendor


class Statement(models.Model):
    """A month of what the platform owed a vendor in one currency, from `starts_on` to before `end_on`.

    Days are those of the zone that the vendor had when it was made; the moments that they begin with are
    kept, so each begins where the one before it ends. What was written down in between adds up to the
    difference. Made once and never changed.
    """

    vendor = models.ForeignKey(Vendor, models.PROTECT, related_name="statements")
    currency = models.CharField(max_length=3)
    timezone = models.CharField(max_length=64)
    starts_on = models.DateField()
    end_on = models.DateField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    opening_minor = models.BigIntegerField()
    closing_minor = models.BigIntegerField()
    held_minor = models.BigIntegerField(db_comment="of the closing, what was held back")
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["-starts_at", "currency", "-pk"]
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(
                fields=["vendor", "currency", "starts_at"], name="a_month_of_a_vendor_has_one_statement"
            ),
            models.CheckConstraint(
                condition=Q(starts_at__lt=F("ends_at"), starts_on__lt=F("end_on")),
                name="a_statement_is_of_some_time",
            ),
        ]

    @override
    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """What a file of it is called, without its ending."""
        return f"statement-{self.starts_on:%Y-%m}-{self.currency}"

    @property
    def last_on(self) -> date:
        """Its last day."""
        return date.fromordinal(self.end_on.toordinal() - 1)

    @property
    def opening(self) -> Money:
        """What the vendor was owed before."""
        return Money(self.opening_minor, self.currency)

    @property
    def closing(self) -> Money:
        """What it was owed after."""
        return Money(self.closing_minor, self.currency)

    @property
    def held(self) -> Money:
        """What of that was held back: disputed, or by a hold."""
        return Money(self.held_minor, self.currency)
