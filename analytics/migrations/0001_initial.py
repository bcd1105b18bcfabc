import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ("catalog", "0001_initial"),
        ("checkout", "0001_initial"),
        ("vendors", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="SalesEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(choices=[("line", "A line was sold"), ("shipping", "The shipping of a vendor's part was sold"), ("refund", "Something went back"), ("restored", "Something did not go back after all")], max_length=10)),
                ("occurred_at", models.DateTimeField()),
                ("currency", models.CharField(max_length=3)),
                ("gross_minor", models.BigIntegerField(default=0)),
                ("refund_minor", models.BigIntegerField(default=0)),
                ("discount_minor", models.BigIntegerField(default=0)),
                ("shipping_minor", models.BigIntegerField(default=0)),
                ("commission_minor", models.BigIntegerField(default=0)),
                ("tax_minor", models.BigIntegerField(default=0)),
                ("units", models.IntegerField(default=0)),
                ("order", models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="checkout.order")),
                ("order_line", models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="checkout.orderline")),
                ("product", models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="catalog.product")),
                ("vendor", models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="vendors.vendor")),
                ("country", models.CharField(blank=True, db_default="", default="", max_length=2)),
                ("is_first_part", models.BooleanField(db_default=False, default=False)),
                ("refund_line", models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="checkout.refundline")),
            ],
            options={
                "ordering": ["pk"],
                "indexes": [django.contrib.postgres.indexes.BrinIndex(autosummarize=True, fields=["occurred_at"], name="sales_by_moment"), models.Index(fields=["vendor", "currency", "occurred_at"], include=("kind", "product", "gross_minor", "refund_minor", "discount_minor", "shipping_minor", "commission_minor", "tax_minor", "units"), name="sales_by_vendor")],
                "constraints": [models.UniqueConstraint(condition=models.Q(("kind", "line")), fields=("order_line",), name="a_line_is_sold_once"), models.UniqueConstraint(condition=models.Q(("kind", "shipping")), fields=("order", "vendor"), name="a_vendors_part_is_shipped_once"), models.UniqueConstraint(condition=models.Q(("kind", "refund")), fields=("refund_line",), name="a_line_comes_back_once"), models.UniqueConstraint(condition=models.Q(("is_first_part", True)), fields=("order",), name="an_order_has_one_first_part"), models.CheckConstraint(condition=models.Q(models.Q(("is_first_part", False), ("kind", "line"), ("order__isnull", False), ("order_line__isnull", False), ("product__isnull", False), ("refund_line__isnull", True)), models.Q(("kind", "shipping"), ("order__isnull", False), ("order_line__isnull", True), ("product__isnull", True), ("refund_line__isnull", True)), models.Q(("is_first_part", False), ("kind__in", ["refund", "restored"]), ("refund_line__isnull", False)), _connector="OR"), name="a_sales_entry_is_of_one_thing"), models.CheckConstraint(condition=models.Q(models.Q(models.Q(("kind__in", ["refund", "restored"]), _negated=True), ("commission_minor__lte", 0), ("discount_minor__lte", 0), ("gross_minor__gte", 0), ("refund_minor__lte", 0), ("shipping_minor__gte", 0), ("units__gte", 0)), models.Q(("commission_minor__gte", 0), ("discount_minor", 0), ("gross_minor__gte", 0), ("kind", "refund"), ("refund_minor__lte", 0), ("shipping_minor__lte", 0), ("units__lte", 0)), models.Q(("commission_minor__lte", 0), ("discount_minor", 0), ("gross_minor", 0), ("kind", "restored"), ("refund_minor__gte", 0), ("shipping_minor__gte", 0), ("units__gte", 0)), _connector="OR"), name="a_sale_adds_and_what_goes_off_it_subtracts"), models.UniqueConstraint(condition=models.Q(("kind", "restored")), fields=("refund_line",), name="a_refund_fails_once")],
            },
        ),
    ]
