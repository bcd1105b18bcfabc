"""What staff give vendors and ask of them, tax that is remitted, transfers that are sent again."""

import pytest

from marketplace.kernel import audit
from marketplace.kernel.errors import (
    CurrencyMismatch,
    IdempotencyKeyReused,
    InvalidInput,
    TransitionNotAllowed,
)
from marketplace.kernel.money import Money
from payouts.errors import MoreThanTaxDue
from payouts.models import Adjustment, LedgerTransaction, Transfer
from payouts.operations import adjustments
from payouts.selectors import payable as owed_to
from payouts.selectors import trial_balance
from tests.factories.accounts import UserFactory
from tests.factories.checkout import TaxRuleFactory, buyable
from tests.factories.sold import part_of, sold
from tests.factories.vendors import VendorFactory
from tests.support.books import faults
from tests.support.moved import apart, followed, payable, sent
from tests.support.queue import run_queued

pytestmark = pytest.mark.django_db


def eur(minor: int) -> Money:
    return Money(minor, "EUR")


def test_what_is_given_is_sent_and_what_is_asked_for_is_kept_of_the_next_transfers() -> None:
    pot, admin = buyable(price_minor=100_000), UserFactory.create(is_staff=True)
    payable(pot.vendor)
    order = followed(sold(pot))
    part = part_of(order)
    for _ in range(2):
        adjustments.adjust_balance(
            vendor=pot.vendor, amount=eur(500), reason="Sorry", actor=admin, part=part, idempotency_key="a"
        )
    run_queued()
    adjustments.adjust_balance(vendor=pot.vendor, amount=eur(-2000), reason="A fine", actor=admin)
    run_queued()
    followed(order)
    assert sent() == [("charge", "made", 90_000, 0, 0), ("balance", "made", 500, 0, 0)]
    followed(sold(pot))
    assert sent()[2] == ("charge", "made", 88_000, 2000, 0)
    assert owed_to(pot.vendor) == [eur(178_500)]
    assert [(row.amount_minor, row.reason) for row in Adjustment.objects.order_by("pk")] == [
        (500, "Sorry"),
        (-2000, "A fine"),
    ]
    noted = audit.entries_of(pot.vendor).filter(action="payouts.adjusted")
    assert [(each.actor_id, each.note) for each in noted] == [(admin.pk, "Sorry"), (admin.pk, "A fine")]
    assert (apart(), faults()) == ([], [])


def test_an_adjustment_has_a_reason_a_sum_and_a_vendor_that_is_open() -> None:
    vendor, admin = VendorFactory.create(), UserFactory.create(is_staff=True)

    def adjust(amount: Money, reason: str = "Because", key: str | None = None) -> None:
        adjustments.adjust_balance(
            vendor=vendor, amount=amount, reason=reason, actor=admin, idempotency_key=key
        )

    with pytest.raises(InvalidInput):
        adjust(eur(0))
    with pytest.raises(InvalidInput):
        adjust(eur(1), reason=" ")
    with pytest.raises(CurrencyMismatch):
        adjust(Money(1, "USD"))
    adjust(eur(1), key="a")
    with pytest.raises(IdempotencyKeyReused):
        adjust(eur(2), key="a")
    vendor.status = "closed"
    vendor.save()
    with pytest.raises(TransitionNotAllowed):
        adjust(eur(1))
    assert (Adjustment.objects.count(), Transfer.objects.count(), faults()) == (1, 1, [])


def test_tax_is_remitted_once_and_no_more_than_there_is() -> None:
    TaxRuleFactory.create(name="Levy", rate_bps=1000, remitter="platform")
    sold(buyable(price_minor=10_000))
    admin = UserFactory.create(is_staff=True)

    def remit(minor: int, key: str) -> LedgerTransaction:
        return adjustments.remit_tax(amount=eur(minor), note="October", actor=admin, idempotency_key=key)

    with pytest.raises(MoreThanTaxDue) as refused:
        remit(1001, "a")
    assert refused.value.due == eur(1000)
    assert remit(600, "b") == remit(600, "b")
    with pytest.raises(InvalidInput):
        remit(-1, "c")
    # On its commission it owes none.
    with pytest.raises(MoreThanTaxDue):
        adjustments.remit_tax(
            amount=eur(1), note="October", actor=admin, idempotency_key="d", is_on_commission=True
        )
    balances = {kind.value: money.minor for kind, money in trial_balance()}
    assert (balances["tax_payable"], balances["platform_bank"], faults()) == (400, 600, [])


def test_a_transfer_is_sent_again_by_hand_while_it_is_not_made() -> None:
    pot, admin = buyable(price_minor=10_000), UserFactory.create(is_staff=True)
    followed(sold(pot))
    payable(pot.vendor)
    made = adjustments.retry_transfer(transfer=Transfer.objects.get(), actor=admin)
    assert (made.status, audit.entries_of(made)[0].action) == ("made", "payouts.transfer_retried")
    with pytest.raises(TransitionNotAllowed):
        adjustments.retry_transfer(transfer=made, actor=admin)
