"""Idempotency keys as Stripe keeps them: the first answer to a key is the answer to it."""

import hashlib
import json
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any, Final

from django.db import IntegrityError, transaction

from marketplace.gateway.models import SandboxKey
from marketplace.gateway.sandbox.stripe_api.faults import IDEMPOTENCY, Fault, invalid

LONGEST: Final = 255


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What is sent back."""

    status: int
    body: Mapping[str, Any]
    is_replayed: bool = False


def once(key: str, *, account: str, request: object, run: Callable[[], Answer], is_atomic: bool) -> Answer:
    """Do what is asked in one transaction, or answer what was answered when this key came first.

    A refusal by `run` is an answer, and what it wrote before it refused stays. Without a key it is done. What
    commits by itself (not `is_atomic`) is done before its key is kept.
    Side effects: commits by itself. Raises Fault for a key that came with another request, or is too long.
    """
    if len(key) > LONGEST:
        raise invalid("Idempotency-Key", f"Idempotency keys have at most {LONGEST} characters.")
    if not key:
        with _transaction(is_atomic):
            return run()
    name = f"stripe:{_digest([account, key])}"
    digest = _digest(request)
    try:
        with _transaction(is_atomic):
            stored = SandboxKey.objects.filter(key=name).first()
            if stored is None:
                answer = run()
                kept = {"status": answer.status, "body": answer.body}
                SandboxKey.objects.create(key=name, parameters_hash=digest, answer=kept)
                return answer
    except IntegrityError:
        stored = SandboxKey.objects.get(key=name)
    if stored.parameters_hash != digest:
        raise Fault(
            "This idempotency key came with other parameters before.",
            type_=IDEMPOTENCY,
        )
    return Answer(**stored.answer, is_replayed=True)


def _transaction(is_wanted: bool) -> AbstractContextManager[Any]:
    return transaction.atomic(durable=True, savepoint=False) if is_wanted else nullcontext()


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()
