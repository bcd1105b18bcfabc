"""The sandbox by hand."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from marketplace.gateway import registry
from marketplace.gateway.models import SandboxAccount
from marketplace.kernel import clock
from marketplace.kernel.money import Money
from tests.support import payments


def said(*words: str) -> str:
    out = StringIO()
    call_command("sandbox", *words, stdout=out)
    return out.getvalue().strip()


@pytest.mark.django_db
@pytest.mark.unwatched  # what are many transactions elsewhere is one here
def test_banks_vendors_and_time_do_as_they_are_told(settings: Settings) -> None:
    sandbox, before = registry.default(), clock.now()
    vendor = sandbox.create_account(email="", country="DE", metadata={}, key="acct:1:v1").ref
    # As one that has a schedule of its own; those that we make have none.
    SandboxAccount.objects.update(has_own_schedule=True)
    charge = payments.paid(10_000).charge_ref or ""
    assert said("onboard", vendor, "--bank", "1116") == "Active"
    sandbox.transfer(
        vendor, amount=Money(900, "EUR"), charge_ref=charge, group="", metadata={}, key="tr:1:v1"
    )
    assert said("settle") == "3 movements are available now"
    assert said("pay-out") == "1 payouts are on their way"
    (payout,) = sandbox.list_payouts(vendor, before)
    assert said("arrive", payout.ref) == "Failed"
    assert sandbox.get_fraud_warning(said("warn", charge, "--type", "misc")).fraud_type == "misc"
    assert said("decide", said("dispute", charge), "--lost") == "Lost"
    with pytest.raises(CommandError, match="resource_missing"):
        said("decide", "du_sandbox_unknown")
    settings.IS_SANDBOX_ALLOWED = False
    with pytest.raises(CommandError, match="PAYMENTS_SANDBOX"):
        said("settle")
