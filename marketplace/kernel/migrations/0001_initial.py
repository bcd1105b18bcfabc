import django.core.serializers.json
from django.db import migrations, models

import marketplace.kernel.clock


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name="AuditEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(default=marketplace.kernel.clock.now)),
                ("actor_id", models.BigIntegerField(db_comment="the user's key; null: the system itself", null=True)),
                ("action", models.CharField(max_length=64)),
                ("subject_type", models.CharField(db_comment="the model's label, such as vendors.Vendor", max_length=64)),
                ("subject_id", models.BigIntegerField()),
                ("before", models.JSONField(encoder=django.core.serializers.json.DjangoJSONEncoder, null=True)),
                ("after", models.JSONField(encoder=django.core.serializers.json.DjangoJSONEncoder, null=True)),
                ("reason", models.CharField(blank=True, max_length=64)),
                ("note", models.TextField(blank=True, max_length=4000)),
                ("scope", models.CharField(blank=True, db_comment="whose matter it is, such as vendor:12 (audit.py)", default="", max_length=64)),
                ("key_id", models.BigIntegerField(db_comment="the API key by which it was done; null: in person", null=True)),
            ],
            options={
                "verbose_name_plural": "audit entries",
                "ordering": ["pk"],
                "default_permissions": ("view",),
                "indexes": [models.Index(fields=["subject_type", "subject_id", "id"], name="audit_by_subject"), models.Index(condition=models.Q(("actor_id__isnull", False)), fields=["actor_id", "id"], name="audit_by_actor"), models.Index(condition=models.Q(("scope", ""), _negated=True), fields=["scope", "id"], name="audit_by_scope")],
            },
        ),
        migrations.CreateModel(
            name="IdempotencyKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("scope", models.CharField(max_length=100)),
                ("key", models.CharField(max_length=255)),
                ("input_hash", models.CharField(max_length=64)),
                ("outcome", models.CharField(max_length=64)),
                ("ids", models.JSONField(default=dict)),
                ("created_at", models.DateTimeField(db_index=True, default=marketplace.kernel.clock.now)),
            ],
            options={
                "ordering": ["pk"],
                "default_permissions": (),
                "constraints": [models.UniqueConstraint(fields=("scope", "key"), name="a_key_stands_for_one_request_in_its_scope")],
            },
        ),
        migrations.CreateModel(
            name="RateWindow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("rule", models.CharField(max_length=64)),
                ("identity", models.CharField(max_length=64)),
                ("hits", models.PositiveIntegerField()),
                ("ends_at", models.DateTimeField(db_index=True)),
            ],
            options={
                "ordering": ["pk"],
                "default_permissions": (),
                "constraints": [models.UniqueConstraint(fields=("rule", "identity"), name="an_identity_has_one_window_under_a_rule")],
            },
        ),
        migrations.CreateModel(
            name="AdjustedSetting",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=64, unique=True)),
                ("value", models.JSONField(db_comment="null: what Django's settings say", null=True)),
                ("changed_at", models.DateTimeField(default=marketplace.kernel.clock.now)),
            ],
            options={
                "ordering": ["name"],
                "default_permissions": ("view", "change"),
                "verbose_name": "marketplace setting",
            },
        ),
    ]
