"""What happens to a payment of the sandbox.

`open_intent`, `charge_kept`, `update` and `cancel` are called by us through the port, inside the transaction
of a key; `confirm` and `authenticate` by the buyer's browser, whose only right is to know the client secret.
"""

from collections.abc import Callable, Mapping
from typing import Final

from django.db import transaction

from marketplace.gateway.models import SandboxIntent
from marketplace.gateway.models.sandbox import INTENT_MOVES, IntentState
from marketplace.gateway.provider import ProviderRefused
from marketplace.gateway.sandbox import charges, disputes, fraud, rows, wallets
from marketplace.gateway.sandbox.cards import BY_LAST4, NOT_AUTHENTICATED, NOT_THERE, ReadCard
from marketplace.gateway.sandbox.journal import record
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
UPDATABLE: Final = frozenset({IntentState.REQUIRES_METHOD, IntentState.REQUIRES_CONFIRMATION})


def open_intent(  # what the port asks
    *,
    amount: Money,
    metadata: Mapping[str, str],
    email: str,
    customer_ref: str = "",
    saves_card: bool = False,
    group: str = "",
) -> SandboxIntent:
    """A new payment that waits for a card.

    Raises ProviderRefused for an amount beyond the limits and for an unknown customer.
    """
    _require_limits(amount)
    customer = rows.found(wallets.customers(), customer_ref) if customer_ref else None
    ref = rows.reference("pi")
    intent = SandboxIntent.objects.create(
        ref=ref,
        amount_minor=amount.minor,
        currency=amount.currency,
        email=email,
        metadata=dict(metadata),
        client_secret=rows.client_secret(ref),
        customer=customer,
        is_card_kept=saves_card,
        group=group,
    )
    record(("payment_intent.created", intent))
    return intent


def charge_kept(  # what the port asks
    *,
    amount: Money,
    metadata: Mapping[str, str],
    email: str,
    customer_ref: str,
    card_ref: str,
    group: str = "",
) -> SandboxIntent:
    """A new payment with a kept card, at once and without the buyer; it tells what came of it.

    A card whose bank asks for the buyer is declined: the buyer may then confirm the payment. Raises
    ProviderRefused like `open_intent`, and for a card that the customer does not keep.
    """
    wallets.card_of(rows.found(wallets.customers(), customer_ref), card_ref)
    intent = open_intent(
        amount=amount, metadata=metadata, email=email, customer_ref=customer_ref, group=group
    )
    intent.is_off_session = True
    _take_card(intent, card_ref)
    _process(intent)
    return intent


def update(ref: str, *, amount: Money) -> SandboxIntent:
    """Ask for another amount.

    Locks: the intent. Raises ProviderRefused once a card is being tried, for another currency and for an
    amount beyond the limits.
    """
    _require_limits(amount)
    intent = rows.locked(SandboxIntent.objects.select_related("customer", "card"), ref)
    if intent.status not in UPDATABLE:
        raise rows.unexpected(intent)
    if intent.currency != amount.currency:
        raise ProviderRefused("currency_mismatch", f"This payment is in {intent.currency}.")
    intent.amount_minor = amount.minor
    intent.save()
    return intent


def cancel(ref: str) -> SandboxIntent:
    """Close a payment; one that is closed stays so.

    Locks: the intent. Raises ProviderRefused for one that has succeeded, is under way, or does not exist.
    """
    intent = rows.locked(SandboxIntent.objects.select_related("customer", "card"), ref)
    if intent.status != IntentState.CANCELED:
        _move(intent, IntentState.CANCELED)
        intent.save()
        record(("payment_intent.canceled", intent))
    return intent


def find(ref: str, *, client_secret: str) -> SandboxIntent:
    """The payment, for whoever knows its secret; raises ProviderRefused for everybody else."""
    return rows.rightful(SandboxIntent.objects.all(), ref, client_secret)


def confirm(ref: str, *, client_secret: str, card: ReadCard | str, return_url: str = "") -> SandboxIntent:
    """Try to pay with a card of the list, or with one that the customer keeps, by its reference.

    Side effects: commits by itself; one charge, unless the bank asks for the buyer first; the customer keeps
    the card that paid where the payment was opened so. Locks: the intent. Raises ProviderRefused for
    another's secret, for an intent that no longer takes a card, and for a card that its customer does not
    keep.
    """

    def run(intent: SandboxIntent) -> None:
        intent.is_off_session = False
        intent.return_url = return_url
        if BY_LAST4[_take_card(intent, card)].asks_buyer:
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
            raise rows.unexpected(intent)
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
        intent = rows.locked(SandboxIntent.objects.select_related("customer", "card"), ref)
        if intent.status != IntentState.PROCESSING:
            raise rows.unexpected(intent)
        _charge(intent)
    return intent


def _change(ref: str, client_secret: str, run: Callable[[SandboxIntent], None]) -> SandboxIntent:
    find(ref, client_secret=client_secret)
    with transaction.atomic(durable=True):
        intent = rows.locked(SandboxIntent.objects.select_related("customer", "card"), ref)
        run(intent)
    return intent


def _take_card(intent: SandboxIntent, card: ReadCard | str) -> str:
    """Note which card is tried now; returns its last four digits."""
    _move(intent, IntentState.REQUIRES_CONFIRMATION)
    row = wallets.card_of(intent.customer, card) if isinstance(card, str) else wallets.tried(card)
    intent.card, intent.card_last4, intent.card_brand = row, row.last4, row.brand
    intent.decline_code = ""
    return row.last4


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
    decline_code = NOT_THERE if card.asks_buyer and intent.is_off_session else card.decline_code
    charge = charges.attempt(intent, decline_code=decline_code)
    if decline_code:
        _decline(intent, decline_code)
        record(("charge.failed", charge), ("payment_intent.payment_failed", intent))
        return
    _move(intent, IntentState.SUCCEEDED)
    intent.charge_ref = charge.ref
    intent.save()
    if intent.is_card_kept and intent.card and intent.customer:
        wallets.keep(intent.card, intent.customer)
    record(("charge.succeeded", charge), ("payment_intent.succeeded", intent))
    if card.is_disputed:
        disputes.open_dispute(charge, reason="fraudulent")
    if card.is_warned_of:
        fraud.warn_of(charge)


def _decline(intent: SandboxIntent, code: str) -> None:
    _move(intent, IntentState.REQUIRES_METHOD)
    intent.decline_code = code
    intent.save()


def _move(intent: SandboxIntent, to: IntentState) -> None:
    if not INTENT_MOVES.allows(intent.status, to):
        raise rows.unexpected(intent)
    intent.status = to


def _require_limits(amount: Money) -> None:
    least = LEAST.get(amount.currency, 1)
    if not least <= amount.minor <= MOST:
        code = "amount_too_large" if amount.minor > MOST else "amount_too_small"
        raise ProviderRefused(code, f"A payment in {amount.currency} has {least} to {MOST} minor units.")
