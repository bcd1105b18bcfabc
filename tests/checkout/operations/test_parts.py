"""Which units are meant."""

import pytest
from django.db import transaction

from checkout.errors import TooManyUnits
from checkout.models import OrderLine, VendorOrder
from checkout.operations.parts import by_variant, lock_part, picked, variants_of
from marketplace.kernel.errors import InvalidInput, NotFound
from tests.factories.checkout import buyable
from tests.factories.sold import line_of, part_of, sold

TEA = OrderLine(pk=1, title="Tea", quantity=3, shipped=1, variant_id=7)
MUG = OrderLine(pk=2, title="Mug", quantity=1, shipped=1, variant_id=7)
LINES = [TEA, MUG]


def _to_ship(line: OrderLine) -> int:
    return line.to_ship


def test_all_that_are_left_or_those_named() -> None:
    assert picked(LINES, None, left=_to_ship) == {TEA: 2}
    assert picked(LINES, {1: 1}, left=_to_ship) == {TEA: 1}
    assert list(picked(LINES, {2: 1, 1: 3}, left=lambda line: line.quantity)) == [TEA, MUG]


def test_none_of_another_part_no_less_than_one_and_no_more_than_are_left() -> None:
    with pytest.raises(NotFound):
        picked(LINES, {3: 1}, left=_to_ship)
    for asked in ({}, {1: 0}, {1: -1}):
        with pytest.raises(InvalidInput):
            picked(LINES, asked, left=_to_ship)
    with pytest.raises(TooManyUnits) as refused:
        picked(LINES, {1: 1, 2: 1}, left=_to_ship)
    assert (refused.value.title, refused.value.asked, refused.value.left) == ("Mug", 1, 0)


def test_two_lines_may_be_of_one_variant() -> None:
    assert by_variant({TEA: 2, MUG: 1}) == {7: 3}


@pytest.mark.django_db
def test_a_part_is_held_as_it_is_now() -> None:
    tea = buyable()
    stale = part_of(sold(tea, quantity=2))
    OrderLine.objects.update(shipped=1)
    VendorOrder.objects.update(status="partially_shipped")
    with transaction.atomic():
        part, (line,) = lock_part(stale.pk)
    assert (part.status, line, line.to_ship) == ("partially_shipped", line_of(stale), 1)
    assert variants_of(stale.pk) == [tea.pk]
