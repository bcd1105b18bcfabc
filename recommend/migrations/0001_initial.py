import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ("accounts", "__first__"),
        ("catalog", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="BoughtTogether",
            fields=[
                ("pk", models.CompositePrimaryKey("product_id", "other_id", blank=True, editable=False, primary_key=True, serialize=False)),
                ("together", models.BigIntegerField()),
            ],
            options={
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="Popularity",
            fields=[
                ("product", models.OneToOneField(on_delete=django.db.models.deletion.DO_NOTHING, primary_key=True, related_name="popularity", serialize=False, to="catalog.product")),
                ("buyers", models.BigIntegerField()),
            ],
            options={
                "verbose_name_plural": "popularity",
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="SimilarProduct",
            fields=[
                ("pk", models.CompositePrimaryKey("product_id", "other_id", blank=True, editable=False, primary_key=True, serialize=False)),
                ("distance_minor", models.BigIntegerField()),
            ],
            options={
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="Purchase",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("first_bought_at", models.DateTimeField()),
                ("billing_profile", models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="purchases", to="accounts.billingprofile")),
                ("product", models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="purchases", to="catalog.product")),
                ("transaction_number", models.BigIntegerField(db_default=0, editable=False)),
            ],
            options={
                "indexes": [models.Index(fields=["product", "billing_profile"], name="purchase_by_product"), models.Index(fields=["first_bought_at", "product"], name="purchase_by_age"), models.Index(fields=["transaction_number"], name="purchase_by_transaction")],
                "constraints": [models.UniqueConstraint(fields=("billing_profile", "product"), name="a_buyer_has_bought_a_product_once")],
            },
        ),
        migrations.CreateModel(
            name="Removal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("billing_profile_id", models.BigIntegerField()),
                ("product_id", models.BigIntegerField()),
                ("transaction_number", models.BigIntegerField()),
                ("removed_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                "indexes": [models.Index(fields=["transaction_number"], name="removal_by_transaction")],
            },
        ),
    ]
