"""What the mutations on the life of an order take."""

from collections.abc import Sequence
from decimal import Decimal

import strawberry

from checkout.models import CaseTopic, RefundReason, ReturnReason, ReturnWish
from checkout.operations.cancel import CancelReason
from checkout.operations.returns import Wanted
from marketplace.api.scalars import decode_key
from marketplace.api.uploads import Upload
from marketplace.kernel.errors import InvalidInput

KEY = "A key of your own: the same one again does nothing new and answers the same."
PART = "The id of the vendor's part of the order."
OF_ORDER = "The order's token; not needed for what you ordered signed in."


@strawberry.input(description="Units of one line.")
class LineUnitsInput:
    line: strawberry.ID = strawberry.field(description="The id of the line.")
    quantity: int = strawberry.field(description="How many.")


@strawberry.input(description="Units of one line that are to go back, and why.")
class ReturnLineInput:
    line: strawberry.ID = strawberry.field(description="The id of the line.")
    quantity: int = strawberry.field(description="How many.")
    reason: ReturnReason = strawberry.field(description="Why.")
    note: str = strawberry.field(default="", description="What there is to say about it.")


def line_keys(lines: Sequence[LineUnitsInput | ReturnLineInput]) -> list[int]:
    """The keys of the lines that are named. Raises InvalidInput for one that is named twice."""
    keys = [decode_key(each.line, "OrderLine", field="lines") for each in lines]
    if len(set(keys)) < len(keys):
        raise InvalidInput(field="lines", reason="Name each line once.")
    return keys


def units_of(lines: Sequence[LineUnitsInput] | None) -> dict[int, int] | None:
    """The units that are named, by the key of their line; None for all there are."""
    if lines is None:
        return None
    return dict(zip(line_keys(lines), (each.quantity for each in lines), strict=True))


def wanted_of(lines: Sequence[ReturnLineInput]) -> dict[int, Wanted]:
    """What is to go back, by the key of its line."""
    wanted = (Wanted(units=each.quantity, reason=each.reason, note=each.note) for each in lines)
    return dict(zip(line_keys(lines), wanted, strict=True))


@strawberry.input(description="Send units in one parcel.")
class FulfillVendorOrderInput:
    vendor_order: strawberry.ID = strawberry.field(description=PART)
    lines: list[LineUnitsInput] | None = strawberry.field(
        default=None, description="What is in it; null for all that is still to be sent."
    )
    carrier: str = strawberry.field(default="", description="Who brings it.")
    tracking_number: str = strawberry.field(default="", description="What the carrier calls it.")
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)


@strawberry.input(description="Say that a parcel has arrived.")
class DeliverFulfillmentInput:
    fulfillment: strawberry.ID = strawberry.field(description="The id of the parcel.")


@strawberry.input(description="Say that units will not be sent.")
class CancelVendorOrderInput:
    vendor_order: strawberry.ID = strawberry.field(description=PART)
    lines: list[LineUnitsInput] | None = strawberry.field(
        default=None, description="Which; null for all that is still to be sent."
    )
    reason: CancelReason = strawberry.field(description="Why.")
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)


@strawberry.input(description="Give money back: for units, for shipping, an amount, or all of these.")
class RefundVendorOrderInput:
    vendor_order: strawberry.ID = strawberry.field(description=PART)
    lines: list[LineUnitsInput] | None = strawberry.field(default=None, description="For which units.")
    shipping: bool = strawberry.field(default=False, description="Whether what is left of the shipping too.")
    amount: Decimal | None = strawberry.field(
        default=None, description="So much beside that, in the currency of the order."
    )
    restock: bool = strawberry.field(
        default=False, description="Whether the units came back and stand on the shelf again."
    )
    reason: RefundReason = strawberry.field(description="Why.")
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)


