"""Every kind of difference between orders, sales entries and ledger is found."""

from pathlib import Path

import pytest
from django.db import connection, transaction

from analytics import checking
from checkout.events import OrderPaid
from marketplace.kernel.events import publish
from tests.factories.catalog import VariantFactory
from tests.factories.checkout import Bought, paid_order
from tests.support.histories import imported, line_of, written

# ruff: noqa: S608  the statements are our own

pytestmark = pytest.mark.django_db

ENTRY = "analytics_salesentry"
LINES, PARTS = "every line that was paid", "every part that was paid"
BACK, BOOKED, SUMS = "every line that came back", "every vendor has", "every order is the sum"


@pytest.fixture(autouse=True)
def _sales(tmp_path: Path) -> None:
    """A sale of ours and a history with a return."""
    variant = VariantFactory.create()
    order = paid_order(
        Bought(variant=variant, quantity=2), shipping_minor={variant.vendor_id: 490}, tax_bps=1900
    )
    with transaction.atomic():
        publish(OrderPaid(order_id=order.pk))
    imported(
        written(
            tmp_path / "shop",
            line_of("A1", quantity="3", shipping="4.90"),
            line_of("A1", "2", vendor="v2", unit_price="-1.00"),
            line_of("C1", quantity="-1", shipping="-0.50"),
        )
    )


def _differing() -> list[str]:
    return [claim for claim, differences in checking.check() if differences]


def _plant(statement: str) -> list[str]:
    """Change what no operation changes, behind the triggers' back; the claims that do not hold any more."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(statement)
        cursor.execute("SET session_replication_role = DEFAULT")
    return _differing()


def _claims(*beginnings: str) -> list[str]:
    return [claim for claim in checking.CLAIMS if claim.startswith(beginnings)]


def test_what_operations_write_agrees() -> None:
    assert _differing() == []


@pytest.mark.parametrize(
    ("statement", "beginnings"),
    [
        (f"DELETE FROM {ENTRY} WHERE kind = 'line' AND gross_minor > 2000", (LINES, BOOKED)),
        (f"UPDATE {ENTRY} SET gross_minor = gross_minor + 1 WHERE kind = 'line'", (LINES, BOOKED)),
        (f"UPDATE {ENTRY} SET units = units + 1 WHERE kind = 'line'", (LINES,)),
        (f"UPDATE {ENTRY} SET occurred_at = occurred_at - interval '1 day' WHERE kind = 'line'", (LINES,)),
        (f"UPDATE {ENTRY} SET shipping_minor = shipping_minor + 1 WHERE kind = 'shipping'", (PARTS, BOOKED)),
        (f"DELETE FROM {ENTRY} WHERE kind = 'shipping' AND shipping_minor = 0", (PARTS,)),
        (f"DELETE FROM {ENTRY} WHERE kind = 'refund'", (BACK, BOOKED)),
        (f"UPDATE {ENTRY} SET refund_minor = refund_minor - 1 WHERE kind = 'refund'", (BACK, BOOKED)),
        ("UPDATE checkout_order SET paid_at = NULL, payment_state = 'expired'", (LINES, PARTS)),
        ("DELETE FROM payouts_ledgerentry WHERE vendor_order_id IS NOT NULL", (BOOKED,)),
        ("UPDATE payouts_commission SET amount_minor = amount_minor - 1 WHERE amount_minor > 0", (LINES,)),
        (
            "UPDATE checkout_order SET subtotal_minor = subtotal_minor + 1, total_minor = total_minor + 1",
            (SUMS,),
        ),
        (
            "UPDATE checkout_vendororder SET tax_minor = 1, total_minor = 1 + total_minor WHERE tax_minor=0",
            (SUMS,),
        ),
    ],
)
def test_a_difference_is_found_where_it_is(statement: str, beginnings: tuple[str, ...]) -> None:
    assert _plant(statement) == _claims(*beginnings)


def test_a_difference_is_told_with_its_amounts() -> None:
    _plant(f"UPDATE {ENTRY} SET shipping_minor = 491 WHERE shipping_minor = 490 AND country = ''")
    found = dict(checking.check())[_claims(PARTS)[0]]
    assert [text.partition(": ")[2] for text in found] == ["shipping 490, its entry 491"] * len(found)
    assert len(found) == 2
