"""Vendors' accounts with the provider: made once, followed everywhere, told of when they are held."""

from datetime import timedelta

import pytest

from marketplace.gateway import registry
from marketplace.gateway.errors import UnknownObject
from marketplace.gateway.models import SandboxAccount
from marketplace.gateway.provider import PaymentProvider
from marketplace.gateway.sandbox import control
from marketplace.gateway.sandbox.accounts import DOCUMENT, Verdict
from marketplace.kernel import audit, clock
from payouts.errors import PayoutAccountNotReady
from payouts.models import LedgerAccount, PayoutAccount
from payouts.operations import accounts
from tests.factories.accounts import UserFactory
from tests.factories.vendors import VendorFactory
from tests.support.accounts import active_account, opened_account
from tests.support.books import faults
from tests.support.payable import payee, sale
from tests.support.payments import receive_all
from tests.support.queue import queued
from vendors.models import OnboardingStep, StepStatus, StepVerdict, Vendor
from vendors.onboarding import checklist
from vendors.operations.onboarding import review_step

pytestmark = pytest.mark.django_db


def step_of(vendor: Vendor) -> StepStatus:
    """How the step of the checklist stands."""
    return next(each.status for each in checklist(vendor) if each.step == OnboardingStep.PAYOUT_ACCOUNT)


def test_an_account_is_made_once_and_each_click_gets_a_link_of_its_own() -> None:
    vendor, owner = VendorFactory.create(), UserFactory.create()
    first, second = (accounts.start_onboarding(vendor=vendor, actor=owner) for _ in range(2))
    assert first != second
    account = PayoutAccount.objects.get()
    told = registry.default().get_account(account.ref)
    assert (told.metadata["vendor"], told.metadata["payout_account"]) == (vendor.slug, str(account.uuid))
    assert (account.state, account.country, account.missing) == ("pending", told.country, list(told.missing))
    assert [each.action for each in audit.entries_of(vendor)] == ["payouts.onboarding_started"]
    # As after a crash between the provider's answer and our note of it.
    PayoutAccount.objects.update(ref="")
    assert opened_account(vendor).ref == account.ref
    assert SandboxAccount.objects.count() == 1


def test_an_account_whose_reference_was_lost_is_known_by_its_stamp() -> None:
    account = opened_account(VendorFactory.create())
    PayoutAccount.objects.update(ref="")
    assert accounts.sync_account(provider="sandbox", ref=account.ref).ref == account.ref
    with pytest.raises(UnknownObject):
        accounts.sync_account(provider="sandbox", ref="acct_nobody")


def test_the_checklist_follows_the_provider_by_webhooks() -> None:
    vendor, admin = VendorFactory.create(), UserFactory.create(is_staff=True)
    assert step_of(vendor) == StepStatus.PENDING
    verified = StepVerdict.VERIFIED
    review_step(vendor=vendor, step=OnboardingStep.PAYOUT_ACCOUNT, verdict=verified, actor=admin)
    assert step_of(vendor) == StepStatus.COMPLETE
    ref = opened_account(vendor).ref
    assert step_of(vendor) == StepStatus.INCOMPLETE
    control.onboard(ref)
    receive_all()
    account = PayoutAccount.objects.get()
    assert (account.state, account.bank_last4, step_of(vendor)) == ("active", "6789", StepStatus.COMPLETE)
    control.hold_account(ref)
    receive_all()
    account.refresh_from_db()
    assert (account.state, account.reason) == ("restricted", "platform_paused")
    assert step_of(vendor) == StepStatus.INCOMPLETE
    review_step(vendor=vendor, step=OnboardingStep.PAYOUT_ACCOUNT, verdict=StepVerdict.WAIVED, actor=admin)
    assert step_of(vendor) == StepStatus.WAIVED


def test_a_vendor_that_cannot_be_paid_is_told_once_for_each_time() -> None:
    account = opened_account(VendorFactory.create())
    control.onboard(account.ref, Verdict.NEEDS_DOCUMENT)
    for _ in range(2):
        receive_all()
        accounts.sync_account(provider="sandbox", ref=account.ref)
    told = ("mail_payout_account_held", {"account_id": account.pk})
    assert queued().count(told) == 1
    account.refresh_from_db()
    assert (account.state, account.missing) == ("action_required", [DOCUMENT])
    assert account.missing_by is not None


def test_an_account_that_pays_itself_out_does_so_no_more() -> None:
    account = active_account(VendorFactory.create())
    SandboxAccount.objects.update(has_own_schedule=True)
    accounts.sync_account(provider="sandbox", ref=account.ref)
    assert not registry.default().get_account(account.ref).has_own_schedule


def test_an_older_answer_changes_nothing() -> None:
    account = active_account(VendorFactory.create())
    PayoutAccount.objects.update(synced_at=clock.now() + timedelta(seconds=5), state="restricted")
    assert accounts.sync_account(provider="sandbox", ref=account.ref).state == "restricted"


def test_what_has_ended_is_not_opened_again_and_nothing_is_shown_before_it_is_set_up() -> None:
    vendor, owner = VendorFactory.create(), UserFactory.create()
    with pytest.raises(PayoutAccountNotReady):
        accounts.open_dashboard(vendor=vendor)
    account = opened_account(vendor)
    with pytest.raises(PayoutAccountNotReady):
        accounts.open_dashboard(vendor=vendor)
    control.onboard(account.ref)
    assert accounts.refresh_account(vendor=vendor) == account
    assert accounts.open_dashboard(vendor=vendor).startswith("http")
    control.reject_account(account.ref)
    receive_all()
    with pytest.raises(PayoutAccountNotReady, match="rejected"):
        accounts.start_onboarding(vendor=vendor, actor=owner)


def test_who_has_withdrawn_access_is_onboarded_anew_and_paid_there(provider: PaymentProvider) -> None:
    sold_by = payee()
    sale(sold_by)
    old = PayoutAccount.objects.get()
    control.disconnect(old.ref)
    accounts.sync_account(provider=provider.name, ref=old.ref)
    for _ in range(2):
        assert accounts.start_onboarding(vendor=sold_by, actor=UserFactory.create()).startswith("http")
    new = PayoutAccount.objects.in_use().get()
    assert (new.ref != old.ref, new.state, PayoutAccount.objects.count()) == (True, "pending", 2)
    # What lay in the old one is the vendor's there.
    lying = LedgerAccount.objects.filter(vendor=sold_by).values_list("kind", "balance_minor")
    assert dict(lying) == {"vendor_payable": 0, "vendor_account": 0}
    control.onboard(new.ref)
    assert accounts.sync_account(provider=provider.name, ref=new.ref).state == "active"
    assert accounts.sync_account(provider=provider.name, ref=old.ref).state == "disconnected"
    assert PayoutAccount.objects.in_use().get() == new
    assert (PayoutAccount.objects.in_use().get().bank_changed_at is not None, faults()) == (True, [])
