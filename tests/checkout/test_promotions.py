"""What promotions take off, in numbers."""

from collections.abc import Sequence
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from checkout.costing import CostedCart, cost
from checkout.models import PromotionKind
from checkout.pricing import Off, Priced
from checkout.promotions import NoDiscount, Rules, Terms
from checkout.shipping import flat

WHOLE = 10_000


def _lines(*amounts: int, vendors: Sequence[int] = ()) -> list[Priced]:
    return [
        Priced(key=key, vendor=vendors[key] if vendors else 1, quantity=1, unit_minor=amount)
        for key, amount in enumerate(amounts)
    ]


def _rules(lines: Sequence[Priced], *terms: Terms) -> Rules:
    """Every line is promoted by all of them that may be about it."""
    return Rules(terms=terms, promoted={line.key: frozenset(each.key for each in terms) for line in lines})


def _off(costed: CostedCart) -> list[int]:
    lines = (line for part in costed.parts for line in part.lines)
    return [line.discount_minor for line in sorted(lines, key=lambda line: line.line.key)]


def _coupon(amount: int) -> Terms:
    return Terms(key=1, kind=PromotionKind.AMOUNT, amount_minor=amount, platform_share_bps=WHOLE, code="C")


def test_h2_a_coupon_goes_off_once_over_all_vendors() -> None:
    for amounts, coupon, shares in (
        ((3333, 3333, 3334), 1000, [333, 333, 334]),
        ((1000, 1000, 1000), 1000, [334, 333, 333]),
        ((4548, 12500, 999), 1500, [378, 1039, 83]),
    ):
        lines = _lines(*amounts, vendors=(1, 2, 3))
        costed = cost(lines, promotions=_rules(lines, _coupon(coupon)))
        assert (_off(costed), costed.discount_minor) == (shares, coupon)
        assert costed.platform_discount_minor == coupon
        assert costed.total_minor == sum(part.total_minor for part in costed.parts)


def test_h4_a_minimum_sees_the_vendors_own_lines() -> None:
    terms = Terms(key=1, kind=PromotionKind.AMOUNT, amount_minor=500, vendor=1, minimum_minor=5000)
    short, enough = _lines(3000, 3000, vendors=(1, 2)), _lines(5000, 3000, vendors=(1, 2))
    (verdict,) = _rules(short, terms).verdicts(short, shipping_minor={})
    assert (verdict.reason, verdict.missing_minor) == (NoDiscount.MINIMUM_NOT_REACHED, 2000)
    assert _off(cost(short, promotions=_rules(short, terms))) == [0, 0]
    assert _off(cost(enough, promotions=_rules(enough, terms))) == [500, 0]


def test_a_minimum_counts_what_the_vendor_has_taken_off_and_not_what_the_platform_has() -> None:
    lines = _lines(5000)
    cheaper = Terms(key=1, kind=PromotionKind.PERCENTAGE, rate_bps=100, vendor=1)
    least = Terms(key=2, kind=PromotionKind.AMOUNT, amount_minor=500, vendor=1, minimum_minor=5000)
    assert _off(cost(lines, promotions=_rules(lines, cheaper, least))) == [50]
    given_by_platform = Terms(key=3, kind=PromotionKind.PERCENTAGE, rate_bps=100, platform_share_bps=WHOLE)
    later = Terms(
        key=4, kind=PromotionKind.AMOUNT, amount_minor=500, platform_share_bps=WHOLE, minimum_minor=5000
    )
    assert _off(cost(lines, promotions=_rules(lines, given_by_platform, later))) == [550]


def test_a_shared_promotion_is_paid_by_both() -> None:
    lines = _lines(999, 1001, 2000, vendors=(1, 1, 2))
    terms = Terms(key=1, kind=PromotionKind.PERCENTAGE, rate_bps=1000, platform_share_bps=2500)
    costed = cost(lines, promotions=_rules(lines, terms))
    assert _off(costed) == [100, 100, 200]
    assert [(part.discount_minor, part.platform_discount_minor) for part in costed.parts] == [
        (200, 50),
        (200, 50),
    ]


def test_they_take_turns_and_never_more_than_is_left() -> None:
    lines = _lines(1000)
    first = Terms(key=9, kind=PromotionKind.AMOUNT, amount_minor=800, vendor=1, priority=1)
    second = Terms(key=2, kind=PromotionKind.PERCENTAGE, rate_bps=5000, vendor=1)
    third, fourth = (Terms(key=key, kind=PromotionKind.AMOUNT, amount_minor=500) for key in (3, 5))
    verdicts = _rules(lines, fourth, third, second, first).verdicts(lines, shipping_minor={})
    assert [(each.terms.key, each.amount_minor) for each in verdicts] == [
        (9, 800),
        (2, 100),
        (3, 100),
        (5, 0),
    ]
    assert verdicts[-1].reason == NoDiscount.NOTHING_LEFT


def test_an_exclusive_one_keeps_the_others_out_of_the_parts_it_is_about() -> None:
    lines = _lines(1000, 1000, vendors=(1, 2))
    alone = Terms(key=1, kind=PromotionKind.PERCENTAGE, rate_bps=1000, vendor=1, is_exclusive=True)
    other = Terms(key=2, kind=PromotionKind.PERCENTAGE, rate_bps=5000, platform_share_bps=WHOLE)
    assert _off(cost(lines, promotions=_rules(lines, alone, other))) == [100, 500]
    late = Terms(
        key=3, kind=PromotionKind.PERCENTAGE, rate_bps=1000, vendor=1, is_exclusive=True, priority=200
    )
    assert _off(cost(lines, promotions=_rules(lines, alone, late))) == [100, 0]


