"""The part of the port about vendors: their accounts with the provider, and the money that goes there.

A transfer takes money from the platform to a vendor's account, a payout from there to the vendor's bank. The
provider judges who a vendor is; of that we keep the outcome alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from marketplace.kernel.money import Money


class AccountState(StrEnum):
    """Whether a vendor can be paid, and what it takes."""

    PENDING = "pending"  # the vendor has not told everything yet
    VERIFYING = "verifying"  # told, and looked at by the provider
    ACTIVE = "active"  # transfers and payouts arrive; something may be missing by a deadline to come
    ACTION_REQUIRED = "action_required"  # something is missing, and until then nothing arrives
    RESTRICTED = "restricted"  # the provider holds it
    REJECTED = "rejected"
    DISCONNECTED = "disconnected"  # the vendor has withdrawn our access


@dataclass(frozen=True, kw_only=True)
class ProviderAccount:
    """A vendor's account as the provider knows it."""

    ref: str
    state: AccountState
    country: str
    currency: str
    missing: Sequence[str] = ()  # what the provider asks for, in its own words
    missing_by: datetime | None = None
    reason: str = ""  # why it is restricted or rejected, in the provider's words
    bank_last4: str = ""
    bank_refs: Sequence[str] = ()  # the bank accounts that payouts go to; another bank is another reference
    has_own_schedule: bool = False  # the provider sends what comes to the bank, by a schedule of its own
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class ProviderTransfer:
    """Money that went from the platform to a vendor's account."""

    ref: str
    account_ref: str
    amount: Money
    reversed: Money
    charge_ref: str | None = None  # the charge it was taken of; None: the platform's balance
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class ProviderReversal:
    """Money of a transfer that came back."""

    ref: str
    transfer_ref: str
    amount: Money
    metadata: Mapping[str, str] = field(default_factory=dict)


class PayoutStatus(StrEnum):
    """Where a payout stands; one that was paid may still fail, days later."""

    PENDING = "pending"
    IN_TRANSIT = "in_transit"
    PAID = "paid"
    FAILED = "failed"
    CANCELED = "canceled"


@dataclass(frozen=True, kw_only=True)
class ProviderPayout:
    """Money on its way from a vendor's account to its bank; without an account, from the platform's own."""

    ref: str
    account_ref: str
    status: PayoutStatus
    amount: Money
    arrives_on: date
    created_at: datetime
    failure_code: str = ""
    failure_message: str = ""
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class ProviderBalance:
    """What an account holds, an amount a currency; `pending` may not be used yet. Either may be negative."""

    available: Sequence[Money] = ()
    pending: Sequence[Money] = ()


class VendorAccounts(Protocol):
    """Vendors' accounts, and the money that goes there."""

    def create_account(
        self, *, email: str, country: str, metadata: Mapping[str, str], key: str
    ) -> ProviderAccount:
        """An account for a vendor, who tells the provider the rest by `onboarding_url`; we pay it out."""
        ...

    def get_account(self, ref: str) -> ProviderAccount:
        """The account as it is now."""
        ...

    def stop_own_payouts(self, ref: str) -> ProviderAccount:
        """Let the account be paid out by us alone. It takes no key: twice is as once."""
        ...

    def onboarding_url(self, ref: str, *, refresh_url: str, return_url: str) -> str:
        """Where the vendor tells the provider what it asks: good once and for minutes, so made anew for each
        click. Coming back to `return_url` proves nothing."""
        ...

    def dashboard_url(self, ref: str) -> str:
        """Where the vendor looks at its account; good once. Raises ProviderRefused before it is set up."""
        ...

    def transfer(  # one call of the provider
        self,
        account_ref: str,
        *,
        amount: Money,
        charge_ref: str | None,
        group: str,
        metadata: Mapping[str, str],
        key: str,
    ) -> ProviderTransfer:
        """Send money to a vendor's account: of a charge (never more than it took in all), or of the balance.

        Raises ProviderRefused with `balance_insufficient` where there is not enough, and for an account that
        takes no transfers.
        """
        ...

    def get_transfer(self, ref: str) -> ProviderTransfer:
        """The transfer as it is now."""
        ...

    def reverse_transfer(
        self, ref: str, *, amount: Money, metadata: Mapping[str, str], key: str
    ) -> ProviderReversal:
        """Take back part or all of a transfer; raises ProviderRefused with `balance_insufficient` where the
        vendor's account does not hold it, and beyond what is left of the transfer."""
        ...

    def list_transfers(self, since: datetime) -> Sequence[ProviderTransfer]:
        """The transfers from a moment on, oldest first."""
        ...

    def pay_out(
        self, account_ref: str, *, amount: Money, metadata: Mapping[str, str], key: str
    ) -> ProviderPayout:
        """Send money of a vendor's account to its bank.

        Raises ProviderRefused with `balance_insufficient` where the account may not use as much (yet), and
        for an account that is not paid out.
        """
        ...

    def list_payouts(self, account_ref: str, since: datetime) -> Sequence[ProviderPayout]:
        """The payouts of a vendor's account from a moment on, oldest first; where none is named, those of the
        platform to its own bank."""
        ...

    def get_payout(self, account_ref: str, ref: str) -> ProviderPayout:
        """The payout as it is now."""
        ...

    def get_balance(self, account_ref: str = "") -> ProviderBalance:
        """What an account holds; the platform's own where none is named."""
        ...
