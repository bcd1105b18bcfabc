"""Links to a payment provider that fail as networks do: in process, and as a proxy before one over HTTP.

What goes wrong when is a plan, the same each time: an error, a call that never arrives, an answer that is
lost after the thing was done, or one that does not come until we give up. In process nothing is waited for.
"""

import http.client
import itertools
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import Enum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final
from urllib.parse import urlsplit

from typing_extensions import override

from marketplace.gateway.provider import PaymentProvider, ProviderUnavailable
from marketplace.gateway.sandbox.provider import SandboxProvider


class Fate(Enum):
    """What becomes of a call."""

    ANSWERED = "answered"
    FAULTY = "faulty"  # an error before anything was done
    REFUSED = "refused"  # the connection breaks before anything was done
    LOST = "lost"  # done, and the connection breaks before the answer
    HUNG = "hung"  # done, and whoever waits for the answer gives up


Plan = Iterator[Fate]
UNDONE: Final = {Fate.FAULTY, Fate.REFUSED}
UNHEARD: Final = {Fate.LOST, Fate.HUNG}
# Not calls: what is known of a provider without asking it.
ERROR: Final[tuple[int, list[tuple[str, str]], bytes]] = (503, [], b"{}")
STILL: Final = {"verify_webhook"}


def every_second_lost() -> Plan:
    """Every other call is done and never answered."""
    return itertools.cycle([Fate.LOST, Fate.ANSWERED])


class NowAndThen:
    """This share of calls fails: errors before the thing is done, resets before or after, hangs after.

    `told` counts what became of the calls.
    """

    def __init__(self, seed: int, *, errors: float = 0.05, resets: float = 0.05, hangs: float = 0.02) -> None:
        self.told = Counter[Fate]()
        self._dice = random.Random(seed)  # noqa: S311  # the same each time
        self._until = [
            (errors, Fate.FAULTY),
            (errors + resets / 2, Fate.REFUSED),
            (errors + resets, Fate.LOST),
            (errors + resets + hangs, Fate.HUNG),
        ]

    def __iter__(self) -> Plan:
        return self

    def __next__(self) -> Fate:
        rolled = self._dice.random()
        fate = next((fate for share, fate in self._until if rolled < share), Fate.ANSWERED)
        self.told[fate] += 1
        return fate

    def calm_down(self) -> None:
        """From now on every call is answered."""
        self._until = []


class Faulty:
    """A provider behind a link that fails by the plan that is in force."""

    plan: Plan = itertools.repeat(Fate.ANSWERED)
    behind: PaymentProvider = SandboxProvider()
    calls = 0

    def __getattr__(self, name: str) -> Any:
        found = getattr(Faulty.behind, name)
        return self._over_the_link(found) if callable(found) and name not in STILL else found

    def _over_the_link(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def run(*asked: Any, **named: Any) -> Any:
            Faulty.calls += 1
            fate = next(Faulty.plan)
            if fate in UNDONE:
                raise ProviderUnavailable("the link is down")
            answer = call(*asked, **named)
            if fate in UNHEARD:
                raise ProviderUnavailable("the answer is lost")
            return answer

        return run


class Forgetful(Faulty):
    """The same, and whoever calls has forgotten what key it used: each call has a new one."""

    @override
    def _over_the_link(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def fresh(*asked: Any, **named: Any) -> Any:
            if "key" in named:
                named["key"] += f"-{Faulty.calls}"
            return call(*asked, **named)

        return super()._over_the_link(fresh)


def named(link: type[Faulty], provider: str = "sandbox") -> dict[str, str]:
    """The setting PAYMENT_PROVIDERS with a provider behind this link."""
    return {provider: f"{link.__module__}.{link.__name__}"}


@contextmanager
def proxy(to: str, plan: Plan, *, hang: float = 0) -> Iterator[str]:
    """The address of a proxy before a server, which lets answers be lost by plan until the block ends.

    One that hangs does so for this many seconds.
    """
    target = urlsplit(to)

    class Link(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _pass(self) -> None:
            fate = next(plan)
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            answer = ERROR if fate in UNDONE else self._asked(body)
            if fate == Fate.HUNG:
                time.sleep(hang)
            if fate not in {Fate.ANSWERED, Fate.FAULTY}:
                self.close_connection = True  # without a word
                return
            status, headers, content = answer
            self.send_response(status)
            for name, text in headers:
                if name.lower() not in {
                    "transfer-encoding",
                    "content-length",
                    "connection",
                    "server",
                    "date",
                }:
                    self.send_header(name, text)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def _asked(self, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
            beyond = http.client.HTTPConnection(target.hostname or "", target.port or 80, timeout=20)
            try:
                beyond.request(self.command, self.path, body, dict(self.headers))
                answer = beyond.getresponse()
                return answer.status, answer.getheaders(), answer.read()
            finally:
                beyond.close()

        do_GET = do_POST = do_DELETE = _pass  # noqa: N815  # as the library calls them

        @override
        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Link) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
