"""Money that has gone to vendors: our rows, and the books of ours beside the provider's."""

from uuid import uuid4

from django.db import transaction

from catalog.models import Variant
from checkout.models import Order, Refund, RefundReason
from checkout.operations.refund import Asked, refund_vendor_order
from checkout.operations.refunds import send_refund
from marketplace.gateway import registry
from marketplace.gateway.provider import ProviderBalance
from marketplace.gateway.sandbox import control
from marketplace.kernel import clock
from marketplace.kernel.money import Money
from payouts import ledger, postings
from payouts.models import AccountKind, LedgerAccount, PayoutAccount, Reversal, TransactionKind, Transfer
from payouts.operations import following
from payouts.postings import Whose
from payouts.selectors import trial_balance
from tests.factories.sold import part_of
from tests.support.accounts import active_account
from vendors.models import Vendor


def payable(*vendors: Vendor) -> None:
    """Let these vendors be paid by the provider."""
    for vendor in vendors:
        active_account(vendor)


def followed(order: Order) -> Order:
    """What the job does when something has happened to an order; the money may be used at once."""
    control.settle()
    following.follow(order_id=order.pk)
    following.post_fee(order_id=order.pk)
    return order


def given_back(order: Order, minor: int, variant: Variant | None = None) -> Refund:
    """So much of a part goes back to its buyer, who has it by now."""
    refund = refund_vendor_order(
        part=part_of(order, variant),
        asked=Asked(amount=Money(minor, order.currency)),
        reason=RefundReason.GOODWILL,
        actor=None,
    )
    send_refund(refund_id=refund.pk)
    refund.refresh_from_db()
    return refund


def paid_out(vendor: Vendor, minor: int) -> None:
    """So much of a vendor's is with its bank, there and in the ledger; by whatever makes payouts."""
    account = PayoutAccount.objects.get(vendor=vendor)
    control.settle()
    control.pay_out(account.ref, Money(minor, vendor.currency))
    with transaction.atomic():
        ledger.post(
            kind=TransactionKind.PAYOUT,
            reference=f"payout:{uuid4()}:v1",
            occurred_at=clock.now(),
            postings=postings.payout(vendor.currency, minor, Whose(vendor_id=vendor.pk)),
        )


def sent() -> list[tuple[str, str, int, int, int]]:
    """Each transfer: its source, state, and what went, was kept and came back."""
    rows = Transfer.objects.order_by("pk")
    return list(rows.values_list("source", "status", "amount_minor", "netted_minor", "reversed_minor"))


def returned() -> list[tuple[str, int, int]]:
    """Each reversal: its state, what came back and what was short."""
    return list(Reversal.objects.order_by("pk").values_list("status", "amount_minor", "short_minor"))


def apart() -> list[str]:
    """Where our books and the provider's tell different sums: nowhere, if all is well.

    What the platform holds there is what buyers paid and was not handed on; what lies in a vendor's account
    is what the ledger says lies there.
    """
    provider = registry.in_use()
    ours = {
        ("platform", money.currency): -money.minor
        for kind, money in trial_balance()
        if kind == AccountKind.BUYER_CLEARING
    }
    accounts = {row.vendor_id: row.ref for row in PayoutAccount.objects.exclude(ref="")}
    for row in LedgerAccount.objects.filter(kind=AccountKind.VENDOR_ACCOUNT):
        ours[accounts[row.vendor_id or 0], row.currency] = -(row.balance_minor or 0)
    theirs = _held("platform", provider.get_balance())
    for ref in accounts.values():
        theirs |= _held(ref, provider.get_balance(ref))
    names = sorted(set(ours) | set(theirs))
    return [
        f"{name}: {ours.get(name, 0)} here, {theirs.get(name, 0)} there"
        for name in names
        if ours.get(name, 0) != theirs.get(name, 0)
    ]


def _held(name: str, balance: ProviderBalance) -> dict[tuple[str, str], int]:
    held: dict[tuple[str, str], int] = {}
    for money in [*balance.available, *balance.pending]:
        held[name, money.currency] = held.get((name, money.currency), 0) + money.minor
    return held
