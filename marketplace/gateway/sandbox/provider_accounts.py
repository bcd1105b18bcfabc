"""The port's part about vendors' accounts and the money that goes there, at the sandbox."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from marketplace.gateway import marks
from marketplace.gateway.models import SandboxAccount, SandboxPayout, SandboxTransfer
from marketplace.gateway.provider import (
    ProviderAccount,
    ProviderBalance,
    ProviderPayout,
    ProviderReversal,
    ProviderTransfer,
)
from marketplace.gateway.sandbox import accounts, keys, movements, payouts, reads, transfers, vendor_links
from marketplace.gateway.sandbox.readings import account_of, payout_of, reversal_of, transfer_of
from marketplace.kernel.money import Money


class SandboxVendorAccounts:
    """See the port: `VendorAccounts`."""

    def create_account(
        self, *, email: str, country: str, metadata: Mapping[str, str], key: str
    ) -> ProviderAccount:
        """See the port."""
        stamped = marks.stamped(metadata)

        def run() -> ProviderAccount:
            opened = accounts.open_account(
                email=email, country=country, metadata=stamped, has_own_schedule=False
            )
            return account_of(opened)

        asked = ["create_account", email, country, stamped]
        return keys.once(ProviderAccount, key=key, parameters=asked, run=run)

    def get_account(self, ref: str) -> ProviderAccount:
        """See the port."""
        return account_of(reads.one(SandboxAccount.objects.all(), ref))

    def stop_own_payouts(self, ref: str) -> ProviderAccount:
        """See the port."""
        with transaction.atomic(durable=True):
            return account_of(accounts.schedule(ref, has_own_schedule=False))

    def onboarding_url(self, ref: str, *, refresh_url: str, return_url: str) -> str:
        """See the port."""
        reads.one(SandboxAccount.objects.all(), ref)
        return vendor_links.onboarding(ref, refresh_url=refresh_url, return_url=return_url)

    def dashboard_url(self, ref: str) -> str:
        """See the port."""
        reads.one(SandboxAccount.objects.all(), ref)
        return vendor_links.dashboard(ref)

    def transfer(
        self,
        account_ref: str,
        *,
        amount: Money,
        charge_ref: str | None,
        group: str,
        metadata: Mapping[str, str],
        key: str,
    ) -> ProviderTransfer:
        """See the port."""
        stamped = marks.stamped(metadata)

        def run() -> ProviderTransfer:
            sent = transfers.transfer(
                account_ref, amount=amount, charge_ref=charge_ref, group=group, metadata=stamped
            )
            return transfer_of(sent)

        asked = ["transfer", account_ref, amount, charge_ref, group, stamped]
        return keys.once(ProviderTransfer, key=key, parameters=asked, run=run)

    def get_transfer(self, ref: str) -> ProviderTransfer:
        """See the port."""
        return transfer_of(reads.one(_transfers(), ref))

    def reverse_transfer(
        self, ref: str, *, amount: Money, metadata: Mapping[str, str], key: str
    ) -> ProviderReversal:
        """See the port."""
        stamped = marks.stamped(metadata)

        def run() -> ProviderReversal:
            return reversal_of(transfers.reverse(ref, amount=amount, metadata=stamped))

        asked = ["reverse_transfer", ref, amount, stamped]
        return keys.once(ProviderReversal, key=key, parameters=asked, run=run)

    def list_transfers(self, since: datetime) -> Sequence[ProviderTransfer]:
        """See the port."""
        return [transfer_of(row) for row in reads.since(_transfers(), since)]

    def pay_out(
        self, account_ref: str, *, amount: Money, metadata: Mapping[str, str], key: str
    ) -> ProviderPayout:
        """See the port."""
        stamped = marks.stamped(metadata)

        def run() -> ProviderPayout:
            return payout_of(payouts.pay_out(account_ref, amount, metadata=stamped))

        asked = ["pay_out", account_ref, amount, stamped]
        return keys.once(ProviderPayout, key=key, parameters=asked, run=run)

    def list_payouts(self, account_ref: str, since: datetime) -> Sequence[ProviderPayout]:
        """See the port."""
        if account_ref:
            reads.one(SandboxAccount.objects.all(), account_ref)
        return [payout_of(row) for row in reads.since(_payouts(account_ref), since)]

    def get_payout(self, account_ref: str, ref: str) -> ProviderPayout:
        """See the port."""
        return payout_of(reads.one(_payouts(account_ref), ref))

    def get_balance(self, account_ref: str = "") -> ProviderBalance:
        """See the port."""
        if account_ref:
            reads.one(SandboxAccount.objects.all(), account_ref)
        with transaction.atomic(durable=True, savepoint=False):
            return movements.balance(account_ref)


def _transfers() -> "QuerySet[SandboxTransfer]":
    return SandboxTransfer.objects.select_related("account", "charge")


def _payouts(account_ref: str) -> "QuerySet[SandboxPayout]":
    payouts = SandboxPayout.objects.select_related("account")
    return payouts.filter(account__ref=account_ref) if account_ref else payouts.filter(account=None)
