"""Transfers: sent once, when the vendor can have them, less what it owes and what went back before."""

import pytest
from pytest_django import DjangoAssertNumQueries

from marketplace.gateway.models import SandboxTransfer
from payouts.models import Transfer
from payouts.operations import following
from tests.factories.checkout import buyable
from tests.factories.sold import sold
from tests.support.books import faults
from tests.support.moved import apart, followed, payable, sent

pytestmark = pytest.mark.django_db


def test_each_vendor_of_an_order_gets_its_share_of_the_charge_once() -> None:
    clay, wood = buyable(price_minor=10_000), buyable(price_minor=2000)
    payable(clay.vendor, wood.vendor)
    order = sold(clay, wood, ships=500)
    for _ in range(2):
        followed(order)
    assert sent() == [("charge", "made", 9500, 0, 0), ("charge", "made", 2300, 0, 0)]
    assert SandboxTransfer.objects.count() == 2
    assert (apart(), faults()) == ([], [])


@pytest.mark.parametrize("count", [1, 4])
def test_to_plan_for_more_vendors_costs_no_more_statements(
    count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    order = sold(*(buyable() for _ in range(count)))
    with django_assert_num_queries(9):  # a savepoint and its end
        following.plan(order_id=order.pk)
    assert Transfer.objects.filter(status="queued").count() == count
