"""Our rows beside the provider's books: nothing on a clean book, and each planted difference."""

from datetime import timedelta
from typing import Any

import pytest

from checkout.models import Order, Payment, Refund
from marketplace.accounts.models import PaymentCustomer
from marketplace.gateway import registry
from marketplace.gateway.models import (
    SandboxBalanceTransaction,
    SandboxCharge,
    SandboxEvent,
    SandboxIntent,
    SandboxRefund,
    SandboxTransfer,
    WebhookEvent,
)
from marketplace.gateway.sandbox import control
from marketplace.kernel import clock
from marketplace.kernel.money import Money
from payouts import checking
from payouts.models import Discrepancy, LedgerTransaction, PayoutAccount, Transfer
from payouts.operations import reversals
from payouts.operations.reconcile import reconcile
from tests.factories.accounts import UserFactory
from tests.factories.checkout import buyable
from tests.factories.orders import intent_of, placed
from tests.factories.vendors import VendorFactory
from tests.support import payments
from tests.support.accounts import active_account
from tests.support.moved import followed, given_back

pytestmark = pytest.mark.django_db


def paid(vendors: int = 1, number: str = payments.OK) -> Order:
    """An order that was paid, of which every event has come in."""
    order = placed(*(buyable() for _ in range(vendors)))
    payments.confirm(intent_of(order), number)
    payments.receive_all()
    return order


def charge_of(order: Order) -> str:
    return intent_of(order).charge_ref or ""


def compared(after: timedelta = timedelta(minutes=2)) -> tuple[str, list[tuple[str, str]]]:
    """What a reconciliation says that comes after webhooks had their time, and what it met."""
    with clock.at(clock.now() + after):
        run = reconcile(provider="sandbox")
    met = Discrepancy.objects.filter(reconciliation=run).order_by("kind", "pk")
    return run.outcome, [(row.kind, row.status) for row in met]


def heard() -> None:
    """Nothing is left to come in: what differs now, no event tells."""
    payments.receive_all()


def test_on_a_clean_book_there_is_nothing() -> None:
    payments.kept_card(UserFactory.create())
    for vendors in (1, 2):
        paid(vendors)
    placed()
    order = paid()
    payments.refund_there(charge_of(order), Money(500, "EUR"))
    payments.confirm(intent_of(placed()), payments.DECLINED)
    payments.confirm(intent_of(placed()), payments.ASKS_BUYER)
    payments.opened(payment="another", order="another")
    heard()
    assert compared() == ("clean", [])
    assert Discrepancy.objects.count() == 0


def behind() -> None:
    payments.confirm(intent_of(placed()))
    lost()


def lost() -> None:
    """No event will ever tell."""
    SandboxEvent.objects.all().delete()


def second() -> None:
    """H17: an order is paid once more there."""
    order = paid()
    again = payments.opened(1490, order=order.number, payment=str(Payment.objects.get().uuid))
    payments.confirm(again)
    heard()


def orphan() -> None:
    payments.confirm(payments.opened(1490, order="A-UNKNOWN", payment="unknown"))
    lost()


def unfounded() -> None:
    SandboxIntent.objects.filter(ref=intent_of(paid()).ref).update(status="requires_method")
    heard()


def missing() -> None:
    order = paid()
    Payment.objects.filter(order=order).update(provider_ref="pi_elsewhere")
    SandboxIntent.objects.update(metadata={})


def amount() -> None:
    paid()
    SandboxIntent.objects.update(amount_minor=1491)


def ledger() -> None:
    """A refund of ours that failed there, of which the ledger was not told: another amount is held."""
    order = paid()
    payments.refund_there(charge_of(order), Money(500, "EUR"))
    heard()
    SandboxRefund.objects.update(amount_minor=400)
    Refund.objects.update(amount_minor=400)


def refund_unknown() -> None:
    """Of one vendor's part or the other's: nobody can tell."""
    payments.refund_there(charge_of(paid(vendors=2)), Money(500, "EUR"))
    heard()


def refund_dashboard() -> None:
    payments.refund_there(charge_of(paid()), Money(500, "EUR"))
    lost()


def refund_missing() -> None:
    payments.refund_there(charge_of(paid()), Money(500, "EUR"))
    heard()
    Refund.objects.update(provider_ref="re_elsewhere")
    SandboxRefund.objects.all().delete()


def refund_failed() -> None:
    payments.refund_there(charge_of(paid(number=payments.REFUND_FAILS)), Money(500, "EUR"))
    heard()
    SandboxRefund.objects.update(status="failed")
    SandboxCharge.objects.update(refunded_minor=0)
    lost()


def refund_amount() -> None:
    payments.refund_there(charge_of(paid()), Money(500, "EUR"))
    heard()
    SandboxRefund.objects.update(amount_minor=400)


def event() -> None:
    """Webhooks were down, and somebody settled the order meanwhile."""
    paid()
    WebhookEvent.objects.filter(type="payment_intent.succeeded").delete()


def customer() -> None:
    payments.kept_card(UserFactory.create())
    heard()
    PaymentCustomer.objects.update(ref="cus_elsewhere")


def transfer() -> None:
    sandbox = registry.default()
    account = sandbox.create_account(email="", country="DE", metadata={}, key="acct:1:v1").ref
    control.onboard(account)
    sandbox.transfer(
        account, amount=Money(100, "EUR"), charge_ref=charge_of(paid()), group="", metadata={}, key="tr:1:v1"
    )
    heard()


def moved() -> Transfer:
    """What a vendor was sent of an order."""
    pot = buyable()
    active_account(pot.vendor)
    order = placed(pot)
    payments.confirm(intent_of(order))
    heard()
    followed(order)
    heard()
    return Transfer.objects.get()


