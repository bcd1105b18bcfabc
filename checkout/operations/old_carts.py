"""Carts that nobody touches any more come to their end, and are deleted later."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Final

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from checkout.models import OPEN_ORDERS, Cart, CartStatus, Order, PaymentState
from checkout.models.cart import CART_MOVES
from marketplace.kernel import adjustable, clock
from marketplace.kernel.locking import lock

AT_ONCE: Final = 200
ENDED: Final = (CartStatus.ABANDONED, CartStatus.MERGED)


def abandon_old() -> int:
    """Give up open carts that were not touched for GUEST_CART_DAYS, of users for USER_CART_DAYS; how many.

    One whose order may still be paid stays. In batches of AT_ONCE, each a transaction that locks its carts.
    """
    return _in_batches(_due([CartStatus.ACTIVE], ordered_in=OPEN_ORDERS), _abandon)


def delete_abandoned() -> int:
    """Delete carts that were given up or merged as long ago and never ordered; how many.

    In batches of AT_ONCE, each a transaction that locks its carts.
    """
    return _in_batches(_due(ENDED, ordered_in=PaymentState.values), _delete)


def untouched(
    statuses: Iterable[str], *, ordered_in: Iterable[str], guest_days: int, user_days: int
) -> "QuerySet[Cart]":
    """Such carts that nobody touched for so many days, without an order in one of these states."""
    now = clock.now()
    guests, users = now - timedelta(days=guest_days), now - timedelta(days=user_days)
    old = Q(user=None, updated_at__lt=guests) | Q(user__isnull=False, updated_at__lt=users)
    orders = Order.objects.filter(cart=OuterRef("pk"), payment_state__in=ordered_in)
    return Cart.objects.filter(old, ~Exists(orders), status__in=statuses).order_by("pk")


def _due(statuses: Iterable[str], *, ordered_in: Iterable[str]) -> "QuerySet[Cart]":
    return untouched(
        statuses,
        ordered_in=ordered_in,
        guest_days=adjustable.number("GUEST_CART_DAYS"),
        user_days=adjustable.number("USER_CART_DAYS"),
    )


def _abandon(carts: list[Cart]) -> None:
    CART_MOVES.move_all(carts, CartStatus.ABANDONED, actor=None, reason="untouched for long")


def _delete(carts: list[Cart]) -> None:
    Cart.objects.filter(pk__in=[cart.pk for cart in carts]).delete()


def _in_batches(carts: "QuerySet[Cart]", end: Callable[[list[Cart]], None]) -> int:
    """Carts that were touched while we waited for their lock are not in the batch any more."""
    count = 0
    while keys := list(carts.values_list("pk", flat=True)[:AT_ONCE]):
        with transaction.atomic():
            held = lock(carts.filter(pk__in=keys))
            end(held)
        count += len(held)
    return count
