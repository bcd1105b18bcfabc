"""The part of the port about buyers and the cards they keep with the provider.

Of a card we see what a receipt shows; its number never reaches us.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol


@dataclass(frozen=True, kw_only=True)
class Customer:
    """A buyer as the provider knows them: one for each billing profile."""

    ref: str
    email: str
    default_card_ref: str | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class SavedCard:
    """A card that the provider keeps for a customer; `customer_ref` is None once it was taken off."""

    ref: str
    customer_ref: str | None
    brand: str
    last4: str
    exp_month: int
    exp_year: int


class SetupStatus(StrEnum):
    """Where the saving of a card stands."""

    REQUIRES_METHOD = "requires_method"
    REQUIRES_ACTION = "requires_action"
    PROCESSING = "processing"
    SUCCEEDED = "succeeded"
    CANCELED = "canceled"


@dataclass(frozen=True, kw_only=True)
class Setup:
    """The saving of a card, which the buyer's browser carries out with the client secret."""

    ref: str
    status: SetupStatus
    client_secret: str
    customer_ref: str
    card_ref: str | None = None  # once succeeded
    decline_code: str | None = None
    action_url: str | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)


class Wallets(Protocol):
    """Customers and their cards."""

    def create_customer(self, *, email: str, name: str, metadata: Mapping[str, str], key: str) -> Customer:
        """A customer for a billing profile."""
        ...

    def get_customer(self, ref: str) -> Customer:
        """The customer as it is now."""
        ...

    def delete_customer(self, ref: str, *, key: str) -> None:
        """Forget a customer, with what is known of them and their cards, for good.

        Nothing can be done for one that is gone; to delete it again is no error.
        """
        ...

    def start_setup(self, customer_ref: str, *, metadata: Mapping[str, str], key: str) -> Setup:
        """Open the saving of a card for later payments without the buyer."""
        ...

    def get_setup(self, ref: str) -> Setup:
        """The saving as it is now."""
        ...

    def list_cards(self, customer_ref: str) -> Sequence[SavedCard]:
        """The cards that this customer keeps, the newest first."""
        ...

    def get_card(self, ref: str) -> SavedCard:
        """The card as it is now, whosever it is: the caller compares its customer."""
        ...

    def set_default_card(self, customer_ref: str, card_ref: str, *, key: str) -> Customer:
        """Which card is charged where none is named; raises ProviderRefused for another customer's."""
        ...

    def detach_card(self, ref: str, *, key: str) -> SavedCard:
        """Take a card off its customer, for good. One that is off already is answered as it is."""
        ...
