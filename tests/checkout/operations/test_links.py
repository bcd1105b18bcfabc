"""The link goes to the address the order was placed with, and nowhere else."""

import pytest

from checkout.events import OrderLinkRequested
from checkout.operations.links import request_order_link
from marketplace.kernel.errors import InvalidInput
from tests.factories.orders import placed
from tests.support.published import published

pytestmark = pytest.mark.django_db


def test_who_knows_number_and_address_has_it_mailed() -> None:
    order, other = placed(), placed()
    for number, email, told in (
        (order.number, order.email, [OrderLinkRequested(order_id=order.pk)]),
        (f" {order.number.lower()} ", order.email.upper(), [OrderLinkRequested(order_id=order.pk)]),
        (order.number, f"not-{other.email}", []),
        ("ZZZZZZZZ", order.email, []),
    ):
        with published(OrderLinkRequested) as said:
            assert request_order_link(number=number, email=email) == email.lower()
        assert said == told


def test_what_is_no_address_is_refused() -> None:
    with pytest.raises(InvalidInput):
        request_order_link(number="ZZZZZZZZ", email="nobody")
