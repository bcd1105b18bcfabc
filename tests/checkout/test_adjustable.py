"""What would follow if carts and orders waited otherwise: the sweep does what was told."""

from datetime import timedelta

import pytest
from pytest_django import Settings

from checkout.adjustable import GUEST_CARTS, ORDER_TIME, USER_CARTS
from checkout.models import Cart, CartStatus
from checkout.operations import old_carts
from marketplace.kernel import clock
from tests.factories.accounts import UserFactory
from tests.factories.checkout import buyable, filled_cart
from tests.factories.orders import placed

pytestmark = pytest.mark.django_db

STAY = "Carts whose order may still be paid stay open, and what was ordered is never deleted."


def _left(days: int, *, status: CartStatus = CartStatus.ACTIVE, is_users: bool = False) -> None:
    cart = filled_cart(buyable(), user=UserFactory.create() if is_users else None)
    touched = clock.now() - timedelta(days=days)
    Cart.objects.filter(pk=cart.pk).update(updated_at=touched, status=status)


def test_fewer_days_say_how_many_carts_more_the_sweep_ends_and_it_does(settings: Settings) -> None:
    for days in (5, 15, 25):
        _left(days)
    _left(12, status=CartStatus.ABANDONED)
    _left(12, is_users=True)
    assert GUEST_CARTS.impact(30, 10) == [
        "2 more carts that guests left open end with the next sweep.",
        "1 more cart of guests that ended is deleted with the next sweep.",
        STAY,
    ]
    settings.GUEST_CART_DAYS = 10
    assert (old_carts.delete_abandoned(), old_carts.abandon_old()) == (1, 2)


def test_more_days_say_what_lives_longer() -> None:
    _left(95, is_users=True)
    _left(95)
    assert USER_CARTS.impact(90, 100) == [
        "1 cart that users left open ends later than with 90 days.",
        "0 more carts of users that ended are deleted with the next sweep.",
        STAY,
    ]


def test_orders_that_wait_keep_the_end_that_was_told() -> None:
    placed(buyable())
    assert ORDER_TIME.impact(30, 45) == [
        "New orders hold their stock for 45 minutes instead of 30 minutes.",
        "1 order waits for payment, to the end that was told; another attempt gives 45 minutes.",
        "0 orders wait for a bank: nothing changes there.",
    ]
