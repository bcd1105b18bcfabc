"""Whatever is in a cart, its parts sum to its total."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkout.costing import AMOUNTS, CostedCart, CostedPart, cost
from checkout.models import RateKind, Remitter
from checkout.pricing import Decided, Off, Priced
from checkout.shipping import Place, Rate, Shipper, Way, flat
from checkout.tax import Rule, TaxTable, simple
from marketplace.kernel.money import BASIS_POINTS, Money, allocate

CURRENCIES = ("USD", "JPY", "KWD")
HERE = Place(country="DE", postal_code="80331")
VENDORS = range(1, 6)
PRICES = st.integers(0, 10**6)
BPS = st.integers(0, 3_000)


@st.composite
def lines(draw: st.DrawFn) -> list[Priced]:
    """Up to twelve lines of up to five vendors, some of them digital, in up to three parcels each."""
    return [
        Priced(
            key=key,
            vendor=draw(st.sampled_from(VENDORS)),
            quantity=draw(st.integers(1, 999)),
            unit_minor=draw(st.integers(0, 10**9)),
            weight_g=draw(st.integers(0, 10**5)),
            needs_shipping=draw(st.booleans()),
            parcel=draw(st.sampled_from([None, 1, 2])),
            category=draw(st.sampled_from(["standard", "books"])),
        )
        for key in range(draw(st.integers(0, 12)))
    ]


RATES = st.builds(
    Rate,
    key=st.integers(1, 9),
    profile=st.sampled_from([1, 2]),
    countries=st.sampled_from([(), ("DE",), ("FR",)]),
    kind=st.sampled_from(RateKind),
    price_minor=PRICES,
    extra_minor=PRICES,
    free_from_minor=st.none() | PRICES,
    tiers=st.sampled_from([(), ((500, 900), (10_000, 1900))]),
)
SHIPPERS = st.builds(
    lambda way, home: Shipper(ways=(way,), home=home),
    st.builds(
        Way,
        key=st.just(1),
        flat_minor=st.none() | PRICES,
        is_pickup=st.booleans(),
        rates=st.lists(RATES, max_size=4).map(tuple),
    ),
    st.just(Place(country="FR")),
)
RULES = st.builds(
    Rule,
    name=st.sampled_from(["VAT", "City"]),
    rate_bps=BPS,
    country=st.sampled_from(["DE", "FR"]),
    category=st.sampled_from(["", "books"]),
    is_included=st.booleans(),
    is_on_shipping=st.booleans(),
    remitter=st.sampled_from(Remitter),
)
TABLES = st.lists(RULES, max_size=5).map(lambda rules: TaxTable(rules=tuple(rules)))


@st.composite
def promotions(draw: st.DrawFn, priced: list[Priced]) -> Decided:
    """Something off some lines, in both stages, paid for by either."""
    stages: dict[str, list[Off]] = {"before": [], "after": []}
    for line in priced:
        left = line.amount_minor
        for stage in stages.values():
            amount = draw(st.integers(0, left))
            left -= amount
            platform = draw(st.integers(0, amount))
            stage.append(
                Off(
                    promotion=1,
                    vendor=line.vendor,
                    line=line.key,
                    amount_minor=amount,
                    platform_minor=platform,
                )
            )
    return Decided(before=tuple(stages["before"]), after=tuple(stages["after"]))


@st.composite
def carts(draw: st.DrawFn) -> CostedCart:
    """Any cart: goods, discounts, rates and zones, taxes inside and on top."""
    priced = draw(lines())
    return cost(
        priced,
        to=draw(st.sampled_from([None, HERE])),
        shippers={vendor: draw(SHIPPERS) for vendor in VENDORS},
        taxes=draw(TABLES),
        promotions=draw(promotions(priced)),
    )


def _priced(*amounts: int, quantity: int = 1, parcel: int | None = None) -> list[Priced]:
    """A line of each amount, of a vendor each."""
    return [
        Priced(key=index, vendor=index, quantity=quantity, unit_minor=amount // quantity, parcel=parcel)
        for index, amount in enumerate(amounts)
    ]


def _off(line: int, amount: int, *, platform: int = 0, vendor: int = 0) -> Off:
    return Off(promotion=1, vendor=vendor, line=line, amount_minor=amount, platform_minor=platform)


# One property, for drawing a cart is what costs the time.
@given(carts(), st.sampled_from(CURRENCIES))
def test_any_cart_adds_up(cart: CostedCart, currency: str) -> None:
    parts = [Money(part.total_minor, currency) for part in cart.parts]
    assert Money.total(parts, currency) == Money(cart.total_minor, currency)
    assert sum((part.to_decimal() for part in parts), Money.zero(currency).to_decimal()) == (
        Money(cart.total_minor, currency).to_decimal()
    )
    for name in AMOUNTS:
        assert getattr(cart, name) == sum(getattr(part, name) for part in cart.parts)
    keys = [each.line.key for part in cart.parts for each in part.lines]
    assert sorted(keys) == list(range(len(keys)))
    firsts = [part.lines[0].line.key for part in cart.parts]
    assert firsts == sorted(firsts)
    for part in cart.parts:
        _assert_lines_sum_to(part)
        _assert_taxes_sum_to(part)


def _assert_lines_sum_to(part: CostedPart) -> None:
    assert part.subtotal_minor == sum(each.line.unit_minor * each.line.quantity for each in part.lines)
    of_lines = sum(each.discount_minor for each in part.lines)
    assert part.discount_minor == of_lines + part.shipping_discount_minor
    assert 0 <= part.platform_discount_minor <= part.discount_minor
    assert {each.line.vendor for each in part.lines} == {part.vendor}
    assert part.total_minor >= 0


def _assert_taxes_sum_to(part: CostedPart) -> None:
    charges = [*(tax for line in part.lines for tax in line.taxes), *part.shipping_taxes]
    assert part.tax_minor == sum(tax.amount_minor for tax in charges if not tax.is_included)
    assert part.tax_included_minor == sum(tax.amount_minor for tax in charges if tax.is_included)
    platform = [tax.amount_minor for tax in charges if tax.remitter == Remitter.PLATFORM]
    assert part.tax_remitted_minor == sum(platform) <= part.tax_minor + part.tax_included_minor
    for line in part.lines:
        inside = sum(tax.amount_minor for tax in line.taxes if tax.is_included)
        net = line.amount_minor - line.discount_minor - inside
        assert {tax.base_minor for tax in line.taxes} <= {net}


@given(lines(), BPS)
def test_tax_is_off_by_half_a_unit_a_line_at_most(priced: list[Priced], bps: int) -> None:
    cart = cost(priced, to=HERE, taxes=simple(bps))
    exact = cart.subtotal_minor * bps
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
    offs = [_off(line, off, platform=off) for line, off in enumerate(allocate(coupon, amounts))]
    cart = cost(_priced(*amounts), promotions=Decided(after=tuple(offs)))
    assert [part.discount_minor for part in cart.parts] == shares
    assert cart.total_minor == sum(amounts) - coupon == sum(part.total_minor for part in cart.parts)


def test_h3_a_vendor_ships_once_whatever_it_ships() -> None:
    four = [Priced(key=key, vendor=1, quantity=key, unit_minor=1000) for key in (1, 2, 3, 4)]
    other = Priced(key=5, vendor=2, quantity=1, unit_minor=100)
    cart = cost([*four, other], shippers={1: flat(500), 3: flat(900)})
    assert [part.shipping_minor for part in cart.parts] == [500, 0]
    assert cart.total_minor == 10 * 1000 + 500 + 100


FREE_FROM_50 = Shipper(
    ways=(Way(key=1, rates=(Rate(key=1, profile=1, price_minor=490, free_from_minor=5000),)),)
)


@pytest.mark.parametrize(
    ("amount", "coupon", "platform", "shipping"),
    [(4999, 0, 0, 490), (5000, 0, 0, 0), (5500, 550, 0, 490), (5500, 550, 550, 0), (5500, 550, 100, 0)],
)
def test_h3_a_threshold_looks_after_the_discounts_of_the_vendor(
    amount: int, coupon: int, platform: int, shipping: int
) -> None:
    decided = Decided(before=(_off(0, coupon, platform=platform),))
    cart = cost(_priced(amount, parcel=1), to=HERE, shippers={0: FREE_FROM_50}, promotions=decided)
    assert cart.shipping_minor == shipping
    assert cart.total_minor == amount - coupon + shipping


@pytest.mark.parametrize(("own", "shipping"), [(3000, 490), (5000, 0)])
def test_h4_a_threshold_sees_own_lines_only(own: int, shipping: int) -> None:
    cart = cost(_priced(own, 3000, parcel=1), to=HERE, shippers={0: FREE_FROM_50})
    assert [part.shipping_minor for part in cart.parts] == [shipping, 0]


def test_h10_tax_is_rounded_per_line() -> None:
    one = Priced(key=0, vendor=1, quantity=3, unit_minor=99)
    three = [Priced(key=key, vendor=1, quantity=1, unit_minor=99) for key in range(3)]
    gross = TaxTable(rules=(Rule(name="VAT", rate_bps=1900, country="DE", is_included=True),))
    contained = [cost(each, to=HERE, taxes=gross) for each in ([one], three)]
    assert [(cart.tax_included_minor, cart.total_minor) for cart in contained] == [(47, 297), (48, 297)]
    assert [cost(each, to=HERE, taxes=simple(1900)).tax_minor for each in ([one], three)] == [56, 57]


def test_tax_is_due_on_shipping_and_not_on_what_is_taken_off() -> None:
    line = Priced(key=0, vendor=0, quantity=1, unit_minor=1000)
    half = Decided(before=(_off(0, 500),))
    for price, tax in ((250, 25), (25, 2)):  # 10 % of 2.50, and of 0.25: a half, to the even one
        cart = cost([line], to=HERE, shippers={0: flat(price)}, taxes=simple(1000), promotions=half)
        assert (cart.tax_minor, cart.total_minor) == (50 + tax, 500 + price + 50 + tax)


def test_free_shipping_goes_off_shipping() -> None:
    line = Priced(key=0, vendor=0, quantity=1, unit_minor=1000)
    free = Off(promotion=1, vendor=0, line=None, amount_minor=490, platform_minor=490)
    cart = cost(
        [line],
        to=HERE,
        shippers={0: flat(490)},
        taxes=simple(1000),
        promotions=Decided(after=(free,)),
    )
    assert (cart.shipping_minor, cart.discount_minor, cart.shipping_discount_minor) == (490, 490, 490)
    assert (cart.platform_discount_minor, cart.tax_minor, cart.total_minor) == (490, 100, 1100)


def test_more_cannot_be_taken_off_than_there_is() -> None:
    line = Priced(key=0, vendor=0, quantity=1, unit_minor=1000)
    shipping = Off(promotion=1, vendor=0, line=None, amount_minor=1)
    for decided in (Decided(after=(_off(0, 1001),)), Decided(after=(shipping,)), Decided(before=(shipping,))):
        with pytest.raises(ValueError, match=r"taken off|before shipping"):
            cost([line], promotions=decided)
    with pytest.raises(ValueError, match="takes nothing off"):
        _off(0, 5, platform=6)


def test_what_is_digital_is_not_shipped_and_what_is_fetched_is_taxed_at_the_vendors() -> None:
    song = Priced(key=0, vendor=0, quantity=1, unit_minor=1000, needs_shipping=False)
    (part,) = cost([song], to=HERE, shippers={0: flat(490)}).parts
    assert (part.offers, part.quote, part.shipping_minor, part.is_out_of_reach) == ((), None, 0, False)
    mug = Priced(key=0, vendor=0, quantity=1, unit_minor=1000)
    fetched = Shipper(ways=(Way(key=1, flat_minor=0, is_pickup=True),), home=Place(country="FR"))
    rates = {"DE": 1900, "FR": 2000}
    rules = TaxTable(rules=tuple(Rule(name="V", rate_bps=bps, country=to) for to, bps in rates.items()))
    assert cost([mug], to=HERE, shippers={0: fetched}, taxes=rules).tax_minor == 200
    assert cost([mug], to=HERE, shippers={0: flat(0)}, taxes=rules).tax_minor == 190


def test_an_empty_cart_costs_nothing() -> None:
    assert cost([], shippers={1: flat(500)}, taxes=simple(1900)) == CostedCart(parts=())
    assert CostedCart(parts=()).total_minor == 0


@pytest.mark.parametrize(("quantity", "unit"), [(0, 100), (1, -1)])
def test_what_is_no_line_is_refused(quantity: int, unit: int) -> None:
    with pytest.raises(ValueError, match="cannot be costed"):
        Priced(key=1, vendor=1, quantity=quantity, unit_minor=unit)
