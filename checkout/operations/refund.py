"""Money that a vendor gives back of its part: for units, for shipping, or an amount."""

from dataclasses import dataclass

from django.db import transaction

from catalog.operations.shelves import Shelf
from checkout.errors import RefundExceedsPaid, TooManyUnits
from checkout.models import OrderLine, Refund, RefundReason, VendorOrder, VendorOrderStatus
from checkout.operations.giving_back import Draft, give_back
from checkout.operations.parts import Units, by_variant, lock_part, picked, variants_of
from marketplace.accounts.models import User
from marketplace.kernel import audit
from marketplace.kernel.errors import InvalidInput, TransitionNotAllowed
from marketplace.kernel.idempotency import Outcome, once
from marketplace.kernel.money import Money


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What is to go back: for these units, for what is left of the shipping, and so much beside it.

    With `is_restocked` the units came back and stand on the shelf again.
    """

    units: Units | None = None
    is_shipping: bool = False
    amount: Money | None = None
    is_restocked: bool = False

    @property
    def payload(self) -> dict[str, object]:
        """As plain values."""
        return {
            "units": {str(key): count for key, count in (self.units or {}).items()},
            "shipping": self.is_shipping,
            "amount": None if self.amount is None else str(self.amount),
            "restock": self.is_restocked,
        }


def refund_vendor_order(
    *,
    part: VendorOrder,
    asked: Asked,
    reason: RefundReason,
    actor: User | None,
    idempotency_key: str | None = None,
) -> Refund:
    """Give money of a part back to its buyer, at the vendor's expense.

    Units bring what is due for them, each once; an amount is shared by what is left of the lines, and then of
    the shipping. Nothing is sent or cancelled by it.

    Locks the products and variants of what is put back on the shelf, the vendor's order, and the payment.
    Publishes RefundRequested. Raises RefundExceedsPaid, TooManyUnits, TransitionNotAllowed for a part that is
    not paid, InvalidInput, NotFound, CurrencyMismatch, IdempotencyKeyReused, RequestInProgress.
    """
    _refuse_nothing(asked)
    with transaction.atomic():
        outcome = once(
            scope=f"refundVendorOrder:vendor_order:{part.pk}",
            key=idempotency_key,
            payload={**asked.payload, "reason": reason.value},
            run=lambda: Outcome("refunded", {"refund": _refund(part.pk, asked, reason, actor).pk}),
        )
    return Refund.objects.get(pk=outcome.ids["refund"])


def _refuse_nothing(asked: Asked) -> None:
    if not asked.units and not asked.is_shipping and asked.amount is None:
        raise InvalidInput(reason="Say what is to go back: units, shipping or an amount.")
    if asked.is_restocked and not asked.units:
        raise InvalidInput(field="restock", reason="Only units can be put back on the shelf.")
    if asked.amount is not None and asked.amount.minor <= 0:
        raise InvalidInput(field="amount", reason="This must be more than nothing.")


def _refund(key: int, asked: Asked, reason: RefundReason, actor: User | None) -> Refund:
    shelf = Shelf.hold_of(variants_of(key) if asked.is_restocked else [])
    part, lines = lock_part(key)
    if part.status == VendorOrderStatus.PENDING or part.order.paid_at is None:
        raise TransitionNotAllowed(thing="vendor order", current=part.status, asked="refunded")
    if part.order.source:
        raise RefundExceedsPaid(left=Money(0, part.currency))
    draft = Draft.of(part, lines)
    if asked.units:
        units = picked(lines, asked.units, left=lambda line: draft.unpaid(line, line.quantity))
        draft.add_units(units)
        if asked.is_restocked:
            _restock(part, units, shelf=shelf, actor=actor)
    if asked.is_shipping:
        draft.add_shipping()
    if asked.amount is not None:
        _add_amount(draft, asked.amount)
    with audit.gathered():
        refund = give_back(draft, reason=reason, actor=actor)
    if refund is None:
        raise RefundExceedsPaid(left=Money(0, part.currency))
    return refund


def _add_amount(draft: Draft, amount: Money) -> None:
    left = Money(draft.left_of_goods + draft.left_of_shipping, draft.part.currency)
    if amount > left:
        raise RefundExceedsPaid(left=left, field="amount")
    draft.add_amount(amount.minor)


def _restock(part: VendorOrder, units: dict[OrderLine, int], *, shelf: Shelf, actor: User | None) -> None:
    """Raises TooManyUnits for units that are not with the buyer: those are cancelled instead."""
    for line, count in units.items():
        if count > line.with_buyer:
            raise TooManyUnits(title=line.title, asked=count, left=line.with_buyer, field="lines")
        line.returned += count
    OrderLine.objects.bulk_update(units, ["returned"])
    shelf.put_back(by_variant(units), note=part.number, actor=actor)
