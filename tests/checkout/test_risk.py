"""The rules: each above its limit alone, and none that is off."""

import pytest

from checkout.models import OrderReviewCause as C
from checkout.risk import Found, Limits, Seen, found
from marketplace.kernel.money import Money

ALL = Limits(orders_by_email=3, orders_to_address=2, orders_by_client=4, first_order_caps={"EUR": 50_000})


def seen(
    *,
    email: int = 0,
    address: int = 0,
    client: int = 0,
    minor: int = 100,
    code: str = "EUR",
    first: bool = True,
) -> Seen:
    return Seen(
        number="N1",
        total=Money(minor, code),
        orders_by_email=email,
        orders_to_address=address,
        orders_by_client=client,
        is_first=first,
    )


@pytest.mark.parametrize(
    ("of", "causes"),
    [
        (seen(email=3, address=2, client=4, minor=50_000), []),
        (seen(client=5), [C.VELOCITY_CLIENT]),
        (seen(email=4), [C.VELOCITY_EMAIL]),
        (seen(address=3), [C.VELOCITY_ADDRESS]),
        (seen(minor=50_001), [C.FIRST_ORDER_CAP]),
        (seen(minor=50_001, first=False), []),
        (seen(minor=50_001, code="USD"), []),
        (seen(email=4, address=3, client=5, minor=50_001), list(C)[1:]),
    ],
)
def test_f126_an_order_is_looked_at_above_a_limit(of: Seen, causes: list[C]) -> None:
    assert [each.cause for each in found(of, ALL)] == causes
    assert found(of, Limits()) == []


def test_what_was_found_is_known_by_the_order_and_says_nothing_personal() -> None:
    assert found(seen(email=4, minor=50_001), ALL) == [
        Found(cause=C.VELOCITY_EMAIL, reference="velocity_email:N1", facts={"orders": 4, "limit": 3}),
        Found(
            cause=C.FIRST_ORDER_CAP,
            reference="first_order_cap:N1",
            facts={"total": "500.01 EUR", "cap": "500.00 EUR"},
        ),
    ]


def test_a_rule_is_on_above_nothing() -> None:
    rules = [Limits(), Limits(orders_by_email=1), Limits(orders_by_client=1), ALL]
    assert [each.hold_anything for each in rules] == [False, True, True, True]
