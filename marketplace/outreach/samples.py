"""What a message tells in a preview: made up, and as awkward as real names are."""

from collections.abc import Mapping
from datetime import date
from typing import Final

from marketplace.kernel.money import Money
from marketplace.outreach.summaries import Amounts, LineSummary, OrderSummary, PartSummary

SOON: Final = date(2026, 12, 4)
SITE: Final = "https://shop.example"
KEY: Final = f"{SITE}/account/verify?key=Ab3-dE5_fG7"
ORDER_LINK: Final = f"{SITE}/orders/K7M2P9QX?token=Ab3-dE5_fG7"


def _eur(minor: int) -> Money:
    return Money(minor, "EUR")


def _amounts(subtotal: int, discount: int, shipping: int, tax: int) -> Amounts:
    return Amounts(
        subtotal=_eur(subtotal),
        discount=_eur(discount),
        shipping=_eur(shipping),
        tax=_eur(tax),
        total=_eur(subtotal - discount + shipping + tax),
    )


MUGS: Final = LineSummary(
    title="Mug with a handle on either side", options="blue, 0.3 l", quantity=2, amount=_eur(3180)
)
TEA: Final = LineSummary(title="Darjeeling, second flush", options="", quantity=1, amount=_eur(1450))
BOWL: Final = LineSummary(
    title="Salad bowl, turned from one piece of the old walnut tree behind the workshop",
    options="oiled, for Ada",
    quantity=1,
    amount=_eur(12_000),
)
FIRST: Final = PartSummary(
    vendor="Tea & Clay",
    number="K7M2P9QX-1",
    shipping_name="Parcel",
    lines=(MUGS, TEA),
    amounts=_amounts(4630, 463, 490, 884),
)
SECOND: Final = PartSummary(
    vendor="Drechslerei Müller",
    number="K7M2P9QX-2",
    shipping_name="",
    lines=(BOWL,),
    amounts=_amounts(12_000, 0, 0, 2280),
)
ORDER: Final = OrderSummary(
    number="K7M2P9QX",
    parts=(FIRST, SECOND),
    amounts=_amounts(16_630, 463, 490, 3164),
    address=("Ada Example", "Unter den Linden 1", "10117 Berlin", "DE"),
)
# Without amounts: what is sent, cancelled or comes back.
SENT: Final = (
    LineSummary(title=MUGS.title, options=MUGS.options, quantity=1),
    LineSummary(title=TEA.title, options="", quantity=1),
)

WITH_KEY: Final[Mapping[str, object]] = {"link": KEY, "days": 3, "minutes": 60}
OF_VENDOR: Final[Mapping[str, object]] = {"vendor": FIRST.vendor}
DECIDED: Final[Mapping[str, object]] = {
    **OF_VENDOR,
    "reason": "Suspicion of fraud",
    "note": "Two buyers wrote.\nWe look into it.",
}
OF_LISTING: Final[Mapping[str, object]] = {**OF_VENDOR, "title": MUGS.title}
FAULTY: Final[Mapping[str, object]] = {
    **OF_LISTING,
    "reason": "The pictures are missing, poor or not one's own",
    "note": "Almost there.",
    "faults": ("Pictures: The pictures are missing, poor or not one's own. Too dark.",),
}
OF_ORDER: Final[Mapping[str, object]] = {"number": ORDER.number, "link": ORDER_LINK}
REVIEWED: Final[Mapping[str, object]] = {**OF_ORDER, "product": MUGS.title}
OF_PART: Final[Mapping[str, object]] = {"number": FIRST.number, **OF_VENDOR}
DISPUTED: Final[Mapping[str, object]] = {
    **OF_PART,
    "amount": FIRST.amounts.total,
    "by": SOON,
    "outcome": "",
}
TO_BUYER: Final[Mapping[str, object]] = {**OF_ORDER, **OF_VENDOR}
