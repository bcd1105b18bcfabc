"""What a cart holds and costs at this moment."""

import pytest

from checkout.selectors.cart import costed_cart
from tests.factories.checkout import ShippingMethodFactory, buyable, filled_cart

pytestmark = pytest.mark.django_db


def test_a_cart_is_costed_by_vendor() -> None:
    tea, mug = buyable(price_minor=1250), buyable(price_minor=800)
    ShippingMethodFactory.create(vendor=tea.vendor, price_minor=490)
    contents = costed_cart(filled_cart(tea, mug, quantity=2))
    assert [group.vendor for group in contents.groups] == [tea.vendor, mug.vendor]
    assert [group.total.amount for group in contents.groups] == ["29.90", "16.00"]
    assert (contents.total.amount, contents.item_count, contents.warnings) == ("45.90", 4, ())
