"""A rate of commission that staff change: told before, for what is sold after."""

import pytest

from checkout.models import Order, PaymentState
from marketplace.kernel import adjustable
from marketplace.kernel.adjusting import adjust_setting, reset_setting
from payouts.adjustable import COMMISSION
from payouts.models import Commission
from tests.factories.accounts import UserFactory
from tests.factories.checkout import Bought, buyable, paid_order
from tests.factories.orders import placed
from tests.factories.rules import rule_of
from tests.payouts.operations.test_sales import settled, variant_of

pytestmark = pytest.mark.django_db


def test_a_changed_rate_is_for_the_next_sale_and_no_past_one() -> None:
    actor, variant = UserFactory.create(is_staff=True, is_superuser=True), variant_of("Clay")
    first = settled(paid_order(Bought(variant=variant)))
    adjust_setting(actor=actor, name="COMMISSION_BPS", value=1250, expected=1000, reason="As announced.")
    adjustable.reread()
    settled(paid_order(Bought(variant=variant)))
    settled(first)
    reset_setting(actor=actor, name="COMMISSION_BPS", expected=1250, reason="Enough.")
    adjustable.reread()
    settled(paid_order(Bought(variant=variant)))
    assert list(Commission.objects.order_by("pk").values_list("rate_bps", "amount_minor")) == [
        (1000, 100),
        (1250, 125),
        (1000, 100),
    ]


def test_the_impact_counts_who_and_what_is_concerned() -> None:
    settled(paid_order(Bought(variant=variant_of("Clay"), unit_minor=10_000)))
    placed(buyable())
    ruled = variant_of("Wood")
    rule_of(ruled.vendor, rate_bps=5000)
    settled(paid_order(Bought(variant=ruled, unit_minor=10_000)))
    assert COMMISSION.impact(1000, 1250) == [
        "3 vendors sell: what is sold next without a rule carries 12.5 % instead of 10 %.",
        "1 order waits for payment, and what is paid after the change carries 12.5 % too.",
        "2 orders are paid: nothing changes there.",
        "Of the sales of the last 30 days without a rule it would be about 12.50 EUR instead of 10.00 EUR.",
    ]
    assert Order.objects.filter(payment_state=PaymentState.PENDING).count() == 1
