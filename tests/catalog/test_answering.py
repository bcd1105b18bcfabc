from decimal import Decimal

import pytest

from catalog.answering import LARGEST_NUMBER, Answer, Given, given, milli_of, missing, number_of
from catalog.asking import Asked, Choice
from catalog.models import AttributeKind
from marketplace.kernel.errors import InvalidInput, Refusal

CHOICES = (Choice(key=1, slug="yes", name="Yes"), Choice(key=2, slug="no", name="No"))


def _asked(kind: AttributeKind, *, key: int = 7, is_required: bool = False) -> Asked:
    return Asked(
        key=key,
        slug="it",
        name="It",
        kind=kind,
        unit="",
        is_required=is_required,
        is_filterable=True,
        position=0,
        category="cups",
        choices=CHOICES,
    )


@pytest.mark.parametrize(
    ("kind", "said", "rows"),
    [
        ("single", {"choices": ("no",)}, [Given(choice=2)]),
        ("multi", {"choices": ("no", "yes", "no")}, [Given(choice=2), Given(choice=1)]),
        ("toggle", {"toggle": False}, [Given(choice=2)]),
        ("text", {"text": "  two  words "}, [Given(text="two words")]),
        ("number", {"number": Decimal("-1.250")}, [Given(milli=-1250)]),
        ("text", {"text": " "}, []),
        ("number", {}, []),
    ],
)
def test_an_answer_is_kept_in_rows(kind: str, said: dict[str, object], rows: list[Given]) -> None:
    answer = Answer(attribute="it", **said)  # type: ignore[arg-type]  # from the table
    assert given(answer, _asked(AttributeKind(kind))) == rows


@pytest.mark.parametrize(
    ("kind", "said", "code"),
    [
        ("single", {"choices": ("no", "yes")}, "ANSWER_MISMATCH"),
        ("single", {"text": "no"}, "ANSWER_MISMATCH"),
        ("multi", {"choices": ("no",), "text": "no"}, "ANSWER_MISMATCH"),
        ("toggle", {"choices": ("no",)}, "ANSWER_MISMATCH"),
        ("number", {"toggle": True}, "ANSWER_MISMATCH"),
        ("multi", {"choices": ("no", "perhaps")}, "CHOICE_UNKNOWN"),
        ("text", {"text": "x" * 201}, "INVALID_INPUT"),
        ("text", {"text": "\x00"}, "INVALID_INPUT"),
        ("number", {"number": Decimal("1.2345")}, "INVALID_INPUT"),
        ("number", {"number": Decimal("NaN")}, "INVALID_INPUT"),
        ("number", {"number": Decimal("1e400")}, "INVALID_INPUT"),
        ("number", {"number": Decimal("1." + "0" * 40 + "1")}, "INVALID_INPUT"),
    ],
)
def test_what_is_no_answer_is_refused_by_a_code(kind: str, said: dict[str, object], code: str) -> None:
    with pytest.raises(Refusal) as caught:
        given(Answer(attribute="it", **said), _asked(AttributeKind(kind)))  # type: ignore[arg-type]  # from the table
    assert caught.value.code == code


def test_a_number_comes_back_as_it_was() -> None:
    for text in ("0", "0.001", "-12.5", "100", str(LARGEST_NUMBER)):
        assert f"{number_of(milli_of(Decimal(text))):f}" == text
    with pytest.raises(InvalidInput):
        milli_of(Decimal(LARGEST_NUMBER + 1))


def test_what_is_required_and_not_answered_is_missing() -> None:
    asked = [_asked(AttributeKind.TEXT, key=key, is_required=key < 3) for key in (1, 2, 3)]
    assert missing(asked, {2}) == asked[:1]
    assert missing(asked, {1, 2}) == []
