"""What a browser is called, and roughly where it is: enough to know one's own again, and no more."""

import ipaddress
from typing import Final

# The first that occurs names it: others call themselves by their names as well.
BROWSERS: Final = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS: Final = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)
UNKNOWN: Final = "an unknown program"
IPV4_BITS: Final = 24
IPV6_BITS: Final = 48


def device_of(user_agent: str) -> str:
    """Browser and system, such as "Firefox on Linux"; never the words of the program itself."""
    browser = next((name for mark, name in BROWSERS if mark in user_agent), None)
    system = next((name for mark, name in SYSTEMS if mark in user_agent), None)
    if browser and system:
        return f"{browser} on {system}"
    return browser or system or UNKNOWN


def network_of(address: str) -> str:
    """The part of an address that many share: 198.51.100.0/24, 2001:db8:1::/48; what is no address stays."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    bits = IPV4_BITS if parsed.version == 4 else IPV6_BITS
    return str(ipaddress.ip_network((parsed, bits), strict=False))
