"""Cards that are kept: saved, charged without the buyer, taken off, and nobody else's."""

from collections.abc import Callable
from functools import partial

import pytest

from marketplace.gateway import registry
from marketplace.gateway.models import SandboxCard, SandboxEvent
from marketplace.gateway.models.sandbox import SETUP_MOVES, SetupState
from marketplace.gateway.provider import Customer, Intent, ProviderRefused, SavedCard, Setup
from marketplace.gateway.sandbox import setups
from marketplace.kernel.money import Money
from tests.support import payments

NOTHING: dict[str, str] = {}


def customer(name: str = "Ada") -> Customer:
    return registry.default().create_customer(
        email="ada@example.com", name=name, metadata={"billing_profile": name}, key=f"cus:{name}:v1"
    )


def saving(owner: Customer, number: str = payments.OK) -> Setup:
    """The saving of a card, after the browser sent it."""
    made = registry.default().start_setup(owner.ref, metadata=NOTHING, key=f"seti:{owner.ref}:{number}:v1")
    setups.confirm(made.ref, client_secret=made.client_secret, card=payments.read(number))
    return registry.default().get_setup(made.ref)


def saved(owner: Customer, number: str = payments.OK) -> SavedCard:
    """A card that this customer keeps."""
    made = saving(owner, number)
    if made.status == "requires_action":
        setups.authenticate(made.ref, client_secret=made.client_secret, approves=True)
    return registry.default().get_card(registry.default().get_setup(made.ref).card_ref or "")


def charged(owner: Customer, card: SavedCard, minor: int = 1000) -> Intent:
    """A payment without the buyer."""
    return registry.default().charge_card(
        amount=Money(minor, "EUR"),
        customer_ref=owner.ref,
        card_ref=card.ref,
        metadata=NOTHING,
        email="ada@example.com",
        key=f"pi:{card.ref}:{minor}:v1",
    )


@pytest.mark.django_db
def test_cards_are_saved_listed_preferred_and_taken_off() -> None:
    sandbox, ada = registry.default(), customer()
    assert ada.metadata == {"billing_profile": "Ada", "installation": "http://localhost:8000"}
    first, second = saved(ada), saved(ada, payments.ASKS_BUYER)
    assert (first.customer_ref, first.brand, first.last4, first.exp_month, first.exp_year) == (
        ada.ref,
        "visa",
        "4242",
        12,
        2099,
    )
    assert sandbox.list_cards(ada.ref) == [second, first]
    preferring = sandbox.set_default_card(ada.ref, first.ref, key="cus:default:v1")
    assert preferring.default_card_ref == first.ref
    gone = sandbox.detach_card(first.ref, key="pm:detach:v1")
    assert (gone.customer_ref, sandbox.detach_card(first.ref, key="pm:detach:v2")) == (None, gone)
    assert sandbox.list_cards(ada.ref) == [second]
    assert sandbox.get_customer(ada.ref) == ada
    for use in (partial(charged, ada, first), partial(sandbox.set_default_card, ada.ref, first.ref, key="k")):
        with pytest.raises(ProviderRefused, match="resource_missing"):
            use()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("number", "status", "code"),
    [
        (payments.DECLINED, "requires_method", "generic_decline"),
        (payments.ALWAYS_ASKS_BUYER, "requires_action", None),
        (payments.ATTACHES_THEN_DECLINES, "succeeded", None),
    ],
)
def test_a_card_is_kept_once_its_bank_agrees(number: str, status: str, code: str | None) -> None:
    ada = customer()
    made = saving(ada, number)
    assert (made.status, made.decline_code) == (status, code)
    assert len(registry.default().list_cards(ada.ref)) == (status == "succeeded")
    if status == "requires_action":
        setups.authenticate(made.ref, client_secret=made.client_secret, approves=False)
        refused = registry.default().get_setup(made.ref)
        assert (refused.status, refused.decline_code) == ("requires_method", "authentication_failed")
        assert registry.default().list_cards(ada.ref) == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("number", "code"),
    [
        (payments.OK, None),
        (payments.ATTACHES_THEN_DECLINES, "card_declined"),
        (payments.ASKS_BUYER, "authentication_required"),
        (payments.ALWAYS_ASKS_BUYER, "authentication_required"),
    ],
)
def test_a_kept_card_is_charged_without_the_buyer_or_says_why_not(number: str, code: str | None) -> None:
    ada = customer()
    card = saved(ada, number)
    made = charged(ada, card)
    assert (made.status, made.decline_code) == ("requires_method" if code else "succeeded", code)
    assert (made.customer_ref, made.card_ref) == (ada.ref, None if code else card.ref)
    assert charged(ada, card) == made
    if code == "authentication_required":
        payments.confirm(made, saved_card=card.ref)
        payments.answer_bank(made)
        assert registry.default().get_payment(made.ref).status == "succeeded"


@pytest.mark.django_db
def test_a_card_that_pays_is_kept_where_the_buyer_asked_for_it() -> None:
    sandbox, ada = registry.default(), customer()
    for number, saves in enumerate((False, True)):
        made = sandbox.start_payment(
            amount=Money(1000, "EUR"),
            metadata=NOTHING,
            email="ada@example.com",
            key=f"pi:{number}:v1",
            customer_ref=ada.ref,
            saves_card=saves,
        )
        assert payments.confirm(made).status_code == 200
    (card,) = sandbox.list_cards(ada.ref)
    assert sandbox.get_payment(made.ref).card_ref == card.ref
    told = SandboxEvent.objects.order_by("-pk").values_list("type", flat=True)[:3]
    assert list(told) == ["payment_intent.succeeded", "charge.succeeded", "payment_method.attached"]


@pytest.mark.django_db
def test_nobody_pays_with_anothers_card() -> None:
    ada, grace = customer(), customer("Grace")
    card = saved(ada)
    hers: list[Callable[[], object]] = [
        partial(charged, grace, card),
        partial(registry.default().set_default_card, grace.ref, card.ref, key="k"),
        partial(saving, Customer(ref="cus_sandbox_unknown", email="")),
    ]
    for use in hers:
        with pytest.raises(ProviderRefused, match="resource_missing"):
            use()
    stranger = payments.opened()
    assert payments.confirm(stranger, saved_card=card.ref).status_code == 404
    assert registry.default().get_payment(stranger.ref).status == "requires_method"


@pytest.mark.django_db
def test_another_amount_is_asked_until_a_card_is_tried() -> None:
    sandbox, made = registry.default(), payments.opened(1000)
    assert sandbox.update_payment(made.ref, amount=Money(1200, "EUR"), key="pi:u:v1").amount.minor == 1200
    for amount, code in ((Money(1, "EUR"), "amount_too_small"), (Money(1200, "USD"), "currency_mismatch")):
        with pytest.raises(ProviderRefused, match=code):
            sandbox.update_payment(made.ref, amount=amount, key=f"pi:{code}:v1")
    payments.confirm(made)
    with pytest.raises(ProviderRefused, match="unexpected_state"):
        sandbox.update_payment(made.ref, amount=Money(1300, "EUR"), key="pi:u:v2")
    assert SandboxCard.objects.get().customer is None


def test_the_moves_of_a_saving() -> None:
    ends = {state for state in SetupState if not SETUP_MOVES.moves[state]}
    assert ends == {SetupState.SUCCEEDED, SetupState.CANCELED}
