"""The platform's own account with the sandbox: its terms, and where it hears of what happens."""

from typing import Final

from django.db import models
from django.db.models import Q
from typing_extensions import override

A_DAY: Final = 86_400


class SandboxPlatform(models.Model):
    """The sandbox's terms for us: one row; without it those of a new one hold."""

    fee_bps = models.PositiveIntegerField(default=290, db_comment="of a charge")
    fee_minor = models.BigIntegerField(default=30, db_comment="for a charge, besides")
    dispute_fee_minor = models.BigIntegerField(default=1500)
    settle_seconds = models.PositiveIntegerField(
        default=2 * A_DAY, db_comment="until what a buyer paid may be used"
    )
    evidence_days = models.PositiveIntegerField(default=7, db_comment="to answer a dispute")
    payout_days = models.PositiveIntegerField(default=2, db_comment="until a payout arrives")

    class Meta:
        default_permissions = ()
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="there_is_one_sandbox_platform")]

    @override
    def __str__(self) -> str:
        return f"{self.fee_bps} bps and {self.fee_minor} a charge"


class EventShape(models.TextChoices):
    SANDBOX = "sandbox", "The sandbox's own"
    STRIPE = "stripe", "Stripe's"


class SandboxEndpoint(models.Model):
    """An address that hears events. Where there is none it is our own, `/webhooks/sandbox`, and hears all."""

    url = models.URLField(max_length=500)
    secrets = models.JSONField(db_comment="a list; each signs")
    is_connect = models.BooleanField(default=False, db_comment="hears of connected accounts alone")
    shape = models.CharField(max_length=7, choices=EventShape, default=EventShape.STRIPE)

    class Meta:
        ordering = ["pk"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=Q(shape__in=EventShape.values), name="a_sandbox_shape_is_known")
        ]

    @override
    def __str__(self) -> str:
        return self.url
