"""Keys of the sandbox: every write may be sent again, and has its one effect and its one answer."""

import inspect
from collections.abc import Callable, Mapping
from functools import partial

import pytest
from django.apps import apps

from marketplace.gateway import registry
from marketplace.gateway.models import SandboxEvent, SandboxIntent, SandboxKey, SandboxRefund
from marketplace.gateway.models.sandbox import Movement
from marketplace.gateway.provider import Evidence, Intent, PaymentProvider, ProviderRefund, ProviderRefused
from marketplace.gateway.sandbox import control, movements, setups
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
    """Writes of payments, ready to be sent."""
    return [
        start,
        partial(cancel, payments.opened().ref),
        partial(refund, payments.paid().charge_ref, 400),
    ]


def rows() -> tuple[int, int, int]:
    return SandboxIntent.objects.count(), SandboxRefund.objects.count(), SandboxEvent.objects.count()


def every_write() -> Mapping[str, Callable[[], object]]:
    """Every write of the port, ready to be sent."""
    sandbox, euro, none = registry.default(), Money(100, "EUR"), dict[str, str]()
    bob = sandbox.create_customer(email="", name="Bob", metadata=none, key="cus:b").ref
    ada = sandbox.create_customer(email="", name="Ada", metadata=none, key="cus:0").ref
    saved = sandbox.start_setup(ada, metadata=none, key="seti:0")
    setups.confirm(saved.ref, client_secret=saved.client_secret, card=payments.read())
    (card,) = (each.ref for each in sandbox.list_cards(ada))
    vendor = sandbox.create_account(email="", country="DE", metadata=none, key="acct:0").ref
    control.onboard(vendor)
    movements.post(Movement.TRANSFER, amount=euro, source_ref="made up", holder=vendor)
    charge = payments.paid().charge_ref or ""
    send = partial(sandbox.transfer, vendor, amount=euro, charge_ref=charge, group="", metadata=none)
    dispute = control.dispute(payments.paid().charge_ref or "").ref
    kept = partial(sandbox.charge_card, customer_ref=ada, card_ref=card, email="")
    return {
        "start_payment": start,
        "charge_card": partial(kept, amount=euro, metadata=none, key="pi:k"),
        "update_payment": partial(sandbox.update_payment, payments.opened().ref, amount=euro, key="pi:u"),
        "cancel_payment": partial(cancel, payments.opened().ref),
        "refund": partial(refund, charge, 400),
        "create_customer": partial(sandbox.create_customer, email="", name="", metadata=none, key="cus:1"),
        "delete_customer": partial(sandbox.delete_customer, bob, key="cus:d"),
        "start_setup": partial(sandbox.start_setup, ada, metadata=none, key="seti:1"),
        "set_default_card": partial(sandbox.set_default_card, ada, card, key="cus:2"),
        "detach_card": partial(sandbox.detach_card, card, key="pm:1"),
        "create_account": partial(
            sandbox.create_account, email="", country="DE", metadata=none, key="acct:1"
        ),
        "transfer": partial(send, key="tr:1"),
        "reverse_transfer": partial(
            sandbox.reverse_transfer, send(key="tr:0").ref, amount=euro, metadata=none, key="trr:1"
        ),
        "pay_out": partial(sandbox.pay_out, vendor, amount=euro, metadata=none, key="po:1"),
        "submit_evidence": partial(
            sandbox.submit_evidence, dispute, evidence=Evidence(other="It came."), is_final=True, key="ev:1"
        ),
    }


def books() -> int:
    """How many rows the sandbox has in all."""
    return sum(each._meta.base_manager.count() for each in apps.get_app_config("gateway").get_models())


@pytest.mark.django_db
@pytest.mark.unwatched  # what are many transactions elsewhere is one here
def test_every_write_whose_answer_was_lost_is_sent_again_to_no_further_effect() -> None:
    """Every method of the port that takes a key is among them."""
    sent = every_write()
    with_a_key = {
        name
        for name, method in inspect.getmembers(PaymentProvider, inspect.isfunction)
        if "key" in inspect.signature(method).parameters
    }
    assert set(sent) == with_a_key
    for name, write in sent.items():
        before, first, after = books(), write(), books()
        assert after > before, name
        assert [write(), write()] == [first, first], name
        assert books() == after, name


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
