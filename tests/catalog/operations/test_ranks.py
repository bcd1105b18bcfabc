from datetime import timedelta

import pytest
from django.db import connection

from catalog.models import Product, StockMovement, StockReason
from catalog.operations.ranks import SOLD_WITHIN, count_sales
from marketplace.kernel import clock
from tests.factories.catalog import VariantFactory, listed

pytestmark = pytest.mark.django_db


def sold(product: Product, units: int, *, days: int = 1, reason: StockReason = StockReason.SOLD) -> None:
    """A movement made so many days ago; the table is append-only, and dates its rows itself."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO catalog_stockmovement (variant_id, delta, reason, note, created_at)"
            " VALUES (%s, %s, %s, '', %s)",
            [product.variants.get().pk, -units, reason, clock.now() - timedelta(days=days)],
        )


def lately() -> list[int]:
    return list(Product.objects.order_by("pk").values_list("sold_lately", flat=True))


def test_units_sold_within_ninety_days_are_counted_by_product() -> None:
    tea, mug = listed(), listed()
    VariantFactory.create(product=mug, options={"Size": "L"}, is_active=False)
    for variant in mug.variants.all():
        StockMovement.objects.create(variant=variant, delta=-2, reason=StockReason.SOLD)
    sold(tea, 3)
    sold(tea, 5, days=SOLD_WITHIN.days + 1)
    sold(tea, 7, reason=StockReason.DAMAGED)
    assert count_sales() == 2
    assert lately() == [3, 4]


def test_only_what_changed_is_written() -> None:
    tea, _, same = listed(), listed(sold_lately=9), listed(sold_lately=2)
    sold(tea, 1)
    sold(same, 2)
    assert count_sales() == 2
    assert lately() == [1, 0, 2]
    assert count_sales() == 0
