"""What a payment has come to: the one way on which a webhook, the buyer's return and the reconciler meet.

Whoever comes, and however often, the payment is looked up with the provider, and what that says is applied.
Nothing is believed of what the caller brings and nothing moves backwards, so order and number do not matter.
"""

import contextlib
import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db import transaction
from django.db.models import OuterRef, Q
from django.db.models.functions import JSONObject

from catalog.errors import OutOfStock
from catalog.operations import reservations
from checkout.errors import PaymentQuarantined
from checkout.events import PaymentNeedsBuyer, RefundRequested
from checkout.models import (
    OPEN_ORDERS,
    ORDER_MOVES,
    PAYMENT_MOVES,
    Cart,
    CartStatus,
    Order,
    Payment,
    PaymentState,
    PaymentStatus,
    Refund,
    VendorOrder,
)
from checkout.operations.closing import close_order, record_cancelled
from checkout.operations.paid import mark_paid, mark_succeeded
from marketplace.gateway import marks, registry
from marketplace.gateway.errors import UnknownPayment
from marketplace.gateway.provider import Intent, IntentStatus, ProviderRefused
from marketplace.kernel import adjustable, audit, clock, writes
from marketplace.kernel.events import publish
from marketplace.kernel.locking import lock_one

logger = logging.getLogger(__name__)

QUARANTINED: Final = "checkout.payment_quarantined"
# How long who has ordered looks at the answer.
ATTENDED: Final = timedelta(minutes=1)

# Read along with the payment, once its cart is held.
_PARTS: Final = ArraySubquery(
    VendorOrder.objects.filter(order=OuterRef("order"))
    .order_by("pk")
    .values(part=JSONObject(id="pk", vendor_id="vendor_id", status="status"))
)


def settle_payment(*, provider: str, ref: str) -> None:
    """Bring a payment and its order to where the provider says the payment is; once, however often called.

    Succeeded: the order is paid. If the order has ended meanwhile it is kept while its stock and its cart are
    still there, and else the money goes back by itself. Under way: the stock is held for as long as banks
    take. Declined, or the bank asks: the buyer gets more time, within limits. Closed: so is the order.

    Asks the provider outside any transaction, then locks the cart and what mark_paid or close_order locks.
    Publishes OrderPaid, OrderReleased, RefundRequested or PaymentNeedsBuyer.
    Raises UnknownPayment for one that is not stored (yet), PaymentQuarantined for one that does not match its
    order: that is logged and recorded, and changes nothing. ProviderUnavailable; RuntimeError inside a
    transaction.
    """
    settled(provider=provider, ref=ref)


def settled(*, provider: str, ref: str) -> Payment:
    """The payment with its order and cart as they stand after `settle_payment`, which this is."""
    try:
        intent = registry.provider(provider).get_payment(ref)
    except ProviderRefused as refusal:
        raise UnknownPayment(provider=provider, ref=ref) from refusal
    try:
        payment, mismatch = _settle(provider, intent)
    except reservations.StockMoved:
        payment, mismatch = _settle(provider, intent)
    if mismatch:
        logger.error("payment %s of %s is in quarantine: %s", ref, provider, mismatch)
        raise PaymentQuarantined(ref=ref)
    return payment


def _settle(provider: str, intent: Intent) -> tuple[Payment, str]:
    """Apply what the provider says; answers the payment, and what does not match, if anything."""
    meant = Payment.objects.filter(_named(intent), provider=provider)
    with transaction.atomic():
        try:
            cart = lock_one(Cart.objects.filter(pk__in=meant.values("order__cart")))
        except Cart.DoesNotExist as unknown:
            raise UnknownPayment(provider=provider, ref=intent.ref) from unknown
        payment = meant.select_related("order").annotate(parts=_PARTS).get()
        payment.order.cart = cart
        mismatch = _mismatch(payment, intent)
        if mismatch:
            _quarantine(payment, mismatch)
            return payment, mismatch
        if not payment.provider_ref:
            _adopt(payment, intent)
        _APPLY[intent.status](payment, intent, cart)
    return payment, ""


def _parts(payment: Payment) -> list[VendorOrder]:
    """The parts of the payment's order, each with its key, vendor and status only."""
    parts: list[dict[str, object]] = payment.parts  # type: ignore[attr-defined]  # annotated by _settle
    columns = ["id", "vendor_id", "status"]  # in the order of the model's fields
    return [VendorOrder.from_db(None, columns, [part[name] for name in columns]) for part in parts]


def _named(intent: Intent) -> Q:
    """The payment that bears the intent's reference, or that the intent bears the mark of."""
    named = Q(provider_ref=intent.ref)
    if marks.is_ours(intent.metadata):
        with contextlib.suppress(ValueError):
            named |= Q(uuid=UUID(intent.metadata.get("payment", "")))
    return named


def _mismatch(payment: Payment, intent: Intent) -> str:
    """Why this is not the payment that was asked for."""
    expected = {
        "reference": (payment.provider_ref or intent.ref, intent.ref),
        "amount": (str(payment.amount), str(intent.amount)),
        "payment": (str(payment.uuid), intent.metadata.get("payment")),
        "order": (payment.order.number, intent.metadata.get("order")),
    }
    return ", ".join(
        f"{name} {theirs}, not {ours}" for name, (ours, theirs) in expected.items() if ours != theirs
    )


