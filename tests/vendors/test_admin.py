import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from catalog.models import ProductStatus
from marketplace.kernel import audit
from marketplace.kernel.states import moves_of
from marketplace.staff import MODERATOR, SUPPORT
from tests.factories.accounts import UserFactory
from tests.factories.catalog import listed
from tests.factories.vendors import VendorFactory, member_of
from tests.support.staff import said, signed_in
from vendors.models import OnboardingMark, StepVerdict, Vendor, VendorReason, VendorStatus
from vendors.operations import life
from vendors.permissions import VendorRole

pytestmark = pytest.mark.django_db
CHANGELIST = "/admin/vendors/vendor/"
S = VendorStatus


def _page(name: str, *vendors: Vendor) -> str:
    return f"{CHANGELIST}decide/{name}/?ids={','.join(str(each.pk) for each in vendors)}"


@pytest.mark.parametrize(
    ("before", "name", "given", "after", "reason"),
    [
        (S.UNDER_REVIEW, "approve", {"note": "Welcome"}, S.APPROVED, "checked"),
        (S.UNDER_REVIEW, "reject", {"note": "Sorry", "reason": "identity"}, S.REJECTED, "identity"),
        (S.APPROVED, "suspend", {"note": "Wait", "reason": "fraud"}, S.SUSPENDED, "fraud"),
        (S.SUSPENDED, "reinstate", {"note": "Fine"}, S.APPROVED, "resolved"),
        (S.SUSPENDED, "close", {"note": "Bye", "reason": "requested"}, S.CLOSED, "requested"),
    ],
)
def test_a_decision_is_a_recorded_move_with_its_reason_and_note(
    before: VendorStatus, name: str, given: dict[str, str], after: VendorStatus, reason: str
) -> None:
    vendor, client = VendorFactory.create(status=before), signed_in(MODERATOR)
    assert said(client, _page(name, vendor), **given) == [f"{vendor}: done."]
    vendor.refresh_from_db()
    (move,) = moves_of(vendor)
    assert (vendor.status, move.reason, move.note) == (after, reason, given["note"])


def test_without_a_reason_nothing_is_decided() -> None:
    vendor, client = VendorFactory.create(), signed_in(MODERATOR)
    assert said(client, _page("suspend", vendor), note="Because") == []
    vendor.refresh_from_db()
    assert vendor.status == S.APPROVED


def test_a_refused_decision_says_why_and_the_others_go_on() -> None:
    closed = VendorFactory.create(name="A", status=S.CLOSED)
    waiting = VendorFactory.create(name="B", status=S.UNDER_REVIEW)
    assert said(signed_in(MODERATOR), _page("approve", closed, waiting)) == [
        "A: This vendor is closed and cannot become approved.",
        "B: done.",
    ]


def test_who_has_no_permission_sees_and_does_not_decide() -> None:
    vendor, client = VendorFactory.create(), signed_in(SUPPORT)
    page = client.get(reverse("admin:vendors_vendor_change", args=[vendor.pk])).content.decode()
    assert "/decide/" not in page
    assert client.get(_page("suspend", vendor)).status_code == 403
    assert client.post(_page("suspend", vendor), {"reason": "fraud"}).status_code == 403
    vendor.refresh_from_db()
    assert vendor.status == S.APPROVED


def test_a_suspension_says_first_what_will_come_of_it() -> None:
    vendor = VendorFactory.create(email="clay@example.com")
    listed(vendor=vendor, status=ProductStatus.PUBLISHED)
    listed(vendor=vendor, status=ProductStatus.DRAFT)
    page = signed_in(MODERATOR).get(_page("suspend", vendor)).content.decode()
    for sentence in (
        "1 published listing will not be seen by buyers.",
        "0 orders under way must still be fulfilled.",
        "0 carts hold its goods, and cannot be bought as they are.",
        "The platform owes it 0.00 EUR; that stays so.",
        "What is due to it is not sent until it is reinstated.",
        "0 members of the vendor can read why, and a mail goes to clay@example.com.",
    ):
        assert f"<li>{sentence}</li>" in page


