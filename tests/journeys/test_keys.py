"""Every key that is sent to a provider is that of one thing and one set of parameters, however often sent."""

import inspect
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import partial
from typing import Any, ClassVar, Final

import pytest
from django.conf import settings
from django.test import override_settings
from typing_extensions import override

from checkout.models import Payment, Refund
from checkout.operations.expire import cancel_order
from checkout.operations.payments import stop_payments
from checkout.operations.place import place_order
from checkout.operations.refunds import send_refund, settle_refund
from checkout.operations.retry import retry_refund
from marketplace.accounts.operations import cards
from marketplace.gateway.models import SandboxRefund
from marketplace.gateway.provider import Evidence, PaymentProvider
from marketplace.gateway.sandbox import control
from payouts.models import Payout
from payouts.operations import paying, payouts
from payouts.operations.disputes import settle_dispute
from payouts.operations.evidence import answer_dispute
from tests.factories.accounts import UserFactory
from tests.factories.checkout import buyable
from tests.factories.orders import placed, ready_cart
from tests.journeys.test_faulty_links import bought, insisted, opened, sellers
from tests.support import links, payments
from tests.support.links import Faulty
from tests.support.payable import sale
from vendors.models import Vendor

pytestmark = pytest.mark.django_db

# A call, what it was given, and under which key.
Written = tuple[str, str, str]
# What was chosen before may be chosen again: each choice has a key of its own.
CHOICES: Final = frozenset({"set_default_card"})
# What the marketplace does nowhere, and what is asked of a customer once, when it leaves.
NOWHERE: Final = frozenset({"update_payment", "delete_customer"})


class Recording(Faulty):
    """Remembers every write that goes over the link."""

    written: ClassVar[list[Written]] = []

    @override
    def __getattr__(self, name: str) -> Any:
        found = super().__getattr__(name)
        if not callable(found):
            return found

        def run(*asked: Any, **named: Any) -> Any:
            if "key" in named:
                given = {each: named[each] for each in sorted(named) if each != "key"}
                self.written.append((name, repr((asked, given)), named["key"]))
            return found(*asked, **named)

        return run


def wrong(written: list[Written]) -> list[str]:
    """Keys of two things or of other parameters; things that were sent under two keys of one version."""
    of_key, keys_of = defaultdict(set), defaultdict(set)
    for call, given, key in written:
        of_key[key].add((call, given))
        if call not in CHOICES:
            name, _, version = key.rpartition(":v")
            keys_of[call, given, version].add(name)
    many = [key for key, things in of_key.items() if len(things) > 1]
    return many + [f"{call} {given}" for (call, given, _), keys in keys_of.items() if len(keys) > 1]


@pytest.fixture
def written(provider: PaymentProvider, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Written]]:
    """What is written to a provider of which about every second answer is lost."""
    made: list[Written] = []
    monkeypatch.setattr(Recording, "written", made)
    monkeypatch.setattr(Faulty, "plan", links.NowAndThen(seed=31, hangs=0.4))
    monkeypatch.setattr(Faulty, "behind", provider)
    with override_settings(
        PAYMENT_PROVIDERS={**settings.PAYMENT_PROVIDERS, **links.named(Recording, provider.name)}
    ):
        yield made


def _kept_cards() -> None:
    user = UserFactory.create()
    for _ in range(2):
        setup = insisted(lambda: cards.start_card(user=user))
        assert payments.tell_card(setup.ref, setup.client_secret).status_code == 200
        kept = insisted(partial(cards.save_card, user=user, setup_id=setup.pk))
    placed_by = place_order(cart=ready_cart(buyable(), user=user), card=kept)
    opened(placed_by)
    for act in (cards.make_default_card, cards.delete_card):
        insisted(partial(act, user=user, method_id=kept.pk))


def _given_back_anew() -> None:
    """A refund that was made fails, and is tried again: the same of the same order, with the next version."""
    refund, provider = Refund.objects.get(), Payment.objects.get().provider
    SandboxRefund.objects.update(status="failed")
    insisted(lambda: settle_refund(provider=provider, ref=refund.provider_ref))
    retried = retry_refund(refund=Refund.objects.get(), actor=None)
    insisted(lambda: send_refund(refund_id=retried.pk))


def _disputed() -> None:
    payment = Payment.objects.filter(status="succeeded").latest("pk")
    ref = control.dispute(payment.charge_ref).ref
    dispute = insisted(lambda: settle_dispute(provider=payment.provider, ref=ref))
    said = partial(answer_dispute, dispute=dispute, vendor=None, author=UserFactory.create(), is_final=True)
    insisted(lambda: said(said=Evidence(other="It came."), idempotency_key="a"))


def _paid_out(vendor: Vendor) -> None:
    sale(vendor)
    assert paying.pay_vendor(vendor=vendor).payouts == 1
    insisted(lambda: payouts.send_payout(payout_id=Payout.objects.get().pk))


def test_31_a_key_is_that_of_one_thing_and_its_parameters(written: list[Written]) -> None:
    goods = sellers(2)
    bought(*goods)
    _given_back_anew()
    bought(*goods, refunds=False)
    _disputed()
    given_up = opened(placed(*goods))
    insisted(lambda: cancel_order(order=given_up.order))
    insisted(lambda: stop_payments(order_id=given_up.order_id))
    _kept_cards()
    _paid_out(goods[0].vendor)
    assert wrong(written) == []
    sent = Counter(key for _, _, key in written)
    assert {call for call, _, _ in written} == _keyed() - NOWHERE
    assert len({call for call, _, key in written if sent[key] > 1}) > 3
    assert all(re.fullmatch(r"[a-z]+:[0-9a-f-]{36}:v[0-9]+", key) for key in sent)


def _keyed() -> set[str]:
    """The calls of the port that take a key."""
    calls = inspect.getmembers(PaymentProvider, inspect.isfunction)
    return {name for name, call in calls if "key" in inspect.signature(call).parameters}


def test_control_what_a_key_must_not_be_is_found() -> None:
    again = ("refund", "5.00", "re:a:v1")
    assert wrong([again, again, ("refund", "5.00", "re:a:v2"), ("refund", "6.00", "re:b:v1")]) == []
    assert wrong([again, ("refund", "6.00", "re:a:v1")]) == ["re:a:v1"]
    assert wrong([again, ("transfer", "5.00", "re:a:v1")]) == ["re:a:v1"]
    assert wrong([again, ("refund", "5.00", "re:b:v1")]) == ["refund 5.00"]
