"""The inbox of webhooks."""

from django.db import models
from django.db.models import Q
from typing_extensions import override

from marketplace.kernel import clock


class WebhookOutcome(models.TextChoices):
    RECEIVED = "received", "Received, and not acted on yet"
    APPLIED = "applied", "Acted on"
    IGNORED = "ignored", "None of our business"


class WebhookEvent(models.Model):
    """An event of a provider, once however often it came. Of its content only the references stay."""

    provider = models.CharField(max_length=16)
    account = models.CharField(max_length=64, blank=True, db_comment="the connected account; empty: our own")
    event_id = models.CharField(max_length=255)
    type = models.CharField(max_length=80)
    object_ref = models.CharField(max_length=255)
    outcome = models.CharField(max_length=8, choices=WebhookOutcome, default=WebhookOutcome.RECEIVED)
    created_at = models.DateTimeField(db_comment="when it happened, as the provider says")
    received_at = models.DateTimeField(default=clock.now, db_index=True)
    settled_at = models.DateTimeField(null=True, db_comment="null: to be acted on when it comes again")

    class Meta:
        ordering = ["pk"]
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "account", "event_id"], name="an_event_of_a_provider_is_kept_once"
            ),
            models.CheckConstraint(
                condition=Q(outcome__in=WebhookOutcome.values), name="a_webhook_outcome_is_known"
            ),
            models.CheckConstraint(
                condition=Q(outcome="received", settled_at__isnull=True)
                | (~Q(outcome="received") & Q(settled_at__isnull=False)),
                name="a_settled_webhook_has_its_moment",
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.provider} {self.event_id}"
