"""What the sandbox tells, which answers it gave, and how its events travel."""

from django.db import models
from django.db.models import Q
from typing_extensions import override

from marketplace.gateway.models.sandbox.objects import SandboxObject
from marketplace.kernel import clock


class SandboxEvent(SandboxObject):
    """Something that happened in the sandbox, to be delivered to our webhook until it is taken."""

    type = models.CharField(max_length=80)
    account_ref = models.CharField(max_length=64, blank=True, db_comment="the connected account it is of")
    object_type = models.CharField(max_length=40)
    object_ref = models.CharField(max_length=64)
    content = models.JSONField(db_comment="the object as it was then")
    attempts = models.PositiveIntegerField(default=0)
    last_answer = models.CharField(max_length=80, blank=True, db_comment="a status, or why there was none")
    due_at = models.DateTimeField(db_comment="when to try again, should nothing come of the try before")
    delivered_at = models.DateTimeField(null=True)

    class Meta(SandboxObject.Meta):
        indexes = [
            models.Index(
                fields=["due_at"],
                name="sandbox_events_to_deliver",
                condition=Q(delivered_at__isnull=True),
            ),
            models.Index(fields=["created_at"], name="sandbox_events_by_time"),
        ]


class SandboxKey(models.Model):
    """The answer that a write of the sandbox gave to a key; the same key again gets it once more."""

    key = models.CharField(max_length=255, unique=True)
    parameters_hash = models.CharField(max_length=64)
    answer = models.JSONField()
    created_at = models.DateTimeField(default=clock.now, db_index=True)

    class Meta:
        ordering = ["pk"]
        default_permissions = ()

    @override
    def __str__(self) -> str:
        return self.key


class SandboxNetwork(models.Model):
    """How badly events travel from the sandbox to us: one row, for trying out what the world does anyway."""

    duplicates = models.PositiveIntegerField(default=0, db_comment="how many copies come with each event")
    delay_seconds = models.PositiveIntegerField(default=0, db_comment="before an event is sent at first")
    shuffle_seconds = models.PositiveIntegerField(
        default=0, db_comment="up to so much longer, so that events overtake each other"
    )
    drops = models.PositiveIntegerField(default=0, db_comment="how many of the next attempts never arrive")

    class Meta:
        default_permissions = ()
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="there_is_one_sandbox_network")]

    @override
    def __str__(self) -> str:
        return f"{self.duplicates} copies, {self.delay_seconds} s late, {self.drops} lost"
