import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ("accounts", "__first__"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("vendors", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Category",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=100)),
                ("slug", models.SlugField(max_length=100, unique=True)),
                ("path", models.CharField(editable=False, max_length=1000, unique=True)),
                ("position", models.PositiveIntegerField(default=0)),
                ("parent", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="children", to="catalog.category")),
            ],
            options={
                "verbose_name_plural": "categories",
                "ordering": ["position", "name", "pk"],
                "constraints": [models.CheckConstraint(condition=models.Q(("path", models.F("slug")), ("path__endswith", models.Func(models.Value("/"), models.F("slug"), function="concat")), _connector="OR"), name="a_category_path_ends_in_its_slug")],
            },
        ),
        migrations.CreateModel(
            name="Product",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=200)),
                ("slug", models.SlugField(max_length=220, unique=True)),
                ("description", models.TextField(blank=True, max_length=20000)),
                ("option_names", django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), blank=True, default=list, size=3)),
                ("status", models.CharField(choices=[("draft", "Draft"), ("proposed", "Proposed"), ("published", "Published"), ("rejected", "Rejected"), ("archived", "Archived")], default="draft", max_length=10)),
                ("price_minor", models.BigIntegerField(editable=False, null=True)),
                ("currency", models.CharField(editable=False, max_length=3)),
                ("is_in_stock", models.BooleanField(default=False, editable=False)),
                ("search", django.contrib.postgres.search.SearchVectorField(editable=False, null=True)),
                ("published_at", models.DateTimeField(editable=False, null=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("category", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="products", to="catalog.category")),
                ("vendor", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="products", to="vendors.vendor")),
                ("reference", models.CharField(blank=True, db_default="", default="", editable=False, max_length=100)),
                ("source", models.CharField(blank=True, db_default="", default="", editable=False, max_length=64)),
                ("is_shipped", models.BooleanField(db_default=True, default=True)),
                ("tax_category", models.SlugField(db_default="standard", db_index=False, default="standard", max_length=40)),
            ],
            options={
                "ordering": ["pk"],
                "indexes": [django.contrib.postgres.indexes.GinIndex(fields=["search"], name="product_search"), models.Index(condition=models.Q(("price_minor__isnull", False), ("status", "published")), fields=["price_minor", "id"], include=("category", "vendor", "currency", "is_in_stock"), name="product_by_price"), models.Index(condition=models.Q(("price_minor__isnull", False), ("status", "published")), fields=["published_at", "id"], name="product_by_age"), models.Index(django.db.models.functions.text.Lower("title"), models.F("id"), condition=models.Q(("price_minor__isnull", False), ("status", "published")), name="product_by_title"), models.Index(condition=models.Q(("price_minor__isnull", False), ("status", "published")), fields=["vendor", "published_at", "id"], name="product_by_vendor"), models.Index(condition=models.Q(("price_minor__isnull", False), ("status", "published")), fields=["category", "price_minor", "id"], name="product_by_category")],
                "constraints": [models.CheckConstraint(condition=models.Q(("status__in", ["draft", "proposed", "published", "rejected", "archived"])), name="a_product_status_is_known"), models.CheckConstraint(condition=models.Q(("price_minor__gte", 0)), name="a_product_price_is_not_negative"), models.CheckConstraint(condition=models.Q(("currency__regex", "^[A-Z]{3}$")), name="a_product_has_a_currency_code"), models.CheckConstraint(condition=models.Q(("option_names__len__lte", 3)), name="a_product_has_three_options_at_most"), models.CheckConstraint(condition=models.Q(models.Q(("status", "published"), _negated=True), ("published_at__isnull", False), _connector="OR"), name="a_published_product_has_its_date"), models.UniqueConstraint(condition=models.Q(("source", ""), _negated=True), fields=("source", "vendor", "reference"), name="a_listing_of_a_source_comes_once")],
                "permissions": [("moderate_product", "Can decide about listings, on the platform's staff")],
            },
        ),
        migrations.CreateModel(
            name="ProductGroupObjectPermission",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("content_object", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="catalog.product")),
                ("group", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="auth.group")),
                ("permission", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="auth.permission")),
            ],
            options={
                "abstract": False,
                "unique_together": {("group", "permission", "content_object")},
            },
        ),
        migrations.CreateModel(
            name="ProductImage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("file", models.FileField(editable=False, max_length=200, upload_to="")),
                ("width", models.PositiveIntegerField(editable=False)),
                ("height", models.PositiveIntegerField(editable=False)),
                ("renditions", models.JSONField(default=list, editable=False)),
                ("placeholder", models.CharField(blank=True, editable=False, max_length=1000)),
                ("alt", models.CharField(blank=True, max_length=200)),
                ("position", models.PositiveIntegerField(default=0)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("product", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="images", to="catalog.product")),
            ],
            options={
                "ordering": ["position", "pk"],
            },
        ),
        migrations.CreateModel(
            name="ProductUserObjectPermission",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("content_object", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="catalog.product")),
                ("permission", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="auth.permission")),
                ("user", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL)),
            ],
            options={
                "abstract": False,
                "unique_together": {("user", "permission", "content_object")},
            },
        ),
        migrations.CreateModel(
            name="Variant",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sku", models.CharField(max_length=64)),
                ("options", models.JSONField(blank=True, default=dict)),
                ("price_minor", models.BigIntegerField()),
                ("compare_at_minor", models.BigIntegerField(blank=True, null=True)),
                ("currency", models.CharField(max_length=3)),
                ("weight_g", models.PositiveIntegerField(default=0)),
                ("on_hand", models.IntegerField(default=0, editable=False)),
                ("reserved", models.IntegerField(default=0, editable=False)),
                ("position", models.PositiveIntegerField(default=0)),
                ("is_active", models.BooleanField(default=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("product", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="variants", to="catalog.product")),
                ("vendor", models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="vendors.vendor")),
            ],
            options={
                "ordering": ["position", "pk"],
                "constraints": [models.UniqueConstraint(condition=models.Q(("is_active", True)), fields=("vendor", "sku"), name="a_live_sku_is_unique_in_its_vendor"), models.UniqueConstraint(condition=models.Q(("is_active", True)), fields=("product", "options"), name="live_variants_of_a_product_differ_in_options"), models.CheckConstraint(condition=models.Q(("price_minor__gte", 0)), name="a_variant_price_is_not_negative"), models.CheckConstraint(condition=models.Q(("currency__regex", "^[A-Z]{3}$")), name="a_variant_has_a_currency_code"), models.CheckConstraint(condition=models.Q(("compare_at_minor__gt", models.F("price_minor"))), name="a_compare_at_price_is_above_the_price"), models.CheckConstraint(condition=models.Q(("on_hand__gte", models.F("reserved")), ("reserved__gte", 0)), name="stock_is_never_promised_twice")],
            },
        ),
        migrations.CreateModel(
            name="StockMovement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("delta", models.IntegerField()),
                ("reason", models.CharField(choices=[("received", "Received"), ("correction", "Correction"), ("sold", "Sold"), ("returned", "Returned"), ("damaged", "Damaged")], max_length=10)),
                ("note", models.CharField(blank=True, max_length=200)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("actor", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("variant", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="movements", to="catalog.variant")),
            ],
            options={
                "ordering": ["pk"],
                "constraints": [models.CheckConstraint(condition=models.Q(("delta", 0), _negated=True), name="a_stock_movement_moves_something"), models.CheckConstraint(condition=models.Q(("reason__in", ["received", "correction", "sold", "returned", "damaged"])), name="a_stock_reason_is_known")],
            },
        ),
        migrations.CreateModel(
            name="Reservation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("holder", models.CharField(max_length=40)),
                ("quantity", models.PositiveIntegerField()),
                ("state", models.CharField(choices=[("held", "Held"), ("consumed", "Sold"), ("released", "Released")], default="held", max_length=8)),
                ("expires_at", models.DateTimeField()),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("variant", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="reservations", to="catalog.variant")),
            ],
            options={
                "ordering": ["pk"],
                "indexes": [models.Index(condition=models.Q(("state", "held")), fields=["expires_at"], name="reservation_by_expiry")],
                "constraints": [models.UniqueConstraint(fields=("holder", "variant"), name="a_holder_reserves_a_variant_once"), models.CheckConstraint(condition=models.Q(("quantity__gte", 1)), name="a_reservation_holds_something"), models.CheckConstraint(condition=models.Q(("state__in", ["held", "consumed", "released"])), name="a_reservation_state_is_known")],
            },
        ),
        migrations.AddField(
            model_name="Product",
            name="default_variant",
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="catalog.variant"),
        ),
    ]
