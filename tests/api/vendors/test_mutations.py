"""Vendors changed by applicants, by their own people, and by the platform."""

import pytest

from marketplace.api.scalars import encode_id
from tests.factories.accounts import UserFactory
from tests.factories.vendors import VendorFactory, member_of
from tests.support.graphql import GraphQL
from vendors.models import Vendor, VendorStatus
from vendors.permissions import VendorRole

pytestmark = pytest.mark.django_db

APPLICATION = {"name": "Clay & Co", "email": "clay@example.com", "country": "DE", "currency": "EUR"}
APPLY = """mutation($input: ApplyAsVendorInput!) { applyAsVendor(input: $input) {
  ... on VendorSuccess { vendor { slug status currency permissions } } ... on Error { code field } } }"""
UPDATE = """mutation($input: UpdateVendorProfileInput!) { updateVendorProfile(input: $input) {
  ... on VendorSuccess { vendor { name } } ... on Error { code field } } }"""
DECIDE = """mutation($input: %sVendorInput!) { %sVendor(input: $input) {
  ... on VendorSuccess { vendor { status } } ... on Error { code field } } }"""


def account(vendor: Vendor) -> str:
    return encode_id("VendorAccount", vendor.pk)


def decide(client: GraphQL, verb: str, vendor: Vendor, **more: str) -> object:
    document = DECIDE % (verb.capitalize(), verb)
    return client.ask(document, input={"vendor": account(vendor), **more})[f"{verb}Vendor"]


def test_whoever_applies_owns_the_vendor() -> None:
    answer = GraphQL(UserFactory.create()).ask(APPLY, input=APPLICATION)
    vendor = answer["applyAsVendor"]["vendor"]
    assert (vendor["slug"], vendor["status"], vendor["currency"]) == ("clay-co", "APPLIED", "EUR")
    assert "MANAGE_MEMBERS" in vendor["permissions"]


def test_the_anonymous_cannot_apply() -> None:
    answer = GraphQL().ask(APPLY, input=APPLICATION)
    assert answer == {"applyAsVendor": {"code": "SIGN_IN_REQUIRED", "field": None}}
    assert not Vendor.objects.exists()


def test_an_unknown_country_is_refused_by_name() -> None:
    answer = GraphQL(UserFactory.create()).ask(APPLY, input=APPLICATION | {"country": "XX"})
    assert answer == {"applyAsVendor": {"code": "INVALID_INPUT", "field": "country"}}
    assert not Vendor.objects.exists()


@pytest.mark.parametrize(
    ("verb", "before", "more", "after"),
    [
        ("approve", VendorStatus.APPLIED, {}, "APPROVED"),
        ("reject", VendorStatus.APPLIED, {"reason": "IDENTITY"}, "REJECTED"),
        ("suspend", VendorStatus.APPROVED, {"reason": "FRAUD"}, "SUSPENDED"),
        ("reinstate", VendorStatus.SUSPENDED, {}, "APPROVED"),
    ],
)
def test_staff_decide_and_nobody_else(
    verb: str, before: VendorStatus, more: dict[str, str], after: str
) -> None:
    vendor = VendorFactory.create(status=before)
    for outsider in (GraphQL(), GraphQL(UserFactory.create()), GraphQL(member_of(vendor))):
        assert decide(outsider, verb, vendor, **more) == {"code": "NOT_FOUND", "field": "vendor"}
    vendor.refresh_from_db()
    assert vendor.status == before
    staff = GraphQL(UserFactory.create(is_staff=True))
    assert decide(staff, verb, vendor, **more) == {"vendor": {"status": after}}


def test_a_decision_that_does_not_fit_the_state_is_refused() -> None:
    vendor = VendorFactory.create(status=VendorStatus.REJECTED)
    staff = GraphQL(UserFactory.create(is_staff=True))
    assert decide(staff, "approve", vendor) == {"code": "TRANSITION_NOT_ALLOWED", "field": None}


def test_a_role_decides_who_may_change_the_profile() -> None:
    vendor = VendorFactory.create(name="Before")
    change = {
        "vendor": account(vendor),
        "name": "After",
        "email": "a@example.com",
        "about": "",
        "timezone": "UTC",
    }
    refused = GraphQL(member_of(vendor, VendorRole.CATALOGUE)).ask(UPDATE, input=change)
    assert refused == {"updateVendorProfile": {"code": "NOT_PERMITTED", "field": None}}
    stranger = GraphQL(member_of(VendorFactory.create())).ask(UPDATE, input=change)
    assert stranger == {"updateVendorProfile": {"code": "NOT_FOUND", "field": "vendor"}}
    changed = GraphQL(member_of(vendor, VendorRole.MANAGER)).ask(UPDATE, input=change)
    assert changed == {"updateVendorProfile": {"vendor": {"name": "After"}}}


@pytest.mark.parametrize("identifier", ["", "x", encode_id("Vendor", 1), encode_id("VendorAccount", 2**63)])
def test_an_id_of_something_else_is_refused(identifier: str) -> None:
    staff = GraphQL(UserFactory.create(is_staff=True))
    answer = staff.ask(DECIDE % ("Approve", "approve"), input={"vendor": identifier})
    assert answer == {"approveVendor": {"code": "INVALID_INPUT", "field": "vendor"}}
