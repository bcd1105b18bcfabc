"""Which transaction wrote each purchase, and which purchases are gone: what a copy of them has missed.

A trigger, because purchases also go by the cascades of their buyers and products, and whoever deletes them.
"""

from django.db import migrations

# The number is never taken from elsewhere. What is given to another buyer is gone here and new there.
CREATE_FUNCTION = """
CREATE FUNCTION recommend_note_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        IF TG_OP = 'DELETE'
           OR (NEW.billing_profile_id, NEW.product_id) <> (OLD.billing_profile_id, OLD.product_id) THEN
            INSERT INTO recommend_removal (billing_profile_id, product_id, transaction_number)
            VALUES (OLD.billing_profile_id, OLD.product_id, pg_current_xact_id()::text::bigint);
        END IF;
        IF TG_OP = 'DELETE' THEN
            RETURN OLD;
        END IF;
    END IF;
    NEW.transaction_number = pg_current_xact_id()::text::bigint;
    RETURN NEW;
END;
$$
"""
CREATE_TRIGGER = """
CREATE TRIGGER a_purchase_notes_its_change
    BEFORE INSERT OR DELETE OR UPDATE OF billing_profile_id, product_id ON recommend_purchase
    FOR EACH ROW EXECUTE FUNCTION recommend_note_change()
"""


class Migration(migrations.Migration):
    dependencies = [("recommend", "0002_views")]

    operations = [
        migrations.RunSQL(
            [CREATE_FUNCTION, CREATE_TRIGGER],
            [
                "DROP TRIGGER a_purchase_notes_its_change ON recommend_purchase",
                "DROP FUNCTION recommend_note_change()",
            ],
        ),
    ]
