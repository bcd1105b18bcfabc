"""The sandbox's books through a whole story of money: whatever happens, nothing comes from nowhere."""

import random
import threading
from collections import Counter
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import Final

import pytest
from django.db.models import F, Sum

from marketplace.gateway import registry
from marketplace.gateway.models import (
    SandboxBalanceTransaction,
    SandboxCharge,
    SandboxDispute,
    SandboxPayout,
)
from marketplace.gateway.provider import Intent, ProviderRefused, ProviderReversal, ProviderTransfer
from marketplace.gateway.sandbox import control, movements
from marketplace.kernel import clock
from marketplace.kernel.money import Money, allocate, basis_points
from tests.support import payments
from tests.support.races import at_once

NOTHING: dict[str, str] = {}
DEEDS: Final = (
    "pay",
    "refund",
    "transfer",
    "send",
    "reverse",
    "dispute",
    "decide",
    "pay_out",
    "arrive",
    "fail",
)


def held(account_ref: str, currency: str) -> int:
    """What an account holds of a currency, by the port."""
    balance = registry.default().get_balance(account_ref)
    return sum(each.minor for each in (*balance.available, *balance.pending) if each.currency == currency)


def adds_up(currency: str, *accounts: str) -> bool:
    """Platform, accounts, buyers, banks and fees: what one has, another has given."""
    taken = SandboxCharge.objects.filter(status="succeeded", currency=currency)
    given = taken.aggregate(sum=Sum(F("amount_minor") - F("refunded_minor"), default=0))["sum"]
    disputes = SandboxDispute.objects.filter(currency=currency)
    taken_back = disputes.aggregate(sum=Sum("withdrawn_minor", default=0))["sum"]
    sent = SandboxPayout.objects.filter(currency=currency).exclude(status__in=["failed", "canceled"])
    banks = sent.aggregate(sum=Sum("amount_minor", default=0))["sum"]
    moved = SandboxBalanceTransaction.objects.filter(currency=currency)
    fees = moved.aggregate(sum=Sum("fee_minor", default=0))["sum"]
    buyers = taken_back - given
    return int(sum(held(each, currency) for each in ("", *accounts)) + buyers + banks + fees) == 0


def account(name: str) -> str:
    """A vendor's account that takes transfers."""
    made = registry.default().create_account(
        email=f"{name}@example.com", country="US", metadata={"vendor": name}, key=f"acct:{name}:v1"
    )
    control.onboard(made.ref)
    return made.ref


def transfer(to: str, minor: int, currency: str, *, charge: str | None = None, key: str) -> ProviderTransfer:
    return registry.default().transfer(
        to, amount=Money(minor, currency), charge_ref=charge, group="checkout_1", metadata=NOTHING, key=key
    )


def take_back(sent: ProviderTransfer, minor: int, key: str) -> ProviderReversal:
    amount = Money(minor, sent.amount.currency)
    return registry.default().reverse_transfer(sent.ref, amount=amount, metadata=NOTHING, key=key)


def pay(minor: int, currency: str) -> Intent:
    """A payment by a card whose bank asks first."""
    intent = payments.opened(minor, currency)
    payments.confirm(intent, payments.ASKS_BUYER)
    payments.answer_bank(intent)
    return registry.default().get_payment(intent.ref)


