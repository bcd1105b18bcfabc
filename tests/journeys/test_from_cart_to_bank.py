"""One sale from the buyer's cart to the vendor's bank, all of it asked of the API, on each provider."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from marketplace.api.scalars import encode_id
from marketplace.gateway.models import SandboxPayout
from marketplace.gateway.provider import PaymentProvider
from marketplace.gateway.sandbox import control
from marketplace.kernel import clock
from tests.factories.accounts import UserFactory
from tests.factories.checkout import ShippingMethodFactory, buyable
from tests.support import payments, wire
from tests.support.accounts import active_account
from tests.support.books import faults
from tests.support.checkout import confirm, fill, mutate, pay_with, place
from tests.support.graphql import GraphQL
from tests.support.moved import apart
from tests.support.queue import run_queued
from tests.support.staff import with_role
from vendors.operations import members
from vendors.permissions import VendorRole

DAYS = timedelta(days=8)
PARTS = """query Parts($slug: String!) { viewer { vendor(slug: $slug) {
  orders { edges { node { id status total { amount } net { amount } } } } } } }"""
MONEY = """query Money($slug: String!) { viewer { vendor(slug: $slug) {
  balance { pending { amount } available { amount } inTransit { amount } }
  payouts { edges { node { status amount { amount } entries { edges { node { amount { amount } } } } } } }
} } }"""
PARCEL = "... on FulfillmentSuccess { fulfillment { id } }"
RUN = "... on RunPayoutsSuccess { vendors payouts unpaid { reason count } }"


@pytest.fixture(params=["sandbox", "stripe"])
def provider(request: pytest.FixtureRequest, db: None) -> Iterator[PaymentProvider]:
    """One that new payments go to; Stripe is reached over HTTP, by its library."""
    with wire.paying_by(request.param) as paying:
        yield paying


def settled() -> None:
    """All that the provider has to tell is heard, and all jobs are done."""
    control.settle()
    while payments.receive_all():
        run_queued()
    run_queued()


def nodes(connection: Any) -> list[Any]:
    return [edge["node"] for edge in connection["edges"]]


@pytest.mark.django_db
def test_what_a_buyer_pays_less_what_is_kept_is_what_the_bank_is_told(provider: PaymentProvider) -> None:
    goods = buyable(price_minor=2500, on_hand=5)
    vendor, owner = goods.vendor, UserFactory.create()
    ShippingMethodFactory.create(vendor=vendor, price_minor=500)
    members.add_member(vendor=vendor, user=owner, role=VendorRole.OWNER, actor=owner)
    active_account(vendor)
    buyer, seller = GraphQL(), GraphQL(owner)

    with clock.at(clock.now() - DAYS):
        fill(buyer, goods, quantity=2)
        order = place(buyer)
        assert pay_with(buyer, order) == 200
        assert confirm(buyer, order)["order"]["status"] == "PAID"
        run_queued()
        (part,) = nodes(seller.ask(PARTS, slug=vendor.slug)["viewer"]["vendor"]["orders"])
        parcel = mutate(seller, "fulfillVendorOrder", PARCEL, vendorOrder=part["id"])["fulfillment"]
        mutate(seller, "deliverFulfillment", PARCEL, fulfillment=parcel["id"])
        money = seller.ask(MONEY, slug=vendor.slug)["viewer"]["vendor"]
        assert money["balance"]["pending"] == part["net"]
    settled()

    staff = GraphQL(with_role("Finance"))
    vendor_id = encode_id("VendorAccount", vendor.pk)
    runs = [mutate(staff, "runPayouts", RUN, vendor=vendor_id) for _ in range(2)]
    assert [run["payouts"] for run in runs] == [1, 0]
    settled()
    assert (apart(), faults()) == ([], [])
    control.arrive(SandboxPayout.objects.get().ref)
    settled()
    money = seller.ask(MONEY, slug=vendor.slug)["viewer"]["vendor"]
    (payout,) = nodes(money["payouts"])
    assert (payout["status"], payout["amount"]) == ("PAID", part["net"])
    assert [each["amount"] for each in nodes(payout["entries"])] == [part["net"]]
    assert {name: value["amount"] for name, value in money["balance"].items()} == {
        "pending": "0.00",
        "available": "0.00",
        "inTransit": "0.00",
    }
    assert SandboxPayout.objects.get().amount_minor == 5_000
