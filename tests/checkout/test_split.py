"""The split moves costed rows: an order, its parts, its lines and its charge add up as the cart did."""

import re

from hypothesis import given
from hypothesis import strategies as st

from checkout import split
from checkout.costing import cost
from checkout.pricing import Priced
from checkout.shipping import Place, flat
from checkout.tax import simple
from marketplace.accounts.models import Address

AMOUNTS = ("subtotal_minor", "discount_minor", "shipping_minor", "tax_minor", "total_minor")
LINES = st.lists(st.tuples(st.integers(1, 99_999), st.integers(1, 9)), min_size=1, max_size=3)
# For each vendor: what shipping costs, and the price and number of each thing that is bought there.
PARTS = st.lists(st.tuples(st.integers(0, 5_000), LINES), min_size=1, max_size=4)
NUMBER = re.compile("-".join(f"[{split.ALPHABET}]{{{length}}}" for length in (4, 4, 2)))


def test_numbers_are_random_and_read_out_well() -> None:
    numbers = {split.new_number() for _ in range(200)}
    assert len(numbers) == 200
    assert all(NUMBER.fullmatch(number) for number in numbers)
    assert not set("01ILOUV") & set(split.ALPHABET)


def test_a_snapshot_is_the_address_without_its_place_in_the_book() -> None:
    address = Address(name="Ada", line1="Main St 1", city="Berlin", country="DE", is_default=True)
    assert split.snapshot(address) == {
        "name": "Ada",
        "line1": "Main St 1",
        "line2": "",
        "city": "Berlin",
        "state": "",
        "postal_code": "",
        "country": "DE",
        "phone": "",
    }
    assert split.snapshot(None) == {}


@given(PARTS, st.integers(0, 3_000), st.sampled_from(["JPY", "USD", "KWD"]))
def test_the_columns_are_the_costed_ones(
    parts: list[tuple[int, list[tuple[int, int]]]], tax_bps: int, currency: str
) -> None:
    priced = [
        Priced(key=unit, vendor=vendor, quantity=quantity, unit_minor=unit)
        for vendor, (_, lines) in enumerate(parts)
        for unit, quantity in lines
    ]
    shippers = {vendor: flat(price) for vendor, (price, _) in enumerate(parts)}
    costed = cost(priced, to=Place(country="DE"), shippers=shippers, taxes=simple(tax_bps))
    whole = split.amounts(costed, currency)
    rows = [split.amounts(part, currency) for part in costed.parts]
    assert {name: sum(row[name] for row in rows) for name in AMOUNTS} == {
        name: whole[name] for name in AMOUNTS
    }
    assert all(
        row["total_minor"]
        == row["subtotal_minor"] - row["discount_minor"] + row["shipping_minor"] + row["tax_minor"]
        for row in [*rows, whole]
    )
