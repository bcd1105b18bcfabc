"""Misspelt words: how far two words are apart, and what nearby words have in common.

Of each word that may be meant we keep its beginning with one letter or two left out, in every way. A word
that is misspelt in as many letters shares one of these with it, so an index finds the few words worth
comparing.
"""

from collections.abc import Iterable, Mapping
from itertools import combinations
from typing import Final

# Only so many letters of a word are shortened: longer words differ in their beginnings anyhow.
BEGINNING: Final = 7
SHORTEST_MENDED: Final = 4
SHORTEST_WITH_TWO: Final = 6
LONGEST: Final = 40


def reach(word: str) -> int:
    """How many letters of a word may be wrong: none of three, one of five, two of more."""
    if len(word) < SHORTEST_MENDED:
        return 0
    return 1 if len(word) < SHORTEST_WITH_TWO else 2


def shortened(word: str, letters: int) -> list[str]:
    """The beginning of a word with up to so many letters left out, in every way, sorted."""
    start = word[:BEGINNING]
    kept = range(max(len(start) - letters, 1), len(start) + 1)
    return sorted({"".join(each) for size in kept for each in combinations(start, size)})


def kept_of(word: str) -> list[str]:
    """What is kept of a word that may be meant. One that is misspelt may be two letters longer."""
    return shortened(word, 2 if len(word) + 2 >= SHORTEST_WITH_TWO else 1)


def distance(one: str, other: str) -> int:
    """How many letters are left out, added, changed, or exchanged with their neighbour."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for here, letter in enumerate(one, start=1):
        last, before, row = before, row, [here]
        for there, opposite in enumerate(other, start=1):
            steps = min(before[there] + 1, row[-1] + 1, before[there - 1] + (letter != opposite))
            is_exchanged = here > 1 and there > 1 and letter == other[there - 2] and one[here - 2] == opposite
            row.append(min(steps, last[there - 2] + 1) if is_exchanged else steps)
    return row[-1]


def nearest(word: str, known: Mapping[str, int]) -> str | None:
    """The nearest of these words within reach, of several the most frequent; None where none is."""
    within = [(apart, -known[each], each) for each, apart in _apart(word, known) if apart <= reach(word)]
    return min(within)[2] if within else None


def _apart(word: str, known: Iterable[str]) -> Iterable[tuple[str, int]]:
    return ((each, distance(word, each)) for each in known)
