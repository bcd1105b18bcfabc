"""What the payouts app refuses."""

from dataclasses import dataclass

from marketplace.kernel.errors import Refusal
from marketplace.kernel.money import Money


@dataclass(eq=False, kw_only=True)
class PayoutAccountNotReady(Refusal):
    """The vendor's account with the payment provider is not one with which this can be done now."""

    text = "The payout account is {state}: this cannot be done."
    state: str
    field: str | None = None


@dataclass(eq=False, kw_only=True)
class NothingToPayOut(Refusal):
    """Nothing is paid out to the vendor now; `why` says why, as `balance.whyNot` does."""

    text = "Nothing is paid out now ({why})."
    why: str
    field: str | None = None


@dataclass(eq=False, kw_only=True)
class SecondFactorNeeded(Refusal):
    """Who may change where a vendor is paid needs a second factor: add one by startSecondFactor."""

    text = "Add a second factor to your account first: it guards where your vendor is paid."
    field: str | None = None


@dataclass(eq=False, kw_only=True)
class HoldTooLarge(Refusal):
    """More was to be held than is the vendor's, and in no payout yet."""

    text = "There is no more than {left} that could be held."
    left: Money
    field: str | None = None


@dataclass(eq=False, kw_only=True)
class HoldEnded(Refusal):
    """The hold was released before."""

    text = "This hold has ended."
    field: str | None = None


@dataclass(eq=False, kw_only=True)
class DisputeNotAnswerable(Refusal):
    """The dispute was answered, has ended, or the time to answer is over."""

    text = "The dispute cannot be answered any more ({state})."
    state: str
    field: str | None = None


@dataclass(eq=False, kw_only=True)
class DiscrepancyNotRefundable(Refusal):
    """It is no payment that pays nothing here, or it differs no more."""

    text = "There is nothing to give back of this ({kind}, {status})."
    kind: str
    status: str
    field: str | None = None


@dataclass(eq=False, kw_only=True)
class DiscrepancyNoRefund(Refusal):
    """It is no refund of the provider's pages that could be booked, or it differs no more."""

    text = "There is no refund to be booked of this ({kind}, {status})."
    kind: str
    status: str
    field: str | None = None


@dataclass(eq=False, kw_only=True)
class MoreThanTaxDue(Refusal):
    """More tax would have been remitted than there is to remit."""

    text = "There is {due} of tax to remit."
    due: Money
    field: str | None = "amount"
