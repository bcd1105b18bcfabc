"""What the published reviews come to, kept as they change: marketplace/community/tallies.py writes it."""

from django.db import models
from django.db.models import F, Q
from typing_extensions import override

from catalog.models import Product
from vendors.models import Vendor


class ProductStars(models.Model):
    """How many published reviews of a product give how many stars. The sums stand on the product itself."""

    product = models.OneToOneField(Product, models.CASCADE, primary_key=True, related_name="star_counts")
    ones = models.PositiveIntegerField(default=0)
    twos = models.PositiveIntegerField(default=0)
    threes = models.PositiveIntegerField(default=0)
    fours = models.PositiveIntegerField(default=0)
    fives = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name_plural = "product stars"
        default_permissions = ()

    @override
    def __str__(self) -> str:
        return f"of product {self.product_id}"


class VendorRating(models.Model):
    """How many published reviews a vendor's products have, and the stars in them."""

    vendor = models.OneToOneField(Vendor, models.CASCADE, primary_key=True, related_name="rating")
    count = models.PositiveIntegerField(default=0)
    sum = models.PositiveIntegerField(default=0)

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(sum__gte=F("count"), sum__lte=F("count") * 5),
                name="a_vendor_rating_has_one_to_five_stars_a_review",
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"of vendor {self.vendor_id}"


class RatingPrior(models.Model):
    """What a product without reviews is taken for: one row, settled anew every night.

    `mean` is that of all reviews, in thousandths of a star, and `weight` how many reviews it counts for.
    Every score is of the one row there is, so that scores compare.
    """

    mean = models.PositiveIntegerField()
    weight = models.PositiveIntegerField()
    settled_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="there_is_one_prior_of_ratings"),
            models.CheckConstraint(
                condition=Q(mean__gte=1000, mean__lte=5000), name="a_prior_is_one_to_five_stars"
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.mean} thousandths, as {self.weight} reviews"
