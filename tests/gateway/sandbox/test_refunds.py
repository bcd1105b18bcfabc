"""What goes back: never more than was taken, and sometimes it returns."""

from collections import Counter
from datetime import timedelta
from functools import partial

import pytest

from marketplace.gateway import registry
from marketplace.gateway.models import SandboxCharge, SandboxEvent, SandboxRefund
from marketplace.gateway.models.sandbox import REFUND_MOVES, RefundState
from marketplace.gateway.provider import ProviderRefund, ProviderRefused
from marketplace.gateway.sandbox import refunds
from marketplace.kernel import clock
from marketplace.kernel.money import Money
from tests.support import payments
from tests.support.races import at_once


def refund(
    charge: str | None, minor: int, *, currency: str = "EUR", key: str | None = None
) -> ProviderRefund:
    return registry.default().refund(
        charge or "",
        amount=Money(minor, currency),
        metadata={},
        key=key or f"re:{minor}-{SandboxRefund.objects.count()}:v1",
    )


def refunded() -> int:
    return SandboxCharge.objects.get().refunded_minor


@pytest.mark.django_db
def test_parts_of_a_charge_go_back_until_nothing_is_left() -> None:
    charge = payments.paid(1000).charge_ref
    made = [refund(charge, minor) for minor in (1, 499, 500)]
    assert [(each.status, each.amount.minor) for each in made] == [
        ("succeeded", 1),
        ("succeeded", 499),
        ("succeeded", 500),
    ]
    assert refunded() == 1000
    assert registry.default().get_refund(made[0].ref) == made[0]
    with pytest.raises(ProviderRefused, match="amount_too_large"):
        refund(charge, 1, key="re:more:v1")
    assert list(SandboxEvent.objects.order_by("pk").values_list("type", flat=True))[3:5] == [
        "refund.created",
        "charge.refunded",
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("minor", "currency", "code"),
    [
        (1001, "EUR", "amount_too_large"),
        (0, "EUR", "amount_too_small"),
        (-1, "EUR", "amount_too_small"),
        (500, "USD", "currency_mismatch"),
    ],
)
def test_what_was_not_taken_does_not_go_back(minor: int, currency: str, code: str) -> None:
    charge = payments.paid(1000).charge_ref
    with pytest.raises(ProviderRefused) as refusal:
        refund(charge, minor, currency=currency)
    assert refusal.value.code == code
    assert refunded() == 0
    assert not SandboxRefund.objects.exists()


@pytest.mark.django_db
def test_a_failed_charge_gives_nothing_back() -> None:
    intent = payments.opened()
    payments.confirm(intent, payments.DECLINED)
    with pytest.raises(ProviderRefused, match="resource_missing"):
        refund(SandboxCharge.objects.get().ref, 1000)


@pytest.mark.django_db
def test_a_disputed_charge_is_not_refunded() -> None:
    charge = payments.paid(number=payments.DISPUTED).charge_ref
    with pytest.raises(ProviderRefused, match="charge_disputed"):
        refund(charge, 1000)
    assert not SandboxRefund.objects.exists()


@pytest.mark.django_db
def test_an_unknown_refund_is_missing() -> None:
    with pytest.raises(ProviderRefused, match="resource_missing"):
        registry.default().get_refund("re_sandbox_unknown")


@pytest.mark.django_db
def test_a_refund_may_fail_after_it_succeeded_and_be_made_anew() -> None:
    charge = payments.paid(number=payments.REFUND_FAILS).charge_ref
    made = refund(charge, 1000)
    assert made.status == "succeeded"
    assert refunds.fail_due() == 0
    with clock.at(clock.now() + timedelta(minutes=2)):
        assert refunds.fail_due() == 1
        assert refunds.fail_due() == 0
    assert registry.default().get_refund(made.ref).status == "failed"
    assert refunded() == 0
    assert list(SandboxEvent.objects.order_by("pk").values_list("type", flat=True))[-2:] == [
        "refund.failed",
        "charge.updated",
    ]
    assert refund(charge, 1000, key="re:again:v1").status == "succeeded"


@pytest.mark.django_db
def test_a_refund_to_a_good_card_never_fails() -> None:
    refund(payments.paid().charge_ref, 1000)
    with clock.at(clock.now() + timedelta(days=30)):
        assert refunds.fail_due() == 0
    assert refunded() == 1000


def outcome(charge: str | None, number: int) -> str:
    try:
        return refund(charge, 6000, key=f"re:{number}:v1").status
    except ProviderRefused as refusal:
        return refusal.code


@pytest.mark.django_db(transaction=True)
def test_of_two_refunds_at_once_that_are_too_much_together_one_goes_back() -> None:
    charge = payments.paid(10_000).charge_ref
    outcomes = Counter(at_once(*[partial(outcome, charge, number) for number in range(2)]))
    assert outcomes == {"succeeded": 1, "amount_too_large": 1}
    assert refunded() == 6000


def test_the_moves_of_a_refund() -> None:
    ends = {state for state in RefundState if not REFUND_MOVES.moves[state]}
    assert ends == {RefundState.FAILED, RefundState.CANCELED}
    assert REFUND_MOVES.allows(RefundState.SUCCEEDED, RefundState.FAILED)
    assert not REFUND_MOVES.allows(RefundState.SUCCEEDED, RefundState.CANCELED)
