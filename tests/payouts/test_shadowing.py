"""A rule that can never decide is found; what may decide is not called shadowed."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payouts.models import RuleScope
from payouts.rules import Rule, Sold, strongest
from payouts.shadowing import always_before, never_met, shadowed, shadowing
from tests.payouts.test_rules import rule

HOMES = {7: (3, ("media", "books")), 8: (4, ("media", "films"))}


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (rule("books", position=1), rule("books", position=2, key=2)),
        (rule("books", key=1), rule("books", key=2)),
        # It is about this vendor's products, and says so.
        (rule("product", "vendor", position=9), rule("product", key=2)),
        (rule("product", "books", position=9), rule("product", key=2)),
        (rule("vendor", vendors=frozenset({3, 4})), rule("vendor", key=2)),
        (rule("price", price_to_minor=None, price_from_minor=0), rule("price", key=2)),
        (rule("all"), rule("all", key=2)),
    ],
)
def test_a_rule_is_shadowed_by_one_that_is_met_with_it_and_stands_before_it(
    first: Rule, second: Rule
) -> None:
    assert (always_before(first, second, HOMES), always_before(second, first, HOMES)) == (True, False)
    assert shadowing(second, [first, second], HOMES) == [first]
    assert shadowed(first, [first, second], HOMES) == [second]


SOON = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (rule("all"), rule("vendor", key=2)),
        (rule("books"), rule("comics", key=2)),
        (rule("vendor"), rule("vendor", key=2, vendors=frozenset({3, 4}))),
        (rule("product", products=frozenset({7, 8})), rule("product", "vendor", key=2)),
        (rule("product", "vendor"), rule("product", key=2, products=frozenset({7, 8}))),
        (rule("price", price_to_minor=1000), rule("price", key=2)),
        (rule("all", ends_at=SOON), rule("all", key=2)),
        (rule("all", starts_at=SOON), rule("all", key=2, starts_at=SOON - timedelta(days=1))),
        # One that is about nothing is another fault.
        (rule("vendor"), rule("vendor", key=2, vendors=frozenset())),
    ],
)
def test_what_may_decide_is_not_shadowed(first: Rule, second: Rule) -> None:
    assert not always_before(first, second, HOMES)


def test_a_kind_that_names_nothing_is_told() -> None:
    assert never_met(rule("product", "vendor", "price", vendors=frozenset())) == [RuleScope.VENDORS]
    assert never_met(rule("all")) == []


RULES = st.builds(
    Rule,
    key=st.integers(1, 4),
    name=st.just("Any"),
    position=st.integers(0, 1),
    scopes=st.frozensets(st.sampled_from(RuleScope), max_size=2),
    products=st.frozensets(st.sampled_from([7, 8]), min_size=1),
    categories=st.dictionaries(st.sampled_from(["media", "books", "films"]), st.just(""), min_size=1),
    vendors=st.frozensets(st.sampled_from([3, 4]), min_size=1),
    price_from_minor=st.none() | st.integers(0, 1),
    price_to_minor=st.none() | st.integers(2, 3),
    price_currency=st.just("EUR"),
)


@given(RULES, RULES.filter(lambda made: made.key > 2), st.sampled_from([7, 8]), st.integers(0, 3))
def test_a_shadowed_rule_never_decides(first: Rule, second: Rule, product: int, price: int) -> None:
    vendor, steps = HOMES[product]
    line = Sold(product=product, vendor=vendor, steps=steps, unit_minor=price, currency="EUR")
    if first.key != second.key and always_before(first, second, HOMES):
        assert strongest([first, second], line) != second
