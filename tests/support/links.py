"""Links to a payment provider that fail as networks do: in process, and as a proxy before one over HTTP.

What goes wrong when is a plan, the same each time: an answer that is lost after the thing was done, or a call
that never arrives. Nothing is waited for: a call that hangs until we give up is one whose answer is lost.
"""

import http.client
import itertools
import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import Enum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final
from urllib.parse import urlsplit

from typing_extensions import override

from marketplace.gateway.provider import ProviderUnavailable
from marketplace.gateway.sandbox.provider import SandboxProvider


class Fate(Enum):
    """What becomes of a call."""

    ANSWERED = "answered"
    REFUSED = "refused"  # an error before anything was done
    LOST = "lost"  # done, and the connection breaks before the answer


Plan = Iterator[Fate]
# Not calls: what is known of a provider without asking it.
STILL: Final = {"verify_webhook"}


def every_second_lost() -> Plan:
    """Every other call is done and never answered."""
    return itertools.cycle([Fate.LOST, Fate.ANSWERED])


def now_and_then(seed: int, *, errors: float = 0.05, resets: float = 0.05, hangs: float = 0.02) -> Plan:
    """This share of calls fails: errors before the thing is done, resets before or after, hangs after."""
    dice = random.Random(seed)  # noqa: S311  # the same each time
    while True:
        rolled = dice.random()
        if rolled < errors + resets / 2:
            yield Fate.REFUSED
        elif rolled < errors + resets + hangs:
            yield Fate.LOST
        else:
            yield Fate.ANSWERED


class Faulty:
    """A provider behind a link that fails by the plan that is in force."""

    plan: Plan = itertools.repeat(Fate.ANSWERED)
    calls = 0

    def __init__(self) -> None:
        self._behind = SandboxProvider()

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._behind, name)
        return self._over_the_link(found) if callable(found) and name not in STILL else found

    def _over_the_link(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def run(*asked: Any, **named: Any) -> Any:
            Faulty.calls += 1
            fate = next(Faulty.plan)
            if fate == Fate.REFUSED:
                raise ProviderUnavailable("the link is down")
            answer = call(*asked, **named)
            if fate == Fate.LOST:
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


def named(link: type[Faulty]) -> dict[str, str]:
    """The setting PAYMENT_PROVIDERS with the sandbox behind this link."""
    return {"sandbox": f"{link.__module__}.{link.__name__}"}


@contextmanager
def proxy(to: str, plan: Plan) -> Iterator[str]:
    """The address of a proxy before a server, which lets answers be lost by plan until the block ends."""
    target = urlsplit(to)

    class Link(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _pass(self) -> None:
            fate = next(plan)
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if fate != Fate.REFUSED:
                answer = self._asked(body)
            if fate != Fate.ANSWERED:
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
