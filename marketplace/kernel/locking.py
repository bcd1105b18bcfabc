"""Row locks: one way to take them, one order to take them in.

Two transactions that lock the same rows in different orders wait for each other for ever. So rows are locked
here only: tables in the order of TABLE_ORDER, rows of a table by primary key. The tests run under a watcher
(tests/support/locks.py) that fails on any other order and on any lock taken elsewhere.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final, TypeVar

from django.db import connections, models, transaction

# Who acts comes before what is acted on, what many share after what one owns, and money last. A new lockable
# table takes its place here. Vendor and Product stand before Variant, for a suspended vendor or a moderated
# product reaches down to its variants and their stock, never the other way; User and BillingProfile stand
# before Cart, which is theirs.
TABLE_ORDER: Final = (
    "kernel.IdempotencyKey",
    "kernel.AdjustedSetting",
    "gateway.WebhookEvent",
    "accounts.User",
    "accounts.BillingProfile",
    "checkout.Cart",
    "community.Wishlist",
    "checkout.Promotion",
    "checkout.GiftCard",
    "vendors.Vendor",
    "catalog.ListingImport",
    "catalog.Category",
    "catalog.Attribute",
    "catalog.Collection",
    "catalog.Product",
    "catalog.Variant",
    "catalog.Reservation",
    "checkout.Order",
    "checkout.VendorOrder",
    "checkout.Payment",
    "checkout.Refund",
    "checkout.Return",
    "payouts.CommissionRule",
    "payouts.PayoutAccount",
    "payouts.InvoiceCounter",
    "payouts.LedgerAccount",
    "payouts.Transfer",
    "payouts.Reversal",
    "payouts.PayoutSchedule",
    "payouts.PayoutHold",
    "payouts.Payout",
    "payouts.StrayRefund",
    # Another system in the same database: its transactions hold nothing else.
    "gateway.SandboxCustomer",
    "gateway.SandboxSetup",
    "gateway.SandboxCard",
    "gateway.SandboxIntent",
    "gateway.SandboxCharge",
    "gateway.SandboxRefund",
    "gateway.SandboxDispute",
    "gateway.SandboxPlatform",
    "gateway.SandboxAccount",
    "gateway.SandboxTransfer",
    "gateway.SandboxPayout",
)
PLACES: Final = {label: place for place, label in enumerate(TABLE_ORDER)}

Row = TypeVar("Row", bound=models.Model)
Observer = Callable[[type[models.Model], list[int], str], None]

# Called with the model, the keys and the database alias of every lock that was taken.
observers: list[Observer] = []
_is_locking: ContextVar[bool] = ContextVar("is_locking", default=False)


class TableNotInOrder(LookupError):  # noqa: N818  # a fact about the table
    """A table is locked that has no place in TABLE_ORDER."""


def lock(queryset: models.QuerySet[Row]) -> list[Row]:
    """Lock the rows until the transaction ends, and return them as they are now, by primary key.

    Locks: these rows FOR NO KEY UPDATE, in pk order, whatever order the queryset had; joined rows stay free,
    and so does a new row that refers to a locked one. Waits for whoever holds one of them. The queryset may
    not be sliced, distinct or aggregated.
    Raises TransactionManagementError outside a transaction, TableNotInOrder for a table without a place.
    """
    if queryset.model._meta.label not in PLACES:
        raise TableNotInOrder(f"{queryset.model._meta.label} has no place in TABLE_ORDER")
    rows = queryset.order_by("pk").select_for_update(of=("self",), no_key=True)
    if not connections[rows.db].in_atomic_block:
        raise transaction.TransactionManagementError("a row is locked inside a transaction, or not at all")
    with _locking():
        locked = list(rows)
    for observe in observers:
        observe(queryset.model, [row.pk for row in locked], rows.db)
    return locked


def lock_one(queryset: models.QuerySet[Row]) -> Row:
    """Lock the one row of the queryset; see `lock`.

    Raises the model's DoesNotExist or MultipleObjectsReturned when it is not one.
    """
    # The stubs do not know that each model has exceptions of its own.
    model: Any = queryset.model
    rows = lock(queryset)
    if not rows:
        raise model.DoesNotExist(f"no {model._meta.label} to lock")
    if len(rows) > 1:
        raise model.MultipleObjectsReturned(f"{len(rows)} rows of {model._meta.label}, not one")
    return rows[0]


def is_locking() -> bool:
    """Whether the statement that runs now was sent by `lock`."""
    return _is_locking.get()


@contextmanager
def _locking() -> Iterator[None]:
    before = _is_locking.set(True)
    try:
        yield
    finally:
        _is_locking.reset(before)
