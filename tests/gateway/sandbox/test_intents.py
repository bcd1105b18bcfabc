"""Payments of the sandbox: each test card's way, and every move there is."""

import re
from collections import Counter
from collections.abc import Callable
from functools import partial

import pytest
from django.db import transaction
from django.db.models import QuerySet

from marketplace.gateway import registry
from marketplace.gateway.models import SandboxCharge, SandboxEvent, SandboxIntent
from marketplace.gateway.models.sandbox import INTENT_MOVES, IntentState
from marketplace.gateway.provider import Intent, IntentStatus, ProviderRefused
from marketplace.gateway.sandbox import intents, rows
from marketplace.kernel.money import Money
from tests.support import payments
from tests.support.races import at_once
from tests.support.unlocked import read_before_either_writes


def told(intent: Intent) -> list[str]:
    """What the sandbox wrote down about the payment and its charges, without the opening."""
    charges = SandboxCharge.objects.filter(intent__ref=intent.ref).values_list("ref", flat=True)
    events = SandboxEvent.objects.filter(object_ref__in=[intent.ref, *charges])
    return list(events.exclude(type="payment_intent.created").values_list("type", flat=True))


def now(intent: Intent) -> Intent:
    return registry.default().get_payment(intent.ref)


def pay(intent: Intent, number: str = payments.OK) -> SandboxIntent:
    return intents.confirm(intent.ref, client_secret=intent.client_secret, card=payments.read(number))


@pytest.mark.django_db
def test_a_new_payment_waits_for_a_card_and_says_so() -> None:
    intent = payments.opened(1999, "USD", payment="7")
    assert (intent.status, intent.amount.minor, intent.amount.currency) == ("requires_method", 1999, "USD")
    assert re.fullmatch(r"pi_sandbox_[0-9a-f]{24}_secret_.{24}", intent.client_secret)
    assert intent.metadata == {"payment": "7", "installation": "http://localhost:8000"}
    assert (intent.charge_ref, intent.decline_code, intent.action_url) == (None, None, None)
    assert list(SandboxEvent.objects.values_list("type", "object_ref")) == [
        ("payment_intent.created", intent.ref)
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("minor", "currency", "code"),
    [
        (0, "EUR", "amount_too_small"),
        (-1, "EUR", "amount_too_small"),
        (49, "EUR", "amount_too_small"),
        (49, "USD", "amount_too_small"),
        (29, "GBP", "amount_too_small"),
        (49, "JPY", "amount_too_small"),
        (0, "KWD", "amount_too_small"),
        (100_000_000, "EUR", "amount_too_large"),
    ],
)
def test_an_amount_beyond_the_limits_opens_nothing(minor: int, currency: str, code: str) -> None:
    with pytest.raises(ProviderRefused) as refusal:
        payments.opened(minor, currency)
    assert refusal.value.code == code
    assert not SandboxIntent.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("minor", "currency"),
    [(50, "EUR"), (50, "USD"), (30, "GBP"), (50, "JPY"), (1, "KWD"), (99_999_999, "EUR")],
)
def test_an_amount_at_the_limit_is_taken(minor: int, currency: str) -> None:
    assert payments.opened(minor, currency).amount == Money(minor, currency)


