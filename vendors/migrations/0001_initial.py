import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import marketplace.kernel.clock


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ("accounts", "__first__"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [
        migrations.CreateModel(
            name="Vendor",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("slug", models.SlugField(max_length=80, unique=True)),
                ("name", models.CharField(max_length=120)),
                ("about", models.TextField(blank=True, max_length=4000)),
                ("email", models.EmailField(max_length=254)),
                ("country", models.CharField(max_length=2)),
                ("currency", models.CharField(max_length=3)),
                ("timezone", models.CharField(default="UTC", max_length=64)),
                ("status", models.CharField(choices=[("invited", "Invited by the platform, and yet to accept"), ("applied", "Prepares its application"), ("under_review", "Waits for the platform's decision"), ("approved", "Sells"), ("suspended", "Off sale, its open orders still to be fulfilled"), ("rejected", "Turned down, and may submit again"), ("closed", "Closed for good")], default="applied", max_length=12)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("reference", models.CharField(blank=True, db_default="", default="", editable=False, max_length=100)),
                ("source", models.CharField(blank=True, db_default="", default="", editable=False, max_length=64)),
                ("closed_from_at", models.DateTimeField(blank=True, null=True)),
                ("closed_message", models.CharField(blank=True, default="", max_length=200)),
                ("closed_to_at", models.DateTimeField(blank=True, null=True)),
                ("handling_days", models.PositiveSmallIntegerField(db_comment="working days until it ships", default=2)),
            ],
            options={
                "ordering": ["name", "pk"],
                "permissions": [("view_vendor", "Can see the vendor's account"), ("change_vendor", "Can change the vendor's profile and settings"), ("manage_members", "Can invite, change and remove members"), ("view_listings", "Can see all listings, unpublished ones too"), ("change_listings", "Can create and change listings"), ("change_stock", "Can adjust stock"), ("view_orders", "Can see the vendor's orders"), ("fulfil_orders", "Can ship and cancel"), ("refund_orders", "Can refund and answer returns"), ("view_finances", "Can see income, ledger and payouts"), ("change_payout_account", "Can change where money is paid"), ("answer_buyers", "Can answer messages and reviews"), ("manage_api_keys", "Can make and revoke API keys"), ("change_promotions", "Can make and end promotions"), ("moderate_vendor", "Can decide about vendors, on the platform's staff")],
                "default_permissions": (),
                "constraints": [models.CheckConstraint(condition=models.Q(("currency__regex", "^[A-Z]{3}$")), name="a_vendor_has_a_currency_code"), models.CheckConstraint(condition=models.Q(("country__regex", "^[A-Z]{2}$")), name="a_vendor_has_a_country_code"), models.UniqueConstraint(condition=models.Q(("source", ""), _negated=True), fields=("source", "reference"), name="a_vendor_of_a_source_comes_once"), models.CheckConstraint(condition=models.Q(("status__in", ["invited", "applied", "under_review", "approved", "suspended", "rejected", "closed"])), name="a_vendor_status_is_known"), models.CheckConstraint(condition=models.Q(models.Q(("closed_from_at", None), ("closed_to_at", None)), models.Q(("closed_from_at__isnull", False), ("closed_to_at__gt", models.F("closed_from_at"))), _connector="OR"), name="a_vacation_ends_after_it_begins")],
            },
        ),
        migrations.CreateModel(
            name="VendorMember",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("role", models.CharField(choices=[("owner", "Owner"), ("manager", "Manager"), ("catalogue", "Catalogue"), ("fulfilment", "Fulfilment"), ("finance", "Finance"), ("support", "Support")], max_length=10)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("user", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="vendor_memberships", to=settings.AUTH_USER_MODEL)),
                ("vendor", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="memberships", to="vendors.vendor")),
            ],
            options={
                "ordering": ["pk"],
                "constraints": [models.UniqueConstraint(fields=("vendor", "user"), name="a_user_is_a_member_of_a_vendor_once"), models.CheckConstraint(condition=models.Q(("role__in", ["owner", "manager", "catalogue", "fulfilment", "finance", "support"])), name="a_member_role_is_known")],
            },
        ),
        migrations.CreateModel(
            name="VendorUserObjectPermission",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("content_object", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="vendors.vendor")),
                ("permission", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="auth.permission")),
                ("user", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL)),
            ],
            options={
                "abstract": False,
                "unique_together": {("user", "permission", "content_object")},
            },
        ),
        migrations.CreateModel(
            name="VendorGroupObjectPermission",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("content_object", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="vendors.vendor")),
                ("group", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="auth.group")),
                ("permission", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="auth.permission")),
            ],
            options={
                "abstract": False,
                "unique_together": {("group", "permission", "content_object")},
            },
        ),
        migrations.CreateModel(
            name="OnboardingMark",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("step", models.CharField(choices=[("profile", "Tells buyers what it sells"), ("policies", "Has a policy of each kind"), ("tax", "Has attested who stands behind it"), ("payout_account", "Can be paid"), ("first_listing", "Has something to sell"), ("terms", "Has accepted the platform's terms")], max_length=16)),
                ("verdict", models.CharField(choices=[("verified", "Checked, and right"), ("rejected", "Checked, and not accepted"), ("waived", "Not asked of this vendor")], max_length=10)),
                ("note", models.TextField(blank=True, max_length=4000)),
                ("decided_at", models.DateTimeField(default=marketplace.kernel.clock.now)),
                ("decided_by", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("vendor", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="onboarding_marks", to="vendors.vendor")),
            ],
            options={
                "ordering": ["pk"],
                "constraints": [models.UniqueConstraint(fields=("vendor", "step"), name="a_step_is_marked_once_for_a_vendor"), models.CheckConstraint(condition=models.Q(("step__in", ["profile", "policies", "tax", "payout_account", "first_listing", "terms"])), name="an_onboarding_step_is_known"), models.CheckConstraint(condition=models.Q(("verdict__in", ["verified", "rejected", "waived"])), name="an_onboarding_verdict_is_known")],
            },
        ),
        migrations.CreateModel(
            name="PlatformTerms",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField(unique=True)),
                ("text", models.TextField(max_length=100000)),
                ("published_at", models.DateTimeField(default=marketplace.kernel.clock.now)),
                ("effective_at", models.DateTimeField()),
                ("published_by", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
            ],
            options={
                "verbose_name_plural": "platform terms",
                "ordering": ["version"],
            },
        ),
        migrations.CreateModel(
            name="TermsAcceptance",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("accepted_at", models.DateTimeField(default=marketplace.kernel.clock.now)),
                ("terms", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="acceptances", to="vendors.platformterms")),
                ("user", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("vendor", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="acceptances", to="vendors.vendor")),
            ],
            options={
                "ordering": ["pk"],
                "constraints": [models.UniqueConstraint(fields=("vendor", "terms"), name="a_vendor_accepts_a_version_once")],
            },
        ),
        migrations.CreateModel(
            name="TraderDetails",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("legal_name", models.CharField(blank=True, max_length=200)),
                ("line1", models.CharField(blank=True, max_length=200)),
                ("line2", models.CharField(blank=True, max_length=200)),
                ("city", models.CharField(blank=True, max_length=100)),
                ("state", models.CharField(blank=True, max_length=100)),
                ("postal_code", models.CharField(blank=True, max_length=20)),
                ("country", models.CharField(blank=True, max_length=2)),
                ("email", models.EmailField(blank=True, max_length=254)),
                ("phone", models.CharField(blank=True, max_length=32)),
                ("register_number", models.CharField(blank=True, max_length=100)),
                ("tax_number", models.CharField(blank=True, max_length=40)),
                ("attested_at", models.DateTimeField(blank=True, null=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("attested_by", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("vendor", models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name="trader", to="vendors.vendor")),
            ],
            options={
                "verbose_name_plural": "trader details",
            },
        ),
        migrations.CreateModel(
            name="VendorAppeal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("decision", models.BigIntegerField()),
                ("status", models.CharField(choices=[("invited", "Invited by the platform, and yet to accept"), ("applied", "Prepares its application"), ("under_review", "Waits for the platform's decision"), ("approved", "Sells"), ("suspended", "Off sale, its open orders still to be fulfilled"), ("rejected", "Turned down, and may submit again"), ("closed", "Closed for good")], max_length=12)),
                ("message", models.TextField(max_length=4000)),
                ("created_at", models.DateTimeField(default=marketplace.kernel.clock.now)),
                ("answer", models.TextField(blank=True, max_length=4000)),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                ("author", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("vendor", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="appeals", to="vendors.vendor")),
            ],
            options={
                "ordering": ["pk"],
                "constraints": [models.UniqueConstraint(fields=("vendor", "decision"), name="a_decision_is_appealed_once"), models.CheckConstraint(condition=models.Q(("status__in", ["rejected", "suspended"])), name="an_appeal_is_against_a_rejection_or_a_suspension")],
            },
        ),
        migrations.CreateModel(
            name="VendorInvitation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("email", models.EmailField(max_length=254)),
                ("role", models.CharField(choices=[("owner", "Owner"), ("manager", "Manager"), ("catalogue", "Catalogue"), ("fulfilment", "Fulfilment"), ("finance", "Finance"), ("support", "Support")], max_length=10)),
                ("created_at", models.DateTimeField(default=marketplace.kernel.clock.now)),
                ("expires_at", models.DateTimeField()),
                ("accepted_at", models.DateTimeField(blank=True, null=True)),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                ("accepted_by", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("invited_by", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("vendor", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="invitations", to="vendors.vendor")),
            ],
            options={
                "ordering": ["-pk"],
                "constraints": [models.UniqueConstraint(condition=models.Q(("accepted_at", None), ("revoked_at", None)), fields=("vendor", "email"), name="an_address_has_one_open_invitation_to_a_vendor"), models.CheckConstraint(condition=models.Q(("role__in", ["owner", "manager", "catalogue", "fulfilment", "finance", "support"])), name="an_invitation_role_is_known"), models.CheckConstraint(condition=models.Q(("accepted_at", None), ("revoked_at", None), _connector="OR"), name="an_invitation_is_not_accepted_and_revoked")],
            },
        ),
        migrations.CreateModel(
            name="VendorPolicy",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(choices=[("returns", "How goods are returned"), ("shipping", "How goods are shipped"), ("privacy", "What happens with buyers' data")], max_length=10)),
                ("version", models.PositiveIntegerField()),
                ("text", models.TextField(max_length=20000)),
                ("published_at", models.DateTimeField(default=marketplace.kernel.clock.now)),
                ("published_by", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("vendor", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="policies", to="vendors.vendor")),
            ],
            options={
                "verbose_name_plural": "vendor policies",
                "ordering": ["vendor", "kind", "version"],
                "constraints": [models.UniqueConstraint(fields=("vendor", "kind", "version"), name="a_policy_has_each_version_once"), models.CheckConstraint(condition=models.Q(("kind__in", ["returns", "shipping", "privacy"])), name="a_policy_is_of_a_known_kind")],
            },
        ),
        migrations.CreateModel(
            name="VendorSlug",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("slug", models.SlugField(max_length=80, unique=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("vendor", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="slugs", to="vendors.vendor")),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="VendorApiKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(db_comment="what it is for, in the vendor's words", max_length=80)),
                ("handle", models.CharField(max_length=12, unique=True)),
                ("digest", models.CharField(db_comment="SHA-256 of the whole key, in hex", max_length=64)),
                ("permissions", django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=32), size=None)),
                ("created_at", models.DateTimeField(default=marketplace.kernel.clock.now)),
                ("expires_at", models.DateTimeField(blank=True, null=True)),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                ("last_used_at", models.DateTimeField(blank=True, db_comment="to the minute", null=True)),
                ("created_by", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("revoked_by", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("vendor", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="api_keys", to="vendors.vendor")),
            ],
            options={
                "verbose_name": "vendor API key",
                "ordering": ["-pk"],
                "constraints": [models.CheckConstraint(condition=models.Q(("permissions__contained_by", ["answer_buyers", "change_listings", "change_stock", "change_vendor", "fulfil_orders", "refund_orders", "view_finances", "view_listings", "view_orders", "view_vendor"])), name="an_api_key_may_nothing_that_takes_a_person"), models.CheckConstraint(condition=models.Q(("permissions__len__gt", 0)), name="an_api_key_may_something")],
            },
        ),
        migrations.CreateModel(
            name="VendorImage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("file", models.FileField(editable=False, max_length=200, upload_to="")),
                ("width", models.PositiveIntegerField(editable=False)),
                ("height", models.PositiveIntegerField(editable=False)),
                ("renditions", models.JSONField(default=list, editable=False)),
                ("placeholder", models.CharField(blank=True, editable=False, max_length=1000)),
                ("alt", models.CharField(blank=True, max_length=200)),
                ("kind", models.CharField(choices=[("logo", "A square beside its name"), ("cover", "A wide picture above its page")], max_length=5)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("vendor", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="images", to="vendors.vendor")),
            ],
            options={
                "ordering": ["vendor", "kind"],
                "constraints": [models.UniqueConstraint(fields=("vendor", "kind"), name="a_vendor_has_one_picture_of_a_kind"), models.CheckConstraint(condition=models.Q(("kind__in", ["logo", "cover"])), name="a_vendor_picture_is_of_a_known_kind")],
            },
        ),
        migrations.AddField(
            model_name="Vendor",
            name="members",
            field=models.ManyToManyField(related_name="vendors", through="vendors.VendorMember", to=settings.AUTH_USER_MODEL),
        ),
    ]
