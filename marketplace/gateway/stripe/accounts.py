"""Vendors' accounts at Stripe, and the money that goes there. What each method promises stands in the port
(provider/accounts.py).

They are Express accounts: Stripe asks vendors what it has to, and shows them their money; the platform bears
fees and losses. Money goes there by transfers of its own, not with the charge, and from there to banks when
we say so: their own schedule is off.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from marketplace.gateway import marks
from marketplace.gateway.minor_units import counted, sayable
from marketplace.gateway.provider import (
    ProviderAccount,
    ProviderBalance,
    ProviderPayout,
    ProviderRefused,
    ProviderReversal,
    ProviderTransfer,
)
from marketplace.gateway.stripe import vendors
from marketplace.gateway.stripe.client import PAGE, REVOKED, options, speaking
from marketplace.gateway.stripe.listing import listed
from marketplace.kernel.money import Money

BY_US: Final[Any] = {"payouts": {"schedule": {"interval": vendors.MANUAL}}}


class StripeAccounts:
    """Accounts, their links, Transfers with their Reversals, Payouts and Balances."""

    def create_account(
        self, *, email: str, country: str, metadata: Mapping[str, str], key: str
    ) -> ProviderAccount:
        """See the port."""
        with speaking() as client:
            made = client.v1.accounts.create(
                {
                    "email": email,
                    "country": country,
                    "controller": {
                        "stripe_dashboard": {"type": "express"},
                        "fees": {"payer": "application"},
                        "losses": {"payments": "application"},
                        "requirement_collection": "stripe",
                    },
                    "capabilities": {"transfers": {"requested": True}},
                    "settings": BY_US,
                    "metadata": marks.stamped(metadata),
                },
                options(key),
            )
        return vendors.account(made.to_dict())

    def stop_own_payouts(self, ref: str) -> ProviderAccount:
        """See the port."""
        with speaking() as client:
            return vendors.account(client.v1.accounts.update(ref, {"settings": BY_US}).to_dict())

    def get_account(self, ref: str) -> ProviderAccount:
        """See the port."""
        try:
            with speaking() as client:
                return vendors.account(client.v1.accounts.retrieve(ref).to_dict())
        except ProviderRefused as refusal:
            if refusal.code != REVOKED:
                raise
            return vendors.disconnected(ref)

    def onboarding_url(self, ref: str, *, refresh_url: str, return_url: str) -> str:
        """See the port. All that will ever be asked is asked at once."""
        with speaking() as client:
            link = client.v1.account_links.create(
                {
                    "account": ref,
                    "type": "account_onboarding",
                    "refresh_url": refresh_url,
                    "return_url": return_url,
                    "collection_options": {"fields": "eventually_due", "future_requirements": "include"},
                }
            )
        return link.url

    def dashboard_url(self, ref: str) -> str:
        """See the port."""
        with speaking() as client:
            return client.v1.accounts.login_links.create(ref).url

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
        """See the port. Of a charge, the money is the vendor's when the charge's is ours."""
        asked: Any = {
            "destination": account_ref,
            "amount": counted(sayable(amount)),
            "currency": amount.currency.lower(),
            "metadata": marks.stamped(metadata),
            **({"source_transaction": charge_ref} if charge_ref else {}),
            **({"transfer_group": group} if group else {}),
        }
        with speaking() as client:
            return vendors.transfer(client.v1.transfers.create(asked, options(key)).to_dict())

    def get_transfer(self, ref: str) -> ProviderTransfer:
        """See the port."""
        with speaking() as client:
            return vendors.transfer(client.v1.transfers.retrieve(ref).to_dict())

    def reverse_transfer(
        self, ref: str, *, amount: Money, metadata: Mapping[str, str], key: str
    ) -> ProviderReversal:
        """See the port."""
        with speaking() as client:
            made = client.v1.transfers.reversals.create(
                ref,
                {"amount": counted(sayable(amount)), "metadata": marks.stamped(metadata)},
                options(key),
            )
        return vendors.reversal(made.to_dict())

    def list_transfers(self, since: datetime) -> Sequence[ProviderTransfer]:
        """See the port."""
        with speaking() as client:
            found = client.v1.transfers.list({"created": {"gte": int(since.timestamp())}, "limit": PAGE})
            return [vendors.transfer(told) for told in listed(found)]

    def pay_out(
        self, account_ref: str, *, amount: Money, metadata: Mapping[str, str], key: str
    ) -> ProviderPayout:
        """See the port."""
        asked: Any = {
            "amount": counted(sayable(amount)),
            "currency": amount.currency.lower(),
            "metadata": marks.stamped(metadata),
        }
        with speaking() as client:
            made = client.v1.payouts.create(asked, options(key, account=account_ref)).to_dict()
        return vendors.payout(made, account_ref=account_ref)

    def list_payouts(self, account_ref: str, since: datetime) -> Sequence[ProviderPayout]:
        """See the port."""
        with speaking() as client:
            found = client.v1.payouts.list(
                {"created": {"gte": int(since.timestamp())}, "limit": PAGE}, options(account=account_ref)
            )
            return [vendors.payout(told, account_ref=account_ref) for told in listed(found)]

    def get_payout(self, account_ref: str, ref: str) -> ProviderPayout:
        """See the port."""
        with speaking() as client:
            told = client.v1.payouts.retrieve(ref, {}, options(account=account_ref)).to_dict()
        return vendors.payout(told, account_ref=account_ref)

    def get_balance(self, account_ref: str = "") -> ProviderBalance:
        """See the port."""
        with speaking() as client:
            return vendors.balance(client.v1.balance.retrieve({}, options(account=account_ref)).to_dict())
