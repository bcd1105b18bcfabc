"""Which paid orders people look at before anything of them is sent: rules over plain values. No database."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from checkout.models import OrderReviewCause
from marketplace.kernel.money import Money


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Above what an order is looked at: orders within an hour, and the total of a first one by its currency.

    0, and a currency that is not named: that rule holds nothing.
    """

    orders_by_email: int = 0
    orders_to_address: int = 0
    orders_by_client: int = 0
    first_order_caps: Mapping[str, int] = field(default_factory=dict)

    @property
    def hold_anything(self) -> bool:
        """Whether any rule is on."""
        counted = self.orders_by_email or self.orders_to_address or self.orders_by_client
        return bool(counted or self.first_order_caps)


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What is known of an order that was paid; the order itself is counted."""

    number: str
    total: Money
    orders_by_email: int
    orders_to_address: int
    orders_by_client: int
    is_first: bool


@dataclass(frozen=True, kw_only=True)
class Found:
    """Something to look at: by its reference the same again is no second one; the facts are not personal."""

    cause: OrderReviewCause
    reference: str
    facts: Mapping[str, object]


def found(seen: Seen, limits: Limits) -> list[Found]:
    """What the rules say of an order."""
    cap = limits.first_order_caps.get(seen.total.currency, 0)
    return [
        Found(cause=cause, reference=f"{cause.value}:{seen.number}", facts=facts)
        for cause, facts in (
            (
                OrderReviewCause.VELOCITY_EMAIL,
                _beyond(seen.orders_by_email, limits.orders_by_email),
            ),
            (
                OrderReviewCause.VELOCITY_ADDRESS,
                _beyond(seen.orders_to_address, limits.orders_to_address),
            ),
            (
                OrderReviewCause.VELOCITY_CLIENT,
                _beyond(seen.orders_by_client, limits.orders_by_client),
            ),
            (
                OrderReviewCause.FIRST_ORDER_CAP,
                {"total": str(seen.total), "cap": str(Money(cap, seen.total.currency))}
                if cap and seen.is_first and seen.total.minor > cap
                else {},
            ),
        )
        if facts
    ]


def _beyond(orders: int, limit: int) -> dict[str, object]:
    return {"orders": orders, "limit": limit} if limit and orders > limit else {}
