"""What is counted of purchases, and ways from a product to others.

A view knows the types of the columns it reads: a migration that changes the type of one (of `recommend_purchase`
or `catalog_product`) drops the view before, and makes it again behind.
"""

from django.db import migrations

POPULARITY = """
CREATE VIEW recommend_popularity AS
SELECT product_id, count(*) AS buyers FROM recommend_purchase GROUP BY product_id
"""

# Conditions on `product_id` reach into both, so a few products cost what belongs to them and no more.
BOUGHT_TOGETHER = """
CREATE VIEW recommend_boughttogether AS
SELECT one.product_id, other.product_id AS other_id, count(*) AS together
  FROM recommend_purchase one
  JOIN recommend_purchase other
    ON other.billing_profile_id = one.billing_profile_id AND other.product_id <> one.product_id
 GROUP BY one.product_id, other.product_id
"""

# Each side walks the index product_by_category from the product's own price.
SIMILAR = """
CREATE VIEW recommend_similarproduct AS
SELECT this.id AS product_id, near.id AS other_id, abs(near.price_minor - this.price_minor) AS distance_minor
  FROM catalog_product this
 CROSS JOIN LATERAL (
    (SELECT id, price_minor
       FROM catalog_product
      WHERE category_id = this.category_id AND price_minor >= this.price_minor
        AND status = 'published' AND price_minor IS NOT NULL
        AND currency = this.currency AND id <> this.id
      ORDER BY price_minor, id LIMIT 20)
    UNION ALL
    (SELECT id, price_minor
       FROM catalog_product
      WHERE category_id = this.category_id AND price_minor < this.price_minor
        AND status = 'published' AND price_minor IS NOT NULL
        AND currency = this.currency
      ORDER BY price_minor DESC, id DESC LIMIT 20)
 ) near
"""


class Migration(migrations.Migration):
    dependencies = [("recommend", "0001_initial"), ("catalog", "0001_initial")]

    operations = [
        migrations.RunSQL(POPULARITY, "DROP VIEW recommend_popularity"),
        migrations.RunSQL(BOUGHT_TOGETHER, "DROP VIEW recommend_boughttogether"),
        migrations.RunSQL(SIMILAR, "DROP VIEW recommend_similarproduct"),
    ]
