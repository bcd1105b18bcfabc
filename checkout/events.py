"""What happens to orders, as frozen facts of ids."""

from dataclasses import dataclass


@dataclass(frozen=True)
class OrderPlaced:
    """An order was made of a cart; it waits for its payment."""

    order_id: int


@dataclass(frozen=True)
class OrderPaid:
    """The one payment of an order has succeeded. Published once for an order."""

    order_id: int


@dataclass(frozen=True)
class OrderReleased:
    """An order will not be paid (expired, superseded, cancelled): its stock is free again."""

    order_id: int


@dataclass(frozen=True)
class RefundRequested:
    """Money is to go back on a payment."""

    refund_id: int


@dataclass(frozen=True)
class HistoryImported:
    """A batch of orders and refunds of another place is written, as they were there: paid and settled.

    `commission_bps` is the rate that was kept of them. Published once for each batch, in its transaction.
    """

    order_ids: tuple[int, ...]
    refund_ids: tuple[int, ...]
    commission_bps: int
