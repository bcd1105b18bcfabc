"""Which mail leaves to whom, and who wants mail that need not be."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from typing_extensions import override

from checkout.models import Cart
from marketplace.kernel import clock


class MailStatus(models.TextChoices):
    """Queued mail ends in one of the others and stays there; when it did is in the row."""

    QUEUED = "queued", "To be sent"
    SENT = "sent", "Sent"
    FAILED = "failed", "Could not be sent"
    DROPPED = "dropped", "Not needed any more"


class Mail(models.Model):
    """One message to one address, about one occasion: sent once, however often its job runs.

    It holds no text: that is written when the mail leaves, of the rows that `facts` name by their keys, so
    that neither keys nor what people wrote lies about here.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    message = models.CharField(max_length=40, db_comment="the name of the message, as in messages.py")
    occasion = models.CharField(max_length=64, db_comment="what it is about: the same once more is not sent")
    recipient = models.EmailField(max_length=254, blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="mails"
    )
    facts = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    language = models.CharField(max_length=10)
    status = models.CharField(max_length=8, choices=MailStatus, default=MailStatus.QUEUED)
    attempts = models.PositiveIntegerField(default=0)
    fault = models.CharField(max_length=500, blank=True, db_comment="why it could not be sent the last time")
    provider_ref = models.CharField(max_length=255, blank=True, db_comment="what the mail service calls it")
    posted_at = models.DateTimeField(default=clock.now)
    settled_at = models.DateTimeField(null=True, blank=True, db_comment="when it was sent, failed or dropped")

    class Meta:
        ordering = ["-pk"]
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(
                fields=["occasion", "message", "recipient"], name="an_occasion_is_mailed_to_an_address_once"
            ),
            models.CheckConstraint(condition=Q(status__in=MailStatus.values), name="a_mail_status_is_known"),
            models.CheckConstraint(
                condition=Q(status="queued", settled_at=None) | (~Q(status="queued") & ~Q(settled_at=None)),
                name="a_mail_that_is_not_queued_has_its_date",
            ),
        ]
        indexes = [
            models.Index(fields=["recipient"], name="mail_by_recipient"),
            models.Index(fields=["posted_at"], name="mail_by_age"),
        ]

    @override
    def __str__(self) -> str:
        # Not the address: this goes to logs.
        return f"{self.message} {self.uuid}"


class MailTopic(models.TextChoices):
    """Mail that nobody needs to get: it goes to who asked for it."""

    CART_REMINDERS = "cart_reminders", "A reminder of a cart I left"
    PRODUCT_ALERTS = "product_alerts", "Word of what I wait for: it is back, or costs less"


class ConsentSource(models.TextChoices):
    SETTINGS = "settings", "In the settings, signed in"
    LINK = "link", "By the link in a mail"
    ASKED = "asked", "By asking for something to be told, signed in"
    ONE_CLICK = "one_click", "By the button of a mail program"


class MailConsentQuerySet(models.QuerySet["MailConsent"]):
    def last_of(self, email: str) -> "MailConsentQuerySet":
        """The last word of an address on each topic it ever said something about."""
        return self.filter(email=email).order_by("topic", "-pk").distinct("topic")

    def is_wanted(self, topic: MailTopic, *, by: str) -> bool:
        """Whether the address asked for this, and has not said no since."""
        last = self.filter(email=by, topic=topic).last()
        return last is not None and last.is_given


class MailConsent(models.Model):
    """One yes or no of an address to a topic, when and how; the last one holds, and none is a no."""

    email = models.EmailField(max_length=254)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="mail_consents"
    )
    topic = models.CharField(max_length=20, choices=MailTopic)
    is_given = models.BooleanField()
    source = models.CharField(max_length=10, choices=ConsentSource)
    given_at = models.DateTimeField(default=clock.now)

    objects: ClassVar[MailConsentQuerySet] = MailConsentQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["pk"]
        default_permissions = ("view",)
        constraints = [
            models.CheckConstraint(condition=Q(topic__in=MailTopic.values), name="a_mail_topic_is_known"),
            models.CheckConstraint(
                condition=Q(source__in=ConsentSource.values), name="a_consent_comes_from_somewhere"
            ),
        ]
        indexes = [models.Index(fields=["email", "topic", "-id"], name="last_consent_of_address")]

    @override
    def __str__(self) -> str:
        return f"{self.topic}: {'yes' if self.is_given else 'no'}"


class CartReminder(models.Model):
    """A cart's owner was reminded of it, once for all; it goes with the cart."""

    cart = models.OneToOneField(Cart, models.CASCADE, related_name="reminder")
    reminded_at = models.DateTimeField(default=clock.now)

    class Meta:
        default_permissions = ()

    @override
    def __str__(self) -> str:
        return f"of cart {self.cart_id}"