@pytest.mark.django_db
@pytest.mark.parametrize("number", [payments.OK, payments.DISPUTED, payments.REFUND_FAILS])
def test_a_good_card_is_charged_once(number: str) -> None:
    intent = payments.opened()
    pay(intent, number)
    charge = SandboxCharge.objects.get()
    assert (now(intent).status, now(intent).charge_ref) == (IntentStatus.SUCCEEDED, charge.ref)
    assert (charge.status, charge.amount_minor, charge.refunded_minor) == ("succeeded", 1000, 0)
    assert charge.is_disputed is (number == payments.DISPUTED)
    assert told(intent) == ["charge.succeeded", "payment_intent.succeeded"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("number", "code"),
    [
        (payments.DECLINED, "generic_decline"),
        (payments.NO_FUNDS, "insufficient_funds"),
        (payments.EXPIRED, "expired_card"),
        (payments.WRONG_CVC, "incorrect_cvc"),
        (payments.ATTACHES_THEN_DECLINES, "card_declined"),
    ],
)
def test_a_bad_card_is_declined_and_another_one_pays(number: str, code: str) -> None:
    intent = payments.opened()
    pay(intent, number)
    assert (now(intent).status, now(intent).decline_code) == (IntentStatus.REQUIRES_METHOD, code)
    assert now(intent).charge_ref is None
    pay(intent)
    assert (now(intent).status, now(intent).decline_code) == (IntentStatus.SUCCEEDED, None)
    assert list(SandboxCharge.objects.values_list("status", "decline_code", "card_last4")) == [
        ("failed", code, number[-4:]),
        ("succeeded", "", "4242"),
    ]
    assert told(intent) == [
        "charge.failed",
        "payment_intent.payment_failed",
        "charge.succeeded",
        "payment_intent.succeeded",
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("number", [payments.ASKS_BUYER, payments.ALWAYS_ASKS_BUYER])
def test_a_card_with_3d_secure_is_charged_when_the_buyer_approves(number: str) -> None:
    intent = payments.opened()
    pay(intent, number)
    waiting = now(intent)
    assert waiting.status == IntentStatus.REQUIRES_ACTION
    assert waiting.action_url == (
        f"http://localhost:8000/sandbox/3ds/{intent.ref}?client_secret={intent.client_secret}"
    )
    assert not SandboxCharge.objects.exists()
    intents.authenticate(intent.ref, client_secret=intent.client_secret, approves=True)
    assert (now(intent).status, now(intent).action_url) == (IntentStatus.SUCCEEDED, None)
    assert told(intent) == [
        "payment_intent.requires_action",
        "charge.succeeded",
        "payment_intent.succeeded",
    ]


@pytest.mark.django_db
def test_a_buyer_who_fails_at_the_bank_is_not_charged_and_may_try_again() -> None:
    intent = payments.opened()
    pay(intent, payments.ASKS_BUYER)
    intents.authenticate(intent.ref, client_secret=intent.client_secret, approves=False)
    assert (now(intent).status, now(intent).decline_code) == ("requires_method", "authentication_failed")
    assert not SandboxCharge.objects.exists()
    assert told(intent) == ["payment_intent.requires_action", "payment_intent.payment_failed"]
    pay(intent, payments.ASKS_BUYER)
    assert (now(intent).status, now(intent).decline_code) == (IntentStatus.REQUIRES_ACTION, None)


@pytest.mark.django_db
def test_a_buyer_may_give_up_at_the_bank_and_pay_with_another_card() -> None:
    intent = payments.opened()
    pay(intent, payments.ASKS_BUYER)
    pay(intent)
    assert now(intent).status == IntentStatus.SUCCEEDED
    with pytest.raises(ProviderRefused, match="unexpected_state"):
        intents.authenticate(intent.ref, client_secret=intent.client_secret, approves=True)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("number", "status"), [(payments.OK, "succeeded"), (payments.DECLINED, "requires_method")]
)
def test_a_slow_bank_keeps_a_payment_under_way(number: str, status: str) -> None:
    intent = payments.opened()
    intents.hold(intent.ref)
    pay(intent, number)
    assert now(intent).status == IntentStatus.PROCESSING
    assert told(intent) == ["payment_intent.processing"]
    with pytest.raises(ProviderRefused, match="unexpected_state"):
        registry.default().cancel_payment(intent.ref, key="pi:c:v1")
    intents.finish(intent.ref)
    assert now(intent).status == status
    with pytest.raises(ProviderRefused, match="unexpected_state"):
        intents.finish(intent.ref)


