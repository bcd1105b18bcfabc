"""What happened to a part, in words for its buyer: of the records, without who did it. No database."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import TextChoices

from checkout.models import VendorOrderStatus
from marketplace.kernel.money import Money
from marketplace.kernel.states import MOVED

Facts = Mapping[str, Any]


class Happened(TextChoices):
    PAID = "paid", "It was paid"
    NOT_PAID = "not_paid", "It was not paid, and is cancelled"
    SHIPPED = "shipped", "A parcel was sent"
    DELIVERED = "delivered", "A parcel has arrived"
    UNITS_CANCELLED = "units_cancelled", "Units of it, or all, will not be sent"
    REFUNDED = "refunded", "Money goes back"
    RETURN_REQUESTED = "return_requested", "The buyer wants to send something back"
    RETURN_APPROVED = "return_approved", "It may be sent back"
    RETURN_DECLINED = "return_declined", "It may not be sent back"
    RETURN_RECEIVED = "return_received", "Something came back"
    CASE_OPENED = "case_opened", "The buyer has a complaint"
    COMPLETED = "completed", "Nothing of it can be sent back any more"


@dataclass(frozen=True, kw_only=True)
class Happening:
    """One entry of the timeline."""

    what: Happened
    at: datetime
    text: str


# Why units are cancelled, by the code that is recorded.
WHY: Final[Mapping[str, str]] = {
    "buyer": "as the buyer wished",
    "out_of_stock": "they are not there any more",
    "cannot_ship": "they cannot be sent there",
    "not_shipped": "they were not sent in time",
    "not_accepted": "the order could not be accepted",
    "other": "for another reason",
}

Telling = tuple[Happened, str]


def _moved(facts: Facts, _: str) -> Telling | None:
    before, after = facts["before"]["status"], facts["after"]["status"]
    if after == VendorOrderStatus.OPEN:
        return Happened.PAID, "It is paid, and is to be sent."
    if (before, after) == (VendorOrderStatus.PENDING, VendorOrderStatus.CANCELLED):
        return Happened.NOT_PAID, "It was not paid, and is cancelled."
    if after == VendorOrderStatus.COMPLETED:
        return Happened.COMPLETED, "It is completed."
    # Of the other moves the parcels and the cancelled units tell.
    return None


def _cancelled(facts: Facts, _: str) -> Telling:
    why = WHY.get(facts["reason"], WHY["other"])
    return Happened.UNITS_CANCELLED, f"{_units(facts['after']['units'])} cancelled: {why}."


def _refunded(facts: Facts, currency: str) -> Telling | None:
    minor: int = facts["after"]["minor"]
    return (Happened.REFUNDED, f"{Money(minor, currency)} goes back.") if minor else None


def _answered(facts: Facts, _: str) -> Telling:
    number, status = facts["after"]["return"], facts["after"]["status"]
    if status == "approved":
        return Happened.RETURN_APPROVED, f"The return {number} may be sent."
    return Happened.RETURN_DECLINED, f"The return {number} was declined."


def _received(facts: Facts, _: str) -> Telling:
    number, units = facts["after"]["return"], facts["after"]["units"]
    return Happened.RETURN_RECEIVED, f"{_units(units)} came back with the return {number}."


def _named(what: Happened, name: str, text: str) -> Callable[[Facts, str], Telling]:
    return lambda facts, _: (what, text.format(facts["after"][name]))


def _units(count: int) -> str:
    return "1 unit" if count == 1 else f"{count} units"


# What is told of a part, by the name of its record.
TELLINGS: Final[Mapping[str, Callable[[Facts, str], Telling | None]]] = {
    MOVED: _moved,
    "checkout.parcel_shipped": _named(Happened.SHIPPED, "parcel", "The parcel {} is on its way."),
    "checkout.parcel_delivered": _named(Happened.DELIVERED, "parcel", "The parcel {} has arrived."),
    "checkout.units_cancelled": _cancelled,
    "checkout.refunded": _refunded,
    "checkout.return_requested": _named(Happened.RETURN_REQUESTED, "return", "The return {} was asked for."),
    "checkout.return_answered": _answered,
    "checkout.return_received": _received,
    "checkout.case_opened": _named(Happened.CASE_OPENED, "case", "The case {} was opened."),
}
TOLD: Final = tuple(TELLINGS)


def timeline(records: Iterable[Facts], currency: str) -> list[Happening]:
    """What to tell of these records, each with its action, moment, reason, and values before and after."""
    found = []
    for record in records:
        told = TELLINGS[record["action"]](record, currency)
        if told is not None:
            what, text = told
            found.append(Happening(what=what, at=datetime.fromisoformat(record["at"]), text=text))
    return found
