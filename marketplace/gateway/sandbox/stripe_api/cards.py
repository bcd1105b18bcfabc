"""The card of a confirmation: one that a browser sends, or one that the customer keeps."""

from typing import Any, Final

from django.views.decorators.debug import sensitive_variables

from marketplace.gateway.sandbox import cards, shapes
from marketplace.gateway.sandbox.cards import CardInput, ReadCard, UnusableCard
from marketplace.gateway.sandbox.links import is_ours
from marketplace.gateway.sandbox.shapes.payments import card_error
from marketplace.gateway.sandbox.stripe_api import fields
from marketplace.gateway.sandbox.stripe_api.asked import Asked, Body
from marketplace.gateway.sandbox.stripe_api.faults import CARD, Fault, invalid, missing_parameter
from marketplace.kernel import clock

DECLINED: Final = 402


def _own_address(name: str, value: Any) -> str:
    """An absolute address, as with Stripe; other than there, of our own site, which sends the buyer on."""
    address = fields.text(name, value)
    if not address.startswith("http") or not is_ours(address):
        raise invalid(name, "Not a valid URL of this site.", code="url_invalid")
    return address


# What a confirmation takes.
CONFIRMATION: Final = {
    "client_secret": fields.text,
    "payment_method": fields.text,
    "payment_method_data": fields.inside(
        {
            "type": fields.one_of("card"),
            "card": fields.inside(
                {
                    "number": fields.text,
                    "exp_month": fields.integer,
                    "exp_year": fields.integer,
                    "cvc": fields.text,
                },
                required={"number", "exp_month", "exp_year", "cvc"},
            ),
        },
        required={"type"},
    ),
    "return_url": _own_address,
}


@sensitive_variables()
def chosen(asked: Asked) -> ReadCard | str:
    """The card, or the reference of a kept one.

    Raises Fault for a card that is not in the list, and for a number that comes with the secret key: a
    server that sees numbers is what Stripe keeps shops from.
    """
    given = asked.given
    if "payment_method" in given:
        return str(given["payment_method"])
    card: Any = given.get("payment_method_data", {}).get("card")
    if card is None:
        raise missing_parameter("payment_method")
    if not asked.is_public:
        raise Fault("Sending credit card numbers directly to the API is generally unsafe.", status=DECLINED)
    try:
        return cards.read(CardInput(**card), today=clock.now().date())
    except UnusableCard as fault:
        raise Fault(fault.message, status=DECLINED, type_=CARD, code=fault.code) from None


def outcome(row: Any, thing: str) -> Body:
    """The object after its card was tried. Raises Fault where the bank declined, with the object in it."""
    shape = shapes.of(row)
    if not row.decline_code:
        return shape
    error = card_error(row.decline_code)
    raise Fault(error.pop("message"), status=DECLINED, type_=error.pop("type"), **{**error, thing: shape})
