"""What differs from the provider's books, for people to decide about."""

from django.db import transaction

from checkout.models import Order, Payment
from marketplace.accounts.models import User
from marketplace.gateway.sandbox import refunds
from marketplace.kernel.money import Money
from payouts.models import Discrepancy, DiscrepancyKind, Reconciliation, StrayRefund, StrayRefundStatus


def differing(order: Order, payment: Payment) -> Discrepancy:
    """A comparison with the provider's books that has met something of the order."""
    run = Reconciliation.objects.create(provider=payment.provider, since_at=order.placed_at)
    return Discrepancy.objects.create(
        reconciliation=run,
        provider=payment.provider,
        kind=DiscrepancyKind.PAYMENT_SECOND,
        ref=f"pi_second_{order.number}",
        order=order,
        ours="nothing",
        theirs="succeeded",
        looked_back_to_at=run.since_at,
    )


def refunded_there(differs: Discrepancy, payment: Payment) -> Discrepancy:
    """What somebody has given back on the provider's pages, of which nobody knows for whom."""
    with transaction.atomic():
        refund = refunds.refund(payment.charge_ref, amount=Money(100, payment.currency), metadata={})
    return Discrepancy.objects.create(
        reconciliation=differs.reconciliation,
        provider=payment.provider,
        kind=DiscrepancyKind.REFUND_UNKNOWN,
        ref=refund.ref,
        ours="nothing",
        theirs="succeeded",
        looked_back_to_at=differs.looked_back_to_at,
    )


def given_back(differs: Discrepancy, actor: User) -> StrayRefund:
    """What the provider has refused to give back of it: it may be asked for again."""
    return StrayRefund.objects.create(
        discrepancy=differs, reason="Paid twice", actor=actor, status=StrayRefundStatus.FAILED
    )