def test_steps_are_decided_about_and_appeals_answered() -> None:
    vendor, client = VendorFactory.create(), signed_in(MODERATOR)
    given = {"step": "tax", "verdict": "waived", "note": "Known"}
    assert said(client, _page("review_step", vendor), **given) == [f"{vendor}: done."]
    assert OnboardingMark.objects.get(vendor=vendor).verdict == StepVerdict.WAIVED
    assert said(client, _page("review_step", vendor), step="profile", verdict="verified") == [
        f"{vendor}: This step is computed: it can only be waived."
    ]
    owner = member_of(vendor)
    life.suspend(vendor=vendor, actor=owner, reason=VendorReason.FRAUD)
    appeal = life.appeal(vendor=vendor, author=owner, message="Not us.")
    assert "Not us." in client.get(_page("answer_appeal", vendor)).content.decode()
    assert said(client, _page("answer_appeal", vendor), note="We looked.") == [f"{vendor}: done."]
    appeal.refresh_from_db()
    assert appeal.answer == "We looked."


def test_the_queue_begins_with_the_longest_waiting() -> None:
    client = signed_in(MODERATOR)
    for name in ("Zoe", "Ann", "Max"):
        VendorFactory.create(name=name, status=S.UNDER_REVIEW)
    VendorFactory.create(name="Bob", status=S.APPROVED)
    queue = client.get(f"{CHANGELIST}?queue=applications").context["cl"].result_list
    assert [vendor.name for vendor in queue] == ["Zoe", "Ann", "Max"]
    approved = client.get(f"{CHANGELIST}?queue=approved").context["cl"].result_list
    assert [vendor.name for vendor in approved] == ["Bob"]


@pytest.mark.parametrize("queue", ["applications", "appeals", "all"])
def test_the_list_costs_the_same_for_one_and_for_three(queue: str) -> None:
    client, costs = signed_in(MODERATOR), []
    for number in (1, 3):
        while Vendor.objects.count() < number:
            vendor = VendorFactory.create()
            life.suspend(vendor=vendor, actor=UserFactory.create(), reason=VendorReason.FRAUD)
            life.appeal(vendor=vendor, author=UserFactory.create(), message="No.")
        client.get(CHANGELIST)
        with CaptureQueriesContext(connection) as statements:
            assert client.get(f"{CHANGELIST}?queue={queue}").status_code == 200
        costs.append(len(statements))
    assert costs == [8, 8]


def test_the_page_of_a_vendor_has_everything_and_cannot_be_edited() -> None:
    vendor, client = VendorFactory.create(), signed_in(MODERATOR)
    member = member_of(vendor, VendorRole.MANAGER)
    product = listed(vendor=vendor)
    life.suspend(vendor=vendor, actor=member, reason=VendorReason.FRAUD, note="Strange")
    address = reverse("admin:vendors_vendor_change", args=[vendor.pk])
    page = client.get(address).content.decode()
    for text in (member.email, product.title, "Strange", "vendors.member_added", "Checklist", "Policies"):
        assert text in page, text
    assert 'name="status"' not in page
    assert client.post(address, {"name": "Other"}).status_code == 403
    assert client.get(reverse("admin:vendors_vendor_add")).status_code == 403
    assert client.get(reverse("admin:vendors_vendor_delete", args=[vendor.pk])).status_code == 403


def test_a_vendors_page_shows_nothing_of_anothers_log() -> None:
    mine, other = VendorFactory.create(), VendorFactory.create()
    member_of(mine)
    stranger = member_of(other)
    assert audit.log_of(f"vendor:{mine.pk}").count() == 1
    address = reverse("admin:vendors_vendor_change", args=[mine.pk])
    assert stranger.email not in signed_in(MODERATOR).get(address).content.decode()
