"""Payments that their buyers dispute, and banks that decide."""

from checkout.models import Order, Payment
from marketplace.gateway.sandbox import control
from marketplace.kernel.money import Money
from payouts.models import Dispute
from payouts.operations.disputes import settle_dispute


def disputed(order: Order, minor: int | None = None, *, is_inquiry: bool = False) -> Dispute:
    """A dispute about what is left of an order's payment, or of so much of it."""
    payment = Payment.objects.get(order=order, status="succeeded")
    amount = None if minor is None else Money(minor, payment.currency)
    made = control.dispute(payment.charge_ref, amount=amount, is_inquiry=is_inquiry)
    return settle_dispute(provider=payment.provider, ref=made.ref)


def decided(dispute: Dispute, *, wins: bool) -> Dispute:
    """The bank has decided, and we have heard of it."""
    control.decide(dispute.ref, wins=wins)
    return settle_dispute(provider=dispute.provider, ref=dispute.ref)
