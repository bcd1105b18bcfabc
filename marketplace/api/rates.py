"""How often one buyer may change a cart, order, and ask about payments, and all buyers of an address; and
how often a vendor's program may ask.

A buyer is who is signed in, else a session that holds something: a made-up cookie is none. What a client can
have any number of, sessions, is counted by its address too where it holds stock or costs money.
Counting commits by itself, so mutations count before anything else, outside every transaction.
"""

from datetime import timedelta
from typing import Final

from django.conf import settings

from marketplace.api.context import Info
from marketplace.kernel import adjustable, rates
from marketplace.kernel.client_address import site_of
from marketplace.kernel.mailbox import normalized
from vendors.models import KeyVisitor

PERIOD: Final = timedelta(minutes=1)
# Behind one address there may be an office.
BUYERS_AT_AN_ADDRESS: Final = 10
MESSAGES_A_MINUTE: Final = 10
SUGGESTIONS_A_MINUTE: Final = 240
LINK_BY_CLIENT: Final = rates.Rule(name="order_link_by_client", limit=20, period=timedelta(minutes=60))
LINK_BY_EMAIL: Final = rates.Rule(name="order_link_by_email", limit=3, period=timedelta(minutes=60))


def count_cart_change(info: Info) -> None:
    """Of the buyer, or of the address of who has no session yet. Raises RateLimited."""
    limit = adjustable.number("CART_CHANGES_A_MINUTE")
    if not _by_buyer(info, "cart", limit):
        _by_address(info, "cart", limit)


def count_order(info: Info) -> None:
    """Of the buyer and of the address: every order holds stock. Raises RateLimited."""
    limit = adjustable.number("ORDERS_A_MINUTE")
    _by_address(info, "order", limit)
    _by_buyer(info, "order", limit)


def count_coupon(info: Info) -> None:
    """Of the buyer and of the address: every try of a code, right or wrong. Raises RateLimited."""
    _by_address(info, "coupon", settings.COUPONS_A_MINUTE)
    _by_buyer(info, "coupon", settings.COUPONS_A_MINUTE)


def count_payment(info: Info) -> None:
    """Of the buyer and of the address: every time the provider is asked. Raises RateLimited."""
    _by_address(info, "payment", settings.PAYMENTS_A_MINUTE)
    _by_buyer(info, "payment", settings.PAYMENTS_A_MINUTE)


def count_message(info: Info) -> None:
    """Of the buyer, or of the address of who has no session: a vendor gets mail of it. Raises RateLimited."""
    if not _by_buyer(info, "message", MESSAGES_A_MINUTE):
        _by_address(info, "message", MESSAGES_A_MINUTE)


def count_suggestion(info: Info) -> None:
    """Of the buyer, or of the address of who has no session: a letter typed is one. Raises RateLimited."""
    if not _by_buyer(info, "suggestion", SUGGESTIONS_A_MINUTE):
        _by_address(info, "suggestion", SUGGESTIONS_A_MINUTE)


def count_order_link(info: Info, email: str) -> None:
    """Of the client and of the mailbox, which need not be theirs. Raises RateLimited, InvalidInput."""
    rates.hit(LINK_BY_CLIENT, site_of(info.context.client))
    rates.hit(LINK_BY_EMAIL, normalized(email))


def count_key(key: KeyVisitor) -> None:
    """Of an API key: every request that brings it. Raises RateLimited."""
    limit = adjustable.number("KEY_REQUESTS_A_MINUTE")
    if limit:
        rates.hit(rates.Rule(name="requests_by_key", limit=limit, period=PERIOD), str(key.key.pk))


def _by_buyer(info: Info, what: str, limit: int) -> bool:
    """Whether there is a buyer to count by."""
    buyer = _buyer(info)
    if buyer and limit:
        rates.hit(rates.Rule(name=f"{what}_by_buyer", limit=limit, period=PERIOD), buyer)
    return bool(buyer)


def _by_address(info: Info, what: str, limit: int) -> None:
    site = site_of(info.context.client)
    if limit:
        many = limit * BUYERS_AT_AN_ADDRESS
        rates.hit(rates.Rule(name=f"{what}_by_address", limit=many, period=PERIOD), site)


def _buyer(info: Info) -> str:
    user, session = info.context.user, info.context.session
    if user is not None:
        return f"user:{user.pk}"
    # Read first: a key that nobody was given is forgotten then.
    return f"session:{session.session_key}" if list(session.keys()) else ""
