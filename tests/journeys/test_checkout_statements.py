"""What a whole checkout costs: every statement of a guest's requests, from an empty browser to a paid order.

Of two vendors it may cost 60, and the order and its payment 25 of them, whatever promotions, taxes and rates
of shipping come into it.

Counted are the statements our requests send, savepoints and session look-ups too; not BEGIN and COMMIT, rate
limits, nor what the sandbox asks of its own tables, which stands for calls to a provider elsewhere.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.models import Variant
from checkout.models import Promotion, Remitter, ShippingMethod, TaxLine
from marketplace.api.scalars import encode_id
from tests.factories.checkout import ShippingMethodFactory, ShippingRateFactory, TaxRuleFactory, buyable
from tests.factories.orders import intent_of, placed
from tests.factories.promotions import CouponFactory, PromotionFactory
from tests.support.checkout import ADA, ERROR, ORDER, confirm, mutate, pay_with, place
from tests.support.graphql import GraphQL
from tests.support.payments import confirm as pay
from tests.support.payments import receive_all

pytestmark = pytest.mark.django_db(transaction=True)

# All that a cart page shows.
CART = """... on CartSuccess { cart {
  email itemCount warnings { code message line { id } } shippingAddress { city } billingAddress { city }
  subtotal { amount currency } shipping { amount } tax { amount } discount { amount }
  total { amount currency }
  groups { vendor { id name slug } subtotal { amount } total { amount }
    shippingOptions { id name price { amount } } selectedShipping { id }
    lines { edges { node { id quantity asked unitPrice { amount } subtotal { amount } variant { id sku }
      product { id title slug } characteristics { name value } } } } } } }"""
DONE = f"... on CartSuccess {{ __typename }} {ERROR}"
# The form of a checkout on one page, sent at once: only its last answer shows the cart.
FORM = f"""mutation(
    $contact: SetCheckoutContactInput!, $addresses: SetCheckoutAddressesInput!,
    $first: SelectShippingInput!, $second: SelectShippingInput!
  ) {{
    setCheckoutContact(input: $contact) {{ {DONE} }}
    setCheckoutAddresses(input: $addresses) {{ {DONE} }}
    first: selectShipping(input: $first) {{ {DONE} }}
    second: selectShipping(input: $second) {{ {CART} {ERROR} }}
  }}"""
WITH_CODE = FORM.replace("mutation(", "mutation($coupon: ApplyCouponInput!,").replace(
    "first: select", f"applyCoupon(input: $coupon) {{ {DONE} }} first: select"
)
FIELDS = ORDER.removeprefix("order ")
READ = f"query($number: String!, $token: String) {{ order(number: $number, token: $token) {FIELDS} }}"


class Journey:
    """A guest of two vendors' goods, and what each request has cost."""

    def __init__(self, goods: list[Variant]) -> None:
        self.client, self.goods = GraphQL(), goods
        self.costs: list[tuple[str, int]] = []
        self.sent: list[str] = []

    @contextmanager
    def counted(self, name: str) -> Iterator[None]:
        with CaptureQueriesContext(connection) as captured:
            yield
        sent = [query["sql"] for query in captured.captured_queries if not _is_free(query["sql"])]
        self.costs.append((name, len(sent)))
        self.sent += [f"-- {name}", *sent]

    def step(self, name: str, run: Callable[[], Any]) -> Any:
        with self.counted(name):
            return run()

    def fill(self) -> Any:
        for variant in self.goods:
            cart = self.change("add", "addToCart", variant=encode_id("Variant", variant.pk))
        return cart

    def change(self, name: str, field: str, **input: object) -> Any:
        return self.step(name, lambda: mutate(self.client, field, CART, **input))["cart"]

    def page_by_page(self) -> None:
        groups = self.fill()["groups"]
        self.change("contact", "setCheckoutContact", email="ada@example.com")
        self.change("addresses", "setCheckoutAddresses", shippingAddress={"details": ADA})
        for group in groups:
            self.change("shipping", "selectShipping", **_choice(group))

    def on_one_page(self, *, code: str = "") -> None:
        first, second = (_choice(group) for group in self.fill()["groups"])
        variables = {
            "contact": {"email": "ada@example.com"},
            "addresses": {"shippingAddress": {"details": ADA}},
            "first": first,
            "second": second,
        }
        form = FORM
        if code:
            variables["coupon"] = {"code": code}
            form = WITH_CODE
        answer = self.step("form", lambda: self.client.ask(form, **variables))
        assert answer["second"]["cart"]["shippingAddress"] == {"city": "Berlin"}

    def buy(self) -> None:
        order = self.step("place", lambda: place(self.client, idempotencyKey="one", expectedTotal="30.00"))
        assert pay_with(self.client, order) == 200
        assert self.step("confirm", lambda: confirm(self.client, order))["order"]["status"] == "PAID"
        number, token = order["order"]["number"], order["token"]
        read = self.step("read", lambda: self.client.ask(READ, number=number, token=token))
        assert len(read["order"]["vendorOrders"]["edges"]) == 2


