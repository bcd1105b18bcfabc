"""The table of Django's database cache, as `createcachetable` would make it, but unlogged.

Made whether or not CACHE_URL names another cache, so that taking the setting away needs no migration. Unlogged:
a crash empties it, which a cache may be, and no entry is written to disk twice.
"""

from django.db import migrations

CREATE = """
    CREATE UNLOGGED TABLE cache (
        cache_key varchar(255) PRIMARY KEY,
        value text NOT NULL,
        expires timestamp with time zone NOT NULL
    );
    CREATE INDEX cache_expires ON cache (expires);
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [migrations.RunSQL(CREATE, "DROP TABLE cache")]
