"""The way of an event from the sandbox to our webhook: over HTTP, signed, again and again until it is taken.

The row `SandboxNetwork` can make the way as bad as it is elsewhere: copies, delays, overtaking, losses.
"""

import functools
import logging
import ssl
import zlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

import httpx
from django.db.models import F

from marketplace.gateway.models import SandboxEvent, SandboxNetwork
from marketplace.gateway.sandbox import endpoints
from marketplace.gateway.sandbox.endpoints import Endpoint
from marketplace.kernel import clock
from marketplace.kernel.jobs import wait_after

logger = logging.getLogger(__name__)

TIMEOUT: Final = httpx.Timeout(20, connect=5)
MOST_AT_ONCE: Final = 500
LOST: Final = "lost on the way"
NOBODY: Final = "nobody hears of it"


def not_before(event: SandboxEvent) -> datetime | None:
    """How long the network keeps an event back that was never sent; None when it may go."""
    network = _network()
    late = timedelta(seconds=network.delay_seconds)
    if network.shuffle_seconds:
        late += timedelta(seconds=zlib.crc32(event.ref.encode()) % (network.shuffle_seconds + 1))
    moment = event.created_at + late
    return moment if event.attempts == 0 and moment > clock.now() else None


def deliver(event: SandboxEvent) -> bool:
    """Send an event to all who hear of it, with as many copies as the network makes; whether all took it.

    Side effects: HTTP; notes the answer, and when to try again. Never inside a transaction.
    """
    copies = 1 + _network().duplicates
    heard = [[_sent(event, each) for _ in range(copies)] for each in endpoints.hearing(event)]
    missed = [answers[-1] for answers in heard if not any(answer.startswith("2") for answer in answers)]
    is_taken = not missed
    now = clock.now()
    notes = {"delivered_at": now} if is_taken else {"due_at": now + wait_after(event.attempts + 1)}
    SandboxEvent.objects.filter(pk=event.pk).update(
        attempts=F("attempts") + 1, last_answer=_last(heard, missed), **notes
    )
    if not is_taken:
        logger.warning("sandbox event %s was not taken: %s", event.ref, missed[-1])
    return is_taken


def undelivered() -> list[int]:
    """The keys of the events whose time has come to be sent again, the oldest first."""
    due = SandboxEvent.objects.filter(delivered_at__isnull=True, due_at__lte=clock.now())
    return list(due.order_by("pk").values_list("pk", flat=True)[:MOST_AT_ONCE])


def _last(heard: Sequence[Sequence[str]], missed: Sequence[str]) -> str:
    """What is noted: the answer of who did not take it, before that of who did."""
    return missed[-1] if missed else heard[-1][-1] if heard else NOBODY


def _sent(event: SandboxEvent, endpoint: Endpoint) -> str:
    """What came back: a status, or why there was none."""
    if SandboxNetwork.objects.filter(drops__gt=0).update(drops=F("drops") - 1):
        return LOST
    body = endpoint.body(event)
    try:
        answer = httpx.post(
            endpoint.url,
            content=body,
            headers=endpoint.headers(body),
            timeout=TIMEOUT,
            verify=_trusted(),
        )
    except httpx.HTTPError as fault:
        return type(fault).__name__
    return str(answer.status_code)


@functools.cache
def _trusted() -> ssl.SSLContext:
    """Whose certificates are believed. Reading them takes longer than all else, so they are read once."""
    return httpx.create_ssl_context()


def _network() -> SandboxNetwork:
    return SandboxNetwork.objects.first() or SandboxNetwork(pk=1)
