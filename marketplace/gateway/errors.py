"""What the gateway is told by those above it."""

from dataclasses import dataclass

from marketplace.kernel.errors import Refusal


@dataclass(eq=False, kw_only=True)
class UnknownObject(Refusal):
    """Nothing of ours bears this reference of the provider, or not yet."""

    text = "Nothing is known to {provider} as {ref}."
    provider: str
    ref: str
    field: str | None = None


@dataclass(eq=False, kw_only=True)
class UnknownPayment(UnknownObject):
    """No payment or refund of ours bears this reference of the provider, or not yet."""

    text = "No payment is known to {provider} as {ref}."
