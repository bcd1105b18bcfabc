"""What may be said of an attribute, by its kind: decisions without a database."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from catalog.asking import Asked
from catalog.errors import AnswerMismatch, ChoiceUnknown
from catalog.models import AttributeKind
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.texts import line

LONGEST_TEXT: Final = 200
# A bigint holds its thousandths, and no length or weight comes near it.
LARGEST_NUMBER: Final = 10**12
EXPECTED: Final = {
    AttributeKind.SINGLE: "one of its choices",
    AttributeKind.MULTI: "some of its choices",
    AttributeKind.TOGGLE: "yes or no",
    AttributeKind.TEXT: "words",
    AttributeKind.NUMBER: "a number",
}


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What is said of one attribute, which is named by its slug, as are the choices.

    With nothing said of it, what was said before is taken back.
    """

    attribute: str
    choices: tuple[str, ...] = ()
    text: str | None = None
    number: Decimal | None = None
    toggle: bool | None = None

    @property
    def kinds(self) -> set[AttributeKind]:
        """The kinds of attributes it would be an answer to; none where nothing is said."""
        said = {
            AttributeKind.TOGGLE: self.toggle is not None,
            AttributeKind.TEXT: bool((self.text or "").strip()),
            AttributeKind.NUMBER: self.number is not None,
            AttributeKind.MULTI: bool(self.choices),
        }
        return {kind for kind, is_said in said.items() if is_said}


@dataclass(frozen=True, kw_only=True)
class Given:
    """A row of an answer: the key of a choice, words, or a number in thousandths."""

    choice: int | None = None
    text: str = ""
    milli: int | None = None


def given(answer: Answer, asked: Asked) -> list[Given]:
    """The rows that keep an answer; none where it is taken back.

    Raises AnswerMismatch for an answer of another kind, ChoiceUnknown, InvalidInput.
    """
    if not answer.kinds:
        return []
    plain = AttributeKind.MULTI if asked.kind == AttributeKind.SINGLE else asked.kind
    if answer.kinds != {plain} or (asked.kind == AttributeKind.SINGLE and len(answer.choices) > 1):
        raise AnswerMismatch(attribute=asked.slug, expected=EXPECTED[asked.kind])
    if answer.number is not None:
        return [Given(milli=milli_of(answer.number))]
    if answer.text is not None and asked.kind == AttributeKind.TEXT:
        return [Given(text=line(answer.text, field="attributes", longest=LONGEST_TEXT))]
    slugs = answer.choices if answer.toggle is None else ("yes" if answer.toggle else "no",)
    return [Given(choice=_key(slug, asked)) for slug in dict.fromkeys(slugs)]


def milli_of(number: Decimal) -> int:
    """A number in thousandths. Raises InvalidInput for one with more than three decimals, and a huge one."""
    if not number.is_finite() or abs(number) > LARGEST_NUMBER:
        raise InvalidInput(field="attributes", reason=f"This must be a number up to {LARGEST_NUMBER:,}.")
    if number != round(number, 3):
        raise InvalidInput(field="attributes", reason="A number has at most three decimals.")
    return int(number.scaleb(3))


def number_of(milli: int) -> Decimal:
    """A number of thousandths as one writes it: without zeros at its end."""
    number = Decimal(milli).scaleb(-3)
    whole = number.to_integral_value()
    return whole if whole == number else number.normalize()


def missing(asked: Sequence[Asked], answered: set[int]) -> list[Asked]:
    """What is required and has no answer, given the keys of the attributes that have one."""
    return [each for each in asked if each.is_required and each.key not in answered]


def _key(slug: str, asked: Asked) -> int:
    for choice in asked.choices:
        if choice.slug == slug:
            return choice.key
    raise ChoiceUnknown(attribute=asked.slug, choice=slug[:60])
