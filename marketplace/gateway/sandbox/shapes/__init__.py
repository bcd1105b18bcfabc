"""The objects of the sandbox as Stripe's API shows them; its events hold them too.

Every key that Stripe's object has is there, with null or nothing where the sandbox knows no such thing.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from marketplace.gateway.models import SandboxEvent
from marketplace.gateway.models.sandbox import SandboxObject
from marketplace.gateway.sandbox.shapes import accounts, disputes, payments, wallets

Shape = dict[str, Any]

# The one version of Stripe's API whose objects these are.
API_VERSION: Final = "2026-10-28.endive"

SHAPES: Final[Mapping[type[SandboxObject], Callable[[Any], Shape]]] = {
    **payments.SHAPES,
    **wallets.SHAPES,
    **accounts.SHAPES,
    **disputes.SHAPES,
}
# What the buyer's browser alone may know, or what is the buyer's: no event says it.
PRIVATE: Final = dict.fromkeys(("client_secret", "receipt_email", "next_action", "email", "name"))


def of(row: SandboxObject) -> Shape:
    """The object as it is now. Side effects: may read what it refers to."""
    return SHAPES[type(row)](row)


def for_event(row: SandboxObject) -> Shape:
    """The same without what is private."""
    shape = of(row)
    return {**shape, **{name: value for name, value in PRIVATE.items() if name in shape}}


def of_event(row: SandboxEvent) -> Shape:
    """An event, with the object as it was then."""
    return {
        "id": row.ref,
        "object": "event",
        "api_version": API_VERSION,
        "created": int(row.created_at.timestamp()),
        "data": {"object": row.content},
        "livemode": row.is_live,
        "pending_webhooks": 0 if row.delivered_at else 1,
        "request": {"id": None, "idempotency_key": None},
        "type": row.type,
        **({"account": row.account_ref} if row.account_ref else {}),
    }
