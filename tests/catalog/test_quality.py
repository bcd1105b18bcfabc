from dataclasses import replace

import pytest

from catalog.quality import Facts, Prices, QualityFix, quality_of

BEST = Facts(
    title="A blue mug of stoneware",
    description="x" * 300,
    pictures=3,
    described=3,
    asked=4,
    answered=4,
    prices=((1000, None), (1200, 2000)),
    usual=Prices(count=20, low=500, high=2000),
    is_in_stock=True,
    sold=100,
    returned=15,
)


def test_the_points_sum_to_a_hundred() -> None:
    assert sum(fix.weight for fix in QualityFix) == 100
    assert (quality_of(BEST).score, quality_of(BEST).fixes) == (100, ())


@pytest.mark.parametrize(
    ("change", "fixes"),
    [
        ({"pictures": 0, "described": 0}, {QualityFix.PICTURES: 20, QualityFix.ALT_TEXTS: 5}),
        ({"pictures": 2, "described": 2}, {QualityFix.PICTURES: 7}),
        ({"pictures": 9, "described": 0}, {QualityFix.ALT_TEXTS: 5}),
        ({"title": "Mug"}, {QualityFix.TITLE: 10}),
        ({"title": "x" * 121}, {QualityFix.TITLE: 10}),
        ({"description": "x" * 100}, {QualityFix.DESCRIPTION: 10}),
        ({"description": "x" * 3000}, {}),
        ({"answered": 1}, {QualityFix.ATTRIBUTES: 15}),
        ({"asked": 0, "answered": 0}, {}),
        ({"prices": ((166, None),)}, {QualityFix.PRICE: 10}),
        ({"prices": ((167, None), (9000, None))}, {}),
        ({"prices": ((6001, None),)}, {QualityFix.PRICE: 10}),
        ({"prices": ((6001, None),), "usual": Prices(count=7, low=1, high=2)}, {}),
        ({"prices": ((6001, None),), "usual": None}, {}),
        ({"prices": ((1000, 5001),)}, {QualityFix.COMPARE_AT: 5}),
        ({"prices": ()}, {}),
        ({"is_in_stock": False}, {QualityFix.STOCK: 10}),
        ({"returned": 16}, {QualityFix.RETURNS: 5}),
        ({"returned": 9, "sold": 9}, {}),
        ({"returned": None}, {}),
    ],
)
def test_each_check_costs_its_points_and_nothing_else(
    change: dict[str, object], fixes: dict[QualityFix, int]
) -> None:
    quality = quality_of(replace(BEST, **change))  # type: ignore[arg-type]  # from the table
    assert (dict(quality.fixes), quality.score) == (fixes, 100 - sum(fixes.values()))


def test_what_brings_most_is_named_first() -> None:
    fixes = quality_of(replace(BEST, title="Mug", pictures=0, described=0, is_in_stock=False)).fixes
    assert [points for _, points in fixes] == [20, 10, 10, 5]
