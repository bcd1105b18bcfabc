"""A dozen bad rows and more are told, each with its place and code, and all others come."""

from pathlib import Path

import pytest

from checkout.models import Order, OrderLine
from marketplace.accounts.models import BillingProfile
from tests.support.histories import imported, line_of, rejected, rejects_of, written
from vendors.models import Vendor

pytestmark = pytest.mark.django_db

BAD = {
    line_of("B01", currency="XXX"): ("currency", "unknown_currency"),
    line_of("B02", sold_at="yesterday"): ("sold_at", "bad_time"),
    line_of("B03", unit_price="ten"): ("unit_price", "bad_price"),
    line_of("B04", vendor="nobody"): ("vendor", "unknown_vendor"),
    line_of("B05", vendor="v3"): ("vendor", "unknown_vendor"),
    line_of("G1"): ("line", "duplicate_line"),
    line_of("B06", product="x" * 5_000_000): ("product", "line_too_long"),
    line_of("B07", quantity="0"): ("quantity", "zero_quantity"),
    line_of("B08", quantity="99999999999"): ("quantity", "quantity_overflow"),
    line_of("B09", product="p\udcff"): ("product", "invalid_utf8"),
    line_of("B10", product="p\0"): ("product", "nul_byte"),
    line_of("B11") + ",more": ("", "wrong_number_of_columns"),
    line_of("B12", customer='"c'): ("", "unclosed_quote"),
    line_of("G1", "2", currency="USD"): ("currency", "mixed_currencies"),
    line_of("G1", "3", customer="c9"): ("customer", "mixed_customers"),
}


def _planted(folder: Path) -> Path:
    written(
        folder,
        line_of("G1"),
        vendors=["v1,DE,,,,Europe/Berlin", "v3,XX,,,,UTC", "v4,DE,,,,Nowhere/Else", "v1,FR,,,,UTC"],
        products=["p1,Cup,,", "p1,Mug,,", "p2,Lid,,heavy"],
    )
    text = "\n".join([*BAD, line_of("G2"), line_of("G1", "4")]) + "\n"
    with (folder / "order_lines.csv").open("ab") as file:
        file.write(text.encode("utf-8", "surrogateescape"))
    return folder


def test_each_bad_row_is_told_and_all_others_come(tmp_path: Path) -> None:
    folder = _planted(tmp_path / "shop")
    outcome = imported(folder)
    assert rejected(folder) == [
        ("vendors", 3, "country", "unknown_country"),
        ("vendors", 4, "timezone", "unknown_timezone"),
        ("vendors", 5, "vendor", "duplicate_vendor"),
        ("products", 3, "product", "duplicate_product"),
        ("products", 4, "weight_g", "bad_weight"),
        *(("order_lines", line, *fault) for line, fault in enumerate(BAD.values(), start=3)),
    ]
    assert (outcome.rejected.total(), outcome.lines) == (5 + len(BAD), 3)
    totals = Order.objects.order_by("reference").values_list("reference", "total_minor")
    assert list(totals) == [("G1", 2000), ("G2", 1000)]
    assert set(OrderLine.objects.values_list("title", flat=True)) == {"Cup"}
    assert list(Vendor.objects.values_list("reference", "country")) == [("v1", "DE")]
    assert list(BillingProfile.objects.values_list("reference", flat=True)) == ["c1"]


def test_the_second_time_says_the_same_and_changes_nothing(tmp_path: Path) -> None:
    folder = _planted(tmp_path / "shop")
    imported(folder)
    told = rejects_of(folder).read_bytes()
    assert imported(folder).lines == 0
    assert rejects_of(folder).read_bytes() == told


def test_a_vendor_of_an_earlier_import_need_not_be_named_again(tmp_path: Path) -> None:
    folder = tmp_path / "shop"
    imported(written(folder, line_of("A1")))
    assert imported(written(folder, line_of("A2"), vendors=[])).orders == 1
    assert rejected(folder) == []


def test_what_is_mended_comes_and_its_rejects_go(tmp_path: Path) -> None:
    folder = tmp_path / "shop"
    imported(written(folder, line_of("A1", quantity="0")))
    assert rejects_of(folder).exists()
    assert imported(written(folder, line_of("A1"))).orders == 1
    assert not rejects_of(folder).exists()
