"""Vendors that stop selling for a while, as buyers meet them over HTTP."""

from datetime import UTC, datetime, timedelta

import pytest

from catalog.models import Variant
from checkout.models import CartLine
from marketplace.accounts.models import User
from marketplace.api.scalars import encode_id
from marketplace.kernel import clock
from tests.factories.accounts import UserFactory
from tests.factories.checkout import buyable
from tests.factories.orders import intent_of, placed, ready_cart
from tests.factories.vendors import member_of
from tests.support.graphql import GraphQL
from tests.support.payments import confirm, receive_all
from vendors.models import Vendor, VendorReason
from vendors.operations import life, vacation

pytestmark = pytest.mark.django_db

WARNINGS = "{ cart { warnings { code message line { id } } } }"
PLACE = """mutation { placeOrder(input: {}) { __typename
  ... on PlaceOrderSuccess { order { vendorOrders { edges { node { vendor { slug } } } } } }
  ... on Error { code message } } }"""
REMOVE = "mutation($line: ID!) { removeCartLine(input: { line: $line }) { __typename } }"
ADD = """mutation($variant: ID!) { addToCart(input: { variant: $variant }) { __typename
  ... on Error { code field } } }"""
PAGE = """query($slug: String!, $vendor: String!) {
  product(slug: $slug) { title } products { totalCount }
  vendor(slug: $vendor) { vacation { closedTo message isNow } }
}"""
SOLD = "query($slug: String!) { viewer { vendor(slug: $slug) { orders { edges { node { status } } } } } }"

NOON = datetime(2026, 8, 3, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


class Shop:
    """A buyer whose cart is ready to be ordered: one thing of A & Co, one of B & Co."""

    def __init__(self) -> None:
        self.user: User = UserFactory.create()
        self.ours, self.theirs = self._thing("a-co"), self._thing("b-co")
        self.b = self.theirs.vendor
        ready_cart(self.ours, self.theirs, user=self.user)
        self.buyer = GraphQL(self.user)

    def _thing(self, slug: str) -> Variant:
        variant = buyable()
        Vendor.objects.filter(pk=variant.vendor_id).update(slug=slug, name=slug.title())
        variant.vendor.refresh_from_db()
        return variant

    def warned(self) -> list[tuple[str, str]]:
        warnings = self.buyer.ask(WARNINGS)["cart"]["warnings"]
        return [(each["code"], each["line"]["id"]) for each in warnings]

    def their_line(self) -> str:
        return encode_id("CartLine", CartLine.objects.get(variant=self.theirs).pk)

    def place(self) -> object:
        answer = self.buyer.ask(PLACE)["placeOrder"]
        if "order" not in answer:
            return answer["code"], answer["message"]
        return [edge["node"]["vendor"]["slug"] for edge in answer["order"]["vendorOrders"]["edges"]]

    def refusal(self) -> tuple[str, str]:
        return "NOT_FOR_SALE", f"{self.theirs.product.title} is not for sale at the moment."


def test_h26_a_suspended_vendor_blocks_its_own_lines_and_the_same_cart_completes_afterwards() -> None:
    shop, admin = Shop(), UserFactory.create(is_staff=True)
    life.suspend(vendor=shop.b, actor=admin, reason=VendorReason.FRAUD)
    assert shop.warned() == [("VENDOR_UNAVAILABLE", shop.their_line())]
    assert shop.place() == shop.refusal()
    life.reinstate(vendor=shop.b, actor=admin)
    assert shop.warned() == []
    assert shop.place() == ["a-co", "b-co"]


def test_h26_the_other_lines_are_ordered_without_the_suspended_ones() -> None:
    shop = Shop()
    life.suspend(vendor=shop.b, actor=UserFactory.create(is_staff=True), reason=VendorReason.FRAUD)
    shop.buyer.ask(REMOVE, line=shop.their_line())
    assert shop.place() == ["a-co"]


def test_h26_what_was_ordered_before_a_suspension_is_paid_and_to_be_fulfilled() -> None:
    shop = Shop()
    order = placed(shop.theirs)
    owner = GraphQL(member_of(shop.b))
    life.suspend(vendor=shop.b, actor=UserFactory.create(is_staff=True), reason=VendorReason.FRAUD)
    confirm(intent_of(order))
    receive_all()
    sold = owner.ask(SOLD, slug="b-co")["viewer"]["vendor"]["orders"]["edges"]
    assert sold == [{"node": {"status": "OPEN"}}]


def test_h26_a_vacation_ends_by_itself_a_second_after_its_end() -> None:
    shop, ends = Shop(), NOON + timedelta(days=7)
    with clock.at(NOON):
        vacation.set_vacation(
            vendor=shop.b, closed_from=NOON, closed_to=ends, message="At sea.", actor=shop.user
        )
    with clock.at(ends):
        assert shop.warned() == [("VENDOR_UNAVAILABLE", shop.their_line())]
        assert shop.place() == shop.refusal()
    with clock.at(ends + SECOND):
        assert shop.warned() == []
        assert shop.place() == ["a-co", "b-co"]


def test_what_is_away_is_seen_by_name_in_no_list_and_not_put_in_carts() -> None:
    shop, ends = Shop(), NOON + timedelta(days=7)
    with clock.at(NOON):
        vacation.set_vacation(
            vendor=shop.b, closed_from=NOON + SECOND, closed_to=ends, message="At sea.", actor=shop.user
        )
    variant = encode_id("Variant", shop.theirs.pk)
    asked = {"slug": shop.theirs.product.slug, "vendor": "b-co"}
    banner = {"closedTo": ends.isoformat(), "message": "At sea."}
    guest = GraphQL()
    with clock.at(NOON):
        before = guest.ask(PAGE, **asked)
    with clock.at(ends):
        during = guest.ask(PAGE, **asked)
        refused = guest.ask(ADD, variant=variant)["addToCart"]
    with clock.at(ends + SECOND):
        after = guest.ask(PAGE, **asked)
        assert guest.ask(ADD, variant=variant)["addToCart"] == {"__typename": "CartSuccess"}
    assert refused == {"__typename": "NotForSaleError", "code": "NOT_FOR_SALE", "field": "variant"}
    assert [each["products"]["totalCount"] for each in (before, during, after)] == [2, 1, 2]
    assert [each["product"] is None for each in (before, during, after)] == [False] * 3
    assert before["vendor"]["vacation"] == {**banner, "isNow": False}
    assert during["vendor"]["vacation"] == {**banner, "isNow": True}
    assert after["vendor"]["vacation"] is None
