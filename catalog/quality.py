"""How good a listing is, from 0 to 100, and what would make it better: decisions without a database.

Each check is worth some points. One that says nothing about a listing, such as its price where few others
are in its category, counts as passed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Final

ENOUGH_PICTURES: Final = 3
TITLE_LENGTH: Final = (20, 120)
ENOUGH_DESCRIPTION: Final = 300
# A price is implausible below a third of the usual ones in its category, and above three times as much.
FAR: Final = 3
FEWEST_PRICES: Final = 8
# Nobody believes that something costs a fifth of what it did.
MOST_COMPARED: Final = 5
# Of a hundred units sold lately; fewer than these say nothing.
MOST_RETURNED_PERCENT: Final = 15
FEWEST_SOLD: Final = 10


class QualityFix(Enum):
    """What can be mended of a listing, each with the points that it is worth and a sentence."""

    PICTURES = (20, "Show at least three pictures: buyers look at them first.")
    ALT_TEXTS = (5, "Say of every picture what it shows, for those who cannot see it.")
    TITLE = (10, "Give it a title of 20 to 120 characters: what it is, of what, and for whom.")
    DESCRIPTION = (15, "Describe it in 300 characters or more: size, material, use and care.")
    ATTRIBUTES = (20, "Say what its category asks for: buyers narrow their lists by it.")
    PRICE = (10, "Look at the price: it is far from those of others in its category.")
    COMPARE_AT = (5, "Look at the price it is compared with: it is more than five times its own.")
    STOCK = (10, "Have some in stock: what cannot be bought comes last.")
    RETURNS = (5, "Many are sent back: check what the pictures and the description promise.")

    @property
    def weight(self) -> int:
        """The points that it is worth."""
        return self.value[0]

    @property
    def text(self) -> str:
        """What to do, for a person."""
        return self.value[1]


@dataclass(frozen=True, kw_only=True)
class Prices:
    """The usual prices of a category in one currency: half of all lie between these."""

    count: int
    low: int
    high: int


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What is known of a listing.

    Attributes:
        pictures, described: how many, and how many of them say what they show.
        asked, answered: the attributes of its category, and how many of these it answers.
        prices: of what it has on sale, in minor units, each with what it is compared with.
        usual: the prices in its category, in its currency.
        sold, returned: units in the last 90 days; None where nobody counts what comes back.
    """

    title: str
    description: str
    pictures: int
    described: int
    asked: int
    answered: int
    prices: tuple[tuple[int, int | None], ...]
    usual: Prices | None
    is_in_stock: bool
    sold: int = 0
    returned: int | None = None


@dataclass(frozen=True, kw_only=True)
class Quality:
    """A score from 0 to 100, and what to mend with the points it would bring, the most first."""

    score: int
    fixes: tuple[tuple[QualityFix, int], ...]


def quality_of(facts: Facts) -> Quality:
    """Judge a listing."""
    lost = {fix: fix.weight - round(fix.weight * min(1, check(facts))) for fix, check in _CHECKS.items()}
    fixes = sorted(((fix, points) for fix, points in lost.items() if points), key=lambda each: -each[1])
    return Quality(score=100 - sum(lost.values()), fixes=tuple(fixes))


def _title(facts: Facts) -> float:
    shortest, longest = TITLE_LENGTH
    return shortest <= len(facts.title) <= longest


def _price(facts: Facts) -> float:
    if facts.usual is None or facts.usual.count < FEWEST_PRICES or not facts.prices:
        return 1
    lowest = min(price for price, _ in facts.prices)
    return facts.usual.low <= FAR * lowest and lowest <= FAR * facts.usual.high


def _compare_at(facts: Facts) -> float:
    return all(compared is None or compared <= MOST_COMPARED * price for price, compared in facts.prices)


def _returns(facts: Facts) -> float:
    if facts.returned is None or facts.sold < FEWEST_SOLD:
        return 1
    return 100 * facts.returned <= MOST_RETURNED_PERCENT * facts.sold


# Which part of its points a listing earns, from 0 to 1.
_CHECKS: Final[dict[QualityFix, Callable[[Facts], float]]] = {
    QualityFix.PICTURES: lambda facts: facts.pictures / ENOUGH_PICTURES,
    QualityFix.ALT_TEXTS: lambda facts: facts.described / facts.pictures if facts.pictures else 0,
    QualityFix.TITLE: _title,
    QualityFix.DESCRIPTION: lambda facts: len(facts.description) / ENOUGH_DESCRIPTION,
    QualityFix.ATTRIBUTES: lambda facts: facts.answered / facts.asked if facts.asked else 1,
    QualityFix.PRICE: _price,
    QualityFix.COMPARE_AT: _compare_at,
    QualityFix.STOCK: lambda facts: facts.is_in_stock,
    QualityFix.RETURNS: _returns,
}
