"""What happens to vendors' money, for whoever stands above: frozen ids, published inside the transaction."""

from dataclasses import dataclass


@dataclass(frozen=True)
class PayoutAccountHeld:
    """A vendor cannot be paid any more, until it or the provider does something."""

    account_id: int
