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
class PaymentNeedsBuyer:
    """The kept card that was to pay an order was declined while the buyer was not there."""

    order_id: int


@dataclass(frozen=True)
class OrderReleased:
    """An order will not be paid (expired, superseded, cancelled): its stock is free again."""

    order_id: int


@dataclass(frozen=True)
class OrderReviewOpened:
    """People are to look at a paid order: nothing of it is sent, and nobody is paid for it, meanwhile."""

    review_id: int


@dataclass(frozen=True)
class OrderReviewDecided:
    """An order is released, or was called off."""

    review_id: int


@dataclass(frozen=True)
class DigitalDelivered:
    """What needs no shipping of a vendor's part was handed over."""

    fulfillment_id: int


@dataclass(frozen=True)
class RefundRequested:
    """Money is to go back on a payment."""

    refund_id: int


@dataclass(frozen=True)
class RefundSucceeded:
    """The provider has given the money back."""

    refund_id: int


@dataclass(frozen=True)
class RefundFailed:
    """The money did not go back; it is with us again."""

    refund_id: int


@dataclass(frozen=True)
class FulfillmentShipped:
    """A parcel of a vendor's part is on its way."""

    fulfillment_id: int


@dataclass(frozen=True)
class FulfillmentDelivered:
    """A parcel has arrived, or is taken to have."""

    fulfillment_id: int


@dataclass(frozen=True)
class VendorOrderCancelled:
    """Units of a vendor's part that was paid will not be shipped.

    `is_whole` where nothing of the part is left to ship or to have. The refund tells of the money, where some
    was paid.
    """

    vendor_order_id: int
    is_whole: bool
    refund_id: int | None


@dataclass(frozen=True)
class ReturnRequested:
    """A buyer wants to send something back."""

    return_id: int


@dataclass(frozen=True)
class ReturnAnswered:
    """The vendor has approved a return, or declined it."""

    return_id: int


@dataclass(frozen=True)
class ReturnReceived:
    """What came back of a return is with the vendor."""

    return_id: int


@dataclass(frozen=True)
class CaseOpened:
    """A buyer has a complaint about a vendor's part of an order."""

    case_id: int


@dataclass(frozen=True)
class CaseAnswered:
    """Somebody wrote to a case: the buyer, or the vendor's people."""

    message_id: int


@dataclass(frozen=True)
class OrderLinkRequested:
    """Somebody who knows the number and the address of an order wants the link to it by mail."""

    order_id: int


@dataclass(frozen=True)
class HistoryImported:
    """A batch of orders and refunds of another place is written, as they were there: paid and settled.

    `commission_bps` is the rate that was kept of them. Published once for each batch, in its transaction.
    """

    order_ids: tuple[int, ...]
    refund_ids: tuple[int, ...]
    commission_bps: int
