"""The last use of a promotion under two hands, beside what it would be without the lock."""

import threading
from typing import Any

import pytest
from django.db.models import QuerySet

from checkout.errors import CouponUsedUp
from checkout.models import Order, Promotion, PromotionUse, RefundReason, VendorOrder
from checkout.operations import cancel, place
from checkout.operations.cancel import CancelReason, cancel_vendor_order
from checkout.operations.place import place_order
from checkout.operations.refund import Asked, refund_vendor_order
from checkout.operations.uses import give_back_cancelled
from checkout.selectors.cart import costed_lines
from marketplace.kernel.locking import lock
from tests.factories.checkout import buyable
from tests.factories.orders import ready_cart
from tests.factories.promotions import CartCouponFactory, CouponFactory, PromotionFactory
from tests.factories.sold import line_of, sold
from tests.support.books import faults
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


def _after_both_parts_end() -> list[str]:
    """What became of a promotion that took something off of two parts, which are cancelled at one moment.

    Their money went back before, so that no refund makes one wait for the other.
    """
    PromotionFactory.create(total_cap=1)
    order = sold(buyable(), buyable())
    for part in order.vendor_orders.all():
        asked = Asked(units={line_of(part).pk: 1})
        refund_vendor_order(part=part, asked=asked, reason=RefundReason.GOODWILL, actor=None)
    outcomes = at_once(
        *(
            lambda part=part: cancel_vendor_order(part=part, actor=None, reason=CancelReason.OTHER)
            for part in order.vendor_orders.all()
        )
    )
    assert list(map(type, outcomes)) == [VendorOrder, VendorOrder]
    assert faults() == []
    return list(PromotionUse.objects.values_list("state", flat=True))


def test_what_two_parts_share_is_given_back_when_both_end_at_once() -> None:
    assert _after_both_parts_end() == ["given_back"]


def test_without_the_orders_lock_each_counts_on_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    both_are_done = threading.Barrier(2)

    def waiting(part: VendorOrder) -> None:
        give_back_cancelled(part)
        both_are_done.wait(timeout=10)

    monkeypatch.setattr(cancel, "lock", list)
    monkeypatch.setattr(cancel, "give_back_cancelled", waiting)
    assert _after_both_parts_end() == ["used"]
