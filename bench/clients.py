"""Clients that ask one request after the other over a connection of their own, as fast as they are answered.

These send bytes that are fixed beforehand; those of bench/journeys.py make each request of the answer before.
They share the machine with what they measure, so they do as little as they can: of an answer only the
status, the length and the first bytes are looked at.
"""

import math
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlencode

HOST: Final = "127.0.0.1"
TIMEOUT_SECONDS: Final = 30
GOOD_BEGINNING: Final = b'{"data":'
CHUNK: Final = 1 << 18


class BrokenAnswer(Exception):  # noqa: N818  # it names the state of things
    """An answer that is no HTTP of the kind we read, or that broke off."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    status: int
    body: bytes
    head: bytes = field(default=b"", compare=False, repr=False)

    def cookies(self) -> dict[str, str]:
        """What it sets, by name."""
        lines = self.head.decode("latin-1").split("\r\n")
        values = [line.partition(":")[2] for line in lines if line.lower().startswith("set-cookie:")]
        pairs = (value.partition(";")[0].strip().partition("=") for value in values)
        return {name: content for name, _, content in pairs}

    @property
    def problem(self) -> str | None:
        """What is wrong with it, in a word; None if it holds the data and no errors."""
        if self.status != 200:
            return f"status {self.status}"
        return None if self.body.startswith(GOOD_BEGINNING) else "GraphQL errors"


@dataclass
class Outcome:
    """What the clients saw: seconds of each request that was answered well, the others by problem.

    Of journeys, which are many requests, `steps` holds the seconds of each part.
    """

    latencies: list[float] = field(default_factory=list)
    steps: dict[str, list[float]] = field(default_factory=dict)
    problems: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0

    @property
    def requests(self) -> int:
        return len(self.latencies) + self.problems.total()


# What one client does: its number, where to note what it sees, and when to stop.
Work = Callable[[int, Outcome, float], None]


def post(path: str, body: bytes, **headers: str) -> bytes:
    """A request as it goes over the wire."""
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\n"
    head += "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"{head}Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


def get(path: str, **parameters: str) -> bytes:
    """A request as it goes over the wire."""
    query = f"?{urlencode(parameters)}" if parameters else ""
    return f"GET {path}{query} HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\n\r\n".encode()


class Connection:
    """A kept-alive connection to the server."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection((HOST, port), timeout=TIMEOUT_SECONDS)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self, request: bytes) -> Answer:
        """Send the request and wait for the whole answer; raises OSError or BrokenAnswer."""
        self.socket.sendall(request)
        received = bytearray()
        while (end := received.find(b"\r\n\r\n")) < 0:
            received += self._receive()
        head = bytes(received[:end])
        _, found, length = head.lower().partition(b"\r\ncontent-length:")
        if not found:
            raise BrokenAnswer("it does not say its length")
        size = end + 4 + int(length.split(b"\r\n", 1)[0])
        while len(received) < size:
            received += self._receive()
        return Answer(status=int(head[9:12]), body=bytes(received[end + 4 : size]), head=head)

    def _receive(self) -> bytes:
        received = self.socket.recv(CHUNK)
        if not received:
            raise BrokenAnswer("it broke off")
        return received

    def close(self) -> None:
        self.socket.close()


def ask(port: int, request: bytes) -> Answer:
    """One request over a connection of its own."""
    connection = Connection(port)
    try:
        return connection.ask(request)
    finally:
        connection.close()


def drive(port: int, requests: Sequence[bytes], *, clients: int, seconds: float) -> Outcome:
    """Let so many clients ask for so long; each begins at another place of `requests` and goes round.

    A request that has begun is waited for. Errors are counted and never raised.
    """

    def work(number: int, outcome: Outcome, until: float) -> None:
        _work(port, _rotated(requests, number, clients), outcome, until)

    return together(work, clients=clients, seconds=seconds)


def together(work: Work, *, clients: int, seconds: float) -> Outcome:
    """Let so many clients, by number, work at once for so long; what they saw, added up."""
    ready = threading.Barrier(clients + 1)
    outcomes = [Outcome() for _ in range(clients)]

    def begin(number: int, outcome: Outcome) -> None:
        ready.wait()
        work(number, outcome, time.perf_counter() + seconds)

    threads = [threading.Thread(target=begin, args=pair) for pair in enumerate(outcomes)]
    for thread in threads:
        thread.start()
    ready.wait()
    begun = time.perf_counter()
    for thread in threads:
        thread.join()
    total = Outcome(seconds=time.perf_counter() - begun)
    for outcome in outcomes:
        total.latencies += outcome.latencies
        total.problems += outcome.problems
        for step, taken in outcome.steps.items():
            total.steps.setdefault(step, []).extend(taken)
    return total


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest value that so many percent of the values do not exceed; nan where there is none."""
    if not values:
        return math.nan
    return sorted(values)[max(math.ceil(len(values) * percent / 100), 1) - 1]


def _rotated(requests: Sequence[bytes], number: int, clients: int) -> list[bytes]:
    start = len(requests) * number // clients
    return [*requests[start:], *requests[:start]]


def _work(port: int, requests: list[bytes], outcome: Outcome, until: float) -> None:
    connection: Connection | None = None
    turn = 0
    while (begun := time.perf_counter()) < until:
        try:
            connection = connection or Connection(port)
            answer = connection.ask(requests[turn % len(requests)])
        except (OSError, BrokenAnswer) as fault:
            outcome.problems[type(fault).__name__] += 1
            if connection:
                connection.close()
            connection = None
            time.sleep(0.01)
            continue
        turn += 1
        if answer.problem:
            outcome.problems[answer.problem] += 1
        else:
            outcome.latencies.append(time.perf_counter() - begun)
    if connection:
        connection.close()