def transfer_lost() -> None:
    moved()
    Transfer.objects.update(status="sending", ref="", made_at=None)


def transfer_never_sent() -> None:
    moved()
    Transfer.objects.update(status="sending", ref="", made_at=None, version=2)
    SandboxTransfer.objects.all().delete()
    SandboxBalanceTransaction.objects.filter(kind__in=["transfer", "payment"]).delete()


def transfer_missing() -> None:
    moved()
    Transfer.objects.update(ref="tr_elsewhere")
    SandboxTransfer.objects.update(metadata={})


def transfer_amount() -> None:
    moved()
    SandboxTransfer.objects.update(amount_minor=1)


def reversal_of_somebody() -> None:
    registry.default().reverse_transfer(moved().ref, amount=Money(1, "EUR"), metadata={}, key="trr:1:v1")
    heard()


def reversal_lost() -> None:
    order = Order.objects.get(vendor_orders__transfers=moved())
    given_back(order, 500)
    heard()
    reversals.take_back(order_id=order.pk)


def dispute() -> None:
    """28, and lost before we heard of it."""
    control.decide(control.dispute(charge_of(paid())).ref, wins=False)
    lost()


def dispute_state() -> None:
    opened = control.dispute(charge_of(paid()))
    heard()
    control.decide(opened.ref, wins=True)
    lost()


def account() -> str:
    """A vendor's, which the provider has verified since."""
    vendor = VendorFactory.create()
    ref = registry.default().create_account(email="", country="DE", metadata={}, key="acct:2:v1").ref
    PayoutAccount.objects.create(vendor=vendor, provider="sandbox", is_live=False, ref=ref)
    control.onboard(ref)
    lost()
    return ref


def account_unknown() -> None:
    PayoutAccount.objects.create(
        vendor=VendorFactory.create(), provider="sandbox", is_live=False, ref="acct_elsewhere"
    )


def payout() -> None:
    ref = account()
    registry.default().transfer(
        ref, amount=Money(100, "EUR"), charge_ref=charge_of(paid()), group="", metadata={}, key="tr:2:v1"
    )
    control.settle()
    control.pay_out(ref, Money(100, "EUR"))
    lost()


@pytest.mark.parametrize(
    ("plant", "found"),
    [
        (behind, [("payment_behind", "healed")]),
        (second, [("payment_second", "open")]),
        (orphan, [("payment_orphan", "open")]),
        (unfounded, [("payment_unfounded", "open")]),
        (missing, [("payment_missing", "open")]),
        (amount, [("payment_amount", "open")]),
        (ledger, [("ledger", "open")]),
        (refund_unknown, [("refund_unknown", "open")]),
        (refund_dashboard, [("refund_unknown", "healed")]),
        (refund_missing, [("refund_missing", "open")]),
        (refund_failed, [("refund_state", "healed")]),
        (refund_amount, [("refund_amount", "open")]),
        (event, [("event_unsettled", "healed")]),
        (customer, [("customer_unknown", "open")]),
        (transfer, [("transfer_unknown", "open")]),
        (transfer_lost, [("transfer_state", "healed")]),
        (transfer_never_sent, [("transfer_missing", "healed")]),
        (transfer_missing, [("transfer_missing", "open"), ("transfer_unknown", "open")]),
        (transfer_amount, [("transfer_amount", "open")]),
        (reversal_of_somebody, [("transfer_reversed", "open")]),
        (reversal_lost, [("transfer_reversed", "healed")]),
        (dispute, [("dispute_unknown", "healed")]),
        (dispute_state, [("dispute_state", "healed")]),
        (account, [("account_state", "healed")]),
        (account_unknown, [("account_unknown", "open")]),
        (payout, [("payout_state", "healed")]),
    ],
)
def test_each_planted_difference_is_found(plant: Any, found: list[tuple[str, str]]) -> None:
    plant()
    told = {kind for kind, _ in found}
    outcome, met = compared()
    assert [(kind, status) for kind, status in met if kind in told] == found
    assert outcome == ("different" if any(status == "open" for _, status in met) else "clean")
    # What is healed is in order; what is not is the same row again.
    rows = Discrepancy.objects.count()
    assert compared()[1] == [(kind, status) for kind, status in met if status == "open"]
    assert Discrepancy.objects.count() == rows


def test_34_after_two_hours_without_webhooks_all_is_as_it_would_have_been() -> None:
    before = clock.now()
    with clock.at(before - timedelta(hours=2)):
        orders = [placed() for _ in range(3)]
        for order, number in zip(orders, (payments.OK, payments.OK, payments.DECLINED), strict=True):
            payments.confirm(intent_of(order), number)
    with clock.at(before - timedelta(hours=1)):
        payments.refund_there(charge_of(orders[0]), Money(1490, "EUR"))
    assert LedgerTransaction.objects.count() == 0
    outcome, met = compared()
    assert (outcome, {status for _, status in met}) == ("clean", {"healed"})
    assert sorted(Order.objects.values_list("payment_state", flat=True)) == ["paid", "paid", "pending"]
    assert Refund.objects.get().status == "succeeded"
    assert [fault for _, faults in checking.check() for fault in faults] == []
    assert compared() == ("clean", [])


def test_what_differs_no_more_is_gone_and_until_then_is_looked_for() -> None:
    second()
    assert compared() == ("different", [("payment_second", "open")])
    assert compared(timedelta(days=30)) == ("different", [("payment_second", "open")])
    stray = SandboxCharge.objects.latest("pk").ref
    payments.refund_there(stray, Money(1490, "EUR"))
    heard()
    assert compared() == ("clean", [])
    assert Discrepancy.objects.get().status == "gone"
