"""`manage.py import_sales`: what it says, and how it refuses."""

import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from checkout.models import Order, OrderLine
from marketplace import env
from tests.support.histories import line_of, written

pytestmark = pytest.mark.django_db


def _run(folder: Path, **options: object) -> list[str]:
    out = io.StringIO()
    rejects = folder.with_name("rejects.csv")
    call_command("import_sales", folder, stdout=out, stderr=io.StringIO(), **({"rejects": rejects} | options))
    return [line.strip() for line in out.getvalue().splitlines()[:-1]]


def test_it_says_what_came(tmp_path: Path) -> None:
    folder = written(tmp_path / "shop", line_of("A1"), line_of("A2", unit_price="x"))
    assert _run(folder) == [
        "Imported:",
        "1 orders",
        "0 refunds",
        "1 lines",
        "2 vendors",
        "1 listings",
        "1 customers",
        "0 lines were there before",
        f"1 rows rejected, see {tmp_path / 'rejects.csv'}:",
        "1   bad_price",
        "order_lines, line 3, column unit_price: bad_price",
    ]


def test_the_folders_name_is_the_source_and_the_rate_that_of_the_settings(tmp_path: Path) -> None:
    _run(written(tmp_path / "old shop", line_of("A1")), commission_bps=500)
    assert (Order.objects.get().source, OrderLine.objects.get().commission.amount_minor) == ("old shop", 50)


def test_a_dry_run_imports_nothing(tmp_path: Path) -> None:
    said = _run(written(tmp_path / "shop", line_of("A1")), dry_run=True)
    assert said[:2] == ["Nothing was changed; an import would bring:", "1 orders"]
    assert not Order.objects.exists()


def test_rejects_go_to_the_var_folder_unless_told_otherwise(tmp_path: Path) -> None:
    _run(written(tmp_path / "a shop", line_of("A1", quantity="0")), rejects=None)
    path = env.current().var_dir / "imports" / "a-shop-rejects.csv"
    assert path.read_text(encoding="utf-8").splitlines()[0] == "file,line,column,code,row"
    path.unlink()


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"commission_bps": 10_001}, "bad_commission"),
        ({"source": "x" * 65}, "bad_source"),
        ({"folder": "nowhere"}, "missing_file"),
    ],
)
def test_what_cannot_be_done_is_refused_with_its_code(
    tmp_path: Path, options: dict[str, object], code: str
) -> None:
    folder = written(tmp_path / "shop", line_of("A1"))
    name = str(options.pop("folder", folder.name))
    with pytest.raises(CommandError, match=code):
        _run(folder.with_name(name), **options)
    assert not Order.objects.exists()


def test_a_broken_file_stops_it_before_anything_is_written(tmp_path: Path) -> None:
    folder = written(tmp_path / "shop", line_of("A1"))
    (folder / "order_lines.csv").rename(folder / "order_lines.csv.gz")
    with pytest.raises(CommandError, match="broken_gzip"):
        _run(folder)
    assert not Order.objects.exists()
