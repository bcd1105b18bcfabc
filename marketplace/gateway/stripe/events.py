"""What Stripe tells by itself: webhooks, believed when they are signed, and the list of events."""

import json
import re
import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import stripe
from django.conf import settings
from stripe import WebhookSignature

from marketplace.gateway.provider import GatewayEvent, UntrustedEvent
from marketplace.gateway.stripe.client import API_VERSION, PAGE, options, speaking
from marketplace.gateway.stripe.listing import listed
from marketplace.gateway.stripe.reading import moment

PROVIDER: Final = "stripe"
HEADER: Final = "stripe-signature"
TOLERANCE_SECONDS: Final = 300


class StripeEvents:
    """Events of the platform and of connected accounts."""

    is_live: bool

    def verify_webhook(
        self, raw: bytes, headers: Mapping[str, str], *, is_connect: bool = False
    ) -> GatewayEvent:
        """See the port. Of several secrets of an address any is right, so that they can be changed."""
        header = {name.lower(): value for name, value in headers.items()}.get(HEADER, "")
        secrets = settings.STRIPE_CONNECT_WEBHOOK_SECRETS if is_connect else settings.STRIPE_WEBHOOK_SECRETS
        if not any(_is_signed(raw, header, secret) for secret in secrets) or _is_early(header):
            raise UntrustedEvent("the signature is missing, wrong or not of now")
        try:
            told = json.loads(raw)
            event = read(told)
            _require_version(told)
        except (ValueError, TypeError, LookupError, OverflowError, RecursionError) as fault:
            raise UntrustedEvent("the body is signed, and no event of this version") from fault
        if event.is_live is not self.is_live:
            raise UntrustedEvent("the event is of the other mode")
        if bool(event.account) is not is_connect:
            raise UntrustedEvent("the event came to the other address")
        return event

    def list_events(
        self, since: datetime, *, is_undelivered: bool = False, account_ref: str = ""
    ) -> Sequence[GatewayEvent]:
        """See the port.

        They are of whatever version the account is set to, which does not matter for their references.
        """
        asked: Any = {"created": {"gte": int(since.timestamp())}, "limit": PAGE}
        if is_undelivered:
            asked["delivery_success"] = False
        with speaking() as client:
            return [read(told) for told in listed(client.v1.events.list(asked, options(account=account_ref)))]


def read(told: Any) -> GatewayEvent:
    """An Event. Raises ValueError, TypeError, LookupError or OverflowError for what is none."""
    subject = told["data"]["object"]
    account = told.get("account") or ""
    texts = (told["id"], told["type"], account, subject["object"], subject.get("id", ""))
    if told["object"] != "event" or not all(isinstance(each, str) for each in texts):
        raise TypeError("an event names itself and its object")
    if not isinstance(told["livemode"], bool):
        raise TypeError("an event tells its mode")
    return GatewayEvent(
        provider=PROVIDER,
        id=told["id"],
        type=told["type"],
        account=account,
        is_live=told["livemode"],
        object_type=subject["object"],
        object_ref=subject.get("id", ""),
        created_at=moment(told["created"]),
    )


def _require_version(told: Any) -> None:
    """A webhook of another version is that of an address that was set up wrong. Raises ValueError."""
    if told["api_version"] != API_VERSION:
        raise ValueError(f"of version {told['api_version']}")


def _is_signed(raw: bytes, header: str, secret: str) -> bool:
    try:
        WebhookSignature.verify_header(raw, header, secret, TOLERANCE_SECONDS)
    except (stripe.SignatureVerificationError, UnicodeDecodeError):
        return False
    return True


def _is_early(header: str) -> bool:
    """Stripe's library looks for what is too old alone."""
    found = re.search(r"(?:^|,)t=([0-9]{1,12})(?:,|$)", header)
    return found is None or int(found[1]) > time.time() + TOLERANCE_SECONDS
