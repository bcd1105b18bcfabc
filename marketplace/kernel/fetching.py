"""What somebody else's address leads to, fetched without reaching anything of ours.

A name is resolved once; every address of the answer must be a public one, and the connection goes to an
address that was looked at, under the name that was asked for. Nothing but http and https on their own ports;
redirects are followed three times, each looked at like the first. The time, the size and the form of the
answer are bounded, whatever the other side does.
"""

import contextlib
import http.client
import ipaddress
import socket
import ssl
import time
from threading import Timer
from typing import Final
from urllib.parse import SplitResult, urljoin, urlsplit

from django.conf import settings
from typing_extensions import override

PORTS: Final = {"http": 80, "https": 443}
MOST_REDIRECTS: Final = 3
REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
LONGEST_ADDRESS: Final = 2_000
PIECE: Final = 64 * 1024
# Any of these holds an IPv4 address in its last four bytes, and leads there.
TRANSLATED: Final = tuple(map(ipaddress.IPv6Network, ("64:ff9b::/96", "64:ff9b:1::/48", "::/96")))

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class Unreachable(Exception):  # noqa: N818  # what is the matter
    """There is nothing to be had; the one argument says why, without saying what else is there."""


def fetch(address: str, *, most_bytes: int, seconds: float, accept: str = "*/*") -> bytes:
    """What stands at a public address, whole. Raises Unreachable.

    Args:
        most_bytes: what is larger is refused as soon as that is known.
        seconds: for all of it, redirects too; what resolving a name takes is the system's to bound.

    An address that the setting FETCH_ALSO_FROM names, as "127.0.0.1:8000", counts as public: for tests.
    """
    until = time.monotonic() + seconds
    for _ in range(MOST_REDIRECTS + 1):
        found = _ask(_checked(address), until, most_bytes, accept)
        if isinstance(found, bytes):
            return found
        address = urljoin(address, found)
    raise Unreachable("it leads from one address to the next")


def is_public(address: Address) -> bool:
    """Whether an address is one that everybody reaches, and so is the one that it may hold inside."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = _inner(address)
        if inner is not None:
            return is_public(inner)
        if address.is_site_local:
            return False
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


def _inner(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if address.teredo is not None:
        return address.teredo[1]
    if any(address in network for network in TRANSLATED):
        return ipaddress.IPv4Address(address.packed[-4:])
    return None


class _Target:
    """An address that was looked at: what is asked of whom, and where that is."""

    def __init__(self, parts: SplitResult, where: str, port: int) -> None:
        self.parts = parts
        self.where = where
        self.port = port

    def connection(self, seconds: float) -> "_Plain | _Secure":
        """A connection that is not made yet."""
        host = self.parts.hostname or ""
        if self.parts.scheme == "https":
            return _Secure(host, self.port, self.where, seconds)
        return _Plain(host, self.port, self.where, seconds)

    @property
    def path(self) -> str:
        """What is asked for."""
        query = f"?{self.parts.query}" if self.parts.query else ""
        return (self.parts.path or "/").replace(" ", "%20") + query.replace(" ", "%20")


class _Plain(http.client.HTTPConnection):
    """Goes to the address that was looked at, whatever the name leads to by now."""

    def __init__(self, host: str, port: int, where: str, seconds: float) -> None:
        super().__init__(host, port, timeout=seconds)
        self.where = where
        # Kept, for the connection forgets it while the answer is read.
        self.line: socket.socket | None = None

    @override
    def connect(self) -> None:
        self.line = self.sock = socket.create_connection((self.where, self.port), self.timeout)


class _Secure(http.client.HTTPSConnection):
    """The same, and the name is proved by a certificate."""

    def __init__(self, host: str, port: int, where: str, seconds: float) -> None:
        self.trust = ssl.create_default_context()
        super().__init__(host, port, timeout=seconds, context=self.trust)
        self.where = where
        self.line: socket.socket | None = None

    @override
    def connect(self) -> None:
        self.line = plain = socket.create_connection((self.where, self.port), self.timeout)
        try:
            self.line = self.sock = self.trust.wrap_socket(plain, server_hostname=self.host)
        except BaseException:
            plain.close()
            raise


def _checked(address: str) -> _Target:
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise Unreachable("this is no address") from None
    if len(address) > LONGEST_ADDRESS or not address.isascii() or not address.isprintable():
        raise Unreachable("this is no address")
    if parts.scheme not in PORTS or not host or parts.username is not None or parts.password is not None:
        raise Unreachable("only http and https are fetched, and no password goes along")
    port = port or PORTS[parts.scheme]
    try:
        answer = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Unreachable("its name leads nowhere") from None
    found = [str(each[4][0]).partition("%")[0] for each in answer]
    if all(f"{where}:{port}" in settings.FETCH_ALSO_FROM for where in found):
        return _Target(parts, found[0], port)
    if port != PORTS[parts.scheme] or not all(is_public(ipaddress.ip_address(where)) for where in found):
        raise Unreachable("it is not on the public network")
    return _Target(parts, found[0], port)


def _ask(target: _Target, until: float, most_bytes: int, accept: str) -> bytes | str:
    """What is there, or where it is said to be."""
    left = until - time.monotonic()
    if left <= 0:
        raise Unreachable("it takes too long")
    with contextlib.closing(target.connection(left)) as connection:
        # However slowly the other side drips, the line is cut when the time is over.
        cut = Timer(left, _cut, [connection])
        cut.daemon = True
        cut.start()
        try:
            connection.request("GET", target.path, headers=_headers(accept))
            # What is not read to its end is not closed by the connection.
            with connection.getresponse() as response:
                found = _heard(response, most_bytes)
        except (OSError, http.client.HTTPException, ValueError) as fault:
            if time.monotonic() >= until:
                raise Unreachable("it takes too long") from fault
            raise Unreachable("the connection fails") from fault
        except Unreachable:
            if time.monotonic() >= until:
                raise Unreachable("it takes too long") from None
            raise
        finally:
            cut.cancel()
    return found


def _cut(connection: "_Plain | _Secure") -> None:
    if connection.line is not None:
        with contextlib.suppress(OSError):
            connection.line.shutdown(socket.SHUT_RDWR)


def _headers(accept: str) -> dict[str, str]:
    # Nothing compressed: what arrives is as large as it says.
    return {
        "Accept": accept,
        "Accept-Encoding": "identity",
        "User-Agent": f"Marketplace ({settings.SITE_URL})",
        "Connection": "close",
    }


def _heard(response: http.client.HTTPResponse, most_bytes: int) -> bytes | str:
    """The content, or where a redirect leads."""
    if response.status in REDIRECTS:
        where = response.headers.get("Location")
        if where:
            return where
    if response.status != http.client.OK:
        raise Unreachable(f"the answer is {response.status}")
    if response.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise Unreachable("the answer is compressed")
    pieces, size = [], response.length or 0
    if size <= most_bytes:
        size = 0
        while piece := response.read(min(PIECE, most_bytes + 1 - size)):
            pieces.append(piece)
            size += len(piece)
    if size > most_bytes:
        raise Unreachable("it is too large")
    if response.length:
        raise Unreachable("it breaks off")
    return b"".join(pieces)
