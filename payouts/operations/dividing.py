"""Refunds of the provider's pages that are of several vendors: booked as the staff say."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from checkout.models import Refund
from checkout.operations.refunds import settle_refund
from marketplace.accounts.errors import PaymentsSilent
from marketplace.accounts.models import User
from marketplace.gateway import registry
from marketplace.gateway.errors import UnknownPayment
from marketplace.gateway.provider import ProviderRefused, ProviderUnavailable
from marketplace.kernel import audit
from marketplace.kernel.money import Money
from payouts.errors import DiscrepancyNoRefund
from payouts.models import Discrepancy, DiscrepancyKind, DiscrepancyStatus

BOOKED: Final = "payouts.provider_refund_booked"


def book_refund(*, discrepancy: Discrepancy, shares: Mapping[int, Decimal], actor: User) -> None:
    """Book a refund that people made on the provider's pages: so much for each of these parts of its order.

    Nothing goes back by this: it has. A second time changes nothing, whatever is said then. Audited.
    Asks the provider outside any transaction, then locks the vendors' orders and the payment. Raises
    DiscrepancyNoRefund, NotFound for a part of another order, RefundSharesMismatch, RefundExceedsPaid,
    InvalidInput, PaymentsSilent; RuntimeError inside a transaction.
    """
    provider, ref = discrepancy.provider, discrepancy.ref
    refusal = DiscrepancyNoRefund(kind=discrepancy.kind, status=discrepancy.status)
    if discrepancy.kind != DiscrepancyKind.REFUND_UNKNOWN or discrepancy.status != DiscrepancyStatus.OPEN:
        raise refusal
    try:
        currency = registry.provider(provider).get_refund(ref).amount.currency
        minor = {
            key: Money.from_decimal(amount, currency, field="shares").minor for key, amount in shares.items()
        }
        is_new = not Refund.objects.filter(provider_ref=ref, payment__provider=provider).exists()
        settle_refund(provider=provider, ref=ref, shares=minor, actor=actor)
    except ProviderUnavailable as fault:
        raise PaymentsSilent from fault
    except (ProviderRefused, UnknownPayment) as unknown:
        raise refusal from unknown
    if is_new:
        audit.record(actor=actor, action=BOOKED, subject=discrepancy, after={"refund": ref})
