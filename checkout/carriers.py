"""What numbers of parcels look like, and where they are followed. No database.

A carrier that is not known here may be named too: its numbers are letters, digits and hyphens.
"""

import re
from dataclasses import dataclass
from typing import Final

from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.texts import line

LONGEST: Final = 40
ANY: Final = re.compile(r"[A-Z0-9](?:[A-Z0-9-]{2,38}[A-Z0-9])")


@dataclass(frozen=True)
class Carrier:
    """A carrier we know: how its numbers are made, and the page that follows one."""

    name: str
    numbers: re.Pattern[str]
    page: str


CARRIERS: Final = {
    carrier.name.lower(): carrier
    for carrier in (
        Carrier(
            "DHL",
            re.compile(r"\d{10}|\d{12}|\d{20}|[A-Z]{2}\d{9}[A-Z]{2}|J[A-Z0-9]{10,24}"),
            "https://www.dhl.com/global-en/home/tracking.html?tracking-id={}",
        ),
        Carrier("UPS", re.compile(r"1Z[A-Z0-9]{16}"), "https://www.ups.com/track?tracknum={}"),
        Carrier(
            "FedEx",
            re.compile(r"\d{12}|\d{15}|\d{20}|\d{22}"),
            "https://www.fedex.com/fedextrack/?trknbr={}",
        ),
        Carrier(
            "USPS",
            re.compile(r"\d{20,22}|[A-Z]{2}\d{9}US"),
            "https://tools.usps.com/go/TrackConfirmAction?tLabels={}",
        ),
        Carrier("DPD", re.compile(r"\d{14}[A-Z0-9]?"), "https://www.dpd.com/tracking?parcelNumber={}"),
    )
}


def tracked(carrier: str, number: str) -> tuple[str, str]:
    """The carrier and the number as they are kept: a known name in its own spelling, a number without spaces.

    Both may be empty. Raises InvalidInput for a number without a carrier, and for one that is none of it.
    """
    carrier = line(carrier, field="carrier", longest=LONGEST, shortest=0)
    number = "".join(line(number, field="trackingNumber", longest=2 * LONGEST, shortest=0).split()).upper()
    known = CARRIERS.get(carrier.lower())
    if number and not carrier:
        raise InvalidInput(field="carrier", reason="Say whose number this is.")
    if number and not (known.numbers if known else ANY).fullmatch(number):
        name = known.name if known else "a carrier"
        raise InvalidInput(field="trackingNumber", reason=f"This is no number of {name}.")
    return (known.name if known else carrier), number


def page_of(carrier: str, number: str) -> str:
    """Where the parcel can be followed; empty for a carrier we do not know."""
    known = CARRIERS.get(carrier.lower())
    return known.page.format(number) if known and number else ""
