"""Months of what a vendor is owed: each begins where the one before it ended, and adds up."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from checkout.models import RefundReason, VendorOrder
from checkout.operations.refund import Asked, refund_vendor_order
from marketplace.kernel import clock
from marketplace.kernel.money import Money
from payouts import ledger, postings
from payouts.models import Statement, TransactionKind
from payouts.operations.statements import make_statements
from payouts.statements import document, figures, sheet
from payouts.statements.figures import Component, Stretch
from tests.factories.checkout import buyable
from tests.factories.sold import part_of, sold
from tests.support.books import faults, owed
from tests.support.histories import imported, line_of, written
from vendors.models import Vendor

pytestmark = pytest.mark.django_db

MAY = datetime(2026, 5, 10, 12, tzinfo=UTC)
# In Paris it is June.
LATE_IN_MAY = datetime(2026, 5, 31, 22, 30, tzinfo=UTC)
JULY = datetime(2026, 7, 2, tzinfo=UTC)


def euros(minor: int) -> Money:
    return Money(minor, "EUR")


def made_at(moment: datetime) -> int:
    with clock.at(moment):
        return make_statements()


@pytest.fixture
def part() -> VendorOrder:
    """One thing for 100.00 and 4.90 of shipping in May, half of it given back when it was June in Paris."""
    variant = buyable(price_minor=10_000)
    Vendor.objects.update(timezone="Europe/Paris")
    with clock.at(MAY):
        part = part_of(sold(variant, ships=490))
    with clock.at(LATE_IN_MAY):
        refund_vendor_order(
            part=part, asked=Asked(amount=euros(5000)), reason=RefundReason.GOODWILL, actor=None
        )
    return part


def test_a_month_begins_where_the_one_before_it_ended(part: VendorOrder) -> None:
    assert made_at(JULY) == 2
    june, may = Statement.objects.all()
    assert (may.starts_on, may.end_on, june.starts_on, june.end_on) == (
        date(2026, 5, 1),
        date(2026, 6, 1),
        date(2026, 6, 1),
        date(2026, 7, 1),
    )
    assert (may.ends_at, june.starts_at) == (datetime(2026, 5, 31, 22, tzinfo=UTC), may.ends_at)
    assert (may.opening, may.closing) == (euros(0), euros(9490))
    assert (june.opening, june.closing.minor) == (may.closing, owed(part))
    assert figures.summed(Stretch.of(may)) == {
        Component.SALES: euros(10_490),
        Component.COMMISSION: euros(-1000),
    }
    back = figures.summed(Stretch.of(june))
    assert back[Component.REFUNDS] == euros(-5000)
    assert june.opening + Money.total(back.values(), "EUR") == june.closing
    with CaptureQueriesContext(connection) as captured:
        assert made_at(JULY) == 0
    assert (len(captured), Statement.objects.count()) == (1, 2)
    assert faults() == []
    with clock.at(MAY), transaction.atomic():
        ledger.post(
            kind=TransactionKind.ADJUSTMENT,
            reference="too-late",
            occurred_at=MAY,
            postings=postings.adjustment("EUR", 1, postings.Whose(vendor_id=part.vendor_id)),
        )
    assert faults() == [f"statement {may.pk}: 9490 comes of 0 and 9491, after 0"]


def test_a_month_is_told_when_nothing_can_be_written_in_it_any_more(part: VendorOrder) -> None:
    over = datetime(2026, 5, 31, 22, tzinfo=UTC)
    assert made_at(over + timedelta(minutes=119)) == 0
    assert made_at(over + timedelta(minutes=120)) == 1
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        Statement.objects.update(closing_minor=0)


def test_what_was_settled_elsewhere_was_never_owed(tmp_path: Path) -> None:
    with clock.at(MAY):
        imported(written(tmp_path / "shop", line_of("A1", "1", unit_price="4.20", shipping="1.00")))
    made_at(JULY)
    for statement in Statement.objects.all():
        assert (statement.opening.minor, statement.closing.minor) == (0, 0)
        assert figures.summed(Stretch.of(statement)) == {}


def test_the_table_and_the_document_say_the_same(part: VendorOrder) -> None:
    made_at(JULY)
    june = Statement.objects.latest("starts_at")
    table = list(sheet.lines(june, figures.rows(Stretch.of(june), june.opening)))
    cells = [line.strip().split(",") for line in table]
    balance = cells[0].index("Balance")
    assert [row[2] for row in cells] == ["What", "opening", "refund", "closing"]
    assert [row[balance] for row in cells[1:]] == ["94.90", june.closing.amount, june.closing.amount]
    assert cells[2][cells[0].index("Refunds")] == "-50.00"
    assert cells[2][3] == part.number

    def pdf() -> bytes:
        rows = figures.rows(Stretch.of(june), june.opening)
        return document.document(june, figures.summed(Stretch.of(june)), rows, owner="Čeněk Ω\nŁódź")

    assert pdf() == pdf()
    assert pdf().startswith(b"%PDF-")
