"""How Stripe refuses: a status and a body with `error`."""

from collections.abc import Mapping
from typing import Any, Final

from marketplace.gateway.provider import ProviderRefused

INVALID: Final = "invalid_request_error"
CARD: Final = "card_error"
IDEMPOTENCY: Final = "idempotency_error"


class Fault(Exception):  # noqa: N818  # Stripe's word for it is error, and so is Python's
    """An answer that is a refusal; `more` stands beside its code in the body."""

    def __init__(
        self, message: str, *, status: int = 400, type_: str = INVALID, code: str = "", **more: Any
    ) -> None:
        super().__init__(message)
        self.status = status
        told = {"message": message, "type": type_, **({"code": code} if code else {})}
        self.error: Mapping[str, Any] = {**told, **more}

    @property
    def body(self) -> Mapping[str, Any]:
        """What is sent."""
        return {"error": self.error}


def missing(thing: str, ref: str, *, param: str = "id") -> Fault:
    """There is no such object, or it is another's."""
    return Fault(f"No such {thing}: '{ref}'", status=404, code="resource_missing", param=param)


def unknown_parameter(name: str) -> Fault:
    """Stripe takes no such parameter here."""
    return Fault(f"Received unknown parameter: {name}", code="parameter_unknown", param=name)


def missing_parameter(name: str) -> Fault:
    """A parameter has to be there."""
    return Fault(f"Missing required param: {name}.", code="parameter_missing", param=name)


def invalid(name: str, message: str, *, code: str = "parameter_invalid") -> Fault:
    """A parameter's value cannot be used."""
    return Fault(message, code=code, param=name)


def of(refusal: ProviderRefused, *, thing: str) -> Fault:
    """A refusal of the sandbox in Stripe's words."""
    status = 404 if refusal.code == "resource_missing" else 400
    code = f"{thing}_unexpected_state" if refusal.code == "unexpected_state" else refusal.code
    return Fault(refusal.message, status=status, code=code)


TOO_MANY: Final = Fault("Too many requests hit the API too quickly.", status=429, code="rate_limit")
