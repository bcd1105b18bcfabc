"""`manage.py check_sales`: what it says, and with what it exits."""

import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from checkout.models import VendorOrder
from tests.support.histories import imported, line_of, written

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _sales(tmp_path: Path) -> None:
    imported(written(tmp_path / "shop", line_of("A1"), line_of("C1", quantity="-1")))


def test_sales_that_agree_are_said_to() -> None:
    out = io.StringIO()
    call_command("check_sales", stdout=out)
    lines = out.getvalue().splitlines()
    assert [line.split()[0] for line in lines[:-1]] == ["ok"] * 6
    assert lines[-1] == "Orders, sales entries and ledger agree."


def test_a_difference_is_shown_and_fails() -> None:
    VendorOrder.objects.update(shipping_minor=1, total_minor=1001)
    out = io.StringIO()
    with pytest.raises(CommandError, match="The sales have 2 differences"):
        call_command("check_sales", stdout=out)
    assert ": shipping 1, its entry 0" in out.getvalue()
