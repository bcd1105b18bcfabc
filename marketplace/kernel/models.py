"""What the kernel keeps: who did what, the keys of repeated requests, the counts of attempts."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from typing_extensions import override

from marketplace.kernel import clock


class AuditEntry(models.Model):
    """Who did what to which thing, when and why. Append-only: the database refuses every change (audit.py).

    Actor and subject are kept as plain keys: a foreign key would tie the record to rows that may be deleted,
    and a record that cannot change cannot be nulled either.
    """

    at = models.DateTimeField(default=clock.now)
    actor_id = models.BigIntegerField(null=True, db_comment="the user's key; null: the system itself")
    key_id = models.BigIntegerField(null=True, db_comment="the API key by which it was done; null: in person")
    action = models.CharField(max_length=64)
    subject_type = models.CharField(max_length=64, db_comment="the model's label, such as vendors.Vendor")
    subject_id = models.BigIntegerField()
    before = models.JSONField(null=True, encoder=DjangoJSONEncoder)
    after = models.JSONField(null=True, encoder=DjangoJSONEncoder)
    reason = models.CharField(max_length=64, blank=True)
    note = models.TextField(blank=True, max_length=4000)
    scope = models.CharField(
        max_length=64, blank=True, default="", db_comment="whose matter it is, such as vendor:12 (audit.py)"
    )

    class Meta:
        verbose_name_plural = "audit entries"
        ordering = ["pk"]
        default_permissions = ("view",)
        indexes = [
            models.Index(fields=["subject_type", "subject_id", "id"], name="audit_by_subject"),
            models.Index(
                fields=["actor_id", "id"], name="audit_by_actor", condition=Q(actor_id__isnull=False)
            ),
            models.Index(fields=["scope", "id"], name="audit_by_scope", condition=~Q(scope="")),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.action} {self.subject}"

    @property
    def subject(self) -> str:
        """What it was done to, by the model's label and the key."""
        return f"{self.subject_type} {self.subject_id}"


class AdjustedSetting(models.Model):
    """A setting that an admin has given another value than Django's settings have (adjustable.py).

    The row stays when the file's value holds again: what was done to it refers to it.
    """

    name = models.CharField(max_length=64, unique=True)
    value = models.JSONField(null=True, db_comment="null: what Django's settings say")
    changed_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = "marketplace setting"
        ordering = ["name"]
        default_permissions = ("view", "change")

    @override
    def __str__(self) -> str:
        return self.name


class IdempotencyKey(models.Model):
    """The outcome of a request that came with a key; the same request again gets it once more."""

    scope = models.CharField(max_length=100)
    key = models.CharField(max_length=255)
    input_hash = models.CharField(max_length=64)
    outcome = models.CharField(max_length=64)
    ids = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=clock.now, db_index=True)

    class Meta:
        ordering = ["pk"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["scope", "key"], name="a_key_stands_for_one_request_in_its_scope")
        ]

    @override
    def __str__(self) -> str:
        return f"{self.scope} {self.key}"


class RateWindow(models.Model):
    """The attempts of one identity under one rule since its window began."""

    rule = models.CharField(max_length=64)
    identity = models.CharField(max_length=64)
    hits = models.PositiveIntegerField()
    ends_at = models.DateTimeField(db_index=True)

    class Meta:
        ordering = ["pk"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["rule", "identity"], name="an_identity_has_one_window_under_a_rule"
            )
        ]

    @override
    def __str__(self) -> str:
        return f"{self.rule}: {self.hits}"
