"""What happens to vendors' money, for whoever stands above: frozen ids, published inside the transaction."""

from dataclasses import dataclass


@dataclass(frozen=True)
class PayoutAccountHeld:
    """A vendor cannot be paid any more, until it or the provider does something."""

    account_id: int


@dataclass(frozen=True)
class PayoutAccountActivated:
    """A vendor can be paid, for the first time or again."""

    account_id: int
    vendor_id: int


@dataclass(frozen=True)
class VendorAdjusted:
    """The platform has given a vendor something, or asked for it."""

    adjustment_id: int
    vendor_id: int


@dataclass(frozen=True)
class WorthChanged:
    """What the parts of an order are worth to their vendors has changed, otherwise than by a sale or a refund
    that the provider makes: what was sent follows.
    """

    order_id: int


@dataclass(frozen=True)
class PayoutBankChanged:
    """A vendor is paid at another bank account from now on."""

    account_id: int


@dataclass(frozen=True)
class PayoutClaimed:
    """A payout is to be asked of the provider."""

    payout_id: int


@dataclass(frozen=True)
class PayoutReturned:
    """A payout did not arrive at the vendor's bank; the money is the vendor's again."""

    payout_id: int


@dataclass(frozen=True)
class DisputeOpened:
    """A buyer wants the money back by the bank."""

    dispute_id: int


@dataclass(frozen=True)
class DisputeDue:
    """The time to answer a dispute is nearly over, and nothing was sent."""

    dispute_id: int


@dataclass(frozen=True)
class DisputeClosed:
    """The bank has decided, or nothing came of it."""

    dispute_id: int


@dataclass(frozen=True)
class StrayRefundRequested:
    """A payment that pays nothing here is to be given back."""

    stray_refund_id: int