@pytest.mark.django_db
@pytest.mark.unwatched  # what are many transactions elsewhere is one here
@pytest.mark.parametrize(("currency", "fee"), [("USD", 156), ("JPY", 156)])
def test_nothing_is_lost_from_the_sale_to_the_dispute(currency: str, fee: int) -> None:
    sandbox = registry.default()
    vendors = [account(name) for name in "abc"]
    parts, shipping = [1001, 2002, 500], allocate(846, [1, 1, 1])
    whole = [part + sent for part, sent in zip(parts, shipping, strict=True)]
    charge = pay(sum(whole), currency).charge_ref or ""
    assert adds_up(currency)
    assert sandbox.get_balance().pending == [Money(sum(whole) - fee, currency)]

    net = [amount - basis_points(part, 1000) for amount, part in zip(whole, parts, strict=True)]
    sent = [
        transfer(ref, minor, currency, charge=charge, key=f"tr:{ref}:v1")
        for ref, minor in zip(vendors, net, strict=True)
    ]
    assert adds_up(currency, *vendors)
    assert [held(ref, currency) for ref in vendors] == net
    with pytest.raises(ProviderRefused, match="balance_insufficient"):
        transfer(vendors[0], sum(whole) - sum(net) + 1, currency, charge=charge, key="tr:more:v1")

    # Of three units of the second vendor one goes back, and then the rest.
    for number, (back, owed) in enumerate([(667, 600), (whole[1] - 667, net[1] - 600)]):
        sandbox.refund(charge, amount=Money(back, currency), metadata=NOTHING, key=f"re:{number}:v1")
        assert adds_up(currency, *vendors)
        take_back(sent[1], owed, f"trr:{number}:v1")
        assert adds_up(currency, *vendors)
    assert sandbox.get_transfer(sent[1].ref).reversed == sent[1].amount
    assert held(vendors[1], currency) == 0
    with pytest.raises(ProviderRefused, match="amount_too_large"):
        take_back(sent[1], 1, "trr:more:v1")

    with clock.at(clock.now() + timedelta(days=3)):
        payout = control.pay_out(vendors[0], Money(net[0], currency))
        assert adds_up(currency, *vendors)
        control.arrive(payout.ref)
        assert (held(vendors[0], currency), adds_up(currency, *vendors)) == (0, True)

        dispute = sandbox.get_dispute(control.dispute(charge).ref)
        assert dispute.withdrawn == dispute.amount == Money(sum(whole) - whole[1], currency)
        assert adds_up(currency, *vendors)
        with pytest.raises(ProviderRefused, match="balance_insufficient"):
            take_back(sent[0], net[0], "trr:a:v1")
        take_back(sent[2], net[2], "trr:c:v1")
        with pytest.raises(ProviderRefused, match="charge_disputed"):
            sandbox.refund(charge, amount=Money(1, currency), metadata=NOTHING, key="re:d:v1")
        control.decide(dispute.ref, wins=True)
        assert adds_up(currency, *vendors)
        won = sandbox.get_dispute(dispute.ref)
        assert (won.status, won.withdrawn.minor, won.fee.minor) == ("won", 0, 1500)
        # The fee of the dispute is more than the sandbox's platform has earned here.
        control.terms(fee_bps=0, fee_minor=0, settle_seconds=0)
        pay(10_000, currency)
        transfer(vendors[2], net[2], currency, key="tr:again:v1")
        assert adds_up(currency, *vendors)
        control.fail_payout(payout.ref)
        assert (held(vendors[0], currency), adds_up(currency, *vendors)) == (net[0], True)
    told = sandbox.list_events(clock.now() - timedelta(hours=1))
    assert {event.account: event.type for event in told}[vendors[0]] == "payout.failed"


@pytest.mark.django_db
@pytest.mark.unwatched
def test_what_is_pending_is_neither_sent_of_the_balance_nor_paid_out() -> None:
    vendor = account("a")
    charge = pay(10_000, "USD").charge_ref
    with pytest.raises(ProviderRefused, match="balance_insufficient"):
        transfer(vendor, 100, "USD", key="tr:a:v1")
    transfer(vendor, 100, "USD", charge=charge, key="tr:a:v2")
    with pytest.raises(ProviderRefused, match="balance_insufficient"):
        control.pay_out(vendor, Money(100, "USD"))
    assert control.settle() == 3
    transfer(vendor, 100, "USD", key="tr:a:v3")
    assert control.pay_out(vendor, Money(200, "USD")).status == "pending"


@pytest.mark.django_db
def test_nothing_is_sent_where_it_would_not_arrive() -> None:
    sandbox, charge = registry.default(), pay(10_000, "USD").charge_ref
    new = sandbox.create_account(email="b@example.com", country="US", metadata=NOTHING, key="acct:b:v1").ref
    held_back, gone = account("c"), account("d")
    control.hold_account(held_back)
    control.disconnect(gone)
    for ref, code in (
        (new, "insufficient_capabilities_for_transfer"),
        (held_back, "insufficient_capabilities_for_transfer"),
        (gone, "resource_missing"),
        ("acct_sandbox_unknown", "resource_missing"),
    ):
        with pytest.raises(ProviderRefused, match=code):
            transfer(ref, 100, "USD", charge=charge, key=f"tr:{ref}:v1")
    states = [sandbox.get_account(ref).state for ref in (new, held_back, gone)]
    assert states == ["pending", "restricted", "disconnected"]
    with pytest.raises(ProviderRefused, match="currency_mismatch"):
        transfer(account("e"), 100, "EUR", charge=charge, key="tr:eur:v1")


