from django.db import migrations

from marketplace.kernel import append_only


class Migration(migrations.Migration):
    dependencies = [("kernel", "0001_initial")]

    operations = [
        migrations.RunSQL(append_only.CREATE_FUNCTION, append_only.DROP_FUNCTION),
        append_only.append_only("kernel_auditentry"),
    ]
