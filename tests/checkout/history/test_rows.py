"""Cells become values, exactly, or a column and a code."""

from datetime import UTC, datetime
from decimal import ROUND_HALF_EVEN, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkout.history.rows import Rejected, line_row, product_row, vendor_row

LATEST = datetime(2026, 1, 1, tzinfo=UTC)
CELLS = {
    "order": "A1",
    "line": "1",
    "sold_at": "2020-03-01T10:00:00Z",
    "customer": "",
    "vendor": "v1",
    "product": "p1",
    "quantity": "1",
    "unit_price": "10.00",
    "shipping": "",
    "currency": "EUR",
}


def test_a_line_in_minor_units() -> None:
    cells = CELLS | {"quantity": "3", "unit_price": "2.155", "shipping": "4.90", "customer": " c1 "}
    row = line_row(list(cells.values()), latest=LATEST)
    assert (row.quantity, row.amount_minor, row.unit_price_minor, row.shipping_minor) == (3, 646, 216, 490)
    assert (row.customer, row.sold_at) == ("c1", datetime(2020, 3, 1, 10, tzinfo=UTC))


@pytest.mark.parametrize(
    ("currency", "price", "minor"),
    [("JPY", "1250.5", 1250), ("JPY", "1251.5", 1252), ("KWD", "1.0005", 1000), ("EUR", "-0.50", -50)],
)
def test_each_currency_has_its_own_minor_unit(currency: str, price: str, minor: int) -> None:
    cells = CELLS | {"currency": currency, "unit_price": price}
    assert line_row(list(cells.values()), latest=LATEST).amount_minor == minor


@given(
    quantity=st.integers(-5000, 5000).filter(bool),
    price=st.decimals("-9999", "9999", places=4, allow_nan=False),
)
def test_an_amount_is_rounded_half_to_even(quantity: int, price: Decimal) -> None:
    cells = CELLS | {"quantity": str(quantity), "unit_price": f"{price:f}"}
    exact = (quantity * price).quantize(Decimal("0.01"), rounding=ROUND_HALF_EVEN)
    assert line_row(list(cells.values()), latest=LATEST).amount_minor == int(exact * 100)


@pytest.mark.parametrize(
    ("column", "text", "code"),
    [
        ("order", "", "missing_value"),
        ("line", " ", "missing_value"),
        ("vendor", "", "missing_value"),
        ("product", "x" * 101, "too_long"),
        ("customer", "a\x07b", "control_character"),
        ("sold_at", "2020-03-01 10:00:00", "bad_time"),
        ("sold_at", "2020-02-30T10:00:00Z", "bad_time"),
        ("sold_at", "2020-03-01T10:00:00+01:00", "bad_time"),
        ("sold_at", "1969-12-31T23:59:59Z", "bad_time"),
        ("sold_at", "2026-01-01T00:00:01Z", "future_time"),
        ("quantity", "two", "bad_quantity"),
        ("quantity", "1.5", "bad_quantity"),
        ("quantity", "٣", "bad_quantity"),
        ("quantity", "0", "zero_quantity"),
        ("quantity", "2147483648", "quantity_overflow"),
        ("unit_price", "ten", "bad_price"),
        ("unit_price", "", "bad_price"),
        ("unit_price", "1e3", "bad_price"),
        ("unit_price", "10,00", "bad_price"),
        ("unit_price", "NaN", "bad_price"),
        ("unit_price", "100000000000.00", "amount_overflow"),
        ("shipping", "free", "bad_price"),
        ("shipping", "1.005", "too_many_decimals"),
        ("shipping", "-1.00", "bad_shipping"),
        ("currency", "eur", "unknown_currency"),
        ("currency", "XXX", "unknown_currency"),
    ],
)
def test_a_line_that_cannot_be_used_names_its_column(column: str, text: str, code: str) -> None:
    with pytest.raises(Rejected) as refused:
        line_row(list((CELLS | {column: text}).values()), latest=LATEST)
    assert (refused.value.column, refused.value.code) == (column, code)


def test_what_shipping_goes_back_with_a_return_is_zero_or_below() -> None:
    cells = CELLS | {"quantity": "-1", "shipping": "-4.90"}
    assert line_row(list(cells.values()), latest=LATEST).shipping_minor == -490
    with pytest.raises(Rejected, match="shipping: bad_shipping"):
        line_row(list((cells | {"shipping": "4.90"}).values()), latest=LATEST)


def test_a_vendor_has_a_country_and_a_time_zone() -> None:
    assert vendor_row(["v1", "BR", "SP", "", "", "America/Sao_Paulo"]) == ("v1", "BR", "America/Sao_Paulo")
    assert vendor_row(["v1", "BR", "", "", "", ""]).timezone == "UTC"
    for cells, fault in {
        ("v1", "XX", "", "", "", "UTC"): "country: unknown_country",
        ("v1", "BR", "", "", "", "Mars/Olympus"): "timezone: unknown_timezone",
        ("", "BR", "", "", "", "UTC"): "vendor: missing_value",
    }.items():
        with pytest.raises(Rejected, match=fault):
            vendor_row(cells)


def test_of_a_product_only_its_reference_is_needed() -> None:
    assert product_row(["p1", "", "", ""]) == ("p1", "", "", 0)
    assert product_row(["p1", "A\u00a0 cup", "Tea", "12.7"]) == ("p1", "A cup", "Tea", 12)
    for cells, fault in {
        ("p1", "x" * 201, "", ""): "title: too_long",
        ("p1", "", "", "-5"): "weight_g: bad_weight",
    }.items():
        with pytest.raises(Rejected, match=fault):
            product_row(cells)
