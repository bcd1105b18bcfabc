"""Promotions read by who gives them, and tried before they are saved."""

from typing import Any, Final

import pytest
from pytest_django import DjangoAssertNumQueries

from catalog.models import Variant
from checkout.models import Promotion
from marketplace.api.scalars import encode_id
from tests.factories.accounts import UserFactory
from tests.factories.checkout import buyable
from tests.factories.promotions import CouponFactory, PromotionFactory
from tests.factories.sold import sold
from tests.factories.vendors import VendorFactory, member_of
from tests.support.graphql import GraphQL

pytestmark = pytest.mark.django_db

MINE: Final = """query($slug: String!) { viewer { vendor(slug: $slug) { promotions { edges { node {
  title useCount codes { code } products { title } categories { edges { node { name } } } } } } } } }"""
TRIED: Final = """query($input: SimulatePromotionInput!) { platform { simulatePromotion(input: $input) {
  orders amount { amount currency } platformAmount { amount } warnings
  affected { sku lines amount { amount } platformAmount { amount } } } } }"""
TERMS: Final = {
    "title": "Sale",
    "kind": "PERCENTAGE",
    "rate": "10",
    "isForEverything": True,
    "isAutomatic": True,
    "currency": "EUR",
}


def _staff() -> GraphQL:
    return GraphQL(UserFactory.create(is_staff=True, is_superuser=True))


def _basket(*variants: Variant) -> list[dict[str, Any]]:
    return [{"variant": encode_id("Variant", each.pk), "quantity": 3} for each in variants]


@pytest.mark.parametrize("count", [1, 3])
def test_a_vendors_promotions_take_a_constant_number_of_statements(
    count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    tea = buyable()
    for _ in range(count):
        promotion = PromotionFactory.create(vendor=tea.vendor, is_for_everything=False, is_automatic=False)
        promotion.products.add(tea.product)
        promotion.categories.add(tea.product.category)
        CouponFactory.create(promotion=promotion)
    PromotionFactory.create(vendor=VendorFactory.create(), title="Another's")
    client = GraphQL(member_of(tea.vendor))
    with django_assert_num_queries(8):
        seen = client.ask(MINE, slug=tea.vendor.slug)["viewer"]["vendor"]["promotions"]["edges"]
    assert len(seen) == count
    assert "Another's" not in str(seen)


def test_a_basket_is_tried_and_nothing_is_saved() -> None:
    tea, mug = buyable(price_minor=1999), buyable(price_minor=500)
    asked = {"terms": TERMS, "platformShare": "50", "basket": _basket(tea, mug)}
    found = _staff().ask(TRIED, input=asked)["platform"]["simulatePromotion"]
    assert (found["orders"], found["amount"]) == (1, {"amount": "7.50", "currency": "EUR"})
    assert [(each["sku"], each["amount"]["amount"]) for each in found["affected"]] == [
        (tea.sku, "6.00"),
        (mug.sku, "1.50"),
    ]
    assert {"FOR_EVERYTHING", "NO_LIMIT", "VENDORS_PAY"} <= set(found["warnings"])
    assert not Promotion.objects.exists()


def test_what_was_ordered_is_tried() -> None:
    sold(quantity=2)
    found = _staff().ask(TRIED, input={"terms": TERMS, "days": 1})["platform"]["simulatePromotion"]
    assert (found["orders"], found["amount"]["amount"], found["platformAmount"]["amount"]) == (
        1,
        "2.00",
        "2.00",
    )


def test_what_cannot_be_tried_and_who_may_not_is_told_by_a_code() -> None:
    tea, staff = buyable(), _staff()
    dollars = buyable(vendor=VendorFactory.create(currency="USD"))
    for asked, code in (
        ({"terms": TERMS | {"rate": "101"}}, "INVALID_INPUT"),
        ({"terms": TERMS, "days": 0}, "INVALID_INPUT"),
        ({"terms": TERMS | {"currency": None}}, "INVALID_INPUT"),
        ({"terms": TERMS, "basket": [{"variant": encode_id("Variant", 2**40)}]}, "NOT_FOUND"),
        ({"terms": TERMS, "basket": _basket(tea, dollars)}, "CURRENCY_MISMATCH"),
    ):
        assert staff.codes(TRIED, input=asked) == [code]
    tried = {"terms": TERMS, "basket": _basket(tea)}
    roleless = GraphQL(UserFactory.create(is_staff=True))
    assert roleless.codes(TRIED, input=tried) == ["NOT_PERMITTED"]
    assert GraphQL(member_of(tea.vendor)).ask(TRIED, input=tried) == {"platform": None}
