"""Which tax is due where."""

import pytest
from django.test import override_settings

from checkout.selectors.cart import costed_cart
from checkout.tax import TaxTable, tax_rates
from tests.factories.accounts import AddressFactory
from tests.factories.checkout import ShippingMethodFactory, buyable, filled_cart


def test_a_table_knows_the_countries_it_names() -> None:
    table = TaxTable({"DE": 1900})
    assert (table.bps("DE"), table.bps("FR"), TaxTable().bps("DE")) == (1900, 0, 0)


def test_the_table_is_that_of_the_setting() -> None:
    with override_settings(TAX_RATES={"FR": 2000}):
        assert tax_rates().bps("FR") == 2000
    assert tax_rates().bps("FR") == 0


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
