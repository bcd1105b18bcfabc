"""Money follows the ledger: what vendors were sent is brought to what their parts of orders are worth.

Whatever happened to an order, the same is done: what is due and no transfer waits for gets one, what may go
is sent, and what is too much is taken back. So it does not matter how often it is done, in which order, and
by how many at once.
"""

import logging
from typing import Final

from django.db import connection, transaction

from checkout.models import Order, Payment, PaymentStatus, Refund, VendorOrder
from marketplace.gateway import registry
from marketplace.gateway.provider import ProviderRefused, ProviderUnavailable
from marketplace.kernel import clock
from payouts import ledger, moving, postings
from payouts.models import LedgerTransaction, TransactionKind, Transfer
from payouts.operations import reversals, standing, transfers

logger = logging.getLogger(__name__)

# How many of the ledger's newest transactions are looked through for what was not followed.
LOOKED_AT: Final = 20_000
# Of these, orders of which what vendors have is not what their parts are worth, and no transfer waits for it.
UNFOLLOWED: Final = """
WITH recent AS (
    SELECT DISTINCT order_id FROM (
        SELECT order_id, kind, recorded_at FROM payouts_ledgertransaction ORDER BY id DESC LIMIT %(most)s
    ) AS newest
    WHERE order_id IS NOT NULL AND recorded_at <= %(until)s AND kind = ANY (%(kinds)s)
), part AS (
    SELECT v.id, v.order_id FROM checkout_vendororder v JOIN recent USING (order_id)
), worth AS (
    SELECT e.vendor_order_id AS id, sum(e.amount_minor) AS minor,
        sum(CASE WHEN r.status IN ('created', 'pending') THEN -e.amount_minor ELSE 0 END) AS pending
    FROM part
    JOIN payouts_ledgerentry e ON e.vendor_order_id = part.id
    JOIN payouts_ledgeraccount a ON a.id = e.account_id AND a.kind IN ('vendor_payable', 'vendor_held')
    JOIN payouts_ledgertransaction t ON t.id = e.transaction_id
        AND t.kind NOT IN ('payout', 'payout_failed', 'adjustment')
    LEFT JOIN checkout_refund r ON t.kind = 'refund' AND t.reference = 'refund:' || r.uuid
        AND r.vendor_order_id = part.id
    GROUP BY e.vendor_order_id
), sent AS (
    SELECT s.vendor_order_id AS id,
        sum(CASE WHEN s.status = 'queued' THEN s.planned_minor ELSE 0 END) AS queued,
        sum(CASE WHEN s.status <> 'queued' THEN s.amount_minor + s.netted_minor ELSE 0 END) AS gone,
        sum(coalesce((
            SELECT sum(b.asked_minor) FROM payouts_reversal b WHERE b.transfer_id = s.id
        ), 0)) AS back
    FROM part
    JOIN payouts_transfer s ON s.vendor_order_id = part.id
    JOIN payouts_ledgertransaction t ON t.id = s.occasion_id AND t.kind <> 'adjustment'
    GROUP BY s.vendor_order_id
)
SELECT DISTINCT part.order_id
FROM part JOIN worth USING (id) LEFT JOIN sent USING (id)
WHERE worth.minor > coalesce(gone, 0) - coalesce(back, 0) + coalesce(queued, 0)
    OR worth.minor + pending < coalesce(gone, 0) - coalesce(back, 0)
ORDER BY part.order_id LIMIT %(limit)s
"""


def follow(*, order_id: int) -> None:
    """Bring what was moved for each part of an order to what the ledger says.

    Runs outside any transaction. Raises ProviderUnavailable, after all that did not need an answer is done.
    """
    plan(order_id=order_id)
    to_make = Transfer.objects.filter(vendor_order__order=order_id, status__in=transfers.TO_MAKE)
    silence: ProviderUnavailable | None = None
    try:
        transfers.send_all(list(to_make.order_by("pk").values_list("pk", flat=True)))
    except ProviderUnavailable as fault:
        silence = fault
    reversals.send_all(reversals.take_back(order_id=order_id))
    if silence is not None:
        raise silence


def follow_refund(*, refund_id: int) -> None:
    """The same, of the order that a refund is of; one of an import is of none. As `follow`."""
    order_id = Refund.objects.values_list("order", flat=True).get(pk=refund_id)
    if order_id is not None:
        follow(order_id=order_id)


def plan(*, order_id: int) -> None:
    """Queue transfers for what is due of an order and none waits for; nothing the second time.

    One transaction; eight statements at most, however many vendors. Locks the vendors' ledger accounts.
    """
    rows = VendorOrder.objects.filter(order=order_id)
    with transaction.atomic():
        standing.hold(rows)
        parts = standing.parts(rows)
        payment = Payment.objects.filter(order=order_id, status=PaymentStatus.SUCCEEDED).first()
        provider = payment.provider if payment else registry.in_use().name
        Transfer.objects.bulk_create(
            made
            for part in parts
            for occasion in moving.to_plan(part)
            for made in transfers.queue(
                part=part,
                occasion=occasion,
                provider=provider,
                charge_ref=payment.charge_ref if payment else "",
            )
        )


def post_fee(*, order_id: int) -> None:
    """Post what the provider kept of an order's payment, once; where it does not say yet, another time.

    A fee in another currency than the payment's is no part of what is held for buyers: it is logged, and the
    transaction stands without entries. Asks the provider outside any transaction; locks nothing.
    Raises ProviderUnavailable; RuntimeError inside a transaction.
    """
    order = Order.objects.get(pk=order_id)
    payment = Payment.objects.filter(order=order, status=PaymentStatus.SUCCEEDED).first()
    if payment is None or not payment.charge_ref:
        return
    reference = f"payment-fee:{payment.uuid}"
    if LedgerTransaction.objects.filter(reference=reference).exists():
        return
    try:
        fee = registry.provider(payment.provider).get_fee(payment.charge_ref)
    except ProviderRefused as refusal:
        logger.warning("the fee of payment %s is not told: %s", payment.uuid, refusal)
        return
    if fee is None:
        return
    is_ours = fee.currency == payment.currency
    if not is_ours:
        logger.warning("the fee of payment %s is %s, in another currency", payment.uuid, fee)
    with transaction.atomic():
        ledger.post(
            kind=TransactionKind.PAYMENT_FEE,
            reference=reference,
            occurred_at=clock.now(),
            postings=postings.provider_fee(fee.currency, fee.minor) if is_ours and fee.minor else [],
            order=order,
        )


def unfollowed(*, limit: int) -> list[int]:
    """Orders for which something should have moved by now, and was not even planned: a job was lost.

    One statement; it looks through the newest LOOKED_AT transactions of the ledger.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            UNFOLLOWED,
            {
                "most": LOOKED_AT,
                "until": clock.now() - transfers.UNANSWERED_FOR,
                "kinds": [kind.value for kind in moving.GIVING | moving.TAKING],
                "limit": limit,
            },
        )
        return [key for (key,) in cursor.fetchall()]
