import pytest

from catalog.imports.columns import LISTING_COLUMNS, STOCK_COLUMNS, guessed, meanings
from marketplace.kernel.errors import InvalidInput


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("SKU", "sku"),
        (" Compare-at price ", "compare_at"),
        ("Preis", "price"),
        ("Währung", "currency"),
        ("option1 Name", "option1_name"),
        ("Attribute: material", "attribute:material"),
        ("attribute:", ""),
        ("Supplier", ""),
    ],
)
def test_a_column_is_known_by_what_people_call_it(name: str, meant: str) -> None:
    assert guessed(name, LISTING_COLUMNS) == meant


def test_what_is_said_goes_before_what_is_guessed() -> None:
    header = ["No.", "Title", "Price"]
    said = [("No.", "sku"), ("Price", "")]
    assert meanings(header, said, LISTING_COLUMNS) == ["sku", "title", ""]


@pytest.mark.parametrize(
    ("header", "said"),
    [
        (["title"], []),
        (["sku", "Item"], []),
        (["sku"], [("gone", "title")]),
        (["sku", "x"], [("x", "colour")]),
        (["sku", "x"], [("x", "quantity")]),
    ],
)
def test_columns_that_cannot_be_are_refused(header: list[str], said: list[tuple[str, str]]) -> None:
    with pytest.raises(InvalidInput) as caught:
        meanings(header, said, LISTING_COLUMNS)
    assert caught.value.field == "columns"


def test_attributes_are_columns_of_listings_only() -> None:
    assert guessed("attribute:material", STOCK_COLUMNS) == ""
