"""The webhook and the buyer's return at once, on each provider; Stripe is reached over real HTTP."""

from datetime import timedelta

import pytest

from catalog.models import StockMovement
from checkout.operations.settle import settle_payment
from marketplace.gateway import inbox
from marketplace.gateway.inbox import Receipt
from marketplace.gateway.models import SandboxCharge
from marketplace.gateway.provider import PaymentProvider
from marketplace.kernel import clock
from payouts.models import LedgerTransaction
from tests.factories.checkout import buyable
from tests.factories.orders import intent_of, payment_of, placed
from tests.support import payments
from tests.support.books import faults
from tests.support.races import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("hands", [4, pytest.param(50, marks=pytest.mark.deep)])
def test_3_webhooks_and_returns_at_once_pay_an_order_once(provider: PaymentProvider, hands: int) -> None:
    tea = buyable(on_hand=5)
    order = placed(tea)
    payments.confirm(intent_of(order))
    told = provider.list_events(clock.now() - timedelta(hours=1))
    (paid,) = [event for event in told if event.type == "payment_intent.succeeded"]
    ref = payment_of(order).provider_ref
    both = (lambda: inbox.take(paid), lambda: settle_payment(provider=provider.name, ref=ref))
    outcomes = at_once(*both * (hands // 2))
    assert set(outcomes) <= {None, Receipt.APPLIED, Receipt.REPLAYED}
    order.refresh_from_db()
    tea.refresh_from_db()
    assert (order.payment_state, tea.on_hand, tea.reserved) == ("paid", 4, 0)
    assert (SandboxCharge.objects.count(), StockMovement.objects.count()) == (1, 1)
    assert (LedgerTransaction.objects.filter(kind="sale").count(), faults()) == (1, [])
