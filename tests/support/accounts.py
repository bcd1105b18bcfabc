"""Vendors who are paid: their accounts with the sandbox, and what goes from there to their banks."""

from marketplace.gateway.models.sandbox import Movement
from marketplace.gateway.sandbox import control, movements
from marketplace.kernel.money import Money
from payouts.models import Payout, PayoutAccount
from payouts.operations import accounts, payouts
from tests.factories.accounts import UserFactory
from vendors.models import Vendor


def opened_account(vendor: Vendor) -> PayoutAccount:
    """An account of which the vendor has told nothing yet."""
    accounts.start_onboarding(vendor=vendor, actor=UserFactory.create())
    return PayoutAccount.objects.get(vendor=vendor)


def active_account(vendor: Vendor) -> PayoutAccount:
    """An account of a vendor that can be paid."""
    account = opened_account(vendor)
    control.onboard(account.ref)
    return accounts.sync_account(provider=account.provider, ref=account.ref)


def paid_out(vendor: Vendor, minor: int = 500) -> Payout:
    """Money that is on its way to the bank of a vendor."""
    account, amount = active_account(vendor), Money(minor, "EUR")
    movements.post(Movement.TRANSFER, amount=amount, source_ref="made up", holder=account.ref)
    payout = control.pay_out(account.ref, amount)
    return payouts.sync_payout(provider="sandbox", account_ref=account.ref, ref=payout.ref)
