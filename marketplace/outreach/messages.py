"""Every message that leaves the house, as data: for whom it is, whether it may be declined, and a sample.

Each has a template of its name in templates/outreach/messages/.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Final

from marketplace.outreach import samples
from marketplace.outreach.models import MailTopic


class Audience(Enum):
    """Who reads it."""

    USER = "who has an account"
    VENDOR = "a vendor's people"
    BUYER = "who buys"


@dataclass(frozen=True, kw_only=True)
class Message:
    """One message.

    Attributes:
        sample: what its template is given in a preview.
        topic: what one asks for to get it; None where it is transactional and always comes.
        is_farewell: whether the address is forgotten when it has left.
    """

    name: str
    audience: Audience
    sample: Mapping[str, object] = field(default_factory=dict)
    topic: MailTopic | None = None
    is_farewell: bool = False


def _user(name: str, sample: Mapping[str, object], *, is_farewell: bool = False) -> Message:
    return Message(name=name, audience=Audience.USER, sample=sample, is_farewell=is_farewell)


def _vendor(name: str, sample: Mapping[str, object], **more: object) -> Message:
    return Message(name=name, audience=Audience.VENDOR, sample={**sample, **more})


def _buyer(name: str, sample: Mapping[str, object], **more: object) -> Message:
    return Message(name=name, audience=Audience.BUYER, sample={**sample, **more})


PAGE: Final = {"link": f"{samples.SITE}/account/reset"}

MESSAGES: Final[Mapping[str, Message]] = {
    message.name: message
    for message in (
        _user("verify", samples.WITH_KEY),
        _user("known_address", samples.WITH_KEY),
        _user("reset_password", samples.WITH_KEY),
        _user("password_changed", PAGE),
        _user("new_address", samples.WITH_KEY),
        _user("address_to_change", PAGE),
        _user("address_changed", PAGE),
        _user("factor_added", PAGE),
        _user("factor_removed", PAGE),
        _user("codes_reset", PAGE),
        _user("data_export", {"link": f"{samples.SITE}/account"}),
        _user("account_deleted", {}, is_farewell=True),
        _vendor("vendor_submitted", samples.OF_VENDOR),
        _vendor("vendor_approved", samples.OF_VENDOR, reason="", note=""),
        _vendor("vendor_rejected", samples.DECIDED),
        _vendor("vendor_suspended", samples.DECIDED),
        _vendor("vendor_reinstated", samples.DECIDED),
        _vendor("vendor_closed", samples.DECIDED),
        _vendor("listing_published", samples.OF_LISTING),
        _vendor("listing_scheduled", samples.OF_LISTING, on=samples.SOON),
        _vendor("listing_rejected", samples.FAULTY),
        _vendor("change_approved", samples.OF_LISTING),
        _vendor("change_declined", samples.FAULTY),
        _vendor("appeal_answered", samples.OF_VENDOR, answer="We looked again.\nIt stays."),
        _vendor("invited_vendor", {**samples.OF_VENDOR, **samples.WITH_KEY}),
        _vendor("invited_member", {**samples.OF_VENDOR, **samples.WITH_KEY}, role="fulfilment"),
        _vendor(
            "api_key_made",
            samples.OF_VENDOR,
            maker="ada@example.com",
            key="The warehouse",
            shown="mkey_8F2k...",
            may=("Can ship and cancel", "Can adjust stock"),
        ),
        _vendor(
            "payout_account_held",
            samples.OF_VENDOR,
            state="Something is missing, and until then nothing is paid",
            missing=("individual.verification.document",),
            by=samples.SOON,
            reason="",
            is_open=True,
        ),
        _vendor("payout_bank_changed", samples.OF_VENDOR, bank="6789", on=samples.SOON),
        _vendor(
            "payout_returned",
            samples.OF_VENDOR,
            amount=samples.FIRST.amounts.total,
            reason="The bank account has been closed.",
        ),
        _vendor("dispute_opened", samples.DISPUTED),
        _vendor("dispute_due", samples.DISPUTED),
        _vendor("dispute_closed", samples.DISPUTED, outcome="Won: the buyer has paid"),
        _buyer("order_paid", samples.OF_ORDER, order=samples.ORDER),
        _vendor("order_new", samples.OF_PART, part=samples.FIRST),
        _buyer("order_expired", samples.OF_ORDER),
        _buyer("payment_late", samples.OF_ORDER, amount=samples.ORDER.amounts.total),
        _buyer("order_link", samples.OF_ORDER),
        _buyer("payment_needed", samples.OF_ORDER, amount=samples.ORDER.amounts.total),
        _buyer(
            "parcel_shipped", samples.TO_BUYER, carrier="DHL", tracking="JJD0123456789", lines=samples.SENT
        ),
        _buyer(
            "digital_delivered",
            samples.TO_BUYER,
            carrier="",
            tracking="",
            lines=samples.SENT,
            notes=((samples.TEA.title, "Ask for shelf seven.\nThe word is: two leaves."),),
        ),
        _buyer("parcel_delivered", samples.TO_BUYER, lines=samples.SENT),
        _buyer(
            "part_cancelled",
            samples.TO_BUYER,
            is_whole=False,
            amount=samples.TEA.amount,
            lines=samples.SENT,
        ),
        _vendor("part_cancelled_vendor", samples.OF_PART, is_whole=True, lines=samples.SENT),
        _buyer("refund_made", samples.OF_ORDER, amount=samples.TEA.amount),
        _buyer("refund_failed", samples.OF_ORDER, amount=samples.TEA.amount),
        _vendor(
            "return_requested",
            samples.OF_PART,
            wish="Money back",
            reasons=("Arrived damaged: The handle is off.",),
            lines=samples.SENT,
        ),
        _buyer(
            "return_answered",
            samples.TO_BUYER,
            is_approved=True,
            answer="Please pack it well.",
            lines=samples.SENT,
        ),
        _buyer("return_received", samples.TO_BUYER, lines=samples.SENT),
        _vendor("case_opened", samples.OF_PART, topic="Something arrived damaged", text="The handle is off."),
        _buyer("case_answered", samples.TO_BUYER, text="We are sorry.\nA new one is on its way."),
        _vendor("case_continued", samples.OF_PART, text="Thank you, it has come."),
        _vendor("review_published", samples.OF_VENDOR, product=samples.MUGS.title, stars=4),
        _buyer(
            "review_rejected", samples.REVIEWED, fault="It is not about the product", note="See our rules."
        ),
        _buyer("review_replied", samples.REVIEWED, **samples.OF_VENDOR, text="Thank you!\nCome again."),
        Message(
            name="product_alert",
            audience=Audience.BUYER,
            sample={
                "title": samples.MUGS.title,
                "price": samples.MUGS.amount,
                "is_back": True,
                "link": f"{samples.SITE}/products/mug",
            },
            topic=MailTopic.PRODUCT_ALERTS,
        ),
        Message(
            name="cart_reminder",
            audience=Audience.BUYER,
            sample={"link": f"{samples.SITE}/cart", "lines": (samples.MUGS, samples.BOWL)},
            topic=MailTopic.CART_REMINDERS,
        ),
    )
}
