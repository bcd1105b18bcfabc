"""Which rule decides: the most specific, in an order that no two rules share."""

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payouts.commission import Terms
from payouts.models import RuleScope
from payouts.rules import Amounts, Book, Rule, Sold, is_met, matched, precedence, strongest

COMIC = Sold(
    product=7,
    vendor=3,
    steps=("media", "books", "comics"),
    unit_minor=2000,
    currency="EUR",
    title="Nemo",
    seller="Clay",
)
ABOUT: dict[str, dict[str, Any]] = {
    "product": {"scopes": {RuleScope.PRODUCTS}, "products": frozenset({7})},
    "comics": {"scopes": {RuleScope.CATEGORIES}, "categories": {"comics": "Comics"}},
    "books": {"scopes": {RuleScope.CATEGORIES}, "categories": {"books": "Books"}},
    "vendor": {"scopes": {RuleScope.VENDORS}, "vendors": frozenset({3})},
    "price": {"scopes": {RuleScope.PRICES}, "price_to_minor": 2001, "price_currency": "EUR"},
    "all": {"scopes": set()},
}


def rule(*about: str, key: int = 1, position: int = 0, **changed: Any) -> Rule:
    """A rule about these, met by the comic; named by them."""
    facts: dict[str, Any] = {}
    for name in about:
        facts |= {**ABOUT[name], "scopes": facts.get("scopes", set()) | ABOUT[name]["scopes"]}
    facts["scopes"] = frozenset(facts.get("scopes", ()))
    return Rule(key=key, name=" ".join(about), position=position, **(facts | changed))


# Each decides before all that stand below it.
ORDER = [
    rule("product", "vendor", position=9),
    rule("product", position=9),
    rule("comics", "vendor", "price", position=9),
    rule("comics", "vendor", position=8),
    rule("comics", position=9),
    rule("books", "vendor"),
    rule("books"),
    rule("vendor", "price"),
    rule("vendor"),
    rule("price"),
    rule("all", position=1),
    rule("all", position=2, key=4),
    rule("all", position=2, key=5),
]


def test_the_most_specific_decides_then_more_conditions_then_the_position_then_age() -> None:
    for place in range(len(ORDER)):
        left = ORDER[place:]
        random.Random(place).shuffle(left)  # noqa: S311  # an order, no secret
        assert strongest(left, COMIC) == Book(left).strongest(COMIC) == ORDER[place]


@pytest.mark.parametrize(
    ("about", "other"),
    [
        ("product", {"product": 8}),
        ("books", {"steps": ("media", "films")}),
        ("vendor", {"vendor": 4}),
        ("price", {"unit_minor": 2001}),
        ("price", {"currency": "USD"}),
    ],
)
def test_a_rule_is_met_by_what_it_names_and_nothing_else(about: str, other: dict[str, Any]) -> None:
    facts = {name: getattr(COMIC, name) for name in Sold.__slots__}
    others = Sold(**(facts | other))
    assert (is_met(rule(about), COMIC), is_met(rule(about), others)) == (True, False)
    assert is_met(rule(about, "all"), others) is False
    assert Book([rule(about)]).strongest(others) is None


def test_prices_are_from_the_first_and_below_the_second() -> None:
    ranged = rule("price", price_from_minor=2000, price_to_minor=2500)
    prices = [1999, 2000, 2499, 2500]
    met = [
        is_met(ranged, Sold(product=1, vendor=1, steps=(), unit_minor=price, currency="EUR"))
        for price in prices
    ]
    assert met == [False, True, True, False]


@pytest.mark.parametrize("lost", [{"products": frozenset()}, {"categories": {}}, {"vendors": frozenset()}])
def test_h30_a_rule_that_lost_what_it_named_is_about_nothing(lost: dict[str, Any]) -> None:
    (name,) = lost
    about = {"products": "product", "categories": "books", "vendors": "vendor"}[name]
    for others in ((), ("price",)):
        assert is_met(rule(about, *others), COMIC)
        assert not is_met(rule(about, *others, **lost), COMIC)


def test_what_matched_is_told_in_names() -> None:
    found = matched(rule("product", "books", "comics", "vendor", "price"), COMIC)
    assert found == {
        "products": "Nemo",
        "categories": "Comics",
        "vendors": "Clay",
        "prices": [None, 2001],
    }
    assert matched(rule("all"), COMIC) == {}


def test_amounts_are_those_of_the_currency_of_the_line() -> None:
    found = rule("all", rate_bps=500, tax_bps=1900, amounts={"EUR": Amounts(fixed_minor=30, cap_minor=90)})
    assert found.terms("EUR") == Terms(rate_bps=500, fixed_minor=30, cap_minor=90, tax_bps=1900)
    assert found.terms("USD") == Terms(rate_bps=500, tax_bps=1900)


KEYS = st.frozensets(st.integers(1, 3), max_size=2)
SLUGS = st.dictionaries(st.sampled_from("abc"), st.just("A"), max_size=2)
RULES = st.lists(
    st.builds(
        Rule,
        key=st.integers(1, 10**6),
        name=st.just("Any"),
        position=st.integers(0, 2),
        scopes=st.frozensets(st.sampled_from(RuleScope)),
        products=KEYS,
        categories=SLUGS,
        vendors=KEYS,
        price_from_minor=st.none() | st.integers(0, 3),
        price_to_minor=st.none() | st.integers(3, 6),
        price_currency=st.sampled_from(["EUR", "USD"]),
    ),
    max_size=8,
    unique_by=lambda made: made.key,
)
LINES = st.builds(
    Sold,
    product=st.integers(1, 3),
    vendor=st.integers(1, 3),
    steps=st.sampled_from([("a",), ("a", "b"), ("a", "b", "c"), ("c",)]),
    unit_minor=st.integers(0, 6),
    currency=st.sampled_from(["EUR", "USD"]),
)


@given(RULES, LINES, st.randoms(use_true_random=False))
def test_the_order_is_total_and_no_matter_how_the_rules_come(
    rules: list[Rule], line: Sold, shuffler: random.Random
) -> None:
    met = [each for each in rules if is_met(each, line)]
    places = [precedence(each, line) for each in met]
    assert len(set(places)) == len(met)
    expected = strongest(rules, line)
    assert (expected is None) == (not met)
    shuffler.shuffle(rules)
    assert strongest(rules, line) == Book(rules).strongest(line) == expected


@given(RULES, LINES, st.sampled_from(RuleScope))
def test_h30_taking_away_what_a_rule_names_never_lets_it_be_met_by_more(
    rules: list[Rule], line: Sold, scope: RuleScope
) -> None:
    for each in rules:
        facts = {name: getattr(each, name) for name in Rule.__slots__}
        less: dict[str, Any] = {
            RuleScope.PRODUCTS: {"products": frozenset(sorted(each.products)[1:])},
            RuleScope.VENDORS: {"vendors": frozenset(sorted(each.vendors)[1:])},
        }.get(scope, {"categories": dict(sorted(each.categories.items())[1:])})
        assert is_met(Rule(**(facts | less)), line) <= is_met(each, line)
