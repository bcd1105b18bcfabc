"""The sandbox as we meet it through the port."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from marketplace.gateway.models import SandboxEvent
from marketplace.gateway.provider import GatewayEvent, UntrustedEvent
from marketplace.gateway.sandbox import reads, webhooks
from marketplace.gateway.sandbox.provider_accounts import SandboxVendorAccounts
from marketplace.gateway.sandbox.provider_disputes import SandboxDisputes
from marketplace.gateway.sandbox.provider_fraud import SandboxFraudWarnings
from marketplace.gateway.sandbox.provider_payments import SandboxPayments
from marketplace.gateway.sandbox.provider_wallets import SandboxWallets


class SandboxProvider(
    SandboxPayments, SandboxWallets, SandboxVendorAccounts, SandboxDisputes, SandboxFraudWarnings
):
    """A PaymentProvider for test cards."""

    name = webhooks.PROVIDER
    is_live = False
    browser_key = ""

    def verify_webhook(
        self,
        raw: bytes,
        headers: Mapping[str, str],
        *,
        is_connect: bool = False,  # noqa: ARG002  # one address for all
    ) -> GatewayEvent:
        """See the port; events of connected accounts come to the same address, signed alike."""
        event = webhooks.opened(raw, headers)
        if event.is_live is not self.is_live:
            raise UntrustedEvent("the sandbox knows no live event")
        return event

    def list_events(
        self, since: datetime, *, is_undelivered: bool = False, account_ref: str = ""
    ) -> Sequence[GatewayEvent]:
        """See the port."""
        happened = SandboxEvent.objects.defer("content")
        if account_ref:
            happened = happened.filter(account_ref=account_ref)
        if is_undelivered:
            happened = happened.filter(delivered_at__isnull=True)
        return [webhooks.event_of(row) for row in reads.since(happened, since)]
