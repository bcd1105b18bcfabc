"""Idempotency keys as a provider keeps them: the first answer to a key is the answer to it, a refusal too."""

import hashlib
import json
from collections.abc import Callable
from typing import Any, TypeVar

from django.db import IntegrityError, transaction

from marketplace.gateway.models import SandboxKey
from marketplace.gateway.provider import ProviderRefused
from marketplace.gateway.sandbox import answers

Answer = TypeVar("Answer")


def once(kind: type[Answer], *, key: str, parameters: object, run: Callable[[], Answer]) -> Answer:
    """Do what is asked, or answer what was answered when this key came first.

    Args:
        kind: what the answer is, a dataclass of the port.
        parameters: all that is asked, the verb too; values of the port.
        run: does it, within the transaction that is open then; refuses before it has written anything.

    Side effects: commits by itself. Of two at once the one that comes second to its commit is undone.
    Raises ProviderRefused as `run` does, and for a key that came with other parameters; RuntimeError inside a
    transaction, which could take back what a provider never would.
    """
    digest = hashlib.sha256(json.dumps(answers.plain(parameters), sort_keys=True).encode()).hexdigest()
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
    return answers.read(kind, stored.answer)


def _answer(run: Callable[[], object]) -> Any:
    try:
        return answers.plain(run())
    except ProviderRefused as refusal:
        return {"refused": {"code": refusal.code, "message": refusal.message}}