@strawberry.input(description="Say whether something may be sent back.")
class AnswerReturnInput:
    return_: strawberry.ID = strawberry.field(name="return", description="The id of the return.")
    is_approved: bool = strawberry.field(description="Whether it may.")
    answer: str = strawberry.field(default="", description="How to send it; why not, where it may not.")
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)


@strawberry.input(description="Count what came back.")
class ReceiveReturnInput:
    return_: strawberry.ID = strawberry.field(name="return", description="The id of the return.")
    lines: list[LineUnitsInput] | None = strawberry.field(
        default=None, description="What came; null for all that was announced and has not come yet."
    )
    restock: bool = strawberry.field(default=False, description="Whether it can be sold again.")
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)


@strawberry.input(description="Pay back what came back.")
class RefundReturnInput:
    return_: strawberry.ID = strawberry.field(name="return", description="The id of the return.")
    restocking_fee: Decimal | None = strawberry.field(
        default=None,
        description="What is kept of it, in the currency of the order: no more than the order agrees to, "
        "and just that where this is left out.",
    )
    shipping: bool = strawberry.field(default=False, description="Whether what is left of the shipping too.")
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)


@strawberry.input(description="Send again what came back.")
class ExchangeReturnInput:
    return_: strawberry.ID = strawberry.field(name="return", description="The id of the return.")
    variant: strawberry.ID | None = strawberry.field(
        default=None, description="Another variant of your listing at the same price; null for the same."
    )
    carrier: str = strawberry.field(default="", description="Who brings it.")
    tracking_number: str = strawberry.field(default="", description="What the carrier calls it.")
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)


@strawberry.input(description="Answer a complaint.")
class AnswerOrderCaseInput:
    case: strawberry.ID = strawberry.field(description="The id of the complaint.")
    message: str = strawberry.field(description="What to say to the buyer.")
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)


@strawberry.input(description="Close a complaint.")
class CloseOrderCaseInput:
    case: strawberry.ID = strawberry.field(description="The id of the complaint.")
    token: str | None = strawberry.field(default=None, description=OF_ORDER)


@strawberry.input(description="Ask to send something back.")
class RequestReturnInput:
    vendor_order: strawberry.ID = strawberry.field(description=PART)
    token: str | None = strawberry.field(default=None, description=OF_ORDER)
    lines: list[ReturnLineInput] = strawberry.field(description="What, and why.")
    wish: ReturnWish = strawberry.field(default=ReturnWish.REFUND, description="What you want for it.")
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)


@strawberry.input(description="Show what is to go back.")
class AddReturnPhotoInput:
    return_: strawberry.ID = strawberry.field(name="return", description="The id of the return.")
    token: str | None = strawberry.field(default=None, description=OF_ORDER)
    photo: Upload = strawberry.field(description="The file: JPEG, PNG, WebP or GIF, 20 MB at most.")
    alt: str = strawberry.field(default="", description="What it shows, for those who do not see it.")


@strawberry.input(description="Keep something after all.")
class WithdrawReturnInput:
    return_: strawberry.ID = strawberry.field(name="return", description="The id of the return.")
    token: str | None = strawberry.field(default=None, description=OF_ORDER)


@strawberry.input(description="Complain about a vendor's part of an order.")
class OpenOrderCaseInput:
    vendor_order: strawberry.ID = strawberry.field(description=PART)
    token: str | None = strawberry.field(default=None, description=OF_ORDER)
    topic: CaseTopic = strawberry.field(description="What it is about.")
    message: str = strawberry.field(description="What to say to the vendor.")
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)


@strawberry.input(description="Go on with a complaint.")
class ReplyToCaseInput:
    case: strawberry.ID = strawberry.field(description="The id of the complaint.")
    token: str | None = strawberry.field(default=None, description=OF_ORDER)
    message: str = strawberry.field(description="What to say to the vendor.")
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)


@strawberry.input(description="Have the link to an order mailed.")
class RequestOrderLinkInput:
    number: str = strawberry.field(description="The order's number.")
    email: str = strawberry.field(description="The address it was placed with.")
