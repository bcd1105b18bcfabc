"""Where a request came from, as far as it can be trusted."""

import ipaddress
from collections.abc import Mapping

UNKNOWN = "unknown"
IPV6_SITE_BITS = 64


def client_address(meta: Mapping[str, object], *, trusted_proxies: int) -> str:
    """The address of the client, of which it cannot choose a byte; UNKNOWN behind a Unix socket.

    Each proxy appends to X-Forwarded-For whom it heard from, so with n proxies of ours the client is the
    nth entry from the right; what stands left of it the client wrote. A header with fewer entries did not
    come through our proxies, and the peer itself is taken.
    """
    forwarded = [entry.strip() for entry in str(meta.get("HTTP_X_FORWARDED_FOR", "")).split(",")]
    if 0 < trusted_proxies <= len(forwarded):
        address = _parse(forwarded[-trusted_proxies])
        if address is not None:
            return str(address)
    peer = _parse(str(meta.get("REMOTE_ADDR", "")))
    return UNKNOWN if peer is None else str(peer)


def site_of(address: str) -> str:
    """What one client can answer for, as the identity of a rate limit.

    An IPv4 address stands for itself; of IPv6 every client holds a whole /64 and may pick a new address for
    each request.
    """
    parsed = _parse(address)
    if not isinstance(parsed, ipaddress.IPv6Address):
        return address
    return str(ipaddress.ip_network((parsed, IPV6_SITE_BITS), strict=False))


def _parse(entry: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """An address, also as `[::1]:443` or `192.0.2.1:443`, and an IPv4 one in its IPv6 clothes."""
    if entry.startswith("["):
        entry = entry[1:].partition("]")[0]
    elif entry.count(":") == 1:
        entry = entry.partition(":")[0]
    try:
        address = ipaddress.ip_address(entry)
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address
