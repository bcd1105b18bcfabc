"""Journeys: requests of which each is made of what the one before answered, as a buyer's browser sends them.

A guest keeps cookies and the CSRF token. Like the other clients it does as little as it can: documents are
read once, answers are parsed because the next request needs what they hold.
"""

import json
import secrets
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Protocol

from bench import clients
from bench.clients import Answer, Outcome

GRAPHQL_PATH: Final = "/graphql/"
DOCUMENTS: Final = Path(__file__).parent / "documents"
TOKEN: Final = b'{"query":"{ csrfToken }"}'
CARD: Final = {"number": "4242424242424242", "exp_month": 12, "exp_year": 2099, "cvc": "123"}
HOME: Final = {"name": "Grace Hopper", "line1": "Torstr. 1", "city": "Berlin", "country": "DE"}
NAMES: Final = (
    "add_to_cart",
    "set_checkout_contact",
    "set_checkout_addresses",
    "select_shipping",
    "place_order",
    "confirm_payment",
)
TEXTS: Final = {name: (DOCUMENTS / f"{name}.graphql").read_text(encoding="utf-8") for name in NAMES}
# In which the order is made, settled and split among its vendors; what the card takes is the provider's time.
PAY_AND_SPLIT: Final = ("place_order", "confirm_payment")
SPLIT: Final = "pay and split"


class Derailed(Exception):  # noqa: N818  # it names the state of things
    """A step was refused; the message says which and how."""


class Transport(Protocol):
    """What carries a request, keeps cookies, and waits for the answer."""

    def send(self, path: str, body: bytes, token: str) -> Answer: ...


class Wire:
    """A kept-alive connection to a server, and the cookies of one browser."""

    def __init__(self, port: int) -> None:
        self.connection = clients.Connection(port)
        self.cookies: dict[str, str] = {}

    def send(self, path: str, body: bytes, token: str) -> Answer:
        """Raises OSError or BrokenAnswer."""
        headers = {"X-CSRFToken": token} if token else {}
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        answer = self.connection.ask(clients.post(path, body, **headers))
        self.cookies |= answer.cookies()
        return answer

    def close(self) -> None:
        self.connection.close()


@dataclass(kw_only=True)
class Guest:
    """A buyer without an account; notes how long each step took, all of its requests together."""

    transport: Transport
    token: str = ""
    steps: dict[str, float] = field(default_factory=dict)

    def fetch_token(self) -> None:
        self.token = self._sent("csrf_token", GRAPHQL_PATH, TOKEN)["data"]["csrfToken"]

    def mutate(self, name: str, **given: object) -> dict[str, Any]:
        """Send a mutation; its success. Raises Derailed for a refusal."""
        body = json.dumps({"query": TEXTS[name], "variables": {"input": given}}).encode()
        answer = self._sent(name, GRAPHQL_PATH, body)
        if "errors" in answer:
            raise Derailed(f"{name}: {answer['errors'][0]['extensions']['code']}")
        result: dict[str, Any] = answer["data"]["result"]
        if "code" in result:
            raise Derailed(f"{name}: {result['code']}")
        return result

    def pay(self, payment: dict[str, Any]) -> None:
        """Give the card to the sandbox. Raises Derailed."""
        body = json.dumps({"client_secret": payment["clientSecret"], "card": CARD}).encode()
        answer = self._sent("card", f"/sandbox/v1/intents/{payment['ref']}/confirm", body)
        if answer.get("status") != "succeeded":
            raise Derailed(f"card: {answer.get('status')}")

    def _sent(self, step: str, path: str, body: bytes) -> Any:
        begun = time.perf_counter()
        answer = self.transport.send(path, body, self.token)
        self.steps[step] = self.steps.get(step, 0.0) + time.perf_counter() - begun
        if answer.status != 200:
            raise Derailed(f"{step}: status {answer.status}")
        return json.loads(answer.body)


# What a journey is about: the global ids of the variants to buy.
Journey = Callable[[Guest, Sequence[str]], None]


def fill_cart(guest: Guest, variants: Sequence[str]) -> None:
    """A new guest's first thing in a new cart."""
    guest.mutate("add_to_cart", variant=variants[0], quantity=1)


def check_out(guest: Guest, variants: Sequence[str]) -> None:
    """From nothing to an order that is paid, settled and split. Raises Derailed."""
    guest.fetch_token()
    for variant in variants:
        guest.mutate("add_to_cart", variant=variant, quantity=1)
    guest.mutate("set_checkout_contact", email="grace@example.com")
    cart = guest.mutate("set_checkout_addresses", shippingAddress={"details": HOME})["cart"]
    total = ""
    for group in cart["groups"]:
        chosen = {"vendor": group["vendor"]["id"], "option": group["shippingOptions"][0]["id"]}
        total = guest.mutate("select_shipping", **chosen)["cart"]["total"]["amount"]
    key = secrets.token_hex(8)
    placed = guest.mutate("place_order", idempotencyKey=key, expectedTotal=total)
    order = placed["order"]
    guest.pay(order["payment"])
    settled = guest.mutate("confirm_payment", number=order["number"], token=placed["token"])["order"]
    if settled["status"] != "PAID":
        raise Derailed(f"confirm_payment: {settled['status']}")


def drive(
    port: int, journey: Journey, goods: Sequence[Sequence[str]], *, clients_at_once: int, seconds: float
) -> Outcome:
    """Let so many guests go the journey for so long, each time a new one; a journey begun is finished.

    `latencies` are those of whole journeys, `steps` those of their parts. Errors are counted, never raised.
    """

    def work(number: int, outcome: Outcome, until: float) -> None:
        turn = len(goods) * number // clients_at_once
        while time.perf_counter() < until:
            _go(port, journey, goods[turn % len(goods)], outcome)
            turn += 1

    return clients.together(work, clients=clients_at_once, seconds=seconds)


def _go(port: int, journey: Journey, variants: Sequence[str], outcome: Outcome) -> None:
    begun = time.perf_counter()
    wire: Wire | None = None
    try:
        wire = Wire(port)
        guest = Guest(transport=wire)
        journey(guest, variants)
    except Derailed as fault:
        outcome.problems[str(fault)] += 1
    except (OSError, clients.BrokenAnswer) as fault:
        outcome.problems[type(fault).__name__] += 1
        time.sleep(0.01)
    else:
        outcome.latencies.append(time.perf_counter() - begun)
        split = sum(guest.steps.get(step, 0.0) for step in PAY_AND_SPLIT)
        for step, took in {**guest.steps, SPLIT: split}.items():
            outcome.steps.setdefault(step, []).append(took)
    finally:
        if wire is not None:
            with suppress(OSError):
                wire.close()
