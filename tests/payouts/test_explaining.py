"""Why this commission, in words."""

import pytest

from checkout.models import OrderLine
from payouts.commission import Terms, decide
from payouts.explaining import Explained, percent
from payouts.models import Commission


def why(base: int, terms: Terms, *, units: int = 1, rule: str | None = "Deal", **matched: object) -> str:
    decided = decide(amount_minor=base, vendor_discount_minor=0, units=units, terms=terms)
    return Explained(
        terms=terms, decided=decided, units=units, currency="EUR", rule=rule, matched=matched
    ).why


def test_it_names_the_rule_what_met_it_and_each_step() -> None:
    terms = Terms(rate_bps=1000, fixed_minor=30, tax_bps=1900)
    found = why(4000, terms, units=2, prices=[None, 5000], vendors="Clay", categories="Comics")
    assert found == (
        "The rule “Deal” decides: it is in Comics, and it is sold by Clay, and a unit costs below 50.00 EUR. "
        "10 % of 40.00 EUR is 4.00 EUR. 0.30 EUR for each of 2 units on top makes 4.60 EUR. "
        "19 % of tax on it is 0.87 EUR. 34.53 EUR is left to the vendor."
    )


@pytest.mark.parametrize(
    ("rule", "first"),
    [
        (None, "No rule is about this, so the marketplace's rate decides."),
        ("All", "The rule “All” decides, which is about everything."),
    ],
)
def test_it_says_so_where_nothing_had_to_be_met(rule: str | None, first: str) -> None:
    assert why(1000, Terms(rate_bps=1250), rule=rule) == (
        f"{first} 12.5 % of 10.00 EUR is 1.25 EUR. 8.75 EUR is left to the vendor."
    )


def test_what_was_imported_was_decided_elsewhere() -> None:
    line = OrderLine(quantity=1, reference="17")
    kept = Commission(currency="EUR", rate_bps=1250, base_minor=420, amount_minor=52)
    assert Explained.of(kept, line).why == (
        "It was sold elsewhere, and this was kept there. 12.5 % of 4.20 EUR is 0.52 EUR. "
        "3.68 EUR is left to the vendor."
    )


@pytest.mark.parametrize(
    ("base", "terms", "step"),
    [
        (300, Terms(rate_bps=1000, floor_minor=50), "It is at least 0.50 EUR: 0.50 EUR."),
        (9000, Terms(rate_bps=1000, cap_minor=300), "It is at most 3.00 EUR: 3.00 EUR."),
        (100, Terms(rate_bps=0, fixed_minor=200), "With its tax it is never more than 1.00 EUR: 1.00 EUR."),
        (0, Terms(rate_bps=1000), "Nothing is kept of nothing."),
    ],
)
def test_it_names_what_bounds_it(base: int, terms: Terms, step: str) -> None:
    assert step in why(base, terms)


def test_percentages_are_written_as_people_do() -> None:
    assert [percent(bps) for bps in (0, 1000, 1250, 1, 10_000)] == [
        "0 %",
        "10 %",
        "12.5 %",
        "0.01 %",
        "100 %",
    ]
