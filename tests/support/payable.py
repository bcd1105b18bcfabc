"""Vendors that have something to be paid: delivered sales whose money lies in their accounts."""

from datetime import datetime, timedelta

from django.db import transaction

from catalog.models import Variant
from checkout.events import OrderPaid
from checkout.models import (
    Fulfillment,
    Payment,
    PaymentStatus,
    RefundReason,
    VendorOrder,
    VendorOrderStatus,
)
from checkout.operations.refund import Asked, refund_vendor_order
from marketplace.gateway.models.sandbox import Movement
from marketplace.gateway.sandbox import movements
from marketplace.kernel import clock
from marketplace.kernel.events import publish
from marketplace.kernel.money import Money
from payouts import ledger, postings
from payouts.models import (
    AccountKind,
    LedgerEntry,
    LedgerTransaction,
    PayoutAccount,
    PayoutHold,
    Reversal,
    ReversalStatus,
    TransactionKind,
    Transfer,
    TransferSource,
    TransferStatus,
)
from payouts.operations.holds import Holding, place_hold
from payouts.postings import Whose
from tests.factories.accounts import UserFactory
from tests.factories.catalog import listed
from tests.factories.checkout import Bought, paid_order
from tests.factories.vendors import VendorFactory
from tests.support.accounts import active_account
from vendors.models import Vendor

LONG_AGO = timedelta(days=30)


def payee(currency: str = "EUR") -> Vendor:
    """A vendor with something to sell, whose account with the provider is active."""
    vendor = VendorFactory.create(currency=currency)
    listed(vendor=vendor)
    active_account(vendor)
    return vendor


def sale(vendor: Vendor, minor: int = 10_000, *, delivered: timedelta | None = LONG_AGO) -> VendorOrder:
    """A sale of 10 % commission, delivered so long ago or not, its money with the provider."""
    part = sold(vendor, minor)
    transferred(part)
    if delivered is not None:
        deliver(part, clock.now() - delivered)
    return part


def sold(vendor: Vendor, minor: int = 10_000) -> VendorOrder:
    """A sale of 10 % commission that is paid, and of which nothing was done yet."""
    bought = Bought(variant=Variant.objects.get(product__vendor=vendor), unit_minor=minor)
    order = paid_order(bought, currency=vendor.currency)
    Payment.objects.create(
        order=order,
        provider="sandbox",
        provider_ref=f"pi_{order.number}",
        charge_ref=f"ch_{order.number}",
        amount_minor=order.total_minor,
        currency=order.currency,
        status=PaymentStatus.SUCCEEDED,
    )
    with transaction.atomic():
        publish(OrderPaid(order_id=order.pk))
    return VendorOrder.objects.get(order=order)


def deliver(part: VendorOrder, at: datetime) -> None:
    """Let the part have arrived at this moment."""
    parcel = {"shipped_at": at - timedelta(days=1), "delivered_at": at}
    Fulfillment.objects.create(vendor_order=part, number=f"{part.number}-F1", **parcel)
    VendorOrder.objects.filter(pk=part.pk).update(status=VendorOrderStatus.DELIVERED)


def transferred(part: VendorOrder, *, netted_minor: int = 0) -> None:
    """Let what the part's sale is worth to its vendor have come to the account, here and at the provider, but
    for what was kept for its debts.
    """
    worth = LedgerEntry.objects.get(
        vendor_order=part, account__kind=AccountKind.VENDOR_PAYABLE, transaction__kind=TransactionKind.SALE
    )
    amount = Money(worth.amount_minor - netted_minor, part.currency)
    sent(part.vendor, amount, occasion=worth.transaction, part=part)
    Transfer.objects.filter(vendor_order=part).update(
        planned_minor=worth.amount_minor, netted_minor=netted_minor
    )


def sent(
    vendor: Vendor, amount: Money, *, occasion: LedgerTransaction, part: VendorOrder | None = None
) -> Transfer:
    """A transfer that was made."""
    account = PayoutAccount.objects.get(vendor=vendor)
    with transaction.atomic():
        row = Transfer.objects.create(
            vendor=vendor,
            vendor_order=part,
            occasion=occasion,
            source=TransferSource.BALANCE,
            provider=account.provider,
            account=account,
            ref=f"tr_{occasion.pk}_{vendor.pk}",
            currency=amount.currency,
            planned_minor=amount.minor,
            amount_minor=amount.minor,
            status=TransferStatus.MADE,
            made_at=clock.now(),
        )
        whose = Whose(vendor_id=vendor.pk, vendor_order_id=part.pk if part else None)
        ledger.post(
            kind=TransactionKind.TRANSFER,
            reference=f"transfer:{row.uuid}:v1",
            occurred_at=clock.now(),
            postings=postings.transfer(amount.currency, amount.minor, whose),
            order=part.order if part else None,
        )
        movements.post(Movement.PAYMENT, amount=amount, source_ref=row.ref, holder=account.ref)
    return row


def refunded(part: VendorOrder) -> None:
    """All of a part went back to its buyer after its vendor had been paid out: what is not there is owed."""
    refund_vendor_order(
        part=part,
        asked=Asked(amount=part.total),
        reason=RefundReason.GOODWILL,
        actor=None,
    )
    occasion = LedgerTransaction.objects.filter(kind=TransactionKind.REFUND).latest("pk")
    transfer = Transfer.objects.get(vendor_order=part)
    Reversal.objects.create(
        transfer=transfer,
        occasion=occasion,
        asked_minor=transfer.amount_minor,
        amount_minor=0,
        short_minor=transfer.amount_minor,
        status=ReversalStatus.SHORT,
    )


def adjusted(vendor: Vendor, minor: int) -> LedgerTransaction:
    """The platform gives a vendor something, or asks for it."""
    with transaction.atomic():
        ledger.post(
            kind=TransactionKind.ADJUSTMENT,
            reference=f"adjustment:{vendor.pk}:{minor}",
            occurred_at=clock.now(),
            postings=postings.adjustment(vendor.currency, minor, Whose(vendor_id=vendor.pk)),
        )
    return LedgerTransaction.objects.latest("pk")


def given(vendor: Vendor, minor: int) -> None:
    """The platform gives a vendor something, and it has come to its account."""
    sent(vendor, Money(minor, vendor.currency), occasion=adjusted(vendor, minor))


def held_of(vendor: Vendor, reason: str) -> PayoutHold:
    """A hold of 1.00 of 5.00 that were given to a vendor."""
    given(vendor, 500)
    asked = Holding(vendor=vendor, amount=Money(100, vendor.currency), reason=reason)
    return place_hold(asked=asked, actor=UserFactory.create())
