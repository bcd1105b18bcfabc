"""Fetching from a real server on the loopback, by explicit allowance; and from nowhere else that is ours."""

import ipaddress
import socket
import ssl
from collections.abc import Iterator
from time import monotonic

import pytest

from marketplace.kernel.fetching import Unreachable, fetch, is_public
from tests.support.pages import Page, Site, serving


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as site:
        yield site


def refused(address: str, *, most_bytes: int = 1000, seconds: float = 5) -> str:
    with pytest.raises(Unreachable) as caught:
        fetch(address, most_bytes=most_bytes, seconds=seconds)
    return str(caught.value)


def test_what_stands_there_comes_whole(site: Site) -> None:
    site.pages["/a?b=c%20d"] = Page(b"x" * 1000)
    assert fetch(site.url("/a?b=c d"), most_bytes=1000, seconds=5) == b"x" * 1000


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1/",
        "https://127.0.0.1/",
        "http://localhost/",
        "http://[::1]/",
        "http://[::]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[::ffff:7f00:1]/",
        "http://[64:ff9b::7f00:1]/",
        "http://[2002:7f00:1::]/",
        "http://[fe80::1]/",
        "http://[fc00::1]/",
        "http://0.0.0.0/",
        "http://0/",
        "http://2130706433/",
        "http://0177.0.0.1/",
        "http://0x7f.1/",
        "http://127.1/",
        "http://10.0.0.1/",
        "http://172.16.0.1/",
        "http://192.168.1.1/",
        "http://100.64.0.1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://224.0.0.1/",
        "http://255.255.255.255/",
    ],
)
def test_nothing_of_ours_is_reached(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "create_connection", _nobody_connects)
    assert refused(address) in {"it is not on the public network", "its name leads nowhere"}


def _nobody_connects(*_: object) -> socket.socket:
    raise AssertionError("somebody was connected to")


@pytest.mark.parametrize(
    "address",
    [
        "ftp://example.com/",
        "file:///etc/passwd",
        "http://a:b@example.com/",
        "//x",
        "",
        "http://[",
        "http://é/",
    ],
)
def test_only_the_web_is_fetched(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "create_connection", _nobody_connects)
    assert refused(address)


def test_only_the_ports_of_the_web_are_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "create_connection", _nobody_connects)
    assert refused("http://93.184.215.14:8080/") == "it is not on the public network"
    assert refused("https://93.184.215.14:80/") == "it is not on the public network"


def test_a_server_of_ours_is_not_asked_without_the_allowance() -> None:
    with serving({"/": Page(b"secret")}, is_allowed=False) as site:
        assert refused(site.url("/")) == "it is not on the public network"
        assert site.asked == []


def test_public_addresses_are_public() -> None:
    assert [is_public(ipaddress.ip_address(each)) for each in ("93.184.215.14", "2606:4700::1111")] == [
        True,
        True,
    ]
    assert is_public(ipaddress.ip_address("64:ff9b::5db8:d70e"))


def test_a_name_with_one_address_of_ours_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "create_connection", _nobody_connects)
    both = [
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", (where, 80)) for where in ("93.184.215.14", "10.0.0.1")
    ]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: both)
    assert refused("http://rebinding.example/") == "it is not on the public network"


def test_redirects_are_followed_three_times_each_looked_at(site: Site) -> None:
    for step in range(4):
        site.pages[f"/{step}"] = Page(status=302, headers={"Location": f"/{step + 1}"})
    site.pages["/4"] = Page(b"here")
    assert fetch(site.url("/1"), most_bytes=9, seconds=5) == b"here"
    assert refused(site.url("/0")) == "it leads from one address to the next"
    for where in ("http://127.0.0.1/", "http://[::ffff:10.0.0.1]/", "http://2130706433/"):
        site.pages["/out"] = Page(status=307, headers={"Location": where})
        assert refused(site.url("/out")) == "it is not on the public network"
    site.pages["/out"] = Page(status=302, headers={"Location": "file:///etc/passwd"})
    assert refused(site.url("/out")) == "only http and https are fetched, and no password goes along"


def test_an_answer_is_bounded(site: Site) -> None:
    site.pages.update(
        {
            "/said": Page(b"", said=1001),
            "/cut": Page(b"x" * 10, said=20),
            "/zip": Page(b"x", headers={"Content-Encoding": "gzip"}),
            "/gone": Page(status=410),
            "/nowhere": Page(status=302),
        }
    )
    assert [refused(site.url(path)) for path in ("/said", "/cut", "/zip", "/gone", "/nowhere")] == [
        "it is too large",
        "it breaks off",
        "the answer is compressed",
        "the answer is 410",
        "the answer is 302",
    ]


def test_an_answer_that_drips_is_cut_off(site: Site) -> None:
    site.pages["/slow"] = Page(b"x" * 100, pause=0.05)
    began = monotonic()
    assert refused(site.url("/slow"), seconds=0.3) == "it takes too long"
    assert monotonic() - began < 2


def test_the_name_that_was_asked_for_is_proved(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """The connection goes to the address that was looked at, and the certificate is of the name."""
    asked = []

    def wrap(_: ssl.SSLContext, line: socket.socket, *, server_hostname: str) -> socket.socket:
        asked.append((line.getpeername(), server_hostname))
        raise ssl.SSLCertVerificationError("another name")

    monkeypatch.setattr(ssl.SSLContext, "wrap_socket", wrap)
    here = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", site.port))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [here])
    assert refused(f"https://shop.example:{site.port}/") == "the connection fails"
    assert asked == [(("127.0.0.1", site.port), "shop.example")]
