from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("kernel", "0004_audit_by_key"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="adjustedsetting",
            options={
                "default_permissions": ("view", "change"),
                "ordering": ["name"],
                "verbose_name": "marketplace setting",
            },
        ),
    ]
