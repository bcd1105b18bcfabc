"""What comes of what came back: money, or the same again."""

from dataclasses import dataclass

from django.db import transaction

from catalog.models import Variant
from catalog.operations.shelves import Shelf
from checkout.carriers import tracked
from checkout.errors import NotExchangeable, RefundExceedsPaid
from checkout.events import FulfillmentShipped
from checkout.models import (
    RETURN_MOVES,
    VENDOR_FAULTS,
    Fulfillment,
    OrderLine,
    Refund,
    RefundReason,
    Return,
    ReturnStatus,
)
from checkout.operations.fulfil import pack
from checkout.operations.giving_back import Draft, give_back
from checkout.operations.parts import by_variant, lock_part, refuse_under_review, variants_of
from checkout.operations.returns import lock_return
from marketplace.accounts.models import User
from marketplace.kernel import audit
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.events import publish
from marketplace.kernel.idempotency import Outcome, once
from marketplace.kernel.money import Money, basis_points


def refund_return(
    *,
    asked: Return,
    actor: User | None,
    fee: Money | None = None,
    is_shipping: bool = False,
    idempotency_key: str | None = None,
) -> Refund:
    """Pay back what came back of a return, less a restocking fee, and the shipping if it is to be.

    The fee is what the order agrees to, or less where one is given; nothing is kept of what came back for a
    fault of the vendor's. Units that were paid back before bring nothing.

    Locks the vendor's order and the payment. Publishes RefundRequested. Raises TransitionNotAllowed where
    nothing came back or it is settled, InvalidInput for a fee above what was agreed, RefundExceedsPaid,
    CurrencyMismatch, IdempotencyKeyReused, RequestInProgress.
    """

    def run() -> Outcome:
        refund = _refund(asked, fee, is_shipping=is_shipping, actor=actor)
        return Outcome("refunded", {"refund": refund.pk})

    with transaction.atomic():
        outcome = once(
            scope=f"refundReturn:return:{asked.pk}",
            key=idempotency_key,
            payload={"fee": None if fee is None else str(fee), "shipping": is_shipping},
            run=run,
        )
    return Refund.objects.get(pk=outcome.ids["refund"])


def _refund(asked: Return, fee: Money | None, *, is_shipping: bool, actor: User | None) -> Refund:
    part, lines = lock_part(asked.vendor_order_id)
    asked = Return.objects.get(pk=asked.pk)
    draft = Draft.of(part, lines)
    faulty, unwanted = _unpaid(asked, draft)
    due = sum(draft.due(unwanted).values())
    most = Money(basis_points(due, part.restocking_bps), part.currency)
    kept = most if fee is None else fee
    if kept < Money(0, part.currency) or kept > most:
        raise InvalidInput(field="restockingFee", reason=f"At most {most} was agreed for what came back.")
    draft.add_units(faulty)
    draft.add_units(unwanted, fee=kept.minor)
    if is_shipping:
        draft.add_shipping()
    with audit.gathered():
        refund = give_back(draft, reason=RefundReason.RETURNED, actor=actor)
        if refund is None:
            raise RefundExceedsPaid(left=Money(0, part.currency))
        RETURN_MOVES.move(asked, ReturnStatus.REFUNDED, actor=actor, also={"refund": refund})
    return refund


def _unpaid(asked: Return, draft: Draft) -> tuple[dict[OrderLine, int], dict[OrderLine, int]]:
    """The units that came back and were not paid back before: for a fault of the vendor's, and for none."""
    known = {line.pk: line for line in draft.lines}
    faulty: dict[OrderLine, int] = {}
    unwanted: dict[OrderLine, int] = {}
    for row in asked.lines.filter(received__gte=1):
        line = known[row.order_line_id]
        if count := draft.unpaid(line, row.received):
            (faulty if row.reason in VENDOR_FAULTS else unwanted)[line] = count
    return faulty, unwanted


@dataclass(frozen=True, kw_only=True)
class Parcel:
    """With whom it is sent, and under which number."""

    carrier: str = ""
    tracking_number: str = ""


def exchange_return(
    *,
    asked: Return,
    actor: User | None,
    variant: Variant | None = None,
    parcel: Parcel | None = None,
    idempotency_key: str | None = None,
) -> Fulfillment:
    """Send again what came back: the same, or another variant of that product at the price that was paid.

    No money moves. Locks the products and variants, then the vendor's order. Publishes FulfillmentShipped.
    Raises OutOfStock, OrderUnderReview, NotExchangeable, TransitionNotAllowed, InvalidInput,
    IdempotencyKeyReused, RequestInProgress.
    """
    parcel = parcel or Parcel()
    carrier, number = tracked(parcel.carrier, parcel.tracking_number)
    sent = Fulfillment(carrier=carrier, tracking_number=number)
    with transaction.atomic():
        outcome = once(
            scope=f"exchangeReturn:return:{asked.pk}",
            key=idempotency_key,
            payload={"variant": variant and variant.pk, "carrier": carrier, "number": number},
            run=lambda: Outcome("exchanged", {"fulfillment": _exchange(asked, variant, sent, actor).pk}),
        )
    return Fulfillment.objects.get(pk=outcome.ids["fulfillment"])


def _exchange(asked: Return, variant: Variant | None, sent: Fulfillment, actor: User | None) -> Fulfillment:
    shelf = Shelf.hold_of([variant.pk] if variant else variants_of(asked.vendor_order_id))
    part, asked = lock_return(asked)
    refuse_under_review(part)
    rows = list(asked.lines.filter(received__gte=1).select_related("order_line"))
    units = {row.order_line: row.received for row in rows}
    for line in units:
        _refuse_other(line, shelf.variants[variant.pk if variant else line.variant_id])
    sent.vendor_order, sent.return_of = part, asked
    with audit.gathered():
        RETURN_MOVES.move(asked, ReturnStatus.EXCHANGED, actor=actor)
        leaving = {variant.pk: sum(units.values())} if variant else by_variant(units)
        shelf.send_out(leaving, note=asked.number, actor=actor)
        pack(sent, units, actor=actor, variant_id=variant.pk if variant else None)
        for line, count in units.items():
            line.returned -= count
        OrderLine.objects.bulk_update(units, ["returned"])
    publish(FulfillmentShipped(fulfillment_id=sent.pk))
    return sent


def _refuse_other(line: OrderLine, variant: Variant) -> None:
    """Raises NotExchangeable; the very same may cost more by now."""
    if variant.pk == line.variant_id:
        return
    is_like_it = (variant.product_id, variant.price) == (line.product_id, line.unit_price)
    if not is_like_it or not variant.is_active:
        raise NotExchangeable(title=f"{variant.product.title} {variant.sku}", field="variant")
