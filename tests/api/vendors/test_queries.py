"""Vendors read by buyers, by their own people, and by the platform."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from marketplace.api.scalars import encode_id
from tests.factories.accounts import UserFactory
from tests.factories.vendors import VendorFactory, member_of
from tests.support.graphql import GraphQL
from vendors.models import VendorMember, VendorStatus
from vendors.operations import members
from vendors.permissions import VendorRole

pytestmark = pytest.mark.django_db

PUBLIC = """query($slug: String!, $id: ID!) {
  vendor(slug: $slug) { name } node(id: $id) { id } vendors { totalCount }
}"""
ACCOUNT = """query($slug: String!) {
  viewer { vendor(slug: $slug) {
    slug status permissions members { edges { node { role user { email } } } }
  } }
}"""
PLATFORM = "{ platform { vendors { edges { node { slug } } } vendorApplications { totalCount } } }"


def test_a_buyer_sees_a_vendor_that_sells() -> None:
    vendor = VendorFactory.create(name="Clay & Co")
    identifier = encode_id("Vendor", vendor.pk)
    assert GraphQL().ask(PUBLIC, slug=vendor.slug, id=identifier) == {
        "vendor": {"name": "Clay & Co"},
        "node": {"id": identifier},
        "vendors": {"totalCount": 1},
    }


@pytest.mark.parametrize("status", sorted(set(VendorStatus) - {VendorStatus.APPROVED}))
def test_a_vendor_that_does_not_sell_is_not_there(status: VendorStatus) -> None:
    vendor = VendorFactory.create(status=status)
    answer = GraphQL().ask(PUBLIC, slug=vendor.slug, id=encode_id("Vendor", vendor.pk))
    assert answer == {"vendor": None, "node": None, "vendors": {"totalCount": 0}}


def test_a_member_sees_the_account_whatever_its_state() -> None:
    vendor = VendorFactory.create(slug="clay", status=VendorStatus.SUSPENDED)
    support = member_of(vendor, VendorRole.SUPPORT)
    assert GraphQL(support).ask(ACCOUNT, slug="clay")["viewer"]["vendor"] == {
        "slug": "clay",
        "status": "SUSPENDED",
        "permissions": ["ANSWER_BUYERS", "REFUND_ORDERS", "VIEW_LISTINGS", "VIEW_ORDERS", "VIEW_VENDOR"],
        "members": {"edges": [{"node": {"role": "SUPPORT", "user": {"email": support.email}}}]},
    }


def test_another_vendors_account_answers_like_none() -> None:
    member = member_of(VendorFactory.create())
    theirs = VendorFactory.create(slug="theirs")
    stranger = GraphQL(member)
    assert stranger.ask(ACCOUNT, slug="theirs") == stranger.ask(ACCOUNT, slug="nobody's")
    for name, key in (
        ("VendorAccount", theirs.pk),
        ("VendorMember", VendorMember.objects.get(vendor__members=member).pk + 1),
    ):
        assert stranger.ask("query($id: ID!) { node(id: $id) { id } }", id=encode_id(name, key)) == {
            "node": None
        }


@pytest.mark.parametrize("count", [1, 3])
def test_the_vendors_of_the_viewer_take_a_constant_number_of_statements(count: int) -> None:
    user = UserFactory.create()
    for vendor in VendorFactory.create_batch(count):
        members.add_member(vendor=vendor, user=user, role=VendorRole.OWNER, actor=user)
        member_of(vendor)
    client = GraphQL(user)
    with CaptureQueriesContext(connection) as statements:
        answer = client.ask(
            "{ viewer { vendors { edges { node { slug name status permissions decision { note } } } } } }"
        )
    assert len(answer["viewer"]["vendors"]["edges"]) == count
    assert len(statements) == 4  # session, user, vendors, what one may do there


def test_the_anonymous_have_no_viewer_and_no_platform() -> None:
    assert GraphQL().ask("{ viewer { vendors { totalCount } } platform { vendors { totalCount } } }") == {
        "viewer": None,
        "platform": None,
    }


def test_the_platform_is_for_staff() -> None:
    VendorFactory.create(slug="clay")
    VendorFactory.create(slug="wood", status=VendorStatus.UNDER_REVIEW)
    assert GraphQL(UserFactory.create()).ask(PLATFORM) == {"platform": None}
    assert GraphQL(UserFactory.create(is_staff=True, is_superuser=True)).ask(PLATFORM)["platform"] == {
        "vendors": {"edges": [{"node": {"slug": "wood"}}, {"node": {"slug": "clay"}}]},
        "vendorApplications": {"totalCount": 1},
    }
