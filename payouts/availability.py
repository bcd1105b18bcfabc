"""When what a vendor is owed may go to its bank, and if not, why. Decisions alone: no database, no clock.

docs/payouts.md tells the same to people.
"""

from dataclasses import dataclass

from django.db import models

from payouts.models import PayoutAccountState
from vendors.models import VendorStatus


class Waits(models.TextChoices):
    """What money for a part of an order waits for; the first that is so."""

    HOLD = "hold", "For the end of a hold on it"
    DISPUTE = "dispute", "For the end of a dispute"
    RETURN = "return", "For the end of a return"
    CASE = "case", "For the end of a complaint"
    REVIEW = "review", "For the review of the order"
    CANCELLED = "cancelled", "For the buyer to have the money back: it was cancelled"
    DELIVERY = "delivery", "For its arrival at the buyer"
    DELAY = "delay", "For its day after the arrival"
    TRANSFER = "transfer", "For the money to come to the vendor's account with the provider"


class WhyNot(models.TextChoices):
    """Why a vendor is not paid out now; the first that is so."""

    FROZEN = "frozen", "The vendor is suspended"
    ACCOUNT_MISSING = "account_missing", "The vendor has not told the payment provider where it is paid"
    ACCOUNT_NOT_ACTIVE = "account_not_active", "The payment provider does not pay it out"
    COOLING_DOWN = "cooling_down", "The bank account is another since lately"
    HELD = "held", "Everything of the vendor's is held"
    IN_DEBT = "in_debt", "The vendor owes more than is available"
    NOTHING_AVAILABLE = "nothing_available", "Nothing is available yet"
    BELOW_MINIMUM = "below_minimum", "It is less than the least that is paid out"
    WAITS_FOR_MONEY = "waits_for_money", "The money has not come to the vendor's account with the provider"


@dataclass(frozen=True, kw_only=True)
class Standing:
    """What of a vendor decides about all of its payouts; `account_state` is None without an account."""

    vendor_status: str
    account_state: str | None
    is_cooling_down: bool
    is_held: bool


@dataclass(frozen=True, kw_only=True)
class Available:
    """What could go in one currency, in minor units.

    `minor` is below zero where the vendor owes more than it is due; `at_provider_minor` is what lies in its
    account with the provider, `minimum_minor` the least that is paid out.
    """

    minor: int
    at_provider_minor: int
    minimum_minor: int


def blocked(standing: Standing) -> WhyNot | None:
    """Why nothing of a vendor's is paid out, whatever it is owed; None where nothing stands in the way."""
    if standing.vendor_status != VendorStatus.APPROVED:
        return WhyNot.FROZEN
    if standing.account_state is None:
        return WhyNot.ACCOUNT_MISSING
    if standing.account_state != PayoutAccountState.ACTIVE:
        return WhyNot.ACCOUNT_NOT_ACTIVE
    if standing.is_cooling_down:
        return WhyNot.COOLING_DOWN
    return WhyNot.HELD if standing.is_held else None


def why_not(standing: Standing, available: Available) -> WhyNot | None:
    """Why this is not paid out; None where it would be, all of it."""
    reason = blocked(standing)
    if reason is not None:
        return reason
    if available.minor < 0:
        return WhyNot.IN_DEBT
    if available.minor == 0:
        return WhyNot.NOTHING_AVAILABLE
    if available.minor < available.minimum_minor:
        return WhyNot.BELOW_MINIMUM
    return WhyNot.WAITS_FOR_MONEY if available.minor > available.at_provider_minor else None
