"""`manage.py reconcile`: what it tells, and how it exits."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from pytest_django import Settings
from typing_extensions import override

from marketplace.gateway.provider import ProviderUnavailable
from marketplace.gateway.sandbox.provider import SandboxProvider
from marketplace.kernel import clock
from payouts.management.commands.reconcile import Command
from payouts.models import Discrepancy, Reconciliation
from tests.payouts.operations.test_reconcile import orphan, paid
from tests.support.providers import named

pytestmark = pytest.mark.django_db


class Mute(SandboxProvider):
    """Answers no question about payments."""

    @override
    def list_payments(self, *_: Any) -> Any:
        raise ProviderUnavailable


def test_the_command_tells_and_exits_as_it_should(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    paid()
    call_command("reconcile", since=clock.now() - timedelta(hours=1))
    assert "clean, 0 open, 0 healed" in capsys.readouterr().out
    orphan()
    with pytest.raises(CommandError) as different:
        call_command("reconcile", json=True)
    assert different.value.returncode == 1
    assert '"kind": "payment_orphan"' in capsys.readouterr().out
    settings.PAYMENT_PROVIDERS = named(Mute)
    with pytest.raises(CommandError) as silent:
        call_command("reconcile")
    assert silent.value.returncode == 3
    assert Reconciliation.objects.latest("pk").outcome == "silent"
    assert Discrepancy.objects.get().status == "open"


@pytest.mark.parametrize("since", ["yesterday", "2026-02-31T12:00", ""])
def test_what_is_no_moment_is_told_apart_from_silence(since: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as refused:
        Command().run_from_argv(["manage.py", "reconcile", f"--since={since}"])
    assert refused.value.code == 2
    assert f"{since!r} is no moment such as 2026-01-31T12:00" in capsys.readouterr().err
    assert not Reconciliation.objects.exists()
