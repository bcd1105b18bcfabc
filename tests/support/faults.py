"""Processes that are killed in the middle of one action of theirs."""

import json
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any, Final

from django.conf import settings
from django.core.management import call_command
from django.db import connection

from checkout.models import Cart
from checkout.operations.place import place_order
from checkout.operations.settle import settle_payment
from marketplace import env
from marketplace.kernel import database
from payouts.operations.payouts import send_payout
from tests.support import points, wire
from tests.support.payments import receive_all
from tests.support.points import Fault

PROGRAM: Final = """
import sys, django
django.setup()
from tests.support import faults
faults.work(sys.argv[1])
"""
PATIENCE: Final = 60.0


def run(action: str, fault: Fault, **arguments: Any) -> bool:
    """Run an action in a process of its own; whether it was killed at the fault."""
    plan = json.dumps({"action": action, "arguments": arguments, "fault": asdict(fault)})
    server = env.current().database_url or ""
    done = subprocess.run(  # noqa: S603  # our own program
        [sys.executable, "-c", PROGRAM, plan],
        cwd=env.PROJECT_DIR,
        env=env.inherited(
            DATABASE_URL=database.address(server, connection.settings_dict["NAME"]), **wire.environment()
        ),
        timeout=PATIENCE,
        check=False,
    )
    return done.returncode == -signal.SIGKILL


def work(text: str) -> None:
    """What the process does."""
    plan = json.loads(text)
    points.die_at(points.read(plan["fault"]))
    ACTIONS[plan["action"]](**plan["arguments"])


def _place(cart: int, key: str) -> None:
    place_order(cart=Cart.objects.get(pk=cart), idempotency_key=key)


def _settle(ref: str) -> None:
    settle_payment(provider=settings.PAYMENT_PROVIDER, ref=ref)


def _webhook() -> None:
    receive_all()


def _worker() -> None:
    call_command("worker", "--until-empty")


def _pay_out(payout: int) -> None:
    send_payout(payout_id=payout)


ACTIONS: Final[Mapping[str, Callable[..., None]]] = {
    "pay_out": _pay_out,
    "place": _place,
    "settle": _settle,
    "webhook": _webhook,
    "worker": _worker,
}
