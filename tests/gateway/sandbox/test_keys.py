"""Keys of the sandbox: every write may be sent again, and has its one effect and its one answer."""

from collections.abc import Callable
from functools import partial

import pytest

from marketplace.gateway import registry
from marketplace.gateway.models import SandboxEvent, SandboxIntent, SandboxKey, SandboxRefund
from marketplace.gateway.provider import Intent, ProviderRefund, ProviderRefused
from marketplace.kernel.money import Money
from tests.support import payments
from tests.support.races import at_once

Write = Callable[[], Intent | ProviderRefund]


def start(minor: int = 1000, key: str = "pi:a:v1") -> Intent:
    return registry.default().start_payment(
        amount=Money(minor, "EUR"), metadata={"payment": "1"}, email="ada@example.com", key=key
    )


def refund(charge_ref: str | None, minor: int = 1000, key: str = "re:a:v1") -> ProviderRefund:
    return registry.default().refund(
        charge_ref or "", amount=Money(minor, "EUR"), metadata={"refund": "1"}, key=key
    )


def cancel(ref: str, key: str = "pi:a:c1") -> Intent:
    return registry.default().cancel_payment(ref, key=key)


def writes() -> list[Write]:
    """Every write of the port, ready to be sent."""
    return [
        start,
        partial(cancel, payments.opened().ref),
        partial(refund, payments.paid().charge_ref, 400),
    ]


def rows() -> tuple[int, int, int]:
    return SandboxIntent.objects.count(), SandboxRefund.objects.count(), SandboxEvent.objects.count()


@pytest.mark.django_db
@pytest.mark.parametrize("which", range(3))
def test_a_write_whose_answer_was_lost_is_sent_again_to_no_further_effect(which: int) -> None:
    write = writes()[which]
    first = write()
    after_first = rows()
    assert [write(), write()] == [first, first]
    assert rows() == after_first


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("which", range(3))
def test_a_write_sent_five_times_at_once_has_one_effect(which: int) -> None:
    write = writes()[which]
    before = rows()
    answers = at_once(*[write] * 5)
    assert len({repr(answer) for answer in answers}) == 1
    assert not isinstance(answers[0], Exception)
    grown = [after - earlier for after, earlier in zip(rows(), before, strict=True)]
    assert grown == [[1, 0, 1], [0, 0, 1], [0, 1, 2]][which]


@pytest.mark.django_db(transaction=True)
def test_five_keys_at_once_have_five_effects() -> None:
    """The negative control: it is the key that makes them one."""
    at_once(*[partial(start, key=f"pi:a:v{number}") for number in range(5)])
    assert SandboxIntent.objects.count() == 5


@pytest.mark.django_db
def test_a_key_that_came_with_other_parameters_is_refused() -> None:
    first = start()
    charge = payments.paid().charge_ref
    refund(charge, 400)
    for other in (partial(start, 1001), partial(refund, charge, 401), partial(cancel, first.ref, "pi:a:v1")):
        with pytest.raises(ProviderRefused, match="idempotency_key_reused"):
            other()
    assert start() == first
    assert SandboxRefund.objects.count() == 1


@pytest.mark.django_db
def test_the_answer_stays_what_it_was_while_the_object_moves_on() -> None:
    first = start()
    payments.confirm(first)
    assert start() == first
    assert registry.default().get_payment(first.ref).status == "succeeded"


@pytest.mark.django_db
def test_a_refusal_is_an_answer_too() -> None:
    intent = payments.opened()
    with pytest.raises(ProviderRefused, match="resource_missing"):
        refund("ch_sandbox_unknown")
    payments.confirm(intent)
    with pytest.raises(ProviderRefused, match="resource_missing"):
        refund("ch_sandbox_unknown")
    assert SandboxKey.objects.filter(key="re:a:v1").count() == 1
