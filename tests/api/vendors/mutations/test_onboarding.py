"""The checklist and the terms, over HTTP."""

import pytest
from pytest_django import Settings

from marketplace.api.scalars import encode_id
from tests.factories.accounts import UserFactory
from tests.factories.vendors import VendorFactory, member_of
from tests.support.graphql import GraphQL
from vendors.models import VendorStatus

pytestmark = pytest.mark.django_db

SUBMIT = """mutation($input: SubmitVendorApplicationInput!) { submitVendorApplication(input: $input) {
  ... on VendorSuccess { vendor { status } } ... on OnboardingIncompleteError { code missing } } }"""
REVIEW = """mutation($input: ReviewOnboardingStepInput!) { reviewOnboardingStep(input: $input) {
  ... on VendorSuccess { vendor { onboarding { step status note } } } ... on Error { code } } }"""
PUBLISH = """mutation($input: SavePlatformTermsInput!) { savePlatformTerms(input: $input) {
  ... on SavePlatformTermsSuccess { terms { version text } } ... on Error { code } } }"""
ACCEPT = """mutation($input: AcceptPlatformTermsInput!) { acceptPlatformTerms(input: $input) {
  ... on VendorSuccess { vendor { onboarding { step status } } } ... on Error { code } } }"""


def test_a_checklist_is_worked_off(settings: Settings) -> None:
    settings.ONBOARDING_STEPS = ("payout_account", "terms")
    vendor = VendorFactory.create(status=VendorStatus.APPLIED)
    account = {"vendor": encode_id("VendorAccount", vendor.pk)}
    owner, staff = GraphQL(member_of(vendor)), GraphQL(UserFactory.create(is_staff=True, is_superuser=True))
    assert owner.ask(PUBLISH, input={"text": "Be kind."})["savePlatformTerms"] == {"code": "NOT_FOUND"}
    terms = staff.ask(PUBLISH, input={"text": "Be kind."})["savePlatformTerms"]["terms"]
    assert terms == {"version": 1, "text": "Be kind."}
    assert GraphQL().ask("{ platformTerms { version } }") == {"platformTerms": {"version": 1}}
    assert owner.ask(SUBMIT, input=account)["submitVendorApplication"] == {
        "code": "ONBOARDING_INCOMPLETE",
        "missing": "terms",
    }
    done = owner.ask(ACCEPT, input={**account, "version": 1})["acceptPlatformTerms"]["vendor"]["onboarding"]
    assert done == [
        {"step": "PAYOUT_ACCOUNT", "status": "PENDING"},
        {"step": "TERMS", "status": "COMPLETE"},
    ]
    waiver = {**account, "step": "PAYOUT_ACCOUNT", "verdict": "WAIVED", "note": "By hand."}
    assert owner.ask(REVIEW, input=waiver)["reviewOnboardingStep"] == {"code": "NOT_FOUND"}
    steps = staff.ask(REVIEW, input=waiver)["reviewOnboardingStep"]["vendor"]["onboarding"]
    assert steps[0] == {"step": "PAYOUT_ACCOUNT", "status": "WAIVED", "note": "By hand."}
    answer = owner.ask(SUBMIT, input=account)["submitVendorApplication"]
    assert answer == {"vendor": {"status": "UNDER_REVIEW"}}
