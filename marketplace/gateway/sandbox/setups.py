"""The saving of a card at the sandbox, step by step, as a payment is made (intents.py)."""

from collections.abc import Callable, Mapping

from django.db import transaction

from marketplace.gateway.models import SandboxSetup
from marketplace.gateway.models.sandbox import SETUP_MOVES, SetupState
from marketplace.gateway.provider import ProviderRefused
from marketplace.gateway.sandbox import rows, wallets
from marketplace.gateway.sandbox.cards import BY_LAST4, NOT_AUTHENTICATED, ReadCard
from marketplace.gateway.sandbox.journal import record


def open_setup(customer_ref: str, *, metadata: Mapping[str, str]) -> SandboxSetup:
    """The saving of a card that is yet to be named. Raises ProviderRefused for an unknown customer."""
    ref = rows.reference("seti")
    setup = SandboxSetup.objects.create(
        ref=ref,
        customer=rows.found(wallets.customers(), customer_ref),
        metadata=dict(metadata),
        client_secret=rows.client_secret(ref),
    )
    record(("setup_intent.created", setup))
    return setup


def find(ref: str, *, client_secret: str) -> SandboxSetup:
    """The saving, for whoever knows its secret; raises ProviderRefused for everybody else."""
    return rows.rightful(SandboxSetup.objects.select_related("card"), ref, client_secret)


def confirm(ref: str, *, client_secret: str, card: ReadCard | str, return_url: str = "") -> SandboxSetup:
    """Try to save a card of the list; the setup then tells what came of it.

    Side effects: commits by itself; the customer keeps the card, unless the bank asks for the buyer first.
    Locks: the setup. Raises ProviderRefused for another's secret, for one that takes no card any more, and
    for the reference of a card: what is kept is not saved again.
    """

    def run(setup: SandboxSetup) -> None:
        if isinstance(card, str):
            raise ProviderRefused("resource_missing", "A card that is kept is not saved again.")
        fate = BY_LAST4[card.last4]
        setup.return_url = return_url
        if not SETUP_MOVES.allows(setup.status, SetupState.SUCCEEDED):
            raise rows.unexpected(setup)
        setup.card = wallets.tried(card)
        if fate.decline_code and not fate.can_be_saved:
            _refuse(setup, fate.decline_code)
        elif fate.asks_buyer:
            _move(setup, SetupState.REQUIRES_ACTION)
            record(("setup_intent.requires_action", setup))
        else:
            _keep(setup)

    return _change(ref, client_secret, run)


def authenticate(ref: str, *, client_secret: str, approves: bool) -> SandboxSetup:
    """What the buyer answered the bank. Side effects, locks and errors as with `confirm`."""

    def run(setup: SandboxSetup) -> None:
        if setup.status != SetupState.REQUIRES_ACTION:
            raise rows.unexpected(setup)
        if approves:
            _keep(setup)
        else:
            _refuse(setup, NOT_AUTHENTICATED)

    return _change(ref, client_secret, run)


def cancel(ref: str) -> SandboxSetup:
    """Close a saving that has not succeeded; one that is closed stays so. Locks: the setup."""
    setup = rows.locked(SandboxSetup.objects.all(), ref)
    if setup.status != SetupState.CANCELED:
        _move(setup, SetupState.CANCELED)
        record(("setup_intent.canceled", setup))
    return setup


def _change(ref: str, client_secret: str, run: Callable[[SandboxSetup], None]) -> SandboxSetup:
    find(ref, client_secret=client_secret)
    with transaction.atomic(durable=True):
        setup = rows.locked(SandboxSetup.objects.select_related("card", "customer"), ref)
        run(setup)
    return setup


def _keep(setup: SandboxSetup) -> None:
    _move(setup, SetupState.SUCCEEDED)
    if setup.card is not None:
        wallets.keep(setup.card, setup.customer)
    record(("setup_intent.succeeded", setup))


def _refuse(setup: SandboxSetup, code: str) -> None:
    _move(setup, SetupState.REQUIRES_METHOD, code)
    record(("setup_intent.setup_failed", setup))


def _move(setup: SandboxSetup, to: SetupState, decline_code: str = "") -> None:
    if not SETUP_MOVES.allows(setup.status, to):
        raise rows.unexpected(setup)
    setup.status, setup.decline_code = to, decline_code
    setup.save()