@pytest.mark.django_db
def test_a_payment_that_has_ended_takes_no_card() -> None:
    intent, other = payments.opened(), payments.opened()
    pay(intent)
    registry.default().cancel_payment(other.ref, key="pi:c:v1")
    for ended in (intent, other):
        with pytest.raises(ProviderRefused, match="unexpected_state"):
            pay(ended)
    assert SandboxCharge.objects.count() == 1


@pytest.mark.django_db
def test_canceling_closes_a_payment_once() -> None:
    intent = payments.opened()
    first = registry.default().cancel_payment(intent.ref, key="pi:c:v1")
    again = registry.default().cancel_payment(intent.ref, key="pi:c:v2")
    assert (first.status, again) == (IntentStatus.CANCELED, first)
    assert told(intent) == ["payment_intent.canceled"]


@pytest.mark.django_db
def test_a_paid_payment_is_not_canceled() -> None:
    intent = payments.paid()
    with pytest.raises(ProviderRefused, match="unexpected_state"):
        registry.default().cancel_payment(intent.ref, key="pi:c:v1")
    assert now(intent).status == IntentStatus.SUCCEEDED


@pytest.mark.django_db
def test_only_who_knows_the_secret_pays() -> None:
    intent, other = payments.opened(), payments.opened()
    for secret in ("", "wrong", other.client_secret, intent.client_secret[:-1]):
        with pytest.raises(ProviderRefused, match="resource_missing"):
            intents.confirm(intent.ref, client_secret=secret, card=payments.read())
        with pytest.raises(ProviderRefused, match="resource_missing"):
            intents.authenticate(intent.ref, client_secret=secret, approves=True)
    with pytest.raises(ProviderRefused, match="resource_missing"):
        intents.confirm("pi_sandbox_unknown", client_secret=intent.client_secret, card=payments.read())
    assert now(intent).status == IntentStatus.REQUIRES_METHOD
    assert not SandboxCharge.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("work", [pay, intents.finish, now])
def test_the_sandbox_is_never_asked_within_a_transaction_of_ours(work: Callable[..., object]) -> None:
    intent = payments.opened()
    with pytest.raises(RuntimeError), transaction.atomic():
        work(intent)
    with pytest.raises(RuntimeError), transaction.atomic():
        payments.opened()
    assert SandboxIntent.objects.count() == 1


def outcome(intent: Intent) -> str:
    try:
        return str(pay(intent).status)
    except ProviderRefused as refusal:
        return refusal.code


@pytest.mark.django_db(transaction=True)
def test_paying_twice_at_once_charges_once() -> None:
    intent = payments.opened()
    outcomes = at_once(*[partial(outcome, intent)] * 5)
    assert Counter(outcomes) == {"succeeded": 1, "unexpected_state": 4}
    assert SandboxCharge.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.unwatched
def test_without_the_lock_two_would_charge(monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control: both go as far as the database, whose constraint is the last guard."""
    intent = payments.opened()
    read = read_before_either_writes()

    def unlocked(found: "QuerySet[SandboxIntent]") -> list[SandboxIntent]:
        return [read(found)]

    monkeypatch.setattr(rows, "lock", unlocked)
    outcomes = [type(each).__name__ for each in at_once(*[partial(outcome, intent)] * 2)]
    assert sorted(outcomes) == ["IntegrityError", "str"]


def test_the_moves_of_a_payment() -> None:
    """Ends lead nowhere, money is taken by way of `processing` only, and from there nobody cancels."""
    ends = {state for state in IntentState if not INTENT_MOVES.moves[state]}
    leads_to_success = {state for state in IntentState if INTENT_MOVES.allows(state, IntentState.SUCCEEDED)}
    assert ends == {IntentState.SUCCEEDED, IntentState.CANCELED}
    assert leads_to_success == {IntentState.PROCESSING}
    assert not INTENT_MOVES.allows(IntentState.PROCESSING, IntentState.CANCELED)
