from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from pytest_django import Settings

from catalog.models import ProductStatus
from catalog.operations.products import submit_product
from marketplace.accounts.models import User
from marketplace.kernel import audit, clock
from marketplace.kernel.errors import InvalidInput
from tests.factories.accounts import UserFactory
from tests.factories.catalog import listed
from tests.factories.vendors import VendorFactory
from vendors.errors import OnboardingIncomplete, TermsNotAccepted
from vendors.models import OnboardingStep, PolicyKind, StepVerdict, TermsAcceptance, Vendor, VendorStatus
from vendors.onboarding import checklist
from vendors.operations import life, onboarding
from vendors.operations.declarations import Trader, publish_policy, save_trader_details

pytestmark = pytest.mark.django_db

ALL = ("profile", "policies", "tax", "payout_account", "first_listing", "terms")
WHO = Trader(
    legal_name="Tea GmbH",
    line1="Am Ufer 2",
    city="Berlin",
    country="DE",
    email="law@tea.example",
    phone="+49 30 1",
    tax_number="DE1",
)


@pytest.fixture(autouse=True)
def _everything_to_do_first(settings: Settings, _nothing_to_do_first: None) -> None:
    settings.ONBOARDING_STEPS = ALL


@pytest.fixture
def vendor() -> Vendor:
    made: Vendor = VendorFactory.create(status=VendorStatus.APPLIED)
    return made


@pytest.fixture
def admin() -> User:
    made: User = UserFactory.create(is_staff=True)
    return made


def stands(vendor: Vendor) -> dict[str, str]:
    vendor.refresh_from_db()
    return {state.step.value: state.status.value for state in checklist(vendor)}


def do_everything(vendor: Vendor, actor: User) -> None:
    Vendor.objects.filter(pk=vendor.pk).update(about="We brew.")
    for kind in PolicyKind:
        publish_policy(vendor=vendor, kind=kind, text="As usual.", actor=actor)
    save_trader_details(vendor=vendor, trader=WHO, is_attested=True, actor=actor)
    listed(vendor=vendor, status=ProductStatus.PROPOSED)


def test_each_step_is_found_out(vendor: Vendor, admin: User) -> None:
    onboarding.publish_terms(text="Be kind.", actor=admin)
    assert stands(vendor) == {**dict.fromkeys(ALL, "incomplete"), "payout_account": "pending"}
    do_everything(vendor, admin)
    onboarding.accept_terms(vendor=vendor, version=1, user=admin)
    assert stands(vendor) == {**dict.fromkeys(ALL, "complete"), "payout_account": "pending"}


def test_it_is_asked_for_at_the_submission_and_at_the_approval(vendor: Vendor, admin: User) -> None:
    with pytest.raises(OnboardingIncomplete) as caught:
        life.submit(vendor=vendor, actor=admin)
    assert caught.value.missing == "profile, policies, tax, first_listing"
    do_everything(vendor, admin)
    life.submit(vendor=vendor, actor=admin)
    with pytest.raises(OnboardingIncomplete) as caught:
        life.approve(vendor=vendor, actor=admin)
    assert caught.value.missing == "payout_account"
    step = OnboardingStep.PAYOUT_ACCOUNT
    onboarding.review_step(vendor=vendor, step=step, verdict=StepVerdict.VERIFIED, actor=admin)
    assert life.approve(vendor=vendor, actor=admin).status == VendorStatus.APPROVED


def test_an_admin_waives_what_is_missing_and_it_is_recorded(vendor: Vendor, admin: User) -> None:
    onboarding.waive_missing(vendor=vendor, actor=admin, note="Known for years.")
    assert stands(vendor) == {**dict.fromkeys(ALL, "waived"), "terms": "complete"}
    entries = audit.entries_of(vendor).filter(action="vendors.onboarding_reviewed")
    assert [(entry.actor_id, entry.note) for entry in entries] == [(admin.pk, "Known for years.")] * 5
    life.submit(vendor=vendor, actor=admin)
    assert life.approve(vendor=vendor, actor=admin).status == VendorStatus.APPROVED


def test_what_is_computed_is_not_judged(vendor: Vendor, admin: User) -> None:
    with pytest.raises(InvalidInput):
        onboarding.review_step(
            vendor=vendor, step=OnboardingStep.PROFILE, verdict=StepVerdict.VERIFIED, actor=admin
        )


def test_rejected_tax_data_is_open_again_once_it_is_attested_anew(vendor: Vendor, admin: User) -> None:
    do_everything(vendor, admin)
    onboarding.review_step(
        vendor=vendor,
        step=OnboardingStep.TAX,
        verdict=StepVerdict.REJECTED,
        actor=admin,
        note="No such number.",
    )
    assert stands(vendor)["tax"] == "rejected"
    with pytest.raises(OnboardingIncomplete):
        life.submit(vendor=vendor, actor=admin)
    save_trader_details(vendor=vendor, trader=WHO, is_attested=True, actor=admin)
    assert stands(vendor)["tax"] == "complete"


def test_an_app_above_says_whether_a_step_is_done(vendor: Vendor, settings: Settings) -> None:
    settings.ONBOARDING_CHECKS = {"payout_account": "catalog.selectors.sellers.has_listing"}
    assert stands(vendor)["payout_account"] == "incomplete"
    listed(vendor=vendor)
    assert stands(vendor)["payout_account"] == "complete"


def test_new_terms_are_asked_for_from_their_moment_on(vendor: Vendor, admin: User) -> None:
    soon = clock.now() + timedelta(days=30)
    onboarding.publish_terms(text="Be kind.", actor=admin)
    onboarding.publish_terms(text="Be kinder.", actor=admin, effective_at=soon)
    product = listed(vendor=vendor, status=ProductStatus.DRAFT)
    with pytest.raises(TermsNotAccepted) as caught:
        submit_product(product=product, actor=admin)
    assert caught.value.version == 1
    onboarding.accept_terms(vendor=vendor, version=1, user=admin)
    onboarding.accept_terms(vendor=vendor, version=1, user=admin)
    with clock.at(soon):
        with pytest.raises(TermsNotAccepted):
            submit_product(product=product, actor=admin)
        with pytest.raises(InvalidInput):
            onboarding.accept_terms(vendor=vendor, version=1, user=admin)
    assert submit_product(product=product, actor=admin).status == ProductStatus.PROPOSED
    accepted = TermsAcceptance.objects.values_list("vendor", "terms__version", "user")
    assert list(accepted) == [(vendor.pk, 1, admin.pk)]
    with pytest.raises(IntegrityError), transaction.atomic():
        TermsAcceptance.objects.update(user=UserFactory.create())
