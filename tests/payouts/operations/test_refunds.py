"""What is booked when money goes back, and when it does not after all."""

from datetime import timedelta

import pytest

from analytics.models import SalesEntry
from checkout.models import Payment, Refund, RefundReason, Remitter
from checkout.operations.refund import Asked, refund_vendor_order
from checkout.operations.refunds import send_refund, settle_refund
from marketplace.gateway.models import SandboxRefund
from marketplace.gateway.sandbox import refunds as sandbox_refunds
from marketplace.kernel import clock
from marketplace.kernel.money import Money
from payouts.models import AccountKind, CommissionReversal, LedgerTransaction
from payouts.selectors import trial_balance
from tests.factories.checkout import TaxRuleFactory, buyable
from tests.factories.rules import rule_of
from tests.factories.sold import line_of, part_of, sold
from tests.support.books import earned, faults, owed
from tests.support.replay import broken, on_account

pytestmark = pytest.mark.django_db


def test_a_refund_that_fails_is_posted_back() -> None:
    part = part_of(sold(ships=490))
    before = owed(part), earned()
    refund = refund_vendor_order(
        part=part,
        asked=Asked(amount=Money(1100, "EUR")),
        reason=RefundReason.GOODWILL,
        actor=None,
    )
    assert (owed(part), earned()) != before
    send_refund(refund_id=refund.pk)
    SandboxRefund.objects.update(fails_at=clock.now())
    with clock.at(clock.now() + timedelta(seconds=1)):
        assert sandbox_refunds.fail_due() == 1
    settle_refund(provider="sandbox", ref=SandboxRefund.objects.get().ref)
    refund.refresh_from_db()
    kinds = list(LedgerTransaction.objects.order_by("pk").values_list("kind", flat=True))
    assert (refund.status, kinds) == ("failed", ["sale", "refund", "refund_failed"])
    assert ((owed(part), earned()), faults()) == (before, [])
    assert sum(SalesEntry.objects.values_list("refund_minor", flat=True)) == 0
    assert (Payment.objects.get().refunded_minor, Refund.objects.count()) == (0, 1)


def test_tax_that_the_platform_remits_is_never_the_vendors_until_it_went_back() -> None:
    TaxRuleFactory.create(rate_bps=1900, remitter=Remitter.PLATFORM)
    TaxRuleFactory.create(name="In it", rate_bps=700, is_included=True, remitter=Remitter.PLATFORM)
    TaxRuleFactory.create(name="Own", rate_bps=100)
    part = part_of(sold(buyable(price_minor=1070), quantity=3, ships=107))
    # Of 32.10 and 1.07 are 2.17 contained; on the rest of 31.00 are 5.89 due on top, and 0.31 the vendor's.
    assert (part.tax_remitted_minor, part.tax_included_minor, part.tax_minor) == (806, 217, 620)
    assert (_payable_tax(), earned(), owed(part)) == (806, 321, part.total_minor - 806 - 321)

    def back(**asked: object) -> None:
        refund_vendor_order(
            part=part,
            asked=Asked(**asked),  # type: ignore[arg-type]  # as below
            reason=RefundReason.OTHER,
            actor=None,
        )

    back(units={line_of(part).pk: 1})
    assert (_payable_tax(), earned()) == (806 - 260, 214)
    assert (faults(), broken()) == ([], [])
    back(amount=Money(2000, "EUR"))
    assert 0 < _payable_tax() < 806 - 260
    back(units={line_of(part).pk: 2}, is_shipping=True)
    assert (_payable_tax(), earned(), owed(part)) == (0, 0, 0)
    assert (faults(), broken(), on_account(part.order_id)) == ([], [], [])
    assert Payment.objects.get().refunded_minor == part.total_minor


def _payable_tax() -> int:
    return _balance(AccountKind.TAX_PAYABLE)


def _balance(wanted: AccountKind) -> int:
    return next((money.minor for kind, money in trial_balance() if kind == wanted), 0)


def test_h1_commission_and_its_tax_go_back_cumulatively() -> None:
    variant = buyable(price_minor=215)
    rule_of(variant.product, rate_bps=3000, tax_bps=1900)
    part = part_of(sold(variant, quantity=3))
    assert (earned(), _balance(AccountKind.COMMISSION_TAX), owed(part)) == (194, 37, 645 - 194 - 37)
    seen = []
    for _ in range(3):
        refund_vendor_order(
            part=part, asked=Asked(units={line_of(part).pk: 1}), reason=RefundReason.OTHER, actor=None
        )
        seen.append((earned(), _balance(AccountKind.COMMISSION_TAX)))
        assert (faults(), broken()) == ([], [])
    assert seen == [(129, 25), (65, 12), (0, 0)]
    assert (owed(part), list(CommissionReversal.objects.values_list("tax_minor", flat=True))) == (
        0,
        [12, 13, 12],
    )
