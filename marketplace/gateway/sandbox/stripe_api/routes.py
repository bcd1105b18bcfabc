"""Every operation there is, by method and address."""

from collections.abc import Mapping, Sequence
from typing import Final

from marketplace.gateway.sandbox.stripe_api import (
    accounts,
    balances,
    charges,
    customers,
    disputes,
    events,
    fraud,
    payment_intents,
    refunds,
    setup_intents,
    transfers,
)
from marketplace.gateway.sandbox.stripe_api.asked import Operation
from marketplace.gateway.sandbox.stripe_api.faults import Fault

OPERATIONS: Final = (
    *payment_intents.OPERATIONS,
    *charges.OPERATIONS,
    *customers.OPERATIONS,
    *setup_intents.OPERATIONS,
    *refunds.OPERATIONS,
    *disputes.OPERATIONS,
    *fraud.OPERATIONS,
    *accounts.OPERATIONS,
    *transfers.OPERATIONS,
    *balances.OPERATIONS,
    *events.OPERATIONS,
)
_BY_PATH: Final[Mapping[tuple[str, ...], Operation]] = {
    (each.method, *each.path.split("/")): each for each in OPERATIONS
}


def find(method: str, path: str) -> tuple[Operation, Sequence[str]]:
    """The operation of an address, and the references in it. Raises Fault for an address without one."""
    parts = path.split("/")
    for pattern, operation in _BY_PATH.items():
        if pattern[0] == method and len(pattern) == len(parts) + 1 and _fits(pattern[1:], parts):
            return operation, [part for part, place in zip(parts, pattern[1:], strict=True) if place == "*"]
    raise Fault(f"Unrecognized request URL ({method}: /v1/{path}).", status=404)


def thing_of(operation: Operation) -> str:
    """What an operation is about: payment_intents/*/cancel is about a payment_intent."""
    return operation.path.partition("/")[0].removesuffix("s")


def _fits(pattern: Sequence[str], parts: Sequence[str]) -> bool:
    both = zip(pattern, parts, strict=True)
    return all(place in {"*", part} and part and part.isprintable() for place, part in both)
