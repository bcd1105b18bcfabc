"""Whatever is in a cart, its parts sum to its total."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkout.costing import CostedCart, Priced, cost
from marketplace.kernel.money import BASIS_POINTS, Money, allocate

CURRENCIES = ("USD", "JPY", "KWD")


@st.composite
def lines(draw: st.DrawFn) -> list[Priced]:
    """Up to twelve lines of up to five vendors, some with something taken off."""
    made = []
    for key in range(draw(st.integers(0, 12))):
        quantity, unit = draw(st.integers(1, 999)), draw(st.integers(0, 10**9))
        made.append(
            Priced(
                key=key,
                vendor=draw(st.integers(1, 5)),
                quantity=quantity,
                unit_minor=unit,
                discount_minor=draw(st.integers(0, quantity * unit)),
            )
        )
    return made


CARTS = st.builds(
    lambda priced, shipping, bps: cost(priced, shipping_minor=shipping, tax_bps=bps),
    lines(),
    st.dictionaries(st.integers(1, 5), st.integers(0, 10**6)),
    st.integers(0, 3_000),
)


def _priced(*amounts: int, coupon: int = 0, quantity: int = 1) -> list[Priced]:
    """A line of each amount, of a vendor each, and a coupon split over them."""
    return [
        Priced(
            key=index,
            vendor=index,
            quantity=quantity,
            unit_minor=amount // quantity,
            discount_minor=share,
        )
        for index, (amount, share) in enumerate(zip(amounts, allocate(coupon, amounts), strict=True))
    ]


@given(CARTS, st.sampled_from(CURRENCIES))
def test_the_parts_sum_to_the_whole(cart: CostedCart, currency: str) -> None:
    parts = [Money(part.total_minor, currency) for part in cart.parts]
    assert Money.total(parts, currency) == Money(cart.total_minor, currency)
    assert sum((part.to_decimal() for part in parts), Money.zero(currency).to_decimal()) == (
        Money(cart.total_minor, currency).to_decimal()
    )
    assert cart.total_minor == (
        cart.subtotal_minor - cart.discount_minor + cart.shipping_minor + cart.tax_minor
    )


@given(CARTS)
def test_the_lines_sum_to_their_parts(cart: CostedCart) -> None:
    for part in cart.parts:
        assert part.subtotal_minor == sum(each.line.unit_minor * each.line.quantity for each in part.lines)
        assert part.discount_minor == sum(each.discount_minor for each in part.lines)
        assert {each.line.vendor for each in part.lines} == {part.vendor}
        assert part.total_minor >= 0


@given(CARTS)
def test_no_line_is_lost_or_comes_twice(cart: CostedCart) -> None:
    keys = [each.line.key for part in cart.parts for each in part.lines]
    assert sorted(keys) == list(range(len(keys)))
    assert [part.lines[0].line.key for part in cart.parts] == sorted(
        part.lines[0].line.key for part in cart.parts
    )


@given(lines(), st.integers(0, 3_000))
def test_tax_is_off_by_half_a_unit_a_line_at_most(priced: list[Priced], bps: int) -> None:
    cart = cost(priced, shipping_minor={}, tax_bps=bps)
    exact = (cart.subtotal_minor - cart.discount_minor) * bps
    assert abs(2 * (cart.tax_minor * BASIS_POINTS - exact)) <= BASIS_POINTS * len(priced)


@pytest.mark.parametrize(
    ("amounts", "coupon", "shares"),
    [
        ((3333, 3333, 3334), 1000, [333, 333, 334]),
        ((1000, 1000, 1000), 1000, [334, 333, 333]),
        ((4548, 12500, 999), 1500, [378, 1039, 83]),
    ],
)
def test_h2_a_coupon_is_taken_off_once(amounts: tuple[int, ...], coupon: int, shares: list[int]) -> None:
    cart = cost(_priced(*amounts, coupon=coupon), shipping_minor={})
    assert [part.discount_minor for part in cart.parts] == shares
    assert cart.total_minor == sum(amounts) - coupon == sum(part.total_minor for part in cart.parts)


def test_h3_a_vendor_ships_once_whatever_it_ships() -> None:
    four = [Priced(key=key, vendor=1, quantity=key, unit_minor=1000) for key in (1, 2, 3, 4)]
    other = Priced(key=5, vendor=2, quantity=1, unit_minor=100)
    cart = cost([*four, other], shipping_minor={1: 500, 3: 900})
    assert [part.shipping_minor for part in cart.parts] == [500, 0]
    assert cart.total_minor == 10 * 1000 + 500 + 100


def test_h10_tax_is_rounded_per_line() -> None:
    one = Priced(key=0, vendor=1, quantity=3, unit_minor=99)
    three = [Priced(key=key, vendor=1, quantity=1, unit_minor=99) for key in range(3)]
    taxes = [cost(each, shipping_minor={}, tax_bps=1900).tax_minor for each in ([one], three)]
    assert taxes == [56, 57]


def test_tax_is_due_on_shipping_and_not_on_what_is_taken_off() -> None:
    line = Priced(key=0, vendor=1, quantity=1, unit_minor=1000, discount_minor=500)
    (part,) = cost([line], shipping_minor={1: 250}, tax_bps=1000).parts
    # 10 % of 5.00, and of 2.50: a half, to the even one.
    assert (part.tax_minor, part.total_minor) == (50 + 25, 500 + 250 + 75)
    (part,) = cost([line], shipping_minor={1: 25}, tax_bps=1000).parts
    assert part.tax_minor == 50 + 2


def test_an_empty_cart_costs_nothing() -> None:
    assert cost([], shipping_minor={1: 500}, tax_bps=1900) == CostedCart(parts=())
    assert CostedCart(parts=()).total_minor == 0


@pytest.mark.parametrize(
    ("quantity", "unit", "discount"), [(0, 100, 0), (1, 100, 101), (1, 100, -1), (1, -1, 0)]
)
def test_what_is_no_line_is_refused(quantity: int, unit: int, discount: int) -> None:
    with pytest.raises(ValueError, match="cannot be costed"):
        Priced(key=1, vendor=1, quantity=quantity, unit_minor=unit, discount_minor=discount)
