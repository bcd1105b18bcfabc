import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from marketplace.accounts.models import User
from marketplace.kernel.states import moves_of
from tests.factories.accounts import UserFactory
from tests.factories.vendors import VendorFactory, member_of
from vendors.models import VendorStatus

pytestmark = pytest.mark.django_db
CHANGELIST = "admin:vendors_vendor_changelist"


@pytest.fixture
def admin() -> User:
    user: User = UserFactory.create(is_staff=True, is_superuser=True)
    return user


def _act(client: Client, admin: User, action: str, *keys: int) -> list[str]:
    client.force_login(admin)
    response = client.post(reverse(CHANGELIST), {"action": action, "_selected_action": keys})
    return [str(message) for message in get_messages(response.wsgi_request)]


@pytest.mark.parametrize(
    ("before", "action", "after"),
    [
        (VendorStatus.UNDER_REVIEW, "approve", VendorStatus.APPROVED),
        (VendorStatus.UNDER_REVIEW, "reject", VendorStatus.REJECTED),
        (VendorStatus.APPROVED, "suspend", VendorStatus.SUSPENDED),
        (VendorStatus.SUSPENDED, "reinstate", VendorStatus.APPROVED),
    ],
)
def test_a_decision_of_the_admin_is_a_recorded_move(
    client: Client, admin: User, before: VendorStatus, action: str, after: VendorStatus
) -> None:
    vendor = VendorFactory.create(status=before)
    assert _act(client, admin, action, vendor.pk) == [f"{vendor}: done."]
    vendor.refresh_from_db()
    assert vendor.status == after
    assert [move.actor_id for move in moves_of(vendor)] == [admin.pk]


def test_a_refused_decision_says_why_and_the_others_go_on(client: Client, admin: User) -> None:
    closed = VendorFactory.create(name="A", status=VendorStatus.CLOSED)
    waiting = VendorFactory.create(name="B", status=VendorStatus.UNDER_REVIEW)
    assert _act(client, admin, "approve", closed.pk, waiting.pk) == [
        "A: This vendor is closed and cannot become approved.",
        "B: done.",
    ]


def test_a_vendor_is_shown_with_its_members_and_cannot_be_edited(client: Client, admin: User) -> None:
    vendor = VendorFactory.create()
    member = member_of(vendor)
    client.force_login(admin)
    page = client.get(reverse("admin:vendors_vendor_change", args=[vendor.pk])).content.decode()
    assert member.email in page
    assert 'name="status"' not in page
    assert client.get(reverse("admin:vendors_vendor_add")).status_code == 403
    assert client.get(reverse("admin:vendors_vendor_delete", args=[vendor.pk])).status_code == 403
