from django.db import migrations

from marketplace.kernel.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [("analytics", "0001_initial"), ("kernel", "0002_append_only")]

    operations = [append_only("analytics_salesentry")]
