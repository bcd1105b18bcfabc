"""What the mutation on how things are taken back takes."""

from decimal import Decimal

import strawberry

from marketplace.kernel.errors import InvalidInput


@strawberry.input(description="Say how your vendor takes things back.")
class SaveReturnPolicyInput:
    vendor: strawberry.ID = strawberry.field(description="The vendor's account.")
    days: int = strawberry.field(
        description="For how many days from their arrival: 365 at most, and what the law asks for at least."
    )
    restocking_rate: Decimal = strawberry.field(
        default=Decimal(0),
        description="How many percent you keep of what comes back for no fault of yours: 50 at most.",
    )


def bps_of(percent: Decimal, *, field: str) -> int:
    """In basis points. Raises InvalidInput for more than two decimals, and for no percentage."""
    if not percent.is_finite() or abs(percent) > 100 or percent != round(percent, 2):
        raise InvalidInput(field=field, reason="This is a percentage with two decimals at most.")
    return int(percent * 100)
