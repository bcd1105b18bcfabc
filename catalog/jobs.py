"""What the catalogue does by itself: files are applied, sales counted, listings put on sale and off."""

from django.db.models import Q

from catalog.models import AGREED, Product, ProductStatus
from catalog.operations import ranks, schedule, tallies, vocabulary
from catalog.operations.imports import running
from marketplace.kernel import clock
from marketplace.kernel.jobs import job, periodic


@job()
def run_import(import_id: int) -> None:
    """A file was brought; its rows are applied."""
    running.run_import(import_id=import_id)


@periodic("11 * * * *")
def count_sales() -> None:
    """Every hour: what sells well is known from the stock that went."""
    ranks.count_sales()


@job(attempts=3)
def follow_schedule(product_id: int) -> None:
    """A listing's day has come."""
    schedule.follow_schedule(product_id=product_id)


@periodic("* * * * *")
def follow_schedules() -> None:
    """Every minute: never too early, and at most about a minute late."""
    now = clock.now()
    begins = Q(status=ProductStatus.SCHEDULED, publish_at__lte=now)
    ends = Q(status__in=AGREED, ends_at__lte=now)
    for key in Product.objects.filter(begins | ends).order_by("pk").values_list("pk", flat=True):
        follow_schedule.defer_once(str(key), key)


@periodic("*/15 * * * *")
def refresh_vocabulary() -> None:
    """Every quarter of an hour: misspelt words are mended by those of the listings there are."""
    vocabulary.refresh_vocabulary()


@periodic("53 3 * * *")
def forget_old_searches() -> None:
    """Every night: what buyers looked for is kept for 90 days."""
    tallies.forget_old()
