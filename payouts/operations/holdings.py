"""What the provider holds for the platform and for each vendor, beside what the ledger says of it.

It is looked at when nothing else differs: a payment that nobody knows is in the platform's balance too, and
would be told twice. What is on its way is no difference: an account of which something is being asked, and
the platform's as long as a refund is under way or a fee is not posted, are left for another time.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Final

from django.db import connection
from django.db.models import Sum

from checkout.models import Payment, PaymentStatus, Refund, RefundStatus
from marketplace.gateway.provider import PaymentProvider, ProviderBalance, ProviderRefused
from marketplace.kernel.money import Money
from payouts.models import (
    AccountKind,
    DiscrepancyKind,
    LedgerAccount,
    LedgerEntry,
    Payout,
    PayoutAccount,
    PayoutAccountState,
    PayoutStatus,
    Reversal,
    ReversalStatus,
    StrayRefund,
    StrayRefundStatus,
    Transfer,
    TransferStatus,
)
from payouts.reconciling import PLATFORM, Difference

# Payments that have succeeded and of which it is not posted yet what the provider kept.
WITHOUT_FEE: Final = """
SELECT EXISTS (
    SELECT FROM checkout_payment AS payment
    WHERE payment.provider = %s AND payment.status = %s AND payment.charge_ref <> '' AND NOT EXISTS (
        SELECT FROM payouts_ledgertransaction AS fee WHERE fee.reference = 'payment-fee:' || payment.uuid
    )
)
"""


def holdings(adapter: PaymentProvider) -> Iterator[Difference]:
    """Accounts that hold another amount there than here: each vendor's, and the platform's own."""
    yield from _vendors(adapter)
    yield from _platform(adapter)


def _vendors(adapter: PaymentProvider) -> Iterator[Difference]:
    known = PayoutAccount.objects.filter(provider=adapter.name, is_live=adapter.is_live).exclude(ref="")
    known = known.exclude(state=PayoutAccountState.DISCONNECTED).exclude(is_replaced=True)
    lying = defaultdict[int | None, dict[str, int]](dict)
    ours = LedgerAccount.objects.filter(kind=AccountKind.VENDOR_ACCOUNT)
    for vendor, currency, minor in ours.values_list("vendor", "currency", "balance_minor"):
        lying[vendor][currency] = -(minor or 0)
    for account in known.order_by("pk"):
        try:
            told = _summed(adapter.get_balance(account.ref))
        except ProviderRefused:  # of one that withdrew our access
            continue
        if not _is_moving(account):
            yield from _compared(account.ref, lying[account.vendor_id], told)


def _is_moving(account: PayoutAccount) -> bool:
    """Whether the provider is being asked about something that moves what is there."""
    return (
        Transfer.objects.filter(vendor=account.vendor_id, status=TransferStatus.SENDING).exists()
        or Reversal.objects.filter(transfer__vendor=account.vendor_id, status=ReversalStatus.SENDING).exists()
        or Payout.objects.filter(account=account, status=PayoutStatus.CLAIMED).exists()
    )


def _platform(adapter: PaymentProvider) -> Iterator[Difference]:
    """The platform's own, where all that buyers paid is with this provider and nothing is under way."""
    paid = Payment.objects.filter(status=PaymentStatus.SUCCEEDED)
    if paid.exclude(provider=adapter.name).exists() or _is_under_way(adapter):
        return
    entries = LedgerEntry.objects.filter(account__kind=AccountKind.BUYER_CLEARING)
    summed = entries.order_by().values_list("account__currency").annotate(minor=Sum("amount_minor"))
    here = {currency: -int(minor) for currency, minor in summed}
    yield from _compared(PLATFORM, here, _summed(adapter.get_balance()))


def _is_under_way(adapter: PaymentProvider) -> bool:
    """Whether something is asked of the provider, or not posted yet."""
    with connection.cursor() as cursor:
        cursor.execute(WITHOUT_FEE, [adapter.name, PaymentStatus.SUCCEEDED.value])
        (is_without_fee,) = cursor.fetchone()
    return bool(
        is_without_fee
        or Refund.objects.filter(status__in=[RefundStatus.CREATED, RefundStatus.PENDING]).exists()
        or StrayRefund.objects.filter(status=StrayRefundStatus.CREATED).exists()
        or Transfer.objects.filter(status=TransferStatus.SENDING).exists()
        or Reversal.objects.filter(status=ReversalStatus.SENDING).exists()
    )


def _summed(told: ProviderBalance) -> dict[str, int]:
    """What is there in all, by currency."""
    sums = Counter[str]()
    for each in (*told.available, *told.pending):
        sums[each.currency] += each.minor
    return dict(sums)


def _compared(ref: str, here: dict[str, int], there: dict[str, int]) -> Iterator[Difference]:
    for currency in sorted({*here, *there}):
        ours, theirs = here.get(currency, 0), there.get(currency, 0)
        if ours != theirs:
            yield Difference(
                kind=DiscrepancyKind.BALANCE,
                ref=f"{ref} {currency}",
                ours=str(Money(ours, currency)),
                theirs=str(Money(theirs, currency)),
            )
