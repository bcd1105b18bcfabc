"""Refusals: a code, a sentence, and the facts."""

from dataclasses import dataclass

from marketplace.kernel.errors import InvalidInput, NotFound, Refusal


@dataclass(eq=False, kw_only=True)
class ShelfIsBare(Refusal):
    """Nothing is left."""

    text = "Only {left} of {thing} left."
    thing: str
    left: int


def test_the_code_is_the_name_in_capitals() -> None:
    assert (ShelfIsBare.code, InvalidInput.code) == ("SHELF_IS_BARE", "INVALID_INPUT")


def test_the_message_is_formatted_with_the_facts() -> None:
    refusal = ShelfIsBare(thing="tea", left=2)
    assert refusal.message == "Only 2 of tea left."
    assert str(refusal) == "SHELF_IS_BARE: Only 2 of tea left."
    assert refusal.field is None


def test_braces_in_a_fact_stay_what_they_are() -> None:
    assert InvalidInput(reason="{reason} {x}", field="slug").message == "{reason} {x}"


def test_refusals_are_told_apart_by_identity_and_can_be_raised() -> None:
    one, other = NotFound(thing="order"), NotFound(thing="order")
    assert one != other
    assert isinstance(one, Exception)
