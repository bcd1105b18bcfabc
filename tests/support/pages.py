"""A web server on the loopback, whose pages a test writes, and which fetching takes for public."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from time import sleep

from django.test import override_settings
from typing_extensions import override


@dataclass(frozen=True)
class Page:
    """What is answered: `said` in place of the true length; `pause` seconds before each byte."""

    content: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    said: int | None = None
    pause: float = 0


@dataclass
class Site:
    """Where the server is, its pages by their paths, and what was asked of it."""

    port: int
    pages: dict[str, Page] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def url(self, path: str) -> str:
        """The address of a page."""
        return f"http://127.0.0.1:{self.port}{path}"


@contextmanager
def serving(pages: Mapping[str, Page] | None = None, *, is_allowed: bool = True) -> Iterator[Site]:
    """A server that answers these pages, and 404 for all else."""
    site = Site(0, dict(pages or {}))

    class Answers(BaseHTTPRequestHandler):
        @override
        def log_message(self, *_: object) -> None:
            pass

        def do_GET(self) -> None:
            site.asked.append(self.path)
            page = site.pages.get(self.path, Page(status=404))
            self.send_response(page.status)
            for name, value in page.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(page.content) if page.said is None else page.said))
            self.end_headers()
            if not page.pause:
                self.wfile.write(page.content)
                return
            for byte in page.content:
                sleep(page.pause)
                self.wfile.write(bytes([byte]))

    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        server.daemon_threads = True
        site.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        allowed = [f"127.0.0.1:{site.port}"] if is_allowed else []
        try:
            with override_settings(FETCH_ALSO_FROM=allowed):
                yield site
        finally:
            server.shutdown()
            thread.join()
