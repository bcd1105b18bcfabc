import pytest

from marketplace.api.scalars import encode_id
from marketplace.staff import FINANCE, SUPPORT
from tests.factories.accounts import UserFactory
from tests.factories.vendors import VendorFactory, member_of
from tests.support.graphql import GraphQL
from tests.support.staff import with_role
from vendors.models import Vendor, VendorReason
from vendors.operations import life
from vendors.permissions import VendorRole

pytestmark = pytest.mark.django_db
ENTRY = "edges { node { action subject actor isByKey reason changes { name before after } } }"
OWN = f'{{ viewer {{ vendor(slug: "clay") {{ auditLog {{ {ENTRY} }} }} }} }}'
ALL = f"query($vendor: ID) {{ platform {{ auditLog(vendor: $vendor) {{ {ENTRY} }} }} }}"


def _suspended() -> Vendor:
    vendor = VendorFactory.create(slug="clay")
    admin = UserFactory.create(is_staff=True, email="moderator@example.com")
    life.suspend(vendor=vendor, actor=admin, reason=VendorReason.FRAUD)
    return vendor


def test_a_vendor_reads_its_own_log_and_no_name_of_staff() -> None:
    vendor = _suspended()
    owner = member_of(vendor)
    life.suspend(vendor=VendorFactory.create(), actor=owner, reason=VendorReason.OTHER)
    added, moved = (edge["node"] for edge in GraphQL(owner).ask(OWN)["viewer"]["vendor"]["auditLog"]["edges"])
    assert (added["action"], added["actor"]) == ("vendors.member_added", owner.email)
    assert moved == {
        "action": "moved",
        "subject": f"vendors.Vendor {vendor.pk}",
        "actor": "the platform",
        "isByKey": False,
        "reason": "fraud",
        "changes": [{"name": "status", "before": "approved", "after": "suspended"}],
    }


def test_a_member_who_does_not_manage_members_reads_none() -> None:
    vendor = _suspended()
    body = GraphQL(member_of(vendor, VendorRole.CATALOGUE)).send(OWN).json()
    assert body["data"]["viewer"]["vendor"]["auditLog"] is None
    assert [error["extensions"]["code"] for error in body["errors"]] == ["NOT_PERMITTED"]


def test_staff_read_all_or_one_vendors_with_names_if_their_role_says_so() -> None:
    vendor = _suspended()
    life.suspend(vendor=VendorFactory.create(), actor=UserFactory.create(), reason=VendorReason.OTHER)
    finance = GraphQL(with_role(FINANCE))
    assert len(finance.ask(ALL)["platform"]["auditLog"]["edges"]) == 2
    found = finance.ask(ALL, vendor=encode_id("VendorAccount", vendor.pk))
    assert [each["node"]["actor"] for each in found["platform"]["auditLog"]["edges"]] == [
        "moderator@example.com"
    ]
    assert GraphQL(with_role(SUPPORT)).codes(ALL) == ["NOT_PERMITTED"]
