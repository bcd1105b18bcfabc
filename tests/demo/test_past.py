import csv
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from checkout.operations.history.bringing import Outcome, import_history
from marketplace.demo import catalogue, past

GOODS = catalogue.read()
UNTIL = date(2026, 11, 21)


def _rows(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_a_past_is_the_same_each_time_and_ends_before_today(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    for folder in (one, other):
        folder.mkdir()
        assert past.write(folder, GOODS, until=UNTIL) == past.ORDERS
    lines = _rows(one, "order_lines")
    assert lines == _rows(other, "order_lines")
    moments = [line["sold_at"] for line in lines]
    assert (min(moments) >= "2025-05-22", max(moments) < "2026-11-21") == (True, True)
    sold = [line for line in lines if int(line["quantity"]) > 0]
    assert len({line["order"] for line in sold}) == past.ORDERS
    assert len({line["order"] for line in sold if line["customer"] == past.BUYER}) == past.BUYERS_ORDERS
    assert 0.02 < 1 - len(sold) / len(lines) < 0.07


def test_what_is_for_the_winter_is_sold_in_winter(tmp_path: Path) -> None:
    past.write(tmp_path, GOODS, until=UNTIL)
    warm = {"knitwear", "hats-scarves-and-socks"}
    woollen = {past.reference(each) for each in GOODS.products if each.category in warm}
    lines = _rows(tmp_path, "order_lines")
    months = Counter(line["sold_at"][:7] for line in lines if line["product"] in woollen)
    assert months["2025-12"] + months["2026-01"] > 3 * (months["2026-06"] + months["2026-07"])


@pytest.mark.django_db(transaction=True)
def test_all_of_it_can_be_imported(tmp_path: Path) -> None:
    past.write(tmp_path, GOODS, until=UNTIL)
    outcome = import_history(
        folder=tmp_path,
        source=past.SOURCE,
        commission_bps=1000,
        rejects=tmp_path / "rejects.csv",
        is_dry_run=True,
        report=lambda *_: None,
    )
    lines = _rows(tmp_path, "order_lines")
    back = {line["order"] for line in lines if int(line["quantity"]) < 0}
    assert len(back) > 0
    assert outcome == Outcome(orders=past.ORDERS, refunds=len(back), lines=len(lines), known=0)
