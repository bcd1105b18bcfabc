"""What happens to a payment of the sandbox.

`open_intent` and `cancel` are called by us through the port, inside the transaction of a key; `confirm` and
`authenticate` by the buyer's browser, whose only right is to know the client secret.
"""

import secrets
from collections.abc import Callable, Mapping
from typing import Final

from django.db import transaction

from marketplace.gateway.models import SandboxCharge, SandboxIntent
from marketplace.gateway.models.sandbox import INTENT_MOVES, ChargeState, IntentState
from marketplace.gateway.provider import ProviderRefused
from marketplace.gateway.sandbox.cards import BY_LAST4
from marketplace.gateway.sandbox.journal import record, reference
from marketplace.kernel.locking import lock
from marketplace.kernel.money import Money

MOST: Final = 99_999_999  # minor units of any currency, as with Stripe
# What Stripe charges at least, in minor units as well; in any other currency it is one unit.
LEAST: Final[Mapping[str, int]] = {
    "AED": 200,
    "AUD": 50,
    "BRL": 50,
    "CAD": 50,
    "CHF": 50,
    "CZK": 1500,
    "DKK": 250,
    "EUR": 50,
    "GBP": 30,
    "HKD": 400,
    "HUF": 17_500,
    "INR": 50,
    "JPY": 50,
    "MXN": 1000,
    "MYR": 200,
    "NOK": 300,
    "NZD": 50,
    "PLN": 200,
    "RON": 200,
    "SEK": 300,
    "SGD": 50,
    "THB": 1000,
    "USD": 50,
}
NOT_AUTHENTICATED: Final = "authentication_failed"


def open_intent(*, amount: Money, metadata: Mapping[str, str], email: str) -> SandboxIntent:
    """A new payment that waits for a card. Raises ProviderRefused for an amount beyond the limits."""
    least = LEAST.get(amount.currency, 1)
    if not least <= amount.minor <= MOST:
        code = "amount_too_large" if amount.minor > MOST else "amount_too_small"
        raise ProviderRefused(code, f"A payment in {amount.currency} has {least} to {MOST} minor units.")
    ref = reference("pi")
    intent = SandboxIntent.objects.create(
        ref=ref,
        amount_minor=amount.minor,
        currency=amount.currency,
        email=email,
        metadata=dict(metadata),
        client_secret=f"{ref}_secret_{secrets.token_urlsafe(18)}",
    )
    record(("payment_intent.created", intent))
    return intent


def cancel(ref: str) -> SandboxIntent:
    """Close a payment; one that is closed stays so.

    Locks: the intent. Raises ProviderRefused for one that has succeeded, is under way, or does not exist.
    """
    intent = _locked(ref)
    if intent.status != IntentState.CANCELED:
        _move(intent, IntentState.CANCELED)
        intent.save()
        record(("payment_intent.canceled", intent))
    return intent


def find(ref: str, *, client_secret: str) -> SandboxIntent:
    """The payment, for whoever knows its secret.

    Raises ProviderRefused alike for an unknown one and for another's secret.
    """
    intent = SandboxIntent.objects.filter(ref=ref).first()
    right = intent.client_secret if intent else ""
    if intent is None or not secrets.compare_digest(right.encode(), client_secret.encode()):
        raise _missing(ref)
    return intent


def confirm(ref: str, *, client_secret: str, last4: str, return_url: str = "") -> SandboxIntent:
    """Try to pay with a card of the list; the intent then tells what came of it.

    Side effects: commits by itself; one charge, unless the bank asks for the buyer first. Locks: the intent.
    Raises ProviderRefused for another's secret and for an intent that no longer takes a card.
    """

    def run(intent: SandboxIntent) -> None:
        card = BY_LAST4[last4]
        _move(intent, IntentState.REQUIRES_CONFIRMATION)
        intent.card_last4, intent.card_brand, intent.return_url = last4, card.brand, return_url
        intent.decline_code = ""
        if card.asks_buyer:
            _move(intent, IntentState.REQUIRES_ACTION)
            intent.save()
            record(("payment_intent.requires_action", intent))
        else:
            _process(intent)

    return _change(ref, client_secret, run)


def authenticate(ref: str, *, client_secret: str, approves: bool) -> SandboxIntent:
    """What the buyer answered the bank. Side effects, locks and errors as with `confirm`."""

    def run(intent: SandboxIntent) -> None:
        if intent.status != IntentState.REQUIRES_ACTION:
            raise _unexpected(intent)
        if approves:
            _process(intent)
        else:
            _decline(intent, NOT_AUTHENTICATED)
            record(("payment_intent.payment_failed", intent))

    return _change(ref, client_secret, run)


def hold(ref: str) -> None:
    """Let the next confirmation stay under way until `finish`, as with a bank that takes days."""
    SandboxIntent.objects.filter(ref=ref).update(is_slow=True)


def finish(ref: str) -> SandboxIntent:
    """Let the bank decide on a payment that is under way. Commits by itself; locks the intent."""
    with transaction.atomic(durable=True):
        intent = _locked(ref)
        if intent.status != IntentState.PROCESSING:
            raise _unexpected(intent)
        _charge(intent)
    return intent


def _change(ref: str, client_secret: str, run: Callable[[SandboxIntent], None]) -> SandboxIntent:
    find(ref, client_secret=client_secret)
    with transaction.atomic(durable=True):
        intent = _locked(ref)
        run(intent)
    return intent


def _process(intent: SandboxIntent) -> None:
    _move(intent, IntentState.PROCESSING)
    if intent.is_slow:
        intent.save()
        record(("payment_intent.processing", intent))
    else:
        _charge(intent)


def _charge(intent: SandboxIntent) -> None:
    """Take the money, or be refused it: the fate of the card decides."""
    card = BY_LAST4[intent.card_last4]
    charge = SandboxCharge.objects.create(
        ref=reference("ch"),
        intent=intent,
        status=ChargeState.FAILED if card.decline_code else ChargeState.SUCCEEDED,
        amount_minor=intent.amount_minor,
        currency=intent.currency,
        decline_code=card.decline_code,
        card_last4=intent.card_last4,
        card_brand=intent.card_brand,
        is_disputed=card.is_disputed,
    )
    if card.decline_code:
        _decline(intent, card.decline_code)
        record(("charge.failed", charge), ("payment_intent.payment_failed", intent))
        return
    _move(intent, IntentState.SUCCEEDED)
    intent.charge_ref = charge.ref
    intent.save()
    record(("charge.succeeded", charge), ("payment_intent.succeeded", intent))


def _decline(intent: SandboxIntent, code: str) -> None:
    _move(intent, IntentState.REQUIRES_METHOD)
    intent.decline_code = code
    intent.save()


def _move(intent: SandboxIntent, to: IntentState) -> None:
    if not INTENT_MOVES.allows(intent.status, to):
        raise _unexpected(intent)
    intent.status = to


def _locked(ref: str) -> SandboxIntent:
    found = lock(SandboxIntent.objects.filter(ref=ref))
    if not found:
        raise _missing(ref)
    return found[0]


def _missing(ref: str) -> ProviderRefused:
    return ProviderRefused("resource_missing", f"There is no payment {ref!r} for you.")


def _unexpected(intent: SandboxIntent) -> ProviderRefused:
    return ProviderRefused("unexpected_state", f"This payment is {intent.status}.")
