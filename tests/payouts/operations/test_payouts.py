"""Payouts at the provider: asked for once, followed, and given back once."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import override_settings

from marketplace.gateway import registry
from marketplace.gateway.models import SandboxKey, SandboxPayout
from marketplace.gateway.provider import ProviderUnavailable
from marketplace.gateway.sandbox import control
from marketplace.gateway.sandbox.provider import SandboxProvider
from marketplace.kernel import clock
from payouts.models import LedgerTransaction, Payout, PayoutEntry, PayoutSchedule, TransactionKind
from payouts.operations import payouts
from payouts.operations.claiming import claim
from payouts.scheduling import local_day
from tests.factories.vendors import VendorFactory
from tests.support import providers
from tests.support.accounts import paid_out
from tests.support.books import faults
from tests.support.payable import payee, sale
from tests.support.payments import receive_all
from tests.support.queue import queued, run_queued
from vendors.models import Vendor

pytestmark = pytest.mark.django_db


@pytest.fixture
def silent() -> Iterator[None]:
    """A provider that pays out, and whose answers are lost."""
    with override_settings(PAYMENT_PROVIDERS=providers.named(providers.Absent)):
        yield


def claimed(vendor: Vendor | None = None) -> Payout:
    """What was claimed of one sale."""
    vendor = vendor or payee()
    sale(vendor)
    (key,) = claim(vendor_id=vendor.pk).payout_ids
    return Payout.objects.select_related("account__vendor").get(pk=key)


def moved(payout: Payout) -> list[tuple[str, int]]:
    """What the ledger says of the vendor's payouts, on what it is owed."""
    kinds = [TransactionKind.PAYOUT, TransactionKind.PAYOUT_FAILED]
    rows = LedgerTransaction.objects.filter(kind__in=kinds, entries__account__kind="vendor_payable")
    return list(rows.order_by("pk").values_list("kind", "entries__amount_minor"))


def test_a_payout_is_sent_and_followed_to_the_bank_by_webhooks() -> None:
    payout = claimed()
    run_queued()
    payout.refresh_from_db()
    (made,) = registry.default().list_payouts(payout.account.ref, payout.created_at - timedelta(minutes=1))
    assert (payout.status, payout.ref, payout.arrives_on) == ("pending", made.ref, made.arrives_on)
    assert (made.amount, made.metadata["payout"]) == (payout.amount, str(payout.uuid))
    control.arrive(made.ref)
    receive_all()
    payouts.send_payout(payout_id=payout.pk)
    payout.refresh_from_db()
    assert (payout.status, Payout.objects.count(), SandboxPayout.objects.count()) == ("paid", 1, 1)
    assert (moved(payout), faults()) == ([("payout", -9000)], [])


def test_h35_after_a_lost_answer_the_retry_is_the_same_payout(silent: None) -> None:
    payout = claimed()
    with pytest.raises(ProviderUnavailable):
        payouts.send_payout(payout_id=payout.pk)
    payout.refresh_from_db()
    assert (payout.status, payout.ref, payout.attempts) == ("claimed", "", 1)
    first = SandboxPayout.objects.get().ref
    with override_settings(PAYMENT_PROVIDERS=providers.named(SandboxProvider)):
        payouts.send_payout(payout_id=payout.pk)
    payout.refresh_from_db()
    assert (payout.status, payout.ref, SandboxPayout.objects.count()) == ("pending", first, 1)
    assert moved(payout) == [("payout", -9000)]


@pytest.mark.parametrize("how", ["by the key's absence", "by a webhook"])
def test_h35_what_a_provider_has_forgotten_the_key_of_is_found_by_its_mark(how: str, silent: None) -> None:
    payout = claimed()
    with pytest.raises(ProviderUnavailable):
        payouts.send_payout(payout_id=payout.pk)
    SandboxKey.objects.all().delete()
    if how == "by a webhook":
        receive_all()
    else:
        with (
            clock.at(clock.now() + timedelta(hours=21)),
            override_settings(PAYMENT_PROVIDERS=providers.named(SandboxProvider)),
        ):
            payouts.send_payout(payout_id=payout.pk)
    payout.refresh_from_db()
    assert (payout.status, payout.ref) == ("pending", SandboxPayout.objects.get().ref)


def test_h35_what_the_bank_sends_back_is_the_vendors_again_once() -> None:
    payout = claimed()
    run_queued()
    ref = Payout.objects.get().ref
    control.arrive(ref)
    receive_all()
    control.fail_payout(ref)
    for _ in range(3):
        receive_all()
        payouts.sync_payout(provider="sandbox", account_ref=payout.account.ref, ref=ref)
    payout.refresh_from_db()
    assert (payout.status, payout.failure_code) == ("failed", "account_closed")
    assert (moved(payout), faults()) == ([("payout", -9000), ("payout_failed", 9000)], [])
    assert queued().count(("mail_payout_returned", {"payout_id": payout.pk})) == 1
    again = Payout.objects.get(pk=claim(vendor_id=payout.account.vendor_id).payout_ids[0])
    assert (again.amount_minor, again.uuid == payout.uuid) == (9000, False)
    assert PayoutEntry.objects.filter(released_at__isnull=True).get().payout == again


def test_what_the_provider_refuses_is_the_vendors_again_and_tried_the_next_day() -> None:
    payout = claimed()
    PayoutSchedule.objects.update(next_on=clock.now().date() + timedelta(days=6))
    control.hold_account(payout.account.ref)
    for _ in range(2):
        payouts.send_payout(payout_id=payout.pk)
    payout.refresh_from_db()
    assert (payout.status, payout.failure_code, payout.ref) == ("failed", "payouts_not_allowed", "")
    assert moved(payout) == [("payout", -9000), ("payout_failed", 9000)]
    tomorrow = local_day(clock.now() + timedelta(days=1), payout.account.vendor.timezone)
    assert PayoutSchedule.objects.get().next_on == tomorrow
    assert (SandboxPayout.objects.count(), faults()) == (0, [])


def test_what_is_not_ours_is_noted_and_moves_nothing() -> None:
    payout = paid_out(VendorFactory.create())
    control.fail_payout(payout.ref)
    receive_all()
    payout.refresh_from_db()
    assert (payout.is_ours, payout.status, payout.amount_minor) == (False, "failed", 500)
    assert (moved(payout), queued().count(("mail_payout_returned", {"payout_id": payout.pk}))) == ([], 0)


def test_an_older_answer_changes_nothing() -> None:
    payout = claimed()
    run_queued()
    payout.refresh_from_db()
    Payout.objects.update(synced_at=clock.now() + timedelta(seconds=5))
    control.fail_payout(payout.ref)
    payouts.sync_payout(provider="sandbox", account_ref=payout.account.ref, ref=payout.ref)
    payout.refresh_from_db()
    assert payout.status == "pending"


def test_what_is_in_nobodys_hands_is_taken_up() -> None:
    payout = claimed()
    assert list(payouts.to_be_asked()) == []
    with clock.at(clock.now() + timedelta(minutes=11)):
        assert list(payouts.to_be_asked()) == [payout]
    run_queued()
    assert list(payouts.quiet()) == []
    with clock.at(clock.now() + timedelta(hours=13)):
        assert list(payouts.quiet()) == [payout]
        assert list(payouts.to_be_asked()) == []
