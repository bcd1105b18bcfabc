"""The purchase matrix, and two ways from a product to others: tables and views that hold no decision."""

from django.db import models
from django.db.models.functions import Now
from typing_extensions import override

from catalog.models import Product
from marketplace.accounts.models import BillingProfile


class Purchase(models.Model):
    """Somebody has bought a product, once or often, and when first. A return does not undo it.

    Derived from paid orders, so it goes with its buyer or its product. A trigger writes `transaction_number`:
    of each transaction PostgreSQL can say whether a snapshot has seen it.
    """

    billing_profile = models.ForeignKey(
        BillingProfile, models.CASCADE, related_name="purchases", db_index=False
    )
    product = models.ForeignKey(Product, models.CASCADE, related_name="purchases", db_index=False)
    first_bought_at = models.DateTimeField()
    transaction_number = models.BigIntegerField(db_default=0, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["billing_profile", "product"], name="a_buyer_has_bought_a_product_once"
            )
        ]
        # Both directions of the matrix, and its latest part, are read from an index alone.
        indexes = [
            models.Index(fields=["product", "billing_profile"], name="purchase_by_product"),
            models.Index(fields=["first_bought_at", "product"], name="purchase_by_age"),
            models.Index(fields=["transaction_number"], name="purchase_by_transaction"),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.product_id} by {self.billing_profile_id}"


class Removal(models.Model):
    """A purchase that went with its buyer or its product, or was given to another buyer.

    Written by a trigger, so that what was built of the purchases before learns of it; kept for a month.
    """

    billing_profile_id = models.BigIntegerField()
    product_id = models.BigIntegerField()
    transaction_number = models.BigIntegerField()
    removed_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index(fields=["transaction_number"], name="removal_by_transaction")]

    @override
    def __str__(self) -> str:
        return f"no longer {self.product_id} by {self.billing_profile_id}"


class Popularity(models.Model):
    """How many have bought a product: a view, computed as it is read."""

    product = models.OneToOneField(Product, models.DO_NOTHING, primary_key=True, related_name="popularity")
    buyers = models.BigIntegerField()

    class Meta:
        managed = False
        verbose_name_plural = "popularity"

    @override
    def __str__(self) -> str:
        return f"{self.product_id}: {self.buyers}"


class BoughtTogether(models.Model):
    """Two products that the same buyers have bought, and how many of them: a view, computed as it is read."""

    pk = models.CompositePrimaryKey("product_id", "other_id")
    product = models.ForeignKey(Product, models.DO_NOTHING, related_name="bought_together")
    other = models.ForeignKey(Product, models.DO_NOTHING, related_name="+")
    together = models.BigIntegerField()

    class Meta:
        managed = False

    @override
    def __str__(self) -> str:
        return f"{self.product_id} with {self.other_id}: {self.together}"


class SimilarProduct(models.Model):
    """A product and one of its category at a price near its own: a view, computed as it is read.

    It holds the twenty next dearer and the twenty next cheaper listings in the same currency;
    `distance_minor` is how far their prices are apart.
    """

    pk = models.CompositePrimaryKey("product_id", "other_id")
    product = models.ForeignKey(Product, models.DO_NOTHING, related_name="similar_products")
    other = models.ForeignKey(Product, models.DO_NOTHING, related_name="+")
    distance_minor = models.BigIntegerField()

    class Meta:
        managed = False

    @override
    def __str__(self) -> str:
        return f"{self.product_id} near {self.other_id}"
