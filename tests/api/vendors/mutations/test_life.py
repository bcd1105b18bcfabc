"""Vendors moved by applicants, by their own people, and by the platform."""

import pytest

from marketplace.api.scalars import encode_id
from tests.factories.accounts import UserFactory
from tests.factories.vendors import VendorFactory, member_of
from tests.support.graphql import GraphQL
from vendors.models import Vendor, VendorReason, VendorStatus
from vendors.operations import life
from vendors.permissions import VendorRole

pytestmark = pytest.mark.django_db

APPLICATION = {"name": "Clay & Co", "email": "clay@example.com", "country": "DE", "currency": "EUR"}
APPLY = """mutation($input: ApplyAsVendorInput!) { applyAsVendor(input: $input) {
  ... on VendorSuccess { vendor { slug status currency permissions } } ... on Error { code field } } }"""
SUBMIT = """mutation($input: SubmitVendorApplicationInput!) { submitVendorApplication(input: $input) {
  ... on VendorSuccess { vendor { status decision { status reason note } } }
  ... on Error { code field } } }"""
APPEAL = """mutation($input: AppealVendorDecisionInput!) { appealVendorDecision(input: $input) {
  ... on AppealSuccess { appeal { id status message answer vendor { slug } } }
  ... on Error { code field } } }"""
ANSWER = """mutation($input: AnswerVendorAppealInput!) { answerVendorAppeal(input: $input) {
  ... on AppealSuccess { appeal { answer } } ... on Error { code field } } }"""
INVITE = """mutation($input: InviteVendorInput!) { inviteVendor(input: $input) {
  ... on VendorSuccess { vendor { slug status } } ... on Error { code field } } }"""
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
        ("approve", VendorStatus.UNDER_REVIEW, {}, "APPROVED"),
        ("reject", VendorStatus.UNDER_REVIEW, {"reason": "IDENTITY"}, "REJECTED"),
        ("suspend", VendorStatus.APPROVED, {"reason": "FRAUD"}, "SUSPENDED"),
        ("reinstate", VendorStatus.SUSPENDED, {}, "APPROVED"),
        ("close", VendorStatus.SUSPENDED, {"reason": "REQUESTED"}, "CLOSED"),
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
    staff = GraphQL(UserFactory.create(is_staff=True, is_superuser=True))
    assert decide(staff, verb, vendor, **more) == {"vendor": {"status": after}}


def test_a_decision_that_does_not_fit_the_state_is_refused() -> None:
    vendor = VendorFactory.create(status=VendorStatus.REJECTED)
    staff = GraphQL(UserFactory.create(is_staff=True, is_superuser=True))
    assert decide(staff, "approve", vendor) == {"code": "TRANSITION_NOT_ALLOWED", "field": None}


@pytest.mark.parametrize("identifier", ["", "x", encode_id("Vendor", 1), encode_id("VendorAccount", 2**63)])
def test_an_id_of_something_else_is_refused(identifier: str) -> None:
    staff = GraphQL(UserFactory.create(is_staff=True, is_superuser=True))
    answer = staff.ask(DECIDE % ("Approve", "approve"), input={"vendor": identifier})
    assert answer == {"approveVendor": {"code": "INVALID_INPUT", "field": "vendor"}}


def test_an_application_is_submitted_by_its_people_and_seen_by_the_platform() -> None:
    vendor = VendorFactory.create(status=VendorStatus.APPLIED)
    change = {"vendor": account(vendor), "note": "All there."}
    support = GraphQL(member_of(vendor, VendorRole.SUPPORT))
    assert support.ask(SUBMIT, input=change)["submitVendorApplication"]["code"] == "NOT_PERMITTED"
    answer = GraphQL(member_of(vendor)).ask(SUBMIT, input=change)["submitVendorApplication"]
    assert answer["vendor"] == {
        "status": "UNDER_REVIEW",
        "decision": {"status": "UNDER_REVIEW", "reason": "REQUESTED", "note": "All there."},
    }


def test_a_suspension_is_appealed_and_the_appeal_answered() -> None:
    vendor = VendorFactory.create(slug="clay")
    admin = UserFactory.create(is_staff=True, is_superuser=True)
    life.suspend(vendor=vendor, actor=admin, reason=VendorReason.FRAUD)
    owner, staff = GraphQL(member_of(vendor)), GraphQL(admin)
    said = {"vendor": account(vendor), "message": "Not us."}
    appeal = owner.ask(APPEAL, input=said)["appealVendorDecision"]["appeal"]
    assert appeal["vendor"] == {"slug": "clay"}
    assert (appeal["status"], appeal["message"], appeal["answer"]) == ("SUSPENDED", "Not us.", "")
    assert owner.ask(APPEAL, input=said)["appealVendorDecision"]["code"] == "NOTHING_TO_APPEAL"
    waiting = "{ platform { vendorAppeals { edges { node { id } } } } }"
    assert staff.ask(waiting)["platform"]["vendorAppeals"]["edges"] == [{"node": {"id": appeal["id"]}}]
    answer = {"appeal": appeal["id"], "answer": "It was."}
    for outsider in (owner, GraphQL(), GraphQL(UserFactory.create())):
        assert outsider.ask(ANSWER, input=answer)["answerVendorAppeal"]["code"] == "NOT_FOUND"
    assert staff.ask(ANSWER, input=answer) == {"answerVendorAppeal": {"appeal": {"answer": "It was."}}}
    assert staff.ask(waiting)["platform"]["vendorAppeals"]["edges"] == []


def test_the_platform_invites_and_nobody_else() -> None:
    asked = {"name": "Tea", "email": "ida@example.com", "country": "FR", "currency": "EUR"}
    for outsider in (GraphQL(), GraphQL(UserFactory.create())):
        assert outsider.ask(INVITE, input=asked)["inviteVendor"]["code"] == "NOT_FOUND"
    assert Vendor.objects.count() == 0
    answer = GraphQL(UserFactory.create(is_staff=True, is_superuser=True)).ask(INVITE, input=asked)
    assert answer["inviteVendor"] == {"vendor": {"slug": "tea", "status": "INVITED"}}


def test_applications_have_a_limit() -> None:
    client = GraphQL(UserFactory.create())
    codes = [client.ask(APPLY, input=APPLICATION)["applyAsVendor"].get("code") for _ in range(6)]
    assert codes == [None] * 5 + ["RATE_LIMITED"]
    assert Vendor.objects.count() == 5
