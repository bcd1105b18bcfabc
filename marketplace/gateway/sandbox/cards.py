"""The cards the sandbox knows: test numbers, each with a fate. A number is looked at and never kept."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

SHORT_YEAR: Final = 100
LAST_YEAR: Final = 2199
# Why a payment comes to nothing where the bank asks for the buyer: who failed there, or was not there.
NOT_AUTHENTICATED: Final = "authentication_failed"
NOT_THERE: Final = "authentication_required"


class UnusableCard(Exception):  # noqa: N818  # a fact about the card
    """The card cannot be tried; `code` says why. The message holds nothing of what was given."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass(frozen=True, kw_only=True)
class ListedCard:
    """A card of the list, and what becomes of it."""

    brand: str = "visa"
    decline_code: str = ""  # empty: the bank agrees
    can_be_saved: bool = False  # even though it is declined whenever it is charged
    asks_buyer: bool = False  # 3-D Secure first
    is_disputed: bool = False  # the holder will not have bought it
    is_warned_of: bool = False  # its bank takes the charge for fraud
    refund_fails: bool = False  # what goes back returns


# Stripe's numbers. The last four digits are all different, so they alone tell the card from then on.
_FATES: Final[Mapping[str, ListedCard]] = {
    "4242424242424242": ListedCard(),
    "4000000000000002": ListedCard(decline_code="generic_decline"),
    "4000000000009995": ListedCard(decline_code="insufficient_funds"),
    "4000000000000069": ListedCard(decline_code="expired_card"),
    "4000000000000127": ListedCard(decline_code="incorrect_cvc"),
    "4000002500003155": ListedCard(asks_buyer=True),
    "4000002760003184": ListedCard(asks_buyer=True),
    # Can be saved, and declines whenever it is charged.
    "4000000000000341": ListedCard(decline_code="card_declined", can_be_saved=True),
    "4000000000000259": ListedCard(is_disputed=True),
    "4000000000005423": ListedCard(is_warned_of=True),
    "4000000000005126": ListedCard(refund_fails=True),
}
TEST_NUMBERS: Final = tuple(_FATES)
BY_LAST4: Final[Mapping[str, ListedCard]] = {number[-4:]: card for number, card in _FATES.items()}


@dataclass(frozen=True, kw_only=True)
class CardInput:
    """A card as a browser sends it. Its number and code show in no repr, so in no traceback either."""

    number: str = field(repr=False)
    exp_month: int
    exp_year: int
    cvc: str = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class ReadCard:
    """All that may be kept of a card; the last four digits tell which of the list it is."""

    last4: str
    exp_month: int
    exp_year: int


def read(card: CardInput, *, today: date) -> ReadCard:
    """What may be kept of a card of the list.

    Raises UnusableCard for any other number, for a date that is past and for a malformed code.
    """
    number = re.sub(r"[ -]", "", card.number)
    if number not in _FATES:
        raise UnusableCard("test_cards_only", "The sandbox takes test cards only, never a real one.")
    if not 1 <= card.exp_month <= 12:
        raise UnusableCard("invalid_expiry_month", "The month is a number from 1 to 12.")
    year = card.exp_year + 2000 if card.exp_year < SHORT_YEAR else card.exp_year
    if (year, card.exp_month) < (today.year, today.month) or year > LAST_YEAR:
        raise UnusableCard("invalid_expiry_year", "This date is past, or no card's.")
    if not re.fullmatch(r"[0-9]{3,4}", card.cvc):
        raise UnusableCard("invalid_cvc", "The code has 3 or 4 digits.")
    return ReadCard(last4=number[-4:], exp_month=card.exp_month, exp_year=year)
