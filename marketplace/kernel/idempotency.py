"""The same request twice has one effect.

A client that may repeat a request sends a key with it. The operation runs inside `once`, in its own
transaction, and what it did is stored under the key: a name for the outcome and the ids it concerns, not the
answer, since the repeated request may select other fields. An operation that fails or refuses leaves nothing.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction

from marketplace.kernel import clock, writes
from marketplace.kernel.errors import IdempotencyKeyReused, InvalidInput, RequestInProgress
from marketplace.kernel.models import IdempotencyKey

LONGEST_KEY: Final = 255


@dataclass(frozen=True)
class Outcome:
    """What an operation did: a name such as "placed", and the keys of the rows one reads to answer.

    `words` tells what no row does, such as why a part was refused; its names are none of `ids`.
    """

    name: str
    ids: dict[str, int] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)


def once(
    *,
    scope: str,
    key: str | None,
    payload: Mapping[str, object],
    run: Callable[[], Outcome],
    is_serial: bool = False,
) -> Outcome:
    """Run the operation, or return the outcome it had when this key came first. Without a key it just runs.

    Args:
        scope: the mutation and the thing acted on, such as "placeOrder:cart:17"; never the session.
        key: the client's key.
        payload: the whole input and the version of what is acted on; plain values, decimals, dates, UUIDs.
        run: the operation, inside the transaction that is open now.
        is_serial: whether the caller holds a row that every request of this scope locks first, so that they
            come one after the other and each finds what the one before has stored.

    Locks: an advisory lock on scope and key until the transaction ends, unless they are serial; it is tried,
    never waited for.
    Raises IdempotencyKeyReused for a key that came with another payload, RequestInProgress while another
    transaction runs the same request, InvalidInput for an empty or too long key, TransactionManagementError
    outside a transaction, and whatever `run` raises.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("a key is stored in the transaction of its operation")
    if key is None:
        return run()
    if not 0 < len(key) <= LONGEST_KEY or "\x00" in key:
        raise InvalidInput(reason=f"A key has 1 to {LONGEST_KEY} characters.", field="idempotencyKey")
    if not is_serial and not _claim(scope, key):
        raise RequestInProgress
    digest = _digest(payload)
    stored = IdempotencyKey.objects.filter(scope=scope, key=key).first()
    if stored is None:
        outcome = run()
        kept = {**outcome.ids, **outcome.words}
        writes.insert(
            [IdempotencyKey(scope=scope, key=key, input_hash=digest, outcome=outcome.name, ids=kept)]
        )
        return outcome
    if stored.input_hash != digest:
        raise IdempotencyKeyReused
    return Outcome(
        stored.outcome,
        {name: value for name, value in stored.ids.items() if isinstance(value, int)},
        {name: value for name, value in stored.ids.items() if isinstance(value, str)},
    )


def forget(*, older_than: timedelta) -> int:
    """Delete keys that old; a request repeated later is a new one. Returns how many."""
    count, _ = IdempotencyKey.objects.filter(created_at__lt=clock.now() - older_than).delete()
    return count


def _claim(scope: str, key: str) -> bool:
    """Whether this transaction is the only one that runs the request.

    The lock goes with the transaction, after its rows have become visible: the next one finds the outcome.
    """
    number = int.from_bytes(hashlib.sha256(f"{scope}\0{key}".encode()).digest()[:8], "big", signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [number])
        (is_ours,) = cursor.fetchone()
    return bool(is_ours)


def _digest(payload: Mapping[str, object]) -> str:
    text = json.dumps(payload, cls=DjangoJSONEncoder, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
