"""Signed webhooks, in Stripe's scheme: `t=<unix seconds>,v1=<HMAC-SHA256 of "t.body">[,v1=...]`.

Several secrets are valid while one takes the other's place: the sender signs with each, and the receiver
takes any.
"""

import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

HEADER: Final = "Sandbox-Signature"
STRIPE_HEADER: Final = "Stripe-Signature"
TOLERANCE: Final = timedelta(minutes=5)
LONGEST_HEADER: Final = 1000


def sign(body: bytes, *, secrets: Sequence[str], at: datetime) -> str:
    """The header's value for a body sent at a moment."""
    seconds = int(at.timestamp())
    return ",".join([f"t={seconds}", *(f"v1={_digest(body, seconds, secret)}" for secret in secrets)])


def is_genuine(body: bytes, header: str, *, secrets: Sequence[str], now: datetime) -> bool:
    """Whether one of the secrets signed exactly these bytes, within TOLERANCE of now, before or after."""
    pairs = [pair.partition("=")[::2] for pair in header[:LONGEST_HEADER].split(",")]
    moments = [value for name, value in pairs if name == "t"]
    signatures = [value.encode() for name, value in pairs if name == "v1"]
    if len(moments) != 1 or not moments[0].isdecimal() or not moments[0].isascii() or len(moments[0]) > 12:
        return False
    seconds = int(moments[0])
    if abs(now.timestamp() - seconds) > TOLERANCE.total_seconds():
        return False
    expected = [_digest(body, seconds, secret).encode() for secret in secrets]
    return any(hmac.compare_digest(given, right) for given in signatures for right in expected)


def _digest(body: bytes, seconds: int, secret: str) -> str:
    return hmac.new(secret.encode(), f"{seconds}.".encode() + body, hashlib.sha256).hexdigest()
