import uuid

import django.core.serializers.json
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import marketplace.kernel.clock


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ("accounts", "__first__"),
        ("checkout", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="CartReminder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reminded_at", models.DateTimeField(default=marketplace.kernel.clock.now)),
                ("cart", models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name="reminder", to="checkout.cart")),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Mail",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("message", models.CharField(db_comment="the name of the message, as in messages.py", max_length=40)),
                ("occasion", models.CharField(db_comment="what it is about: the same once more is not sent", max_length=64)),
                ("recipient", models.EmailField(blank=True, max_length=254)),
                ("facts", models.JSONField(default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder)),
                ("language", models.CharField(max_length=10)),
                ("status", models.CharField(choices=[("queued", "To be sent"), ("sent", "Sent"), ("failed", "Could not be sent"), ("dropped", "Not needed any more")], default="queued", max_length=8)),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("fault", models.CharField(blank=True, db_comment="why it could not be sent the last time", max_length=500)),
                ("provider_ref", models.CharField(blank=True, db_comment="what the mail service calls it", max_length=255)),
                ("posted_at", models.DateTimeField(default=marketplace.kernel.clock.now)),
                ("settled_at", models.DateTimeField(blank=True, db_comment="when it was sent, failed or dropped", null=True)),
                ("user", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="mails", to=settings.AUTH_USER_MODEL)),
            ],
            options={
                "ordering": ["-pk"],
                "default_permissions": ("view",),
                "indexes": [models.Index(fields=["recipient"], name="mail_by_recipient"), models.Index(fields=["posted_at"], name="mail_by_age")],
                "constraints": [models.UniqueConstraint(fields=("occasion", "message", "recipient"), name="an_occasion_is_mailed_to_an_address_once"), models.CheckConstraint(condition=models.Q(("status__in", ["queued", "sent", "failed", "dropped"])), name="a_mail_status_is_known"), models.CheckConstraint(condition=models.Q(models.Q(("settled_at", None), ("status", "queued")), models.Q(models.Q(("status", "queued"), _negated=True), models.Q(("settled_at", None), _negated=True)), _connector="OR"), name="a_mail_that_is_not_queued_has_its_date")],
            },
        ),
        migrations.CreateModel(
            name="MailConsent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("email", models.EmailField(max_length=254)),
                ("topic", models.CharField(choices=[("cart_reminders", "A reminder of a cart I left")], max_length=20)),
                ("is_given", models.BooleanField()),
                ("source", models.CharField(choices=[("settings", "In the settings, signed in"), ("link", "By the link in a mail"), ("one_click", "By the button of a mail program")], max_length=10)),
                ("given_at", models.DateTimeField(default=marketplace.kernel.clock.now)),
                ("user", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="mail_consents", to=settings.AUTH_USER_MODEL)),
            ],
            options={
                "ordering": ["pk"],
                "default_permissions": ("view",),
                "indexes": [models.Index(fields=["email", "topic", "-id"], name="last_consent_of_address")],
                "constraints": [models.CheckConstraint(condition=models.Q(("topic__in", ["cart_reminders"])), name="a_mail_topic_is_known"), models.CheckConstraint(condition=models.Q(("source__in", ["settings", "link", "one_click"])), name="a_consent_comes_from_somewhere")],
            },
        ),
    ]
