"""What events may do, in any order and number, and what nobody else may do in their name."""

import hashlib
import json
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, Final

import pytest
from django.db import connection, transaction
from django.test import override_settings

from checkout.models import Order, Payment, Refund, RefundReason, VendorOrder
from checkout.operations.refund import Asked, refund_vendor_order
from checkout.operations.refunds import send_refund
from checkout.operations.settle import settle_payment
from marketplace.gateway import inbox
from marketplace.gateway.inbox import Receipt
from marketplace.gateway.models import SandboxEvent, WebhookEvent
from marketplace.gateway.provider import PaymentProvider
from marketplace.gateway.sandbox import control, intents, refunds, signatures, webhooks
from marketplace.gateway.sandbox.shapes import API_VERSION
from marketplace.kernel import clock
from marketplace.kernel.money import Money
from payouts import checking
from tests.factories.checkout import buyable
from tests.factories.orders import placed
from tests.support import payments, wire

pytestmark = pytest.mark.django_db

# What stands in the end, whatever when it happened.
STATE: Final = """
SELECT 'order', o.payment_state, o.total_minor::text FROM checkout_order o
UNION ALL SELECT 'part', v.status, v.total_minor::text FROM checkout_vendororder v
UNION ALL SELECT 'payment', p.status, concat_ws(' ', p.refunded_minor, p.is_disputed) FROM checkout_payment p
UNION ALL SELECT 'refund', r.status, r.amount_minor::text FROM checkout_refund r
UNION ALL SELECT 'dispute', d.status, concat_ws(' ', d.amount_minor, d.withdrawn_minor) FROM payouts_dispute d
UNION ALL SELECT 'stock', v.on_hand::text, v.reserved::text FROM catalog_variant v
UNION ALL SELECT 'moved', m.reason, m.delta::text FROM catalog_stockmovement m
UNION ALL SELECT 'posted', t.kind, concat_ws(' ', a.kind, e.amount_minor) FROM payouts_ledgerentry e
    JOIN payouts_ledgertransaction t ON t.id = e.transaction_id
    JOIN payouts_ledgeraccount a ON a.id = e.account_id
"""


def state() -> str:
    """The hash of all of it."""
    with connection.cursor() as cursor:
        cursor.execute(STATE)
        return hashlib.sha256(repr(sorted(cursor.fetchall())).encode()).hexdigest()


@contextmanager
def undone() -> Iterator[None]:
    """Another life of the same rows: what happens in the block has not happened after it."""
    block: Any = transaction.atomic()
    block._from_testcase = True  # so that what must not be within a transaction may be within this one
    with block:
        yield
        transaction.set_rollback(True)


def life(order: Order) -> list[Callable[[], object]]:
    """What happens at the bank, one after the other: declined, under way, paid; given back in part, which
    fails; disputed, and lost.
    """
    payment = Payment.objects.get(order=order)

    def tried(number: str) -> None:
        intents.confirm(payment.provider_ref, client_secret=payment.client_secret, card=payments.read(number))

    def back() -> None:
        """The buyer has come back, and the vendor gives something."""
        settle_payment(provider=payment.provider, ref=payment.provider_ref)
        part = VendorOrder.objects.filter(order=order).earliest("pk")
        asked = Asked(amount=Money(300, "EUR"))
        refund = refund_vendor_order(part=part, asked=asked, reason=RefundReason.GOODWILL, actor=None)
        send_refund(refund_id=refund.pk)

    def fails() -> None:
        with clock.at(clock.now() + timedelta(minutes=2)):
            refunds.fail_due()

    def dispute() -> str:
        charge = intents.find(payment.provider_ref, client_secret=payment.client_secret).charge_ref
        return control.dispute(charge).ref

    def lose() -> None:
        control.decide(SandboxEvent.objects.filter(object_type="dispute").latest("pk").object_ref, wins=False)

    return [
        lambda: tried(payments.NO_FUNDS),
        lambda: control.hold_payment(payment.provider_ref),
        lambda: tried(payments.REFUND_FAILS),
        lambda: control.finish_payment(payment.provider_ref),
        back,
        fails,
        dispute,
        lose,
    ]


def told(event: SandboxEvent) -> None:
    assert payments.tell(event) in {Receipt.APPLIED, Receipt.IGNORED, Receipt.REPLAYED}


def lived(order: Order, seed: int) -> str:
    """The life of an order, of which we hear in an order and number of its own; what stands in the end."""
    dice = random.Random(seed)  # noqa: S311  # the same each time
    with undone():
        for step in life(order):
            step()
            heard = list(SandboxEvent.objects.order_by("pk"))
            for event in dice.choices(heard, k=dice.randrange(4)):
                told(event)
        rest = list(SandboxEvent.objects.order_by("pk")) * dice.choice([1, 2])
        dice.shuffle(rest)
        for event in rest:
            told(event)
        assert [fault for _, faults in checking.check() for fault in faults] == []
        return state()


