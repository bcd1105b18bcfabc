"""Rate limits that all processes share.

A window opens with the first attempt of an identity under a rule and stays open for the rule's period; within
it the limit passes and the rest is refused, and the first attempt after it opens the next. So at most twice
the limit passes in any stretch as long as a period. One statement counts and decides, whoever asks at once.
"""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import connection, transaction
from django.utils.crypto import salted_hmac

from marketplace.kernel import clock
from marketplace.kernel.errors import RateLimited
from marketplace.kernel.models import RateWindow

# Counting stops above the limit, so that an attacker cannot run the column over.
COUNT: Final = """
INSERT INTO kernel_ratewindow AS w (rule, identity, hits, ends_at)
VALUES (%(rule)s, %(identity)s, 1, %(ends_at)s)
ON CONFLICT (rule, identity) DO UPDATE SET
    hits = CASE WHEN w.ends_at <= %(now)s THEN 1 ELSE LEAST(w.hits, %(limit)s) + 1 END,
    ends_at = CASE WHEN w.ends_at <= %(now)s THEN excluded.ends_at ELSE w.ends_at END
RETURNING hits, ends_at
"""


@dataclass(frozen=True, kw_only=True)
class Rule:
    """So many attempts in a period, for each identity by itself."""

    name: str
    limit: int
    period: timedelta


def hit(rule: Rule, identity: str) -> None:
    """Count one attempt; refuse it when it is one too many.

    Args:
        identity: who tries or what is tried: a user's key, a client's address, an e-mail address; stored as a
            keyed hash.

    Side effects: commits by itself, so that an attempt that is then refused or fails still counts.
    Raises RateLimited, and RuntimeError inside a transaction, which could take the count back.
    """
    hits, ends_at = _count(rule, identity)
    if hits > rule.limit:
        raise RateLimited(retry_after=max(1, math.ceil((ends_at - clock.now()).total_seconds())))


def forget(rule: Rule, identity: str) -> None:
    """Close the window of an identity, as a right password does after wrong ones."""
    RateWindow.objects.filter(rule=rule.name, identity=_fingerprint(rule, identity)).delete()


def sweep() -> int:
    """Delete the windows that have ended. Returns how many."""
    count, _ = RateWindow.objects.filter(ends_at__lte=clock.now()).delete()
    return count


def _count(rule: Rule, identity: str) -> tuple[int, datetime]:
    now = clock.now()
    with transaction.atomic(durable=True, savepoint=False), connection.cursor() as cursor:
        cursor.execute(
            COUNT,
            {
                "rule": rule.name,
                "identity": _fingerprint(rule, identity),
                "limit": rule.limit,
                "now": now,
                "ends_at": now + rule.period,
            },
        )
        hits, ends_at = cursor.fetchone()
    return hits, ends_at


def _fingerprint(rule: Rule, identity: str) -> str:
    return salted_hmac(f"rates.{rule.name}", identity, algorithm="sha256").hexdigest()
