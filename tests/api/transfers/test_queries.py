"""What goes to vendors, as their people and the platform's staff see it, and nobody else."""

from typing import Final

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.models import Variant
from marketplace.accounts.models import User
from marketplace.kernel.money import Money
from marketplace.staff import FINANCE, MODERATOR
from payouts.operations.adjustments import adjust_balance
from tests.factories.accounts import UserFactory
from tests.factories.checkout import buyable
from tests.factories.sold import part_of, sold
from tests.factories.vendors import member_of
from tests.support.graphql import GraphQL
from tests.support.moved import followed, given_back, payable
from tests.support.staff import with_role
from vendors.permissions import VendorRole

pytestmark = pytest.mark.django_db

SENT: Final = """transfers { edges { node {
  number source status waiting amount { amount } netted { amount } planned { amount } madeAt
  reversals { totalCount edges { node { status amount { amount } short { amount } } } } } } }"""
PARTS: Final = f"edges {{ node {{ {SENT} }} }}"
ADJUSTED: Final = "adjustments { edges { node { reason amount { amount } } } }"
OF_VENDOR: Final = f"""{{ viewer {{ vendors {{ edges {{ node {{
  orders {{ {PARTS} }} {ADJUSTED} }} }} }} }} }}"""
OF_BUYER: Final = f"{{ viewer {{ orders {{ edges {{ node {{ vendorOrders {{ {PARTS} }} }} }} }} }} }}"
FOUND: Final = SENT.replace("transfers {", "transfers(waiting: $waiting) {")
OF_PLATFORM: Final = f"query($waiting: Waiting) {{ platform {{ {FOUND} }} }}"


def sales(count: int, pot: Variant, buyer: User | None = None) -> None:
    """So many orders, sent to the vendor, of each of which something came back."""
    for _ in range(count):
        order = followed(sold(pot, user=buyer))
        given_back(order, 100)
        followed(order)


def test_a_vendor_sees_what_it_was_sent_and_its_buyer_does_not() -> None:
    pot, buyer = buyable(), UserFactory.create()
    payable(pot.vendor)
    sales(1, pot, buyer)
    adjust_balance(vendor=pot.vendor, amount=Money(-50, "EUR"), reason="A fine", actor=UserFactory.create())
    vendor = GraphQL(member_of(pot.vendor)).ask(OF_VENDOR)["viewer"]["vendors"]["edges"][0]["node"]
    (edge,) = vendor["orders"]["edges"][0]["node"]["transfers"]["edges"]
    sent = edge["node"]
    assert (sent["number"], sent["source"], sent["status"], sent["waiting"]) == (
        part_of_only(pot),
        "CHARGE",
        "MADE",
        None,
    )
    assert (sent["amount"], sent["netted"], sent["planned"]) == (
        {"amount": "9.00"},
        {"amount": "0.00"},
        {"amount": "9.00"},
    )
    assert sent["reversals"] == {
        "totalCount": 1,
        "edges": [{"node": {"status": "MADE", "amount": {"amount": "0.90"}, "short": {"amount": "0.00"}}}],
    }
    assert vendor["adjustments"]["edges"] == [{"node": {"reason": "A fine", "amount": {"amount": "-0.50"}}}]
    bought = GraphQL(buyer).ask(OF_BUYER)["viewer"]["orders"]["edges"][0]["node"]["vendorOrders"]["edges"]
    assert bought == [{"node": {"transfers": {"edges": []}}}]
    packer = GraphQL(member_of(pot.vendor, VendorRole.FULFILMENT))
    parts = packer.send(OF_VENDOR).json()["data"]["viewer"]["vendors"]["edges"][0]["node"]["orders"]["edges"]
    assert parts == [{"node": {"transfers": {"edges": []}}}]


def part_of_only(pot: Variant) -> str:
    return str(pot.vendor.orders.get().number)


def test_the_platform_finds_what_waits_and_for_what() -> None:
    pot = buyable()
    followed(sold(pot))
    staff = GraphQL(with_role(MODERATOR))

    def waiting(what: str) -> int:
        return len(staff.ask(OF_PLATFORM, waiting=what)["platform"]["transfers"]["edges"])

    assert (waiting("ACCOUNT"), waiting("FUNDS")) == (1, 0)
    part = part_of(pot.vendor.orders.get().order)
    assert (
        GraphQL(with_role(FINANCE)).ask(OF_PLATFORM)["platform"]["transfers"]["edges"][0]["node"]["number"]
        == part.number
    )


@pytest.mark.parametrize("count", [1, 3])
def test_lists_of_what_was_sent_cost_the_same(count: int) -> None:
    pot = buyable(on_hand=10)
    payable(pot.vendor)
    sales(count, pot)
    owner, staff = GraphQL(member_of(pot.vendor)), GraphQL(with_role(FINANCE))
    owner.ask(OF_VENDOR), staff.ask(OF_PLATFORM)
    with CaptureQueriesContext(connection) as vendors:
        owner.ask(OF_VENDOR)
    with CaptureQueriesContext(connection) as platforms:
        staff.ask(OF_PLATFORM)
    assert (len(vendors), len(platforms)) == (8, 6)
