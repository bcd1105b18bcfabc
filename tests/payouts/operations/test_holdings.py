"""What the provider holds, beside what the ledger says of it."""

from datetime import timedelta

import pytest

from marketplace.gateway import registry
from marketplace.gateway.models.sandbox import Movement
from marketplace.gateway.sandbox import movements
from marketplace.kernel import clock
from marketplace.kernel.money import Money
from payouts.models import Discrepancy, PayoutAccount, Transfer, TransferStatus
from payouts.operations.holdings import holdings
from payouts.operations.reconcile import reconcile
from tests.factories.checkout import buyable
from tests.factories.sold import part_of, sold
from tests.support import payments, queue
from tests.support.accounts import active_account

pytestmark = pytest.mark.django_db


@pytest.fixture
def account() -> PayoutAccount:
    """Of a vendor that sold something for 100.00 and has its 90.00; all is settled."""
    variant = buyable(price_minor=10_000)
    account = active_account(variant.vendor)
    assert part_of(sold(variant)).vendor == account.vendor
    queue.run_queued()
    payments.receive_all()
    return account


def found() -> list[tuple[str, str, str]]:
    return [(each.ref, each.ours, each.theirs) for each in holdings(registry.default())]


def taken(minor: int, holder: str = "") -> None:
    """Somebody takes money there, and nobody here knows."""
    movements.post(Movement.PAYOUT, amount=Money(-minor, "EUR"), source_ref="made up", holder=holder)


def test_what_is_settled_is_held_alike_and_what_is_taken_is_missed(account: PayoutAccount) -> None:
    assert found() == []
    taken(1, account.ref)
    # Of 100.00 the provider kept 3.20, and 90.00 went to the vendor.
    taken(2)
    assert found() == [
        (f"{account.ref} EUR", "90.00 EUR", "89.99 EUR"),
        ("platform EUR", "6.80 EUR", "6.78 EUR"),
    ]


def test_what_is_on_its_way_is_no_difference(account: PayoutAccount) -> None:
    taken(1, account.ref)
    taken(2)
    Transfer.objects.update(status=TransferStatus.SENDING)
    assert found() == []


def test_a_fee_that_is_not_posted_is_waited_for(account: PayoutAccount) -> None:
    taken(2)
    sold()
    assert found() == []


def test_a_reconciliation_tells_of_it_until_it_is_even(account: PayoutAccount) -> None:
    taken(1, account.ref)
    with clock.at(clock.now() + timedelta(minutes=2)):
        assert (reconcile(provider="sandbox").outcome, Discrepancy.objects.get().kind) == (
            "different",
            "balance",
        )
        movements.post(Movement.PAYMENT, amount=Money(1, "EUR"), source_ref="back", holder=account.ref)
        assert (reconcile(provider="sandbox").outcome, Discrepancy.objects.get().status) == ("clean", "gone")
