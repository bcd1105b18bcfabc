"""A variant may be shown by a picture: of its own product, which one foreign key alone could not say."""

import django.db.models.deletion
from django.db import migrations, models

ADD = """
ALTER TABLE catalog_productimage
    ADD CONSTRAINT a_picture_is_known_with_its_product UNIQUE (id, product_id);
ALTER TABLE catalog_variant
    ADD CONSTRAINT a_variant_is_shown_by_a_picture_of_its_product
    FOREIGN KEY (image_id, product_id) REFERENCES catalog_productimage (id, product_id)
    ON DELETE SET NULL (image_id) DEFERRABLE INITIALLY DEFERRED;
"""
REMOVE = """
ALTER TABLE catalog_variant DROP CONSTRAINT a_variant_is_shown_by_a_picture_of_its_product;
ALTER TABLE catalog_productimage DROP CONSTRAINT a_picture_is_known_with_its_product;
"""


class Migration(migrations.Migration):
    dependencies = [("catalog", "0004_finding")]

    operations = [
        migrations.AddField(
            model_name="variant",
            name="image",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="catalog.productimage",
            ),
        ),
        migrations.RunSQL(ADD, REMOVE),
    ]
