from django.db import migrations

# Like that of API keys: the grants cannot wait for Django, which makes permissions after the last migration.
ADD_PERMISSION = """
INSERT INTO auth_permission (name, content_type_id, codename)
SELECT 'Can make and end promotions', id, 'change_promotions' FROM django_content_type
WHERE app_label = 'vendors' AND model = 'vendor'
ON CONFLICT DO NOTHING
"""
GRANT = """
INSERT INTO vendors_vendoruserobjectpermission (user_id, content_object_id, permission_id)
SELECT m.user_id, m.vendor_id, p.id FROM vendors_vendormember m, auth_permission p
JOIN django_content_type t ON t.id = p.content_type_id
WHERE m.role IN ('owner', 'manager') AND p.codename = 'change_promotions' AND t.app_label = 'vendors'
ON CONFLICT DO NOTHING
"""
CHECK_NOW = "SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED"


class Migration(migrations.Migration):
    dependencies = [("vendors", "0006_vendor_pictures")]

    operations = [
        migrations.AlterModelOptions(
            name="vendor",
            options={
                "default_permissions": (),
                "ordering": ["name", "pk"],
                "permissions": [
                    ("view_vendor", "Can see the vendor's account"),
                    ("change_vendor", "Can change the vendor's profile and settings"),
                    ("manage_members", "Can invite, change and remove members"),
                    ("view_listings", "Can see all listings, unpublished ones too"),
                    ("change_listings", "Can create and change listings"),
                    ("change_stock", "Can adjust stock"),
                    ("view_orders", "Can see the vendor's orders"),
                    ("fulfil_orders", "Can ship and cancel"),
                    ("refund_orders", "Can refund and answer returns"),
                    ("view_finances", "Can see income, ledger and payouts"),
                    ("change_payout_account", "Can change where money is paid"),
                    ("answer_buyers", "Can answer messages and reviews"),
                    ("manage_api_keys", "Can make and revoke API keys"),
                    ("change_promotions", "Can make and end promotions"),
                    ("moderate_vendor", "Can decide about vendors, on the platform's staff"),
                ],
            },
        ),
        migrations.RunSQL(sql=[ADD_PERMISSION, GRANT, CHECK_NOW], reverse_sql=migrations.RunSQL.noop),
    ]
