"""Which tax is due where."""

import pytest
from django.test import override_settings

from checkout.models import Remitter
from checkout.selectors.cart import costed_cart
from checkout.shipping import Place
from checkout.tax import Rule, Taxable, TaxTable, charges
from tests.factories.accounts import AddressFactory
from tests.factories.checkout import ShippingMethodFactory, TaxRuleFactory, buyable, filled_cart

VAT = Rule(name="VAT", rate_bps=2100, country="ES")
TABLE = TaxTable(
    rules=(
        VAT,
        Rule(name="VAT", rate_bps=400, country="ES", category="books"),
        Rule(name="VAT", rate_bps=0, country="ES", postal_prefix="35"),
        Rule(name="IGIC", rate_bps=700, country="ES", postal_prefix="35", is_on_shipping=False),
        Rule(name="Sales tax", rate_bps=400, country="US", region="NY"),
        Rule(name="City tax", rate_bps=450, country="US", region="NY", postal_prefix="100"),
    )
)


def _rates(to: Place | None, category: str | None = "standard") -> list[tuple[str, int]]:
    amount = Taxable(vendor=1, amount_minor=100, category=category, to=to)
    return [(rule.name, rule.rate_bps) for rule in TABLE.applying(amount)]


def test_the_rule_that_fits_most_closely_counts() -> None:
    madrid, canary = Place(country="es", postal_code="28 013"), Place(country="ES", postal_code="35001")
    assert [_rates(madrid), _rates(madrid, "books"), _rates(madrid, "toys")] == [
        [("VAT", 2100)],
        [("VAT", 400)],
        [("VAT", 2100)],
    ]
    assert (_rates(canary), _rates(canary, None)) == ([("IGIC", 700)], [])
    assert (_rates(Place(country="DE")), _rates(None)) == ([], [])


def test_taxes_of_different_names_add_up() -> None:
    assert _rates(Place(country="US", region="ny", postal_code="10001")) == [
        ("City tax", 450),
        ("Sales tax", 400),
    ]
    assert _rates(Place(country="US", region="NY", postal_code="14604")) == [("Sales tax", 400)]


def test_what_is_contained_is_taken_out_together() -> None:
    inside = [
        Rule(name=name, rate_bps=bps, country="CA", is_included=True)
        for name, bps in (("A", 500), ("B", 1000))
    ]
    on_top = Rule(name="C", rate_bps=1000, country="CA", remitter=Remitter.PLATFORM)
    found = charges(115, [*inside, on_top])
    assert [(tax.name, tax.base_minor, tax.amount_minor) for tax in found] == [
        ("A", 100, 5),
        ("B", 100, 10),
        ("C", 100, 10),
    ]
    assert [tax.remitter for tax in found] == ["vendor", "vendor", "platform"]
    assert charges(0, inside)[0].amount_minor == 0


@pytest.mark.django_db
def test_tax_is_that_of_where_the_goods_go() -> None:
    variant = buyable(price_minor=1000)
    ShippingMethodFactory.create(vendor=variant.vendor, price_minor=500)
    cart = filled_cart(variant)
    cart.billing_address = AddressFactory.create(country="FR")
    with override_settings(TAX_RATES={"FR": 2000, "DE": 1900}):
        assert costed_cart(cart).tax.amount == "0.00"
        cart.shipping_address = AddressFactory.create(country="DE")
        assert costed_cart(cart).tax.amount == "2.85"


@pytest.mark.django_db
def test_a_rule_goes_before_the_simple_rate_of_its_country() -> None:
    cart = filled_cart(buyable(price_minor=11_900))
    cart.shipping_address = AddressFactory.create(country="DE", state="Bayern")
    TaxRuleFactory.create(country="DE", rate_bps=1900, is_included=True)
    TaxRuleFactory.create(country="DE", region="SN", rate_bps=5000)
    TaxRuleFactory.create(country="DE", name="Old", ends_on="2020-01-01")
    TaxRuleFactory.create(country="DE", name="New", starts_on="2100-01-01")
    with override_settings(TAX_RATES={"DE": 700}):
        contents = costed_cart(cart)
    assert (contents.tax.amount, contents.included_tax.amount, contents.total.amount) == (
        "0.00",
        "19.00",
        "119.00",
    )


@pytest.mark.django_db
def test_what_is_digital_is_taxed_where_the_bill_goes() -> None:
    song = buyable(price_minor=1000)
    type(song.product).objects.update(is_shipped=False)
    ShippingMethodFactory.create(vendor=song.vendor)
    cart = filled_cart(song)
    cart.billing_address = AddressFactory.create(country="FR")
    with override_settings(TAX_RATES={"FR": 2000}):
        contents = costed_cart(cart)
    assert (contents.tax.amount, contents.shipping.amount, contents.needs_address) == ("2.00", "0.00", False)
