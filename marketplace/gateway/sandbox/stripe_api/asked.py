"""A request as the operations get it, and an operation as the list of them holds it."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from marketplace.gateway.sandbox.stripe_api.fields import Fields, text, texts

Body = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What is asked: of whom, about what, and how."""

    refs: Sequence[str] = ()  # what the address names, in order
    given: Mapping[str, Any] = field(default_factory=dict)  # the parameters, read
    account: str = ""  # the connected account that is acted for; empty: the platform
    is_public: bool = False  # by the publishable key, as a browser asks


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One thing that can be asked for."""

    method: str
    path: str  # "payment_intents/*/confirm": a star for each reference
    run: Callable[[Asked], Body]
    fields: Fields = field(default_factory=dict)
    required: Collection[str] = ()
    is_for_browsers: bool = False  # the publishable key is enough
    commits: bool = False  # does so by itself, so its key is kept afterwards
    is_for_accounts: bool = False  # may be asked on behalf of a connected account

    @property
    def parameters(self) -> Fields:
        """What it takes: its own, and which references are to be answered as objects."""
        public: Fields = {"key": text} if self.is_for_browsers else {}
        return {**self.fields, **public, "expand": texts}
