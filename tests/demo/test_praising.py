import dataclasses
from concurrent.futures import ThreadPoolExecutor

import pytest

from catalog.models import Product
from checkout.models import Order
from marketplace.community.models import Review, ReviewReply
from marketplace.demo import catalogue, loading, past, praising
from marketplace.demo.painting import Gallery

WHOLE = catalogue.read()
GOODS = dataclasses.replace(
    WHOLE,
    vendors=tuple(one for one in WHOLE.vendors if one.slug in {"fell-knit", "quiet-leaf"}),
    products=tuple(one for one in WHOLE.products if one.title in {"Watch cap", "Kitchen blend"}),
)


@pytest.mark.django_db(transaction=True)
def test_the_past_is_brought_once_and_some_say_what_they_think_of_it() -> None:
    with ThreadPoolExecutor(1) as pool:
        loading.load(GOODS, Gallery(pool))
    assert [loading.remember(GOODS) for _ in range(2)] == [past.ORDERS, 0]
    assert (
        Order.objects.filter(billing_profile__user__email="buyer@demo.example").count() == past.BUYERS_ORDERS
    )
    assert Product.objects.count() == 2
    brought = praising.praise()
    assert (brought, praising.praise()) == (Review.objects.count(), 0)
    assert 200 < brought < past.ORDERS
    assert ReviewReply.objects.exists()
    counted = dict(Product.objects.values_list("title", "rating_count"))
    assert (min(counted.values()) > 0, sum(counted.values())) == (True, brought)
