"""A column that is not named has the model's default."""

import pytest

from checkout.models import Order, VendorOrder
from checkout.operations.history.inserts import insert


def test_defaults_are_those_of_the_model() -> None:
    statement = insert(
        VendorOrder,
        order_id="1",
        vendor_id="2",
        number="'A-1'",
        currency="'EUR'",
        subtotal_minor="5",
        total_minor="5",
    )
    assert statement == (
        "INSERT INTO checkout_vendororder (order_id, vendor_id, number, currency, subtotal_minor,"
        " total_minor, discount_minor, shipping_minor, tax_minor, uuid, shipping_name, shipping_quote,"
        " status)"
        " SELECT 1, 2, 'A-1', 'EUR', 5, 5, 0, 0, 0, gen_random_uuid(), '', '{}', 'pending'"
    )


def test_a_column_that_is_not_there_is_refused() -> None:
    with pytest.raises(TypeError, match="checkout_order has no colour"):
        insert(Order, colour="'red'")


def test_a_value_that_only_the_caller_knows_is_asked_for() -> None:
    with pytest.raises(TypeError, match=r"checkout_order\.placed_at needs"):
        insert(
            Order, number="'A'", billing_profile_id="1", subtotal_minor="1", total_minor="1", cart_version="1"
        )
