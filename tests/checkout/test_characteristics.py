"""One form for what a buyer asks of a unit."""

import os

import pytest

from checkout.characteristics import MOST_BYTES, normalized
from marketplace.kernel.errors import InvalidInput


def test_equal_characteristics_have_one_form() -> None:
    composed = [("Gravure", "caf\u00e9"), ("Colour", "Blue")]
    decomposed = [(" Colour ", "Blue"), ("Gravure", "  cafe\u0301 "), ("Note", " ")]
    assert normalized(composed) == normalized(decomposed) == {"Colour": "Blue", "Gravure": "café"}
    assert list(normalized(composed)) == ["Colour", "Gravure"]


@pytest.mark.parametrize(
    "pairs",
    [
        [("", "Blue")],
        [("x" * 41, "Blue")],
        [("Colour", "x" * 501)],
        [("Colour", "Blue"), (" Colour", "Red")],
        [("Colour", "Bl\x00ue")],
        [(f"Note {number}", os.urandom(200).hex()) for number in range(6)],
    ],
)
def test_what_cannot_be_kept_is_refused(pairs: list[tuple[str, str]]) -> None:
    with pytest.raises(InvalidInput) as refusal:
        normalized(pairs)
    assert refusal.value.field == "characteristics"


def test_as_many_bytes_as_the_index_holds_are_let_through() -> None:
    assert sum(map(len, normalized([("a", "ü" * 500), ("b", "ü" * 470)]).values())) < MOST_BYTES / 2
