from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalog", "0005_staff_permissions")]

    operations = [
        migrations.AddField(
            model_name="product",
            name="is_shipped",
            field=models.BooleanField(db_default=True, default=True),
        ),
        migrations.AddField(
            model_name="product",
            name="tax_category",
            field=models.SlugField(db_default="standard", db_index=False, default="standard", max_length=40),
        ),
    ]
