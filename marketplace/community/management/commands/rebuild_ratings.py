"""`manage.py rebuild_ratings`: count all reviews anew, vendor by vendor, while the shop goes on."""

from django.core.management.base import BaseCommand
from typing_extensions import override

from marketplace.community.models import Review, VendorRating
from marketplace.community.tallies import rebuild, settle_prior


class Command(BaseCommand):
    help = "Count the ratings of all products and vendors anew from their reviews."

    @override
    def handle(self, **_options: object) -> None:
        reviewed = Review.objects.order_by().values_list("vendor", flat=True).distinct()
        changed = rebuild({*reviewed, *VendorRating.objects.values_list("pk", flat=True)})
        rescored = settle_prior()
        self.stdout.write(f"{changed} products counted otherwise, {rescored} scored otherwise.")
