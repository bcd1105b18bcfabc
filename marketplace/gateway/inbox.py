"""The inbox: every event of a provider is acted on, and only once, however it reaches us.

    1. Nothing of a webhook is believed before its raw body is verified; its mode must be ours.
    2. The payload is a hint. What is done about an event looks the object up at the provider, so events that
       come late, twice or in the wrong order do no harm, and nothing is done within a transaction of ours.
    3. An event that was settled is known by provider, account and id, and has no effect again.
    4. An object with our stamp and no row of ours is early: we refuse, and the provider sends it again.
       Without the stamp it is another's, and ignored.

What is done about which type stands in one table, marketplace/webhooks.py, which the setting
WEBHOOK_REACTIONS names.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import Enum
from typing import Final

from django.conf import settings
from django.utils.module_loading import import_string

from marketplace.gateway import marks, registry
from marketplace.gateway.errors import UnknownObject
from marketplace.gateway.models import WebhookEvent, WebhookOutcome
from marketplace.gateway.provider import (
    GatewayEvent,
    PaymentProvider,
    ProviderRefused,
    ProviderUnavailable,
    UntrustedEvent,
)
from marketplace.kernel import clock

logger = logging.getLogger(__name__)

Reaction = Callable[[GatewayEvent], None]
Reactions = Mapping[str, Reaction]
Stamp = Mapping[str, str]
Look = Callable[[PaymentProvider, GatewayEvent], Stamp]

# How far back the provider is asked for events, and how long a webhook has to bring one by itself.
LOOK_BACK: Final = timedelta(hours=1)
PATIENCE: Final = timedelta(seconds=20)


class Receipt(Enum):
    """What became of an event."""

    APPLIED = "applied"
    IGNORED = "ignored"
    REPLAYED = "replayed"
    EARLY = "early"  # ours, and not stored yet: to be sent again
    UNAVAILABLE = "unavailable"  # the provider did not answer us: to be sent again
    UNTRUSTED = "untrusted"


def receive(*, provider: str, raw: bytes, headers: Mapping[str, str], is_connect: bool = False) -> Receipt:
    """Take a webhook in; with `is_connect` at the address for events of connected accounts.

    Side effects: those of `take`. An untrusted one leaves no trace but a line in the log.
    Raises NotFound for a provider we do not know, RuntimeError inside a transaction.
    """
    adapter = registry.provider(provider)
    try:
        event = adapter.verify_webhook(raw, headers, is_connect=is_connect)
    except UntrustedEvent as reason:
        logger.warning("webhook of %s refused: %s", provider, reason)
        return Receipt.UNTRUSTED
    return take(event)


def take(event: GatewayEvent) -> Receipt:
    """Act on a genuine event, unless it is settled.

    Side effects: commits one row by itself; those of the reaction. When the reaction fails, the row stays
    unsettled and the event is acted on when it comes again. Of several copies at once more than one may act:
    each looks the object up, and the operation keeps what it does to once.
    """
    row, _ = WebhookEvent.objects.get_or_create(
        provider=event.provider,
        account=event.account,
        event_id=event.id,
        defaults={"type": event.type, "object_ref": event.object_ref, "created_at": event.created_at},
    )
    if row.settled_at is not None:
        return Receipt.REPLAYED
    receipt = _react(event)
    if receipt in _OUTCOMES:
        unsettled = WebhookEvent.objects.filter(pk=row.pk, settled_at__isnull=True)
        unsettled.update(outcome=_OUTCOMES[receipt], settled_at=clock.now())
    return receipt


def catch_up(*, look_back: timedelta = LOOK_BACK, is_undelivered: bool = False) -> int:
    """Act on the provider's events of this long that are not settled. Returns how many are now.

    On request only on those that the provider could not deliver. None, where it does not answer.
    """
    since = clock.now() - look_back
    try:
        found = missed(registry.default(), since, is_undelivered=is_undelivered)
    except ProviderUnavailable as silence:
        logger.warning("events could not be asked for: %s", silence)
        return 0
    return sum(take(event) in _OUTCOMES for event in found)


def missed(
    adapter: PaymentProvider, since: datetime, *, is_undelivered: bool = False
) -> Sequence[GatewayEvent]:
    """The provider's events from a moment on that are not settled, though a webhook had time to bring them.

    Raises ProviderUnavailable, RuntimeError inside a transaction.
    """
    until = clock.now() - PATIENCE
    listed = adapter.list_events(since, is_undelivered=is_undelivered)
    told = [event for event in listed if event.created_at <= until]
    settled = set(
        WebhookEvent.objects.filter(
            event_id__in=[event.id for event in told], settled_at__isnull=False
        ).values_list("provider", "account", "event_id")
    )
    return [event for event in told if (event.provider, event.account, event.id) not in settled]


def reactions() -> Reactions:
    """The table that the setting WEBHOOK_REACTIONS names; imported once."""
    table: Reactions = import_string(settings.WEBHOOK_REACTIONS)
    return table


def _react(event: GatewayEvent) -> Receipt:
    react = reactions().get(event.type)
    if react is None:
        return Receipt.IGNORED
    try:
        react(event)
    except UnknownObject:
        return _stranger(event)
    except ProviderUnavailable:
        return Receipt.UNAVAILABLE
    return Receipt.APPLIED


def _stranger(event: GatewayEvent) -> Receipt:
    """Whose an object is that we have no row of: the provider knows its stamp."""
    look = _stamp_of_account if event.account else _LOOKS.get(event.object_type)
    if look is None:
        return Receipt.IGNORED
    try:
        stamp = look(registry.provider(event.provider), event)
    except ProviderUnavailable:
        return Receipt.UNAVAILABLE
    except ProviderRefused:
        return Receipt.IGNORED
    if not marks.is_ours(stamp):
        return Receipt.IGNORED
    logger.warning("event %s is about an object of ours that is not stored: %s", event.id, event.object_ref)
    return Receipt.EARLY


def _stamp_of_dispute(adapter: PaymentProvider, event: GatewayEvent) -> Stamp:
    """That of the payment: disputes are not ours to open."""
    payment_ref = adapter.get_dispute(event.object_ref).payment_ref
    return adapter.get_payment(payment_ref).metadata if payment_ref else {}


def _stamp_of_fraud_warning(adapter: PaymentProvider, event: GatewayEvent) -> Stamp:
    """That of the payment: the bank warns of it."""
    payment_ref = adapter.get_fraud_warning(event.object_ref).payment_ref
    return adapter.get_payment(payment_ref).metadata if payment_ref else {}


def _stamp_of_card(adapter: PaymentProvider, event: GatewayEvent) -> Stamp:
    """That of the customer who keeps it."""
    customer_ref = adapter.get_card(event.object_ref).customer_ref
    return adapter.get_customer(customer_ref).metadata if customer_ref else {}


def _stamp_of_account(adapter: PaymentProvider, event: GatewayEvent) -> Stamp:
    """That of the connected account, for whatever happens to it."""
    return adapter.get_account(event.account).metadata


_LOOKS: Final[Mapping[str, Look]] = {
    "payment_intent": lambda adapter, event: adapter.get_payment(event.object_ref).metadata,
    "refund": lambda adapter, event: adapter.get_refund(event.object_ref).metadata,
    "customer": lambda adapter, event: adapter.get_customer(event.object_ref).metadata,
    "setup_intent": lambda adapter, event: adapter.get_setup(event.object_ref).metadata,
    "transfer": lambda adapter, event: adapter.get_transfer(event.object_ref).metadata,
    "account": lambda adapter, event: adapter.get_account(event.object_ref).metadata,
    "payment_method": _stamp_of_card,
    "dispute": _stamp_of_dispute,
    "radar.early_fraud_warning": _stamp_of_fraud_warning,
}
_OUTCOMES: Final[Mapping[Receipt, WebhookOutcome]] = {
    Receipt.APPLIED: WebhookOutcome.APPLIED,
    Receipt.IGNORED: WebhookOutcome.IGNORED,
}
