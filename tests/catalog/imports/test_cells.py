import pytest

from catalog.imports.cells import (
    ProductCells,
    VariantCells,
    addresses,
    merged,
    option_values,
    product_cells,
    variant_cells,
)
from catalog.imports.faults import Fault, FaultCode


def variant(**texts: str) -> VariantCells:
    return variant_cells(texts, currency="EUR", has_decimal_commas=True)


def test_a_row_says_what_its_variant_is() -> None:
    assert variant(price="12.5", compare_at="20,00", stock="7", weight_g="120.9", currency="eur") == (
        1250,
        2000,
        True,
        7,
        120,
    )
    assert variant() == (None, None, False, None, None)
    assert variant(compare_at="", stock=" ") == (None, None, True, None, None)


def test_a_comma_is_a_point_only_where_it_separates_no_cells() -> None:
    with pytest.raises(Fault):
        variant_cells({"price": "12,50"}, currency="EUR", has_decimal_commas=False)


@pytest.mark.parametrize(
    ("column", "cell", "code"),
    [
        ("price", "", "missing_value"),
        ("price", "cheap", "bad_price"),
        ("price", "-1", "bad_price"),
        ("price", "1.005", "bad_price"),
        ("price", "1,234", "bad_price"),
        ("price", "NaN", "bad_price"),
        ("price", "1e5", "bad_price"),
        ("compare_at", "x", "bad_compare_at"),
        ("currency", "USD", "other_currency"),
        ("stock", "-5", "negative_stock"),
        ("stock", "1.5", "bad_stock"),
        ("stock", "9999999999", "bad_stock"),
        ("weight_g", "-1", "bad_weight"),
    ],
)
def test_a_cell_that_cannot_be_names_its_column(column: str, cell: str, code: str) -> None:
    with pytest.raises(Fault) as caught:
        variant(**{column: cell})
    assert (caught.value.column, caught.value.code) == (column, code)


@pytest.mark.parametrize(
    ("column", "cell", "code"),
    [
        ("title", "", "missing_value"),
        ("title", "x" * 201, "too_long"),
        ("title", "a\x07b", "bad_character"),
        ("description", "x" * 20_001, "too_long"),
        ("category", " / ", "missing_value"),
        ("submit", "perhaps", "not_yes_or_no"),
        ("option2_name", "Size", "options_mismatch"),
        ("images", "ftp://example.com/a.jpg", "bad_address"),
        ("images", "http://[x", "bad_address"),
    ],
)
def test_what_cannot_be_said_of_a_product_names_its_column(column: str, cell: str, code: str) -> None:
    with pytest.raises(Fault) as caught:
        product_cells({column: cell})
    assert caught.value.code == code


def test_rows_say_what_their_product_is() -> None:
    assert product_cells({}) == ProductCells()
    said = product_cells(
        {
            "title": " Blue   mug",
            "category": "/Home/Mugs/",
            "option1_name": "Size",
            "option2_name": "",
            "is_shipped": "No",
            "submit": "yes",
            "attribute:material": " clay ",
        }
    )
    assert said == ProductCells(
        title="Blue mug",
        category="home/mugs",
        option_names=("Size",),
        is_shipped=False,
        is_submitted=True,
        attributes={"attribute:material": "clay"},
    )


def test_what_is_said_once_counts_for_all_rows_of_a_product() -> None:
    rows = [{"title": "", "price": "1"}, {"title": "Mug", "price": "2"}, {"title": "Cup", "price": "3"}]
    assert merged(rows) == ({"title": "Mug"}, {"title": 1}, [2])


def test_a_variant_answers_its_products_options() -> None:
    assert option_values({"price": "1"}, ["Size"]) is None
    assert option_values({"option1_value": " L "}, ["Size"]) == {"Size": "L"}
    for texts, names, code in (
        ({"option1_value": ""}, ["Size"], FaultCode.MISSING_VALUE),
        ({"option1_value": "L", "option2_value": "x"}, ["Size"], FaultCode.OPTIONS_MISMATCH),
    ):
        with pytest.raises(Fault) as caught:
            option_values(texts, names)
        assert caught.value.code == code


def test_addresses_stand_apart_by_blanks_or_bars() -> None:
    cell = "https://a.example/1.jpg\nhttps://a.example/2.jpg | https://a.example/1.jpg"
    assert addresses(cell) == ("https://a.example/1.jpg", "https://a.example/2.jpg")
