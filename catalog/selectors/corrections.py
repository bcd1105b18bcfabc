"""What buyers may have meant, where nothing has the words they typed."""

from collections.abc import Collection, Sequence
from typing import Final

from django.db.models import TextField, Value

from catalog.models import Product, SearchWord
from catalog.search import has, read, words
from catalog.spelling import nearest, reach, shortened
from marketplace.kernel.folding import fold

# So many words of a text are mended; who types more has pasted it.
MOST: Final = 8


def correction(text: str) -> str | None:
    """The text with the nearest word of the catalogue in the place of each that no product has.

    None where every word is known, or nothing is near. Quoted words, excluded ones and numbers stay. Two
    statements at most.
    """
    terms = [term for alternative in read(text) for term in alternative if term.may_be_mended][:MOST]
    folded = {fold(term.text) for term in terms}
    unknown = folded - _known({word for word in folded if reach(word)})
    meant = _nearest([word for word in sorted(unknown) if reach(word)])
    mended = text
    for term in sorted(terms, key=lambda each: -each.start):
        if fold(term.text) in meant:
            mended = mended[: term.start] + meant[fold(term.text)] + mended[term.start + len(term.text) :]
    return mended if meant else None


def _known(folded: Collection[str]) -> set[str]:
    """Of these words those that a buyer finds something by."""
    buyable = Product.objects.buyable().order_by()
    found = [
        buyable.filter(has(words(word))).values_list(Value(word, output_field=TextField()))[:1]
        for word in sorted(folded)
    ]
    return {word for (word,) in found[0].union(*found[1:], all=True)} if found else set()


def _nearest(unknown: Sequence[str]) -> dict[str, str]:
    """The word meant by each of these, where there is one."""
    keys = {each for word in unknown for each in shortened(word, reach(word))}
    if not keys:
        return {}
    known = dict(SearchWord.objects.filter(shortened__overlap=list(keys)).values_list("word", "products"))
    meant = {word: nearest(word, known) for word in unknown}
    return {word: near for word, near in meant.items() if near}
