"""The last use of a promotion under two hands, beside what it would be without the lock."""

import threading
from typing import Any

import pytest
from django.db.models import QuerySet

from checkout.errors import CouponUsedUp
from checkout.models import Order, Promotion, PromotionUse
from checkout.operations import place
from checkout.operations.place import place_order
from checkout.selectors.cart import costed_lines
from marketplace.kernel.locking import lock
from tests.factories.checkout import buyable
from tests.factories.orders import ready_cart
from tests.factories.promotions import CartCouponFactory, CouponFactory
from tests.support.races import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def _carts() -> list[Any]:
    tea, coupon = buyable(on_hand=10), CouponFactory.create(cap=1)
    carts = [ready_cart(tea) for _ in range(2)]
    for cart in carts:
        CartCouponFactory.create(cart=cart, coupon=coupon)
    return carts


def test_of_two_at_once_one_has_the_last_use() -> None:
    outcomes = at_once(*(lambda cart=cart: place_order(cart=cart) for cart in _carts()))
    assert sorted(map(type, outcomes), key=str) == [CouponUsedUp, Order]
    assert (Order.objects.count(), PromotionUse.objects.count()) == (1, 1)


def test_without_the_lock_both_have_it(monkeypatch: pytest.MonkeyPatch) -> None:
    carts, both_are_there = _carts(), threading.Barrier(2)

    def unlocked(queryset: QuerySet[Any]) -> list[Any]:
        return list(queryset) if queryset.model is Promotion else lock(queryset)

    def waiting(*given: Any) -> Any:
        contents = costed_lines(*given)
        both_are_there.wait(timeout=10)
        return contents

    monkeypatch.setattr(place, "lock", unlocked)
    monkeypatch.setattr(place, "costed_lines", waiting)
    outcomes = at_once(*(lambda cart=cart: place_order(cart=cart) for cart in carts))
    assert list(map(type, outcomes)) == [Order, Order]
    assert PromotionUse.objects.count() == 2