def outcome(to: str, number: int) -> str:
    try:
        return str(transfer(to, 6000, "USD", key=f"tr:{number}:v1").amount.minor)
    except ProviderRefused as refusal:
        return refusal.code


@pytest.mark.django_db(transaction=True)
def test_of_two_transfers_at_once_that_the_balance_does_not_hold_one_is_made() -> None:
    vendor = account("a")
    control.terms(fee_bps=0, fee_minor=0, settle_seconds=0)
    pay(10_000, "USD")
    outcomes = at_once(*[partial(outcome, vendor, number) for number in range(2)])
    assert sorted(map(str, outcomes)) == ["6000", "balance_insufficient"]
    assert (held("", "USD"), held(vendor, "USD")) == (4000, 6000)


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_both_would_be_made(monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control: both see a balance that holds one."""
    vendor = account("a")
    control.terms(fee_bps=0, fee_minor=0, settle_seconds=0)
    pay(10_000, "USD")
    both_have_looked, look = threading.Barrier(2), movements.available

    def available(currency: str) -> int:
        found = look(currency)
        both_have_looked.wait(timeout=10)
        return found

    monkeypatch.setattr(movements, "hold_platform", int)
    monkeypatch.setattr(movements, "available", available)
    assert at_once(*[partial(outcome, vendor, number) for number in range(2)]) == ["6000", "6000"]
    assert held("", "USD") == -2000


@pytest.mark.deep
@pytest.mark.django_db
@pytest.mark.unwatched
@pytest.mark.parametrize("seed", range(25))
def test_whatever_happens_nothing_comes_from_nowhere(seed: int) -> None:
    """Sixty things at random, most of which can be done, at moments that move on."""
    chance = random.Random(seed)  # noqa: S311  # a history, no secret
    vendors, now = [account("a"), account("b")], clock.now()
    done = Counter[str]()
    for number in range(60):
        now += timedelta(hours=chance.randrange(30))
        deed = chance.choice(DEEDS)
        with clock.at(now):
            with suppress(ProviderRefused, IndexError):
                happen(deed, chance, vendors, f"{seed}-{number}")
                done[deed] += 1
            assert adds_up("USD", *vendors), (deed, done)
            assert all(held(vendor, "USD") >= 0 for vendor in vendors), (deed, done)
    assert done["pay"]
    for charge in SandboxCharge.objects.all():
        sent = charge.transfers.aggregate(sum=Sum("amount_minor", default=0))["sum"]
        assert sent <= charge.amount_minor


def happen(deed: str, chance: random.Random, vendors: list[str], key: str) -> None:
    """One thing that happens; raises IndexError where there is nothing it could happen to."""
    charges = list(SandboxCharge.objects.order_by("pk").values_list("ref", flat=True))
    minor, vendor = chance.randrange(50, 4000), chance.choice(vendors)
    match deed:
        case "pay":
            pay(minor * 3, "USD")
        case "refund":
            registry.default().refund(
                chance.choice(charges), amount=Money(minor, "USD"), metadata=NOTHING, key=f"re:{key}"
            )
        case "transfer" | "send":
            charge = chance.choice(charges) if deed == "transfer" else None
            transfer(vendor, minor, "USD", charge=charge, key=f"tr:{key}")
        case "reverse":
            sent = registry.default().list_transfers(clock.now() - timedelta(days=365))
            take_back(chance.choice(sent), minor, f"trr:{key}")
        case "dispute":
            control.dispute(chance.choice(charges), is_inquiry=chance.random() < 0.3)
        case "decide":
            disputes = registry.default().list_disputes(clock.now() - timedelta(days=365))
            control.decide(chance.choice(disputes).ref, wins=chance.random() < 0.5)
        case "pay_out":
            control.pay_out(vendor, Money(minor, "USD"))
        case _:
            payouts = registry.default().list_payouts(vendor, clock.now() - timedelta(days=365))
            (control.arrive if deed == "arrive" else control.fail_payout)(chance.choice(payouts).ref)
