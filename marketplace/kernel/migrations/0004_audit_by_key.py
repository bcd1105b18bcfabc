from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("kernel", "0003_scopes_and_adjusted_settings"),
    ]

    operations = [
        migrations.AddField(
            model_name="auditentry",
            name="key_id",
            field=models.BigIntegerField(
                db_comment="the API key by which it was done; null: in person", null=True
            ),
        ),
    ]
