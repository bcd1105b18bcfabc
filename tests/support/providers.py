"""Payment providers with one flaw each, to be named in PAYMENT_PROVIDERS."""

from typing import Any

from typing_extensions import override

from marketplace.gateway.provider import (
    Intent,
    IntentStatus,
    ProviderDispute,
    ProviderPayout,
    ProviderRefund,
    ProviderRefused,
    ProviderUnavailable,
)
from marketplace.gateway.sandbox.provider import SandboxProvider


class Silent(SandboxProvider):
    """Does what it is asked, and its answer is lost."""

    @override
    def start_payment(self, **asked: Any) -> Intent:
        super().start_payment(**asked)
        raise ProviderUnavailable


class Choosy(SandboxProvider):
    """Takes no such payment."""

    @override
    def start_payment(self, **asked: Any) -> Intent:
        raise ProviderRefused("amount_too_small", "Not so little.")


class Grudging(SandboxProvider):
    """Gives nothing back."""

    @override
    def refund(self, charge_ref: str, **asked: Any) -> ProviderRefund:
        raise ProviderRefused("charge_already_refunded", "Not again.")


class Unreachable(SandboxProvider):
    """Cannot be asked to close a payment, and its answer to a refund is lost."""

    @override
    def cancel_payment(self, ref: str, *, key: str) -> Intent:
        raise ProviderUnavailable

    @override
    def refund(self, charge_ref: str, **asked: Any) -> ProviderRefund:
        super().refund(charge_ref, **asked)
        raise ProviderUnavailable


class Mute(SandboxProvider):
    """Passes evidence on, and its answer is lost."""

    @override
    def submit_evidence(self, ref: str, **asked: Any) -> ProviderDispute:
        super().submit_evidence(ref, **asked)
        raise ProviderUnavailable


class Elsewhere(SandboxProvider):
    """Needs no statement of ours, as a provider on another machine; every payment has succeeded."""

    payments: dict[str, Intent] = {}

    @override
    def start_payment(self, **asked: Any) -> Intent:
        ref = f"elsewhere-{asked['key']}"
        self.payments[ref] = Intent(
            ref=ref,
            status=IntentStatus.SUCCEEDED,
            amount=asked["amount"],
            client_secret="secret",
            charge_ref=f"charge-{ref}",
            metadata=asked["metadata"],
        )
        return self.payments[ref]

    @override
    def get_payment(self, ref: str) -> Intent:
        return self.payments[ref]


def named(provider: type[SandboxProvider]) -> dict[str, str]:
    """The setting PAYMENT_PROVIDERS with this one in the place of the sandbox."""
    return {"sandbox": f"{provider.__module__}.{provider.__name__}"}


class Absent(SandboxProvider):
    """Pays out, and its answer is lost."""

    @override
    def pay_out(self, account_ref: str, **asked: Any) -> ProviderPayout:
        super().pay_out(account_ref, **asked)
        raise ProviderUnavailable
