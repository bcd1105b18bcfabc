"""The clients against a small server: what is counted as an answer, and what as a problem."""

import math
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from typing_extensions import override

from bench.clients import Answer, BrokenAnswer, ask, drive, get, percentile, post

ANSWERS = {
    "/good": (200, b'{"data":{"word":"yes"}}'),
    "/refused": (200, b'{"errors":[{"message":"no"}]}'),
    "/broken": (500, b"oh"),
}


class _Echo(BaseHTTPRequestHandler):
    """Answers by path; `/silent` hangs up, `/said` repeats what was sent."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if self.path == "/silent":
            self.close_connection = True
            return
        self._say(*ANSWERS[self.path.partition("?")[0]])

    def do_POST(self) -> None:
        self._say(200, self.rfile.read(int(self.headers["Content-Length"])))

    def _say(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    @override
    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


@pytest.fixture
def port() -> Iterator[int]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Echo) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()


def test_the_body_arrives_whole(port: int) -> None:
    body = b"x" * 1_000_000
    assert ask(port, post("/said", body)) == Answer(status=200, body=body)


def test_a_connection_that_breaks_off_is_no_answer(port: int) -> None:
    with pytest.raises(BrokenAnswer):
        ask(port, get("/silent"))


def test_every_client_asks_and_all_requests_are_counted(port: int) -> None:
    outcome = drive(port, [get("/good", word="yes")], clients=3, seconds=0.1)
    assert outcome.requests == len(outcome.latencies) > 3
    assert outcome.problems == {}
    assert outcome.seconds >= 0.1


def test_errors_are_told_apart_and_have_no_latency(port: int) -> None:
    outcome = drive(port, [get("/refused"), get("/broken"), get("/silent")], clients=1, seconds=0.1)
    assert set(outcome.problems) == {"GraphQL errors", "status 500", "BrokenAnswer"}
    assert outcome.latencies == []


def test_a_server_that_is_not_there_is_a_problem_too() -> None:
    assert set(drive(1, [get("/good")], clients=1, seconds=0.02).problems) == {"ConnectionRefusedError"}


def test_percentiles_are_values_that_occurred() -> None:
    values = [float(value) for value in range(100, 0, -1)]
    assert [percentile(values, percent) for percent in (0, 50, 95, 99, 100)] == [1, 50, 95, 99, 100]
    assert percentile([7.0], 99) == 7
    assert math.isnan(percentile([], 50))