def _quarantine(payment: Payment, mismatch: str) -> None:
    if not audit.entries_of(payment).filter(action=QUARANTINED).exists():
        audit.record(actor=None, action=QUARANTINED, subject=payment, note=mismatch)


def _adopt(payment: Payment, intent: Intent) -> None:
    """Store what is known of a payment whose start was cut off before."""
    payment.provider_ref, payment.client_secret = intent.ref, intent.client_secret
    payment.save(update_fields=["provider_ref", "client_secret", "updated_at"])


def _succeeded(payment: Payment, intent: Intent, cart: Cart) -> None:
    if payment.status == PaymentStatus.SUCCEEDED:
        return
    order, charge = payment.order, intent.charge_ref or ""
    if order.is_open or _is_revived(order, cart):
        mark_paid(order, parts=_parts(payment), cart=cart, payment=payment, charge_ref=charge)
        return
    reason = f"order {order.payment_state}"
    if order.payment_state == PaymentState.EXPIRED:
        ORDER_MOVES.move(order, PaymentState.CANCELLED, actor=None, reason="paid too late")
    mark_succeeded(payment, charge_ref=charge, refunded_minor=payment.amount_minor)
    refund = Refund.objects.create(
        payment=payment,
        order=order,
        amount_minor=payment.amount_minor,
        currency=payment.currency,
        reason=reason,
    )
    publish(RefundRequested(refund_id=refund.pk))


def _is_revived(order: Order, cart: Cart) -> bool:
    """Take an expired order's stock anew; whether it and the cart are still there, unchanged."""
    if order.payment_state != PaymentState.EXPIRED or cart.status != CartStatus.ACTIVE:
        return False
    if cart.version != order.cart_version or cart.orders.filter(payment_state__in=OPEN_ORDERS).exists():
        return False
    try:
        with transaction.atomic():
            reservations.retake(holder=order.holder, until=clock.now())
    except OutOfStock:
        return False
    return True


def _processing(payment: Payment, intent: Intent, cart: Cart) -> None:  # noqa: ARG001  # one of _APPLY
    order = payment.order
    if payment.status != PaymentStatus.OPEN:
        return
    with writes.together(), audit.gathered():
        if order.payment_state == PaymentState.PENDING:
            until = clock.now() + timedelta(days=settings.PAYMENT_PROCESSING_DAYS)
            reservations.extend(holder=order.holder, until=until)
            ORDER_MOVES.move(order, PaymentState.PROCESSING, actor=None, also={"expires_at": until})
        changes = {"decline_code": "", "action_url": ""}
        PAYMENT_MOVES.move(payment, PaymentStatus.PROCESSING, actor=None, also=changes)


def _waiting(payment: Payment, intent: Intent, cart: Cart) -> None:  # noqa: ARG001  # one of _APPLY
    order = payment.order
    if payment.status not in {PaymentStatus.OPEN, PaymentStatus.PROCESSING}:
        return
    seen = {"decline_code": intent.decline_code or "", "action_url": intent.action_url or ""}
    if _is_left_alone(payment, seen["decline_code"]):
        publish(PaymentNeedsBuyer(order_id=order.pk))
    if order.is_open and (any(seen.values()) or order.payment_state == PaymentState.PROCESSING):
        until = _until(order)
        reservations.extend(holder=order.holder, until=until)
        if order.payment_state == PaymentState.PROCESSING:
            ORDER_MOVES.move(order, PaymentState.PENDING, actor=None, also={"expires_at": until})
        else:
            order.expires_at = until
            order.save(update_fields=["expires_at"])
    if payment.status == PaymentStatus.PROCESSING:
        PAYMENT_MOVES.move(payment, PaymentStatus.OPEN, actor=None, also=seen)
    else:
        payment.decline_code, payment.action_url = seen["decline_code"], seen["action_url"]
        payment.save(update_fields=[*seen, "updated_at"])


def _is_left_alone(payment: Payment, decline_code: str) -> bool:
    """Whether a kept card was declined behind its buyer's back: who has just ordered reads it at once."""
    is_new = bool(payment.card_ref and decline_code and not payment.decline_code)
    return is_new and payment.order.is_open and clock.now() > payment.order.placed_at + ATTENDED


def _until(order: Order) -> datetime:
    """How long an order waits after an attempt to pay: attempts do not hold stock for ever."""
    now, attempt = clock.now(), timedelta(minutes=adjustable.number("ORDER_MINUTES"))
    if order.payment_state == PaymentState.PROCESSING:
        return now + attempt
    longest = order.placed_at + timedelta(minutes=settings.ORDER_MINUTES_AT_MOST)
    return max(order.expires_at, min(now + attempt, longest))


def _canceled(payment: Payment, intent: Intent, cart: Cart) -> None:  # noqa: ARG001  # one of _APPLY
    if payment.order.is_open and payment.status != PaymentStatus.CANCELLED:
        close_order(payment.order, PaymentState.EXPIRED, reason="payment cancelled")
    record_cancelled(payment)


_APPLY: Final[Mapping[IntentStatus, Callable[[Payment, Intent, Cart], None]]] = {
    IntentStatus.REQUIRES_METHOD: _waiting,
    IntentStatus.REQUIRES_ACTION: _waiting,
    IntentStatus.PROCESSING: _processing,
    IntentStatus.SUCCEEDED: _succeeded,
    IntentStatus.CANCELED: _canceled,
}
