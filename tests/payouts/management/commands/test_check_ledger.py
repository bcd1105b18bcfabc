"""The command an operator and a nightly job run."""

import io

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from checkout.events import OrderPaid
from marketplace.kernel.events import publish
from payouts.models import LedgerAccount
from tests.factories.catalog import VariantFactory
from tests.factories.checkout import Bought, paid_order

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _sale() -> None:
    order = paid_order(Bought(variant=VariantFactory.create()))
    with transaction.atomic():
        publish(OrderPaid(order_id=order.pk))


def test_books_that_are_right_are_said_to_be() -> None:
    out = io.StringIO()
    call_command("check_ledger", stdout=out)
    lines = out.getvalue().splitlines()
    assert [line.split()[0] for line in lines[:-1]] == ["ok"] * 13
    assert lines[-1] == "The ledger is right."


def test_a_fault_is_shown_and_fails() -> None:
    LedgerAccount.objects.filter(vendor__isnull=False).update(balance_minor=0)
    out = io.StringIO()
    with pytest.raises(CommandError, match="The ledger has 1 faults"):
        call_command("check_ledger", stdout=out)
    assert "FAIL every balance is the sum of its entries\n       account" in out.getvalue()