def same_in_the_end(seeds: range) -> None:
    order = placed(buyable(), buyable(), quantity=2)
    before = state()
    assert len({lived(order, seed) for seed in seeds}) == 1
    assert (state(), Refund.objects.count()) == (before, 0)


def test_35_events_in_any_order_and_number_end_in_one_state(provider: PaymentProvider) -> None:
    same_in_the_end(range(6 if provider.name == "sandbox" else 2))


@pytest.mark.deep
def test_35_fifty_orders_of_events_end_in_one_state_on_each_provider(provider: PaymentProvider) -> None:
    same_in_the_end(range(50))


@pytest.mark.deep
@pytest.mark.parametrize("hundred", range(10))
def test_35_a_thousand_orders_of_events_end_in_one_state(hundred: int) -> None:
    same_in_the_end(range(100 * hundred, 100 * (hundred + 1)))


def forged(dice: random.Random, raw: bytes, secret: str, other: str) -> tuple[bytes, str]:
    """A webhook that is not the provider's, not of now or not of this mode: its bytes and its signature."""
    now = int(time.time())
    content = json.loads(raw)

    def signed(body: bytes, *, by: str = secret, at: int = now) -> str:
        return f"t={at},v1={signatures._digest(body, at, by)}"

    place = dice.randrange(len(raw))
    flipped = raw[:place] + bytes([raw[place] ^ (1 << dice.randrange(8))]) + raw[place + 1 :]
    early, late = now + dice.randrange(310, 10**6), now - dice.randrange(310, 10**8)
    return dice.choice(
        [
            (flipped, signed(raw)),
            (raw, signed(raw, by=other)),
            (raw, signed(raw, by=dice.randbytes(16).hex())),
            (raw, signed(raw, at=late)),
            (raw, signed(raw, at=early)),
            (raw, signed(raw).replace(f"t={now}", f"t={now - 1}")),
            (raw, signed(raw).replace("v1=", "v0=")),
            (raw, ""),
            (raw, dice.randbytes(40).decode("latin-1")),
            (json.dumps(content, indent=1).encode(), signed(raw)),
            (json.dumps(dict(reversed(content.items()))).encode(), signed(raw)),
            (live := json.dumps(content | {"livemode": True}).encode(), signed(live)),
            (old := json.dumps(content | {"api_version": "2019-01-01"}).encode(), signed(old)),
            (cut := raw[:place], signed(cut)),
        ]
    )


def touches_nothing(provider: str, count: int) -> None:
    """The event of a payment that has succeeded is forged so often."""
    order = placed(buyable())
    payment = Payment.objects.get(order=order)
    intents.confirm(payment.provider_ref, client_secret=payment.client_secret, card=payments.read())
    event = SandboxEvent.objects.get(type="payment_intent.succeeded")
    content = json.loads(webhooks.body(event))
    if provider == "stripe":
        content = {**content, "api_version": API_VERSION, "account": None}
    raw = json.dumps(content, separators=(",", ":"), sort_keys=True).encode()
    secret = wire.WEBHOOK_SECRETS[0] if provider == "stripe" else webhooks.secrets()[0]
    header = "Stripe-Signature" if provider == "stripe" else signatures.HEADER
    dice, before = random.Random(provider), state()  # noqa: S311  # the same each time
    for _ in range(count):
        body, signature = forged(dice, raw, secret, wire.CONNECT_SECRETS[0])
        receipt = inbox.receive(provider=provider, raw=body, headers={header: signature})
        assert receipt == Receipt.UNTRUSTED, (body, signature)
    assert (WebhookEvent.objects.count(), state()) == (0, before)
    seconds = int(time.time())
    genuine = f"t={seconds},v1={signatures._digest(raw, seconds, secret)}"
    if provider == "sandbox":  # the other is not asked here
        assert inbox.receive(provider=provider, raw=raw, headers={header: genuine}) == Receipt.APPLIED
        assert state() != before


@pytest.mark.parametrize("provider", ["sandbox", "stripe"])
def test_15_a_forged_webhook_touches_nothing(provider: str) -> None:
    with wire.stripe_at("http://localhost"), override_settings(PAYMENT_PROVIDER="sandbox"):
        touches_nothing(provider, 50)


@pytest.mark.deep
@pytest.mark.parametrize("provider", ["sandbox", "stripe"])
def test_15_a_thousand_forged_webhooks_touch_nothing(provider: str) -> None:
    with wire.stripe_at("http://localhost"), override_settings(PAYMENT_PROVIDER="sandbox"):
        touches_nothing(provider, 1000)
