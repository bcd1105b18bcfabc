"""What of carts and orders staff may set: how long they wait."""

from collections.abc import Callable
from functools import partial
from typing import Final

from django.db.models import Count, Q

from checkout.models import OPEN_ORDERS, CartStatus, Order, PaymentState
from checkout.operations.old_carts import ENDED, untouched
from checkout.selectors.reviews import open_reviews
from marketplace.kernel.adjustable import Adjustable, Amounts, Number, counted

MINUTES: Final = Number(least=5, most=120, unit="minutes")
ORDERS: Final = Number(least=0, most=10_000, unit="orders within an hour")
CAPS: Final = Amounts()
DAYS: Final = Number(least=1, most=730, unit="days")


def _order_time(old: int, new: int) -> list[str]:
    """One statement."""
    states = Order.objects.aggregate(
        pending=Count("pk", filter=Q(payment_state=PaymentState.PENDING)),
        processing=Count("pk", filter=Q(payment_state=PaymentState.PROCESSING)),
    )
    waiting = counted(states["pending"], "order waits", "orders wait")
    banks = counted(states["processing"], "order waits", "orders wait")
    return [
        f"New orders hold their stock for {MINUTES.show(new)} instead of {MINUTES.show(old)}.",
        f"{waiting} for payment, to the end that was told; another attempt gives {MINUTES.show(new)}.",
        f"{banks} for a bank: nothing changes there.",
    ]


def _cart_days(old: int, new: int, *, of_users: bool) -> list[str]:
    """Four statements."""
    whose = "users" if of_users else "guests"
    ends = partial(_reached, (CartStatus.ACTIVE,), OPEN_ORDERS, of_users=of_users)
    deleted = partial(_reached, ENDED, tuple(PaymentState.values), of_users=of_users)
    return [
        _moved(ends, old, new, f"that {whose} left open", verbs=("ends", "end")),
        _moved(deleted, old, new, f"of {whose} that ended", verbs=("is deleted", "are deleted")),
        "Carts whose order may still be paid stay open, and what was ordered is never deleted.",
    ]


def _reached(statuses: tuple[str, ...], ordered_in: tuple[str, ...], days: int, *, of_users: bool) -> int:
    """How many carts a sweep reaches, of users or of guests, if it asks for so many days."""
    carts = untouched(statuses, ordered_in=ordered_in, guest_days=days, user_days=days)
    return carts.filter(user__isnull=not of_users).count()


def _moved(count: Callable[[int], int], old: int, new: int, what: str, *, verbs: tuple[str, str]) -> str:
    """How many more, or fewer, the next sweep reaches."""
    before, after = count(old), count(new)
    one, many = f"cart {what} {verbs[0]}", f"carts {what} {verbs[1]}"
    if after < before:
        return f"{counted(before - after, one, many)} later than with {DAYS.show(old)}."
    return f"{counted(after - before, f'more {one}', f'more {many}')} with the next sweep."


def _reviews(*sentences: str) -> list[str]:
    """What is so of each of the rules. One statement."""
    waiting = open_reviews().count()
    return [*sentences, f"What waits for a decision goes on waiting: {counted(waiting, 'order', 'orders')}."]


def _orders_within_an_hour(old: int, new: int, *, same: str) -> list[str]:
    """One statement."""
    rule = f"above {ORDERS.show(new)}" if new else "never"
    before = f"above {ORDERS.show(old)}" if old else "never"
    return _reviews(
        f"Of orders that are paid from now on, people look at those of {same} {rule}; up to now {before}."
    )


def _first_orders(old: str, new: str) -> list[str]:
    """One statement."""
    return _reviews(
        f"People look at a first order above: {CAPS.show(new)}. Up to now: {CAPS.show(old)}.",
        "In a currency that is not named they look at none.",
    )


ORDER_TIME: Final = Adjustable(
    name="ORDER_MINUTES",
    label="Time to pay",
    description="How long an order and its stock wait for the payment; again from each attempt to pay.",
    kind=MINUTES,
    impact=_order_time,
)
GUEST_CARTS: Final = Adjustable(
    name="GUEST_CART_DAYS",
    label="Carts of guests",
    description="After how many days untouched a guest's cart ends; it is deleted as many days later.",
    kind=DAYS,
    impact=partial(_cart_days, of_users=False),
)
USER_CARTS: Final = Adjustable(
    name="USER_CART_DAYS",
    label="Carts of users",
    description="After how many days untouched a user's cart ends; it is deleted as many days later.",
    kind=DAYS,
    impact=partial(_cart_days, of_users=True),
)
ORDERS_BY_EMAIL: Final = Adjustable(
    name="REVIEW_ORDERS_BY_EMAIL",
    label="Orders under one e-mail address",
    description="Above how many within an hour people look at an order before it is sent. 0: never.",
    kind=ORDERS,
    impact=partial(_orders_within_an_hour, same="one e-mail address"),
)
ORDERS_TO_ADDRESS: Final = Adjustable(
    name="REVIEW_ORDERS_TO_ADDRESS",
    label="Orders to one address",
    description="Above how many within an hour people look at an order before it is sent. 0: never.",
    kind=ORDERS,
    impact=partial(_orders_within_an_hour, same="one address of shipping"),
)
ORDERS_BY_CLIENT: Final = Adjustable(
    name="REVIEW_ORDERS_BY_CLIENT",
    label="Orders from one internet connection",
    description="Above how many within an hour people look at an order before it is sent. 0: never.",
    kind=ORDERS,
    impact=partial(_orders_within_an_hour, same="one internet connection"),
)
FIRST_ORDERS: Final = Adjustable(
    name="REVIEW_FIRST_ORDER_CAPS",
    label="First orders",
    description="Above which total, by currency, people look at the first order of a buyer. None: never.",
    kind=CAPS,
    impact=_first_orders,
)