def test_two_for_three_takes_off_the_cheapest() -> None:
    lines = [
        Priced(key=0, vendor=1, quantity=2, unit_minor=1000),
        Priced(key=1, vendor=1, quantity=2, unit_minor=300),
        Priced(key=2, vendor=2, quantity=1, unit_minor=100),
    ]
    terms = Terms(key=1, kind=PromotionKind.BUY_X_GET_Y, rate_bps=WHOLE, buy_units=2, get_units=1)
    assert _off(cost(lines, promotions=_rules(lines, terms))) == [0, 300, 0]
    few = lines[2:]
    (verdict,) = _rules(few, terms).verdicts(few, shipping_minor={})
    assert verdict.reason == NoDiscount.TOO_FEW_UNITS


def test_free_shipping_takes_off_what_shipping_costs() -> None:
    lines = _lines(1000, 1000, vendors=(1, 2))
    own = Terms(key=1, kind=PromotionKind.FREE_SHIPPING, vendor=1)
    costed = cost(lines, shippers={1: flat(490), 2: flat(500)}, promotions=_rules(lines, own))
    assert [(part.shipping_minor, part.shipping_discount_minor) for part in costed.parts] == [
        (490, 490),
        (500, 0),
    ]
    assert (costed.platform_discount_minor, costed.total_minor) == (0, 2500)


KINDS = st.sampled_from(PromotionKind)
AMOUNTS = st.integers(0, 5000)


@st.composite
def _terms(draw: st.DrawFn, key: int) -> Terms:
    kind, vendor = draw(KINDS), draw(st.sampled_from([None, 1, 2]))
    has_rate = kind in {PromotionKind.PERCENTAGE, PromotionKind.BUY_X_GET_Y}
    return Terms(
        key=key,
        kind=kind,
        vendor=vendor,
        rate_bps=draw(st.integers(1, WHOLE)) if has_rate else 0,
        amount_minor=draw(st.integers(1, 5000)),
        buy_units=draw(st.integers(1, 3)),
        get_units=draw(st.integers(1, 3)),
        platform_share_bps=0 if vendor else draw(st.integers(0, WHOLE)),
        minimum_minor=draw(st.sampled_from([0, 0, 3000])),
        is_exclusive=draw(st.booleans()),
        priority=draw(st.integers(0, 3)),
    )


@st.composite
def _carts(draw: st.DrawFn) -> tuple[list[Priced], Rules]:
    lines = [
        Priced(
            key=key,
            vendor=draw(st.integers(1, 3)),
            quantity=draw(st.integers(1, 4)),
            unit_minor=draw(AMOUNTS),
        )
        for key in range(draw(st.integers(1, 6)))
    ]
    terms = tuple(draw(_terms(key)) for key in range(draw(st.integers(0, 5))))
    keys = st.frozensets(st.sampled_from(range(5)))
    return lines, Rules(terms=terms, promoted={line.key: draw(keys) for line in lines})


@given(_carts())
def test_shares_are_the_discount_and_nothing_falls_below_zero(given: tuple[list[Priced], Rules]) -> None:
    lines, rules = given
    costed = cost(lines, shippers={1: flat(490), 2: flat(0)}, promotions=rules)
    shipping = {part.vendor: part.shipping_minor for part in costed.parts}
    verdicts = rules.verdicts(lines, shipping_minor=shipping)
    assert sum(each.amount_minor for each in verdicts) == costed.discount_minor
    assert all((each.reason is None) == (each.amount_minor > 0) for each in verdicts)
    for part in costed.parts:
        assert part.total_minor >= 0
        assert 0 <= part.platform_discount_minor <= part.discount_minor
        assert part.shipping_discount_minor <= part.shipping_minor
        for line in part.lines:
            assert 0 <= line.discount_minor <= line.amount_minor
    for each in verdicts:
        if each.terms.vendor is not None:
            assert all((off.vendor, off.platform_minor) == (each.terms.vendor, 0) for off in each.offs)
        if each.terms.kind == PromotionKind.AMOUNT:
            assert each.amount_minor <= each.terms.amount_minor


@given(_carts(), st.randoms(use_true_random=False))
def test_nothing_depends_on_the_order_in_which_they_are_told(
    given: tuple[list[Priced], Rules], random: Random
) -> None:
    lines, rules = given
    terms = list(rules.terms)
    random.shuffle(terms)
    again = cost(lines, promotions=Rules(terms=tuple(terms), promoted=rules.promoted))
    assert again == cost(lines, promotions=rules)


def test_what_others_sell_never_moves_a_cent_of_a_percentage() -> None:
    alone, together = _lines(333, 333), _lines(333, 333, 777, vendors=(1, 1, 2))
    terms = Terms(key=1, kind=PromotionKind.PERCENTAGE, rate_bps=1500, platform_share_bps=WHOLE)
    assert _off(cost(alone, promotions=_rules(alone, terms))) == [50, 50]
    assert _off(cost(together, promotions=_rules(together, terms))) == [50, 50, 117]


def test_off_knows_who_pays() -> None:
    lines = _lines(1000)
    (off,) = _rules(lines, _coupon(100)).before_shipping(lines)
    assert off == Off(promotion=1, vendor=1, line=0, amount_minor=100, platform_minor=100)
