import pytest

from catalog.tags import tags_of
from marketplace.kernel.errors import InvalidInput


def test_two_ways_to_write_a_tag_are_one() -> None:
    assert tags_of(["  Green   Tea", "#green tea", "Gift"]) == ["green tea", "gift"]


@pytest.mark.parametrize(
    "given", [["#"], [""], ["x" * 41], [str(number) for number in range(21)], ["a\x00b"]]
)
def test_what_is_no_tag_is_refused(given: list[str]) -> None:
    with pytest.raises(InvalidInput):
        tags_of(given)
