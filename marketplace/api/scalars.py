"""Money, rates and the strict global ids: how values of the domain look outside."""

import base64
from decimal import Decimal

import strawberry

from marketplace.kernel.errors import InvalidInput

LARGEST_KEY = 2**63 - 1
LONGEST_ID = 200


@strawberry.type(name="Money", description="An amount of one currency.")
class MoneyType:
    """The shape of `kernel.money.Money` outside; fields of this type return the kernel's value as it is."""

    amount: Decimal = strawberry.field(
        description='In major units, with the decimals of its currency: "12.30" (USD), "1255" (JPY).'
    )
    currency: str = strawberry.field(description="ISO 4217 code of the currency.")


def encode_id(type_name: str, key: int) -> strawberry.ID:
    """The global id of a row."""
    return strawberry.ID(base64.b64encode(f"{type_name}:{key}".encode()).decode())


def decode_id(value: str, *, field: str = "id") -> tuple[str, int]:
    """The type name and primary key in a global id.

    Raises InvalidInput for whatever does not encode back to itself: one thing has one id, and garbage never
    reaches the database.
    """
    refusal = InvalidInput(reason="This is not an id we gave out.", field=field)
    if len(value) > LONGEST_ID:
        raise refusal
    try:
        type_name, _, key = base64.b64decode(value, validate=True).decode("ascii").partition(":")
    except ValueError:
        raise refusal from None
    if not type_name.isidentifier() or not key.isdecimal() or int(key) > LARGEST_KEY:
        raise refusal
    if encode_id(type_name, int(key)) != value:
        raise refusal
    return type_name, int(key)


def decode_key(value: str, type_name: str, *, field: str) -> int:
    """The primary key in the global id of a thing of this type.

    Raises InvalidInput for an id of anything else.
    """
    found, key = decode_id(value, field=field)
    if found != type_name:
        raise InvalidInput(reason=f"Expected the id of a {type_name}.", field=field)
    return key


def bps_of(percent: Decimal, *, field: str) -> int:
    """A rate in percent as basis points.

    Raises InvalidInput for what is no percentage, or has more than two decimals.
    """
    if not percent.is_finite() or not 0 <= percent <= 100 or percent != round(percent, 2):
        raise InvalidInput(field=field, reason="This must be between 0 and 100, with two decimals at most.")
    return int(percent * 100)


def percent_of(bps: int) -> Decimal:
    """A rate in basis points as percent, with two decimals."""
    return Decimal(bps).scaleb(-2)
