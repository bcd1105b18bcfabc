from datetime import timedelta

import pytest

from checkout.models import Cart, CartStatus, Order, PaymentState
from checkout.operations import old_carts
from marketplace.accounts.models import User
from marketplace.kernel import clock
from tests.factories.accounts import UserFactory
from tests.factories.checkout import buyable, filled_cart, paid_order
from tests.factories.orders import placed

pytestmark = pytest.mark.django_db


def _left(days: int, *, user: User | None = None, status: CartStatus = CartStatus.ACTIVE) -> Cart:
    cart = filled_cart(buyable(), user=user)
    _touched(cart, days)
    Cart.objects.filter(pk=cart.pk).update(status=status)
    return cart


def _touched(cart: Cart | None, days: int) -> None:
    assert cart is not None
    Cart.objects.filter(pk=cart.pk).update(updated_at=clock.now() - timedelta(days=days))


def _statuses() -> list[str]:
    return list(Cart.objects.order_by("pk").values_list("status", flat=True))


def test_a_cart_ends_after_its_days_a_users_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(old_carts, "AT_ONCE", 1)
    for days in (29, 31, 40):
        _left(days)
    for days in (31, 91):
        _left(days, user=UserFactory.create())
    assert old_carts.abandon_old() == 3
    assert _statuses() == ["active", "abandoned", "abandoned", "active", "abandoned"]
    assert old_carts.abandon_old() == 0


def test_a_cart_whose_order_may_still_be_paid_stays() -> None:
    order = placed()
    _touched(order.cart, 31)
    assert old_carts.abandon_old() == 0
    Order.objects.filter(pk=order.pk).update(payment_state=PaymentState.EXPIRED)
    assert old_carts.abandon_old() == 1


def test_an_ended_cart_is_deleted_as_many_days_later_unless_it_was_ordered() -> None:
    kept = [_left(29, status=CartStatus.ABANDONED), _left(31), paid_order().cart]
    _touched(kept[2], 400)
    Cart.objects.filter(pk=getattr(kept[2], "pk", 0)).update(status=CartStatus.ABANDONED)
    _left(31, status=CartStatus.ABANDONED)
    _left(31, status=CartStatus.MERGED)
    assert old_carts.delete_abandoned() == 2
    assert list(Cart.objects.order_by("pk")) == sorted(filter(None, kept), key=lambda cart: cart.pk)
