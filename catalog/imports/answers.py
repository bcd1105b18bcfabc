"""What listings say of attributes, as cells of a file: choices by their slugs with bars between, yes or no,
words, a number with a point.
"""

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation

from catalog.answering import Answer, Given, given, number_of
from catalog.asking import Asked
from catalog.errors import AnswerMismatch, ChoiceUnknown
from catalog.imports.cells import NO, YES
from catalog.imports.faults import Fault, FaultCode
from catalog.models import AttributeKind
from marketplace.kernel.errors import InvalidInput

BAR = "|"


def rows_of(column: str, cell: str, asked: Asked) -> list[Given]:
    """The rows that keep what a cell says; none where it is empty. Choices go by slug or by name.

    Raises Fault.
    """
    try:
        return given(_answer(column, cell.strip(), asked), asked)
    except (AnswerMismatch, ChoiceUnknown, InvalidInput) as refusal:
        raise Fault(column, FaultCode.BAD_ATTRIBUTE, refusal.message) from refusal


def cell_of(choices: Sequence[str], text: str, milli: int | None) -> str:
    """An answer as a cell: its choices' slugs, its words, or its number."""
    if choices:
        return BAR.join(sorted(choices))
    return text if milli is None else f"{number_of(milli):f}"


def _answer(column: str, cell: str, asked: Asked) -> Answer:
    if not cell:
        return Answer(attribute=asked.slug)
    if asked.kind == AttributeKind.TEXT:
        return Answer(attribute=asked.slug, text=cell)
    if asked.kind == AttributeKind.NUMBER:
        try:
            return Answer(attribute=asked.slug, number=Decimal(cell))
        except InvalidOperation as fault:
            raise Fault(column, FaultCode.BAD_ATTRIBUTE, "a number with a point") from fault
    if asked.kind == AttributeKind.TOGGLE:
        if cell.casefold() not in YES | NO:
            raise Fault(column, FaultCode.BAD_ATTRIBUTE, "yes or no")
        return Answer(attribute=asked.slug, toggle=cell.casefold() in YES)
    slugs = {choice.name.casefold(): choice.slug for choice in asked.choices}
    chosen = [each.strip() for each in cell.split(BAR) if each.strip()]
    return Answer(
        attribute=asked.slug, choices=tuple(slugs.get(each.casefold(), each.casefold()) for each in chosen)
    )
