"""The platform's own payouts: booked once, both ways where they come back, and no difference to anybody."""

import pytest

from marketplace.gateway.errors import UnknownObject
from marketplace.gateway.models import SandboxEvent
from marketplace.gateway.provider import PaymentProvider
from marketplace.gateway.sandbox import control
from marketplace.kernel.money import Money
from payouts.models import Discrepancy, LedgerEntry, LedgerTransaction, Payout
from payouts.operations.following import post_fee
from payouts.operations.reconcile import reconcile
from payouts.operations.withdrawals import book_withdrawal
from tests.factories.sold import sold
from tests.support import payments
from tests.support.books import faults

pytestmark = pytest.mark.django_db


def bank() -> int:
    """What the ledger says has gone to the platform's own bank."""
    entries = LedgerEntry.objects.filter(account__kind="platform_bank")
    return -sum(entries.values_list("amount_minor", flat=True))


def earned(provider: PaymentProvider) -> str:
    """Something is sold, and half of it goes to the platform's bank by the provider's schedule."""
    post_fee(order_id=sold().pk)
    payments.receive_all()
    control.settle()
    return control.pay_out_platform(Money(500, "EUR")).ref


def test_what_the_provider_sends_to_the_platforms_bank_is_booked_by_its_events(
    provider: PaymentProvider,
) -> None:
    ref = earned(provider)
    for _ in range(2):
        SandboxEvent.objects.filter(object_ref=ref).update(delivered_at=None)
        payments.receive_all()
        assert (bank(), LedgerTransaction.objects.filter(kind="withdrawal").count()) == (500, 1)
    control.arrive(ref)
    payments.receive_all()
    assert (bank(), faults(), Payout.objects.count()) == (500, [], 0)
    assert (reconcile(provider=provider.name).outcome, Discrepancy.objects.count()) == ("clean", 0)


def test_one_that_comes_back_is_the_platforms_again_once(provider: PaymentProvider) -> None:
    ref = earned(provider)
    control.fail_payout(ref)
    for _ in range(2):
        book_withdrawal(provider=provider.name, ref=ref)
    assert (bank(), LedgerTransaction.objects.filter(kind="withdrawal").count()) == (0, 2)
    assert (reconcile(provider=provider.name).outcome, faults()) == ("clean", [])


def test_what_nobody_told_of_is_found(provider: PaymentProvider) -> None:
    ref = earned(provider)
    assert reconcile(provider=provider.name).outcome == "clean"
    assert Discrepancy.objects.values_list("kind", "ref", "status").get() == (
        "payout_state",
        f"platform {ref}",
        "healed",
    )
    assert (bank(), faults()) == (500, [])
    with pytest.raises(UnknownObject):
        book_withdrawal(provider=provider.name, ref="po_unknown")
