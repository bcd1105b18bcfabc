"""Invented words that are used as unevenly as real ones: a few in half of all texts, most in hardly any.

The word at rank r is drawn in proportion to 1 / (r + 2.7), as in English. Everything follows from the seed.
"""

import random
from collections.abc import Sequence
from itertools import accumulate, product
from typing import Final

# Consonant, vowel, consonant, vowel, consonant: no English word among them is a stop word.
_FIRST: Final = "bdfgklmnprstv"
_VOWELS: Final = "aiou"
_LAST: Final = "lnrtk"
ZIPF_SHIFT: Final = 2.7
VOCABULARY: Final = 6_000


def vocabulary(size: int = VOCABULARY) -> list[str]:
    """Distinct words, the most frequent one first."""
    words = ["".join(letters) for letters in product(_FIRST, _VOWELS, _FIRST, _VOWELS, _LAST)]
    random.Random("vocabulary").shuffle(words)  # noqa: S311  # nothing secret
    return words[:size]


class Writer:
    """Draws words and puts them together."""

    def __init__(self, seed: str, words: Sequence[str]) -> None:
        self.chance = random.Random(seed)  # noqa: S311  # nothing secret
        self.words = words
        self.weights = list(accumulate(1 / (rank + ZIPF_SHIFT) for rank in range(1, len(words) + 1)))

    def draw(self, count: int) -> list[str]:
        return self.chance.choices(self.words, cum_weights=self.weights, k=count)

    def title(self, fewest: int, most: int) -> str:
        """So many different words, each with a capital."""
        wanted = self.chance.randint(fewest, most)
        drawn = dict.fromkeys(self.draw(wanted))
        while len(drawn) < wanted:
            drawn |= dict.fromkeys(self.draw(wanted - len(drawn)))
        return " ".join(drawn).title()

    def text(self, sentences: int) -> str:
        """Sentences of six to fourteen words."""
        lengths = [self.chance.randint(6, 14) for _ in range(sentences)]
        return " ".join(f"{' '.join(self.draw(length)).capitalize()}." for length in lengths)
