"""What happens to money by the clock."""

from datetime import timedelta

import pytest

from marketplace.gateway.models import SandboxAccount
from marketplace.gateway.sandbox import control
from marketplace.kernel import clock
from payouts import jobs
from payouts.models import PayoutAccount, Reconciliation
from payouts.operations import accounts
from tests.factories.vendors import VendorFactory
from tests.support.accounts import active_account, opened_account
from tests.support.queue import queued, run_queued

pytestmark = pytest.mark.django_db


def looked_up() -> list[str]:
    """The accounts that the hourly look has the provider asked for."""
    jobs.look_at_accounts()
    return [named["ref"] for name, named in queued() if name == "look_account_up"]


def test_34_accounts_are_looked_at_though_nobody_tells_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    active, held = (active_account(VendorFactory.create()) for _ in range(2))
    opened, ended, gone = (opened_account(VendorFactory.create()) for _ in range(3))
    PayoutAccount.objects.filter(pk=ended.pk).update(state="rejected")
    SandboxAccount.objects.filter(ref=gone.ref).delete()
    control.onboard(opened.ref)
    control.hold_account(held.ref)
    assert looked_up() == [opened.ref, gone.ref]
    run_queued()
    assert PayoutAccount.objects.get(pk=opened.pk).state == "active"
    assert PayoutAccount.objects.get(pk=held.pk).state == "active"
    with clock.at(clock.now() + timedelta(days=1, minutes=1)):
        assert set(looked_up()) == {active.ref, held.ref, opened.ref, gone.ref}
        run_queued()
        assert PayoutAccount.objects.get(pk=held.pk).state == "restricted"
        assert looked_up() == [gone.ref, held.ref]
        monkeypatch.setattr(jobs, "AT_ONCE", 1)
        run_queued()
        assert looked_up() == [gone.ref]
    assert accounts.to_look_at().count() == 2


def test_the_books_are_compared_every_night() -> None:
    jobs.reconcile_every_night()
    assert Reconciliation.objects.get().outcome == "clean"
