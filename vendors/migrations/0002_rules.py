from django.db import migrations

from marketplace.kernel.append_only import append_only

CREATE_TRIGGER = """
CREATE TRIGGER remember_vendor_slug AFTER INSERT OR UPDATE OF slug ON vendors_vendor
FOR EACH ROW EXECUTE FUNCTION remember_vendor_slug()
"""
# Whatever way a vendor's slug is written, it is kept for ever, and nobody else gets it.
REMEMBER_SLUG = """
CREATE FUNCTION remember_vendor_slug() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO vendors_vendorslug (slug, vendor_id, created_at) VALUES (NEW.slug, NEW.id, now())
    ON CONFLICT (slug) DO NOTHING;
    IF NOT EXISTS (SELECT 1 FROM vendors_vendorslug WHERE slug = NEW.slug AND vendor_id = NEW.id) THEN
        RAISE EXCEPTION 'the slug % is or was that of another vendor', NEW.slug
            USING ERRCODE = 'unique_violation', CONSTRAINT = 'a_slug_is_one_vendors_for_ever';
    END IF;
    RETURN NULL;
END;
$$
"""


class Migration(migrations.Migration):
    dependencies = [("vendors", "0001_initial"), ("kernel", "0002_append_only")]

    operations = [
        append_only("vendors_vendorpolicy"),
        append_only("vendors_platformterms"),
        append_only("vendors_termsacceptance"),
        migrations.RunSQL(
            sql=[
                REMEMBER_SLUG,
                CREATE_TRIGGER,
            ],
            reverse_sql=[
                "DROP TRIGGER remember_vendor_slug ON vendors_vendor",
                "DROP FUNCTION remember_vendor_slug()",
            ],
        ),
    ]
