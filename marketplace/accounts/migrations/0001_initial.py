import uuid

import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

import marketplace.kernel.clock


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        migrations.CreateModel(
            name="GuestEmail",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("email", models.EmailField(max_length=254)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.CreateModel(
            name="User",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                ("is_superuser", models.BooleanField(default=False, help_text="Designates that this user has all permissions without explicitly assigning them.", verbose_name="superuser status")),
                ("email", models.EmailField(max_length=254, unique=True)),
                ("name", models.CharField(blank=True, max_length=150)),
                ("is_staff", models.BooleanField(default=False)),
                ("is_active", models.BooleanField(default=True)),
                ("session_generation", models.PositiveIntegerField(default=0, editable=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("groups", models.ManyToManyField(blank=True, help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.", related_name="user_set", related_query_name="user", to="auth.group", verbose_name="groups")),
                ("user_permissions", models.ManyToManyField(blank=True, help_text="Specific permissions for this user.", related_name="user_set", related_query_name="user", to="auth.permission", verbose_name="user permissions")),
            ],
            options={
                "constraints": [models.CheckConstraint(condition=models.Q(("email", django.db.models.functions.text.Lower("email"))), name="a_user_email_is_in_lower_case")],
                "permissions": [("view_as_user", "Can look at pages as a user, and change nothing")],
            },
        ),
        migrations.CreateModel(
            name="BillingProfile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("email", models.EmailField(blank=True, max_length=254)),
                ("is_active", models.BooleanField(default=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("user", models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="billing_profile", to=settings.AUTH_USER_MODEL)),
                ("guest", models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="billing_profile", to="accounts.guestemail")),
                ("reference", models.CharField(blank=True, db_default="", default="", editable=False, max_length=100)),
                ("source", models.CharField(blank=True, db_default="", default="", editable=False, max_length=64)),
                ("claimed_by", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="claimed_profiles", to=settings.AUTH_USER_MODEL)),
            ],
            options={
                "indexes": [models.Index(condition=models.Q(("claimed_by__isnull", True), ("user__isnull", True)), fields=["email"], name="unclaimed_profile_by_email")],
                "constraints": [models.CheckConstraint(condition=models.Q(("user__isnull", True), ("guest__isnull", True), _connector="OR"), name="a_billing_profile_is_a_users_or_a_guests"), models.UniqueConstraint(condition=models.Q(("source", ""), _negated=True), fields=("source", "reference"), name="a_customer_of_a_source_comes_once"), models.CheckConstraint(condition=models.Q(("user__isnull", True), ("claimed_by__isnull", True), _connector="OR"), name="a_users_own_profile_is_not_claimed")],
            },
        ),
        migrations.CreateModel(
            name="Address",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("address_type", models.CharField(choices=[("billing", "Billing"), ("shipping", "Shipping")], max_length=8)),
                ("name", models.CharField(max_length=150)),
                ("line1", models.CharField(max_length=200)),
                ("line2", models.CharField(blank=True, max_length=200)),
                ("city", models.CharField(max_length=100)),
                ("state", models.CharField(blank=True, max_length=100)),
                ("postal_code", models.CharField(blank=True, max_length=20)),
                ("country", models.CharField(max_length=2, validators=[django.core.validators.RegexValidator("^[A-Z]{2}$")])),
                ("phone", models.CharField(blank=True, max_length=32)),
                ("is_default", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("billing_profile", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="addresses", to="accounts.billingprofile")),
            ],
            options={
                "verbose_name_plural": "addresses",
                "ordering": ["-is_default", "-updated_at", "pk"],
                "constraints": [models.CheckConstraint(condition=models.Q(("address_type__in", ["billing", "shipping"])), name="an_address_is_for_billing_or_shipping"), models.CheckConstraint(condition=models.Q(("country__regex", "^[A-Z]{2}$")), name="an_address_has_a_country_code"), models.UniqueConstraint(condition=models.Q(("is_default", True)), fields=("billing_profile", "address_type"), name="a_profile_has_one_default_address_of_a_type")],
            },
        ),
        migrations.CreateModel(
            name="UserSession",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("session_key", models.CharField(max_length=40, unique=True)),
                ("device", models.CharField(db_comment="browser and system, such as Firefox on Linux", max_length=80)),
                ("network", models.CharField(db_comment="where it was seen last, without the last part", max_length=64)),
                ("created_at", models.DateTimeField(default=marketplace.kernel.clock.now)),
                ("last_seen_at", models.DateTimeField(default=marketplace.kernel.clock.now)),
                ("user", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="sessions", to=settings.AUTH_USER_MODEL)),
            ],
            options={
                "ordering": ["-last_seen_at", "-pk"],
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="DataExport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("content", models.TextField(blank=True)),
                ("requested_at", models.DateTimeField(default=marketplace.kernel.clock.now)),
                ("ready_at", models.DateTimeField(blank=True, null=True)),
                ("user", models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name="data_export", to=settings.AUTH_USER_MODEL)),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="PaymentCustomer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("provider", models.CharField(max_length=16)),
                ("is_live", models.BooleanField()),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("version", models.PositiveIntegerField(default=1)),
                ("ref", models.CharField(blank=True, max_length=64)),
                ("created_at", models.DateTimeField(default=marketplace.kernel.clock.now)),
                ("billing_profile", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="payment_customers", to="accounts.billingprofile")),
            ],
            options={
                "ordering": ["pk"],
                "default_permissions": ("view",),
                "constraints": [models.UniqueConstraint(fields=("billing_profile", "provider", "is_live"), name="a_billing_profile_is_one_customer_of_a_provider"), models.UniqueConstraint(condition=models.Q(("ref", ""), _negated=True), fields=("provider", "ref"), name="a_customer_reference_is_one_customer")],
            },
        ),
        migrations.CreateModel(
            name="CardSetup",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("version", models.PositiveIntegerField(default=1)),
                ("ref", models.CharField(blank=True, max_length=64)),
                ("client_secret", models.CharField(blank=True, max_length=128)),
                ("created_at", models.DateTimeField(db_index=True, default=marketplace.kernel.clock.now)),
                ("customer", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="setups", to="accounts.paymentcustomer")),
            ],
            options={
                "ordering": ["pk"],
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="PaymentMethod",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("ref", models.CharField(max_length=64)),
                ("brand", models.CharField(max_length=32)),
                ("last4", models.CharField(max_length=4)),
                ("exp_month", models.PositiveSmallIntegerField()),
                ("exp_year", models.PositiveSmallIntegerField()),
                ("is_default", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField(default=marketplace.kernel.clock.now)),
                ("detached_at", models.DateTimeField(blank=True, null=True)),
                ("customer", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="methods", to="accounts.paymentcustomer")),
            ],
            options={
                "ordering": ["-is_default", "-pk"],
                "default_permissions": ("view",),
                "constraints": [models.UniqueConstraint(fields=("customer", "ref"), name="a_customer_keeps_a_card_once"), models.UniqueConstraint(condition=models.Q(("is_default", True)), fields=("customer",), name="a_customer_has_one_default_card"), models.CheckConstraint(condition=models.Q(("is_default", False), ("detached_at__isnull", True), _connector="OR"), name="a_card_that_was_taken_off_is_no_default")],
            },
        ),
    ]