def _is_free(sql: str) -> bool:
    uncounted = ('"gateway_sandbox', "gateway.jobs.deliver_event", "kernel_ratewindow")
    return sql in {"BEGIN", "COMMIT"} or any(word in sql for word in uncounted)


def _choice(group: Any) -> dict[str, str]:
    return {"vendor": group["vendor"]["id"], "option": group["shippingOptions"][0]["id"]}


def _goods(others: int, *, have_sold: bool) -> list[Variant]:
    """A variant each of two vendors with two ways of shipping, beside so many other vendors."""
    for _ in range(others):
        ShippingMethodFactory.create(vendor=buyable().vendor)
    goods = [buyable(on_hand=100), buyable(on_hand=100)]
    for variant in goods:
        for price in (500, 900):
            ShippingMethodFactory.create(vendor=variant.vendor, price_minor=price)
    if have_sold:
        for variant in goods:
            variant.vendor.shipping_methods.update(is_active=False)
        pay(intent_of(placed(*goods)))
        receive_all()
        for variant in goods:
            variant.vendor.shipping_methods.update(is_active=True)
    return goods


# Of a vendor's first sale in a currency the ledger makes its accounts: three statements more.
@pytest.mark.parametrize(("others", "have_sold", "first_sale"), [(0, True, 0), (150, True, 0), (0, False, 3)])
def test_a_whole_checkout_page_by_page(others: int, have_sold: bool, first_sale: int) -> None:
    journey = Journey(_goods(others, have_sold=have_sold))
    journey.page_by_page()
    journey.buy()
    assert journey.costs == [
        ("add", 4),
        ("add", 6),
        ("contact", 6),
        ("addresses", 7),
        ("shipping", 4),
        ("shipping", 4),
        ("place", 8),
        ("confirm", 17 + first_sale),
        ("read", 4),
    ], "\n".join(journey.sent)


@pytest.mark.parametrize(("cap", "place"), [(None, 8), (100, 9)])
def test_a_whole_checkout_with_a_code_a_sale_taxes_and_rates(cap: int | None, place: int) -> None:
    # One was sold by them already, so the ledger has its accounts of what the platform pays and remits.
    sale = PromotionFactory.create()
    TaxRuleFactory.create(is_included=True)
    TaxRuleFactory.create(name="Levy", rate_bps=100, remitter=Remitter.PLATFORM)
    goods = _goods(0, have_sold=True)
    Promotion.objects.update(is_automatic=False)
    CouponFactory.create(promotion=sale, code="WELCOME", cap=cap)
    PromotionFactory.create(vendor=goods[0].vendor)
    # Rates are told when it is known where it goes; until then the other way is.
    for way in ShippingMethod.objects.filter(price_minor=900):
        ShippingRateFactory.create(method=way, price_minor=500, free_from_minor=9900)
    journey = Journey(goods)
    journey.on_one_page(code="WELCOME")
    journey.buy()
    assert journey.costs == [
        ("add", 4),
        ("add", 6),
        ("form", 20),
        ("place", place),
        ("confirm", 17),
        ("read", 4),
    ], "\n".join(journey.sent)
    assert {row.remitter for row in TaxLine.objects.all()} == {"vendor", "platform"}


@pytest.mark.parametrize("others", [0, 150])
def test_a_whole_checkout_whose_form_is_one_page(others: int) -> None:
    journey = Journey(_goods(others, have_sold=True))
    journey.on_one_page()
    journey.buy()
    assert journey.costs == [
        ("add", 4),
        ("add", 6),
        ("form", 16),
        ("place", 8),
        ("confirm", 17),
        ("read", 4),
    ], "\n".join(journey.sent)
