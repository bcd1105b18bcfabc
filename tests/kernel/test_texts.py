from collections.abc import Callable

import pytest

from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.texts import line, prose


def test_a_line_has_single_spaces_and_none_at_its_ends() -> None:
    assert line("  a \t b\n c ", field="name", longest=5) == "a b c"


def test_prose_keeps_its_paragraphs() -> None:
    assert prose(" a\r\n\r\nb\rc \n", field="about", longest=10) == "a\n\nb\nc"


def test_what_is_missing_is_refused_only_where_it_is_due() -> None:
    assert line("", field="note", longest=5, shortest=0) == prose("", field="about", longest=5) == ""
    with pytest.raises(InvalidInput) as caught:
        line(" ", field="name", longest=5)
    assert vars(caught.value) == {"field": "name", "reason": "This must not be empty."}


@pytest.mark.parametrize("read", [line, prose])
@pytest.mark.parametrize("value", ["a\x00b", "a\x1bb", "a\ud800b"])
def test_characters_that_no_text_holds_are_refused(read: Callable[..., str], value: str) -> None:
    with pytest.raises(InvalidInput):
        read(value, field="name", longest=5)


@pytest.mark.parametrize("read", [line, prose])
def test_a_text_is_as_long_as_it_may_be_and_no_longer(read: Callable[..., str]) -> None:
    assert read("ééééé", field="name", longest=5) == "ééééé"
    with pytest.raises(InvalidInput):
        read("éééééé", field="name", longest=5)
