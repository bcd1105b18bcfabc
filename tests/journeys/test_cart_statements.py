"""What it costs to look at a large cart, with promotions, taxes and rates of shipping: a literal count."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from checkout.models import CartLine, Remitter
from tests.factories.catalog import listed
from tests.factories.checkout import ShippingMethodFactory, ShippingRateFactory, TaxRuleFactory
from tests.factories.orders import ready_cart
from tests.factories.promotions import CartCouponFactory, CouponFactory, PromotionFactory
from tests.factories.vendors import VendorFactory
from tests.support.graphql import GraphQL

pytestmark = pytest.mark.django_db

CART = """{ cart {
  itemCount warnings { code message line { id } } shippingAddress { city }
  subtotal { amount } shipping { amount } tax { amount } discount { amount } total { amount }
  groups { vendor { id name slug } subtotal { amount } total { amount } discount { amount }
    shippingOptions { id name price { amount } } selectedShipping { id }
    lines { edges { node { id quantity unitPrice { amount } subtotal { amount } variant { id sku }
      product { id title slug } } } } } } }"""


def _shown(vendors: int, lines: int) -> tuple[Any, int]:
    """A cart of so many vendors with so many lines each, as its page asks for it, and what that cost."""
    TaxRuleFactory.create(is_included=True)
    TaxRuleFactory.create(name="Levy", rate_bps=100, remitter=Remitter.PLATFORM)
    PromotionFactory.create()
    goods = []
    for _ in range(vendors):
        vendor = VendorFactory.create()
        ShippingRateFactory.create(method__vendor=vendor, free_from_minor=99_900)
        ShippingMethodFactory.create(vendor=vendor)
        PromotionFactory.create(vendor=vendor)
        products = [listed(vendor=vendor) for _ in range(lines)]
        goods += [product.variants.get() for product in products]
    cart = ready_cart(*goods)
    CartCouponFactory.create(cart=cart, coupon=CouponFactory.create(cap=9))
    client = GraphQL()
    session = client.http.session
    session["cart_id"] = str(cart.token)
    session.save()
    with CaptureQueriesContext(connection) as captured:
        answer = client.ask(CART)["cart"]
    return answer, len(captured)


@pytest.mark.parametrize(("vendors", "lines"), [(1, 1), (5, 10)])
def test_h31_a_cart_costs_the_same_however_large_it_is(vendors: int, lines: int) -> None:
    cart, cost = _shown(vendors, lines)
    assert cost == 3
    assert [len(group["lines"]["edges"]) for group in cart["groups"]] == [lines] * vendors
    assert float(cart["discount"]["amount"]) > 0
    assert CartLine.objects.count() == vendors * lines
