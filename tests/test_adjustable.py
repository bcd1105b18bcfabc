"""Every setting that staff may change: bounded, explained, read in the right way, and told of before."""

import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from checkout.models import Cart
from marketplace.adjustable import SETTINGS
from marketplace.kernel.adjustable import Amounts, Number, Words, declared
from tests.factories.catalog import VariantFactory
from tests.factories.checkout import Bought, buyable, filled_cart, paid_order
from tests.factories.vendors import VendorFactory
from tests.payouts.operations.test_sales import settled
from tests.support import tree
from vendors.models import VendorStatus

EACH = pytest.mark.parametrize("name", list(SETTINGS))


def _some(name: str) -> list[Any]:
    """Values at the bounds of a setting and between them."""
    kind = SETTINGS[name].kind
    if isinstance(kind, Amounts):
        return ["", "EUR 500.00", "EUR 500.00, JPY 80000"]
    if isinstance(kind, Words):
        return [(), tuple(kind.choices), tuple(kind.choices)[:2]]
    assert isinstance(kind, Number)
    return [kind.least, kind.most, (kind.least + kind.most) // 2]


def test_this_is_the_table_that_is_read() -> None:
    assert declared() is SETTINGS


@EACH
def test_it_says_what_it_is_and_its_bounds_hold(name: str) -> None:
    each = SETTINGS[name]
    assert (bool(each.label), each.description.endswith("."), each.kind.bounds.endswith(".")) == (
        True,
        True,
        True,
    )
    assert each.kind.read(each.default) == each.default
    assert [each.kind.read(value) for value in _some(name)] == _some(name)
    for refused in (None, -1, True, "1", 10**9, ["nonsense"], ["terms", "terms"]):
        with pytest.raises(ValueError, match=re.escape(each.kind.bounds)):
            each.kind.read(refused)


@EACH
def test_it_is_read_as_it_stands_now_and_nowhere_from_the_file(name: str) -> None:
    asks = {Words: "words", Amounts: "amounts"}.get(type(SETTINGS[name].kind), "number")
    sources = [tree.text(path) for path in tree.source_modules()]
    assert any(f'adjustable.{asks}("{name}")' in text for text in sources)
    assert not any(re.search(rf"settings\.{name}\b", text) for text in sources)


@EACH
def test_the_page_of_settings_says_that_it_can_be_changed(name: str) -> None:
    section = tree.text(Path("docs/settings.md")).partition("## Changed while it runs\n")[2]
    assert f"`{name}`" in section.partition("\n## ")[0]


@EACH
@pytest.mark.django_db
def test_what_would_follow_costs_the_same_for_nothing_and_for_much(name: str) -> None:
    impact, values = SETTINGS[name].impact, _some(name)

    def told() -> list[tuple[int, int]]:
        found = []
        for old, new in pairwise([*values, values[0]]):
            with CaptureQueriesContext(connection) as captured:
                sentences = impact(old, new)
            assert all(sentence.endswith(".") for sentence in sentences)
            found.append((len(captured), len(sentences)))
        return found

    empty = told()
    for status in VendorStatus:
        VendorFactory.create(status=status)
    for _ in range(3):
        filled_cart(buyable())
    Cart.objects.update(updated_at="2020-01-01T00:00Z")
    settled(paid_order(Bought(variant=VariantFactory.create())))
    assert [count for count, _ in told()] == [count for count, _ in empty]
    assert all(0 < count <= 4 for count, _ in empty)
