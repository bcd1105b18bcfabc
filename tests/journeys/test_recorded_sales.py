"""Recorded sales of real shops, imported: counts and sums that were computed elsewhere, twice."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db.models import Count, Sum

from analytics import checking as sales_checking
from checkout.models import Order, OrderLine, Payment, Refund, RefundLine, VendorOrder
from payouts import checking as ledger_checking
from payouts.models import Commission, LedgerAccount
from tests.support.histories import imported, state

pytestmark = [pytest.mark.realdata, pytest.mark.django_db(transaction=True)]


def _imported(name: str, tmp_path: Path) -> Any:
    return imported(settings.SALES_DATA / name, rejects=tmp_path / "rejects.csv")


def _truth(name: str) -> Any:
    return json.loads((settings.SALES_DATA / "truth" / name).read_text(encoding="utf-8"))


def _faults() -> list[str]:
    checks = [*ledger_checking.check(), *sales_checking.check()]
    return [fault for _, faults in checks for fault in faults]


def test_a_marketplace_of_many_vendors(tmp_path: Path) -> None:
    outcome = _imported("olist", tmp_path)
    counts = _truth("olist_dev.json")["counts"]
    several = Order.objects.annotate(parts=Count("vendor_orders")).filter(parts__gt=1).count()
    assert (outcome.vendors, outcome.orders) == (counts["sellers"], counts["orders"])
    assert (Order.objects.count(), VendorOrder.objects.count(), several) == (56_998, 57_651, 619)
    assert OrderLine.objects.aggregate(sum=Sum("amount_minor"))["sum"] == 774_916_253
    assert VendorOrder.objects.aggregate(sum=Sum("shipping_minor"))["sum"] == 125_387_100
    assert Commission.objects.aggregate(sum=Sum("amount_minor"))["sum"] == 96_867_127
    assert Payment.objects.count() == 56_998
    assert not LedgerAccount.objects.exclude(vendor=None).exclude(balance_minor=0).exists()
    assert (outcome.rejected.total(), _faults()) == (0, [])
    before = state()
    again = _imported("olist", tmp_path)
    assert (again.orders, again.lines, again.known, state() == before) == (0, 0, 65_002, True)


def test_a_shop_with_customers_who_come_again_and_send_back(tmp_path: Path) -> None:
    outcome = _imported("online_retail", tmp_path)
    truth = _truth("online_retail_sales_dev.json")
    assert (outcome.lines, outcome.rejected.total()) == (truth["lines"], 0)
    assert (outcome.orders, outcome.refunds) == (truth["invoices"] - 3479, 3479)
    sold = OrderLine.objects.aggregate(sum=Sum("amount_minor"))["sum"]
    returned = RefundLine.objects.aggregate(sum=Sum("amount_minor"))["sum"]
    assert f"{(sold - returned) / 100:.2f}" == truth["net"]
    # Orders of nothing or less were not paid for.
    assert (outcome.orders - Payment.objects.count(), Refund.objects.exclude(order=None).count()) == (485, 0)
    assert _faults() == []
    call_command("import_sales", settings.SALES_DATA / "online_retail", stdout=(out := io.StringIO()))
    assert "0 lines\n" in out.getvalue()
