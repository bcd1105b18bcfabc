"""Idempotency keys as a provider keeps them: the first answer to a key is the answer to it, a refusal too."""

import dataclasses
import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from django.db import IntegrityError, transaction

from marketplace.gateway.models import SandboxKey
from marketplace.gateway.provider import Intent, ProviderRefund, ProviderRefused

Answer = TypeVar("Answer", Intent, ProviderRefund)


def once(
    *,
    key: str,
    parameters: Mapping[str, object],
    run: Callable[[], Answer],
    read: Callable[[Mapping[str, Any]], Answer],
) -> Answer:
    """Do what is asked, or answer what was answered when this key came first.

    Args:
        parameters: all that is asked, the verb too; plain values.
        run: does it, within the transaction that is open then; refuses before it has written anything.
        read: an answer out of the plain values it was kept as.

    Side effects: commits by itself. Of two at once the one that comes second to its commit is undone.
    Raises ProviderRefused as `run` does, and for a key that came with other parameters; RuntimeError inside a
    transaction, which could take back what a provider never would.
    """
    digest = hashlib.sha256(json.dumps(parameters, sort_keys=True).encode()).hexdigest()
    try:
        with transaction.atomic(durable=True, savepoint=False):
            stored = SandboxKey.objects.filter(key=key).first()
            if stored is None:
                stored = SandboxKey.objects.create(key=key, parameters_hash=digest, answer=_answer(run))
    except IntegrityError:
        stored = SandboxKey.objects.get(key=key)
    if stored.parameters_hash != digest:
        raise ProviderRefused("idempotency_key_reused", "This key came with other parameters before.")
    if "refused" in stored.answer:
        raise ProviderRefused(**stored.answer["refused"])
    return read(stored.answer)


def _answer(run: Callable[[], Answer]) -> dict[str, Any]:
    try:
        return dataclasses.asdict(run())
    except ProviderRefused as refusal:
        return {"refused": {"code": refusal.code, "message": refusal.message}}
