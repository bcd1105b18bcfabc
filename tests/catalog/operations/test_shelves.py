"""Units that come back to the shelf, and units that leave it without a sale."""

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from catalog.errors import OutOfStock
from catalog.events import StockAdjusted
from catalog.models import StockMovement
from catalog.operations.shelves import Shelf
from tests.factories.checkout import buyable
from tests.support.published import published

pytestmark = pytest.mark.django_db


def test_what_comes_back_is_on_hand_and_for_sale_again() -> None:
    tea, mug = buyable(on_hand=0), buyable(on_hand=3)
    with published(StockAdjusted) as said, transaction.atomic():
        Shelf.hold_of([mug.pk, tea.pk]).put_back({mug.pk: 1, tea.pk: 2}, note="K7-1", actor=None)
    for variant in (tea, mug):
        variant.refresh_from_db()
    assert (tea.on_hand, mug.on_hand) == (2, 4)
    rows = StockMovement.objects.order_by("variant").values_list("variant", "delta", "reason", "note")
    assert list(rows) == [(tea.pk, 2, "returned", "K7-1"), (mug.pk, 1, "returned", "K7-1")]
    assert said == [
        StockAdjusted(variant_id=tea.pk, delta=2, available=2),
        StockAdjusted(variant_id=mug.pk, delta=1, available=4),
    ]
    tea.product.refresh_from_db()
    assert tea.product.is_in_stock


def test_what_somebody_else_was_promised_does_not_leave() -> None:
    tea, mug = buyable(on_hand=2), buyable(on_hand=5)
    tea.reserved = 1
    tea.save()
    with pytest.raises(OutOfStock) as refused, transaction.atomic():
        Shelf.hold_of([tea.pk, mug.pk]).send_out({tea.pk: 2, mug.pk: 1}, note="K7-1-R1", actor=None)
    assert [(each.variant_id, each.asked, each.left) for each in refused.value.shortages] == [(tea.pk, 2, 1)]
    mug.refresh_from_db()
    assert (mug.on_hand, StockMovement.objects.count()) == (5, 0)
    with transaction.atomic():
        Shelf.hold_of([mug.pk]).send_out({mug.pk: 5}, note="K7-1-R1", actor=None)
    assert StockMovement.objects.values_list("delta", "reason").get() == (-5, "sold")


def test_of_nothing_nothing_is_held() -> None:
    with CaptureQueriesContext(connection) as sent:
        shelf = Shelf.hold_of([])
    assert (len(sent), shelf.variants, shelf.products) == (0, {}, {})
