"""What shipping costs, by what goes where."""

from dataclasses import replace

import pytest

from checkout.models import RateKind
from checkout.shipping import Area, Parcel, Place, Rate, Way, chosen, offers, overlapping

HERE = Place(country="de", region="Bayern", postal_code="80 331")
MUNICH = ("DE",), (), ("80", "81")
BAVARIA = ("DE",), ("BAYERN",), ()
GERMANY = ("DE",), (), ()
WORLD: tuple[tuple[str, ...], ...] = ((), (), ())
FRANCE = ("FR",), (), ()


def _rate(key: int, area: tuple[tuple[str, ...], ...] = WORLD, *, profile: int = 1, price: int = 0) -> Rate:
    countries, regions, prefixes = area
    return Rate(
        key=key,
        profile=profile,
        origin=f"Origin {profile}",
        countries=countries,
        regions=regions,
        postal_prefixes=prefixes,
        price_minor=price or key,
    )


def _parcel(profile: int | None = 1, *, amount: int = 1000, weight: int = 0, units: int = 1) -> Parcel:
    return Parcel(profile=profile, amount_minor=amount, weight_g=weight, units=units)


def _prices(way: Way, *parcels: Parcel, to: Place | None = HERE, whole: int = 0) -> list[int]:
    return [quote.price_minor for quote in offers([way], parcels, whole_minor=whole, to=to)]


def test_h3_the_first_unit_and_each_more() -> None:
    rate = Rate(key=1, profile=1, kind=RateKind.PER_ITEM, price_minor=500, extra_minor=100)
    assert _prices(Way(key=1, rates=(rate,)), _parcel(units=3)) == [700]


def test_h3_two_origins_keep_both_rates() -> None:
    way = Way(key=1, rates=(_rate(1, price=500), _rate(2, profile=2, price=700)))
    (quote,) = offers([way], [_parcel(1), _parcel(2)], whole_minor=0, to=HERE)
    assert quote.price_minor == 1200
    assert [(each.origin, each.price_minor) for each in quote.parcels] == [
        ("Origin 1", 500),
        ("Origin 2", 700),
    ]


@pytest.mark.parametrize(
    ("areas", "price"),
    [
        ((WORLD, GERMANY, BAVARIA, MUNICH), 4),
        ((MUNICH, BAVARIA, GERMANY), 1),
        ((FRANCE, WORLD), 2),
        ((GERMANY, GERMANY), 1),
    ],
)
def test_the_most_specific_zone_wins(areas: tuple[tuple[tuple[str, ...], ...], ...], price: int) -> None:
    rates = tuple(_rate(key, area) for key, area in enumerate(areas, start=1))
    assert _prices(Way(key=1, rates=rates), _parcel()) == [price]


def test_where_no_zone_is_the_flat_price_counts_once_or_nothing_is_offered() -> None:
    rates = (_rate(1, FRANCE), _rate(2, FRANCE, profile=2))
    assert _prices(Way(key=1, rates=rates), _parcel(1), _parcel(2)) == []
    assert _prices(Way(key=1, rates=rates, flat_minor=490), _parcel(1), _parcel(2), _parcel(None)) == [490]
    with_one = (*rates, _rate(3, GERMANY, price=100))
    assert _prices(Way(key=1, rates=with_one, flat_minor=490), _parcel(1), _parcel(2)) == [590]
    assert _prices(Way(key=1, rates=with_one), _parcel(1), _parcel(2)) == []


def test_before_there_is_an_address_only_what_does_not_depend_on_it_is_offered() -> None:
    assert _prices(Way(key=1, rates=(_rate(1),), flat_minor=490), _parcel(), to=None) == []
    assert _prices(Way(key=1, flat_minor=490), _parcel(), to=None) == [490]


@pytest.mark.parametrize(
    ("reached", "price"), [(0, 100), (499, 100), (500, 300), (9_999, 300), (10_000, 900)]
)
def test_tiers_by_weight_and_by_total(reached: int, price: int) -> None:
    for kind, parcel in (
        (RateKind.BY_WEIGHT, _parcel(weight=reached)),
        (RateKind.BY_TOTAL, _parcel(amount=reached)),
    ):
        rate = replace(_rate(1, price=100), kind=kind, tiers=((500, 300), (10_000, 900)))
        assert rate.price(parcel, whole_minor=0) == price


def test_free_from_an_amount_of_the_vendors_goods() -> None:
    way = Way(key=1, rates=(Rate(key=1, profile=1, price_minor=490, free_from_minor=5000),))
    assert [_prices(way, _parcel(), whole=whole) for whole in (4999, 5000)] == [[490], [0]]
    (quote,) = offers([way], [_parcel()], whole_minor=0, to=HERE)
    assert quote.free_from_minor == 5000


def test_what_is_fetched_goes_nowhere_and_what_is_digital_needs_no_way() -> None:
    pickup = Way(key=1, is_pickup=True, rates=(_rate(1, FRANCE),))
    assert _prices(pickup, _parcel(), to=None) == [0]
    assert _prices(Way(key=1, flat_minor=490)) == []


def test_the_only_way_is_chosen_and_one_of_several_by_the_buyer() -> None:
    ways = [Way(key=1, flat_minor=1), Way(key=2, flat_minor=2, is_chosen=True)]
    both = offers(ways, [_parcel()], whole_minor=0, to=HERE)
    assert [quote.way.key if (quote := chosen(each)) else None for each in (both, both[:1], ())] == [
        2,
        1,
        None,
    ]
    assert chosen(offers([ways[0], ways[0]], [_parcel()], whole_minor=0, to=HERE)) is None


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (WORLD, WORLD, True),
        (GERMANY, WORLD, False),
        (GERMANY, FRANCE, False),
        (GERMANY, (("FR", "DE"), (), ()), True),
        (GERMANY, BAVARIA, False),
        (BAVARIA, (("DE",), ("HESSEN",), ()), False),
        (MUNICH, (("DE",), (), ("81", "9")), True),
        (MUNICH, (("DE",), (), ("8",)), False),
        (MUNICH, (("AT",), (), ("80",)), False),
    ],
)
def test_two_areas_overlap_where_neither_goes_before_the_other(
    one: Area, other: Area, expected: bool
) -> None:
    assert (overlapping(one, other), overlapping(other, one)) == (expected, expected)
