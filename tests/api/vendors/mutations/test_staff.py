"""The people who work for a vendor: invited, changed and removed over HTTP."""

from typing import Any

import pytest

from marketplace.accounts.models import User
from marketplace.api.scalars import encode_id
from tests.factories.accounts import UserFactory
from tests.factories.vendors import VendorFactory, member_of
from tests.support.graphql import GraphQL
from tests.support.queue import queued
from vendors.models import Vendor, VendorInvitation, VendorMember
from vendors.operations.invitations import invitation_key
from vendors.permissions import VendorRole

pytestmark = pytest.mark.django_db

ERROR = "... on Error { code field }"
INVITE = f"""mutation($input: InviteVendorMemberInput!) {{ inviteVendorMember(input: $input) {{
  ... on InviteVendorMemberSuccess {{ invitation {{ email role }} }} {ERROR} }} }}"""
REVOKE = f"""mutation($input: RevokeInvitationInput!) {{ revokeInvitation(input: $input) {{
  ... on InviteVendorMemberSuccess {{ invitation {{ email }} }} {ERROR} }} }}"""
ACCEPT = f"""mutation($input: AcceptInvitationInput!) {{ acceptInvitation(input: $input) {{
  ... on VendorSuccess {{ vendor {{ slug permissions }} }} {ERROR} }} }}"""
CHANGE = f"""mutation($input: ChangeMemberRoleInput!) {{ changeMemberRole(input: $input) {{
  ... on ChangeMemberRoleSuccess {{ member {{ role user {{ email }} }} }} {ERROR} }} }}"""
REMOVE = f"""mutation($input: RemoveVendorMemberInput!) {{ removeVendorMember(input: $input) {{
  ... on RemoveVendorMemberSuccess {{ vendor {{ slug }} }} {ERROR} }} }}"""
INVITED = """query($slug: String!) { viewer { vendor(slug: $slug) {
  invitations { edges { node { email } } } } } }"""


def answer(client: GraphQL, document: str, **fields: object) -> Any:
    (found,) = client.ask(document, input=fields).values()
    return found


def account(vendor: Vendor) -> str:
    return encode_id("VendorAccount", vendor.pk)


def member(vendor: Vendor, user: User) -> str:
    return encode_id("VendorMember", VendorMember.objects.get(vendor=vendor, user=user).pk)


def test_inviting_answers_the_same_whether_the_address_has_an_account_or_not() -> None:
    vendor, known = VendorFactory.create(), UserFactory.create()
    owner = GraphQL(member_of(vendor))
    for email in (known.email, "nobody@example.com"):
        made = answer(owner, INVITE, vendor=account(vendor), email=email, role="SUPPORT")
        assert made == {"invitation": {"email": email, "role": "SUPPORT"}}
    assert [name for name, _ in queued()] == ["mail_invitation", "mail_invitation"]


def test_who_was_invited_accepts_and_works_there() -> None:
    vendor = VendorFactory.create(slug="clay")
    owner, ida = GraphQL(member_of(vendor)), UserFactory.create(email="ida@example.com")
    answer(owner, INVITE, vendor=account(vendor), email="ida@example.com", role="FINANCE")
    key = invitation_key(VendorInvitation.objects.get())
    assert answer(GraphQL(), ACCEPT, key=key)["code"] == "SIGN_IN_REQUIRED"
    assert answer(GraphQL(UserFactory.create()), ACCEPT, key=key)["code"] == "WRONG_ADDRESSEE"
    assert answer(GraphQL(ida), ACCEPT, key=key)["vendor"] == {
        "slug": "clay",
        "permissions": ["VIEW_FINANCES", "VIEW_ORDERS", "VIEW_VENDOR"],
    }
    assert answer(GraphQL(ida), ACCEPT, key=key) == {"code": "EXPIRED_KEY", "field": "key"}


def test_only_owners_invite_and_take_back_and_see_who_is_invited() -> None:
    vendor = VendorFactory.create(slug="clay")
    owner, manager = GraphQL(member_of(vendor)), GraphQL(member_of(vendor, VendorRole.MANAGER))
    asked = {"vendor": account(vendor), "email": "ida@example.com", "role": "SUPPORT"}
    assert answer(manager, INVITE, **asked)["code"] == "NOT_PERMITTED"
    assert answer(GraphQL(UserFactory.create()), INVITE, **asked)["code"] == "NOT_FOUND"
    answer(owner, INVITE, **asked)
    seen = owner.ask(INVITED, slug="clay")["viewer"]["vendor"]["invitations"]["edges"]
    assert seen == [{"node": {"email": "ida@example.com"}}]
    assert manager.codes(INVITED, slug="clay") == ["NOT_PERMITTED"]
    invitation = encode_id("VendorInvitation", VendorInvitation.objects.get().pk)
    assert answer(manager, REVOKE, invitation=invitation)["code"] == "NOT_PERMITTED"
    assert answer(GraphQL(UserFactory.create()), REVOKE, invitation=invitation)["code"] == "NOT_FOUND"
    assert answer(owner, REVOKE, invitation=invitation) == {"invitation": {"email": "ida@example.com"}}
    assert owner.ask(INVITED, slug="clay")["viewer"]["vendor"]["invitations"]["edges"] == []


def test_invitations_have_a_limit() -> None:
    vendor = VendorFactory.create()
    owner = GraphQL(member_of(vendor))
    codes = [
        answer(owner, INVITE, vendor=account(vendor), email="ida@example.com", role="SUPPORT").get("code")
        for _ in range(31)
    ]
    assert codes == [None] * 30 + ["RATE_LIMITED"]


def test_a_role_is_changed_by_who_holds_it_all() -> None:
    vendor = VendorFactory.create()
    owner, manager = member_of(vendor), member_of(vendor, VendorRole.MANAGER)
    helper = member_of(vendor, VendorRole.SUPPORT)
    asked = {"member": member(vendor, helper), "role": "MANAGER"}
    assert answer(GraphQL(manager), CHANGE, **asked)["code"] == "NOT_PERMITTED"
    assert answer(GraphQL(helper), CHANGE, **asked)["code"] == "NOT_PERMITTED"
    stranger = GraphQL(member_of(VendorFactory.create()))
    nobody = encode_id("VendorMember", 2**40)
    assert answer(stranger, CHANGE, **asked) == answer(stranger, CHANGE, member=nobody, role="OWNER")
    assert answer(GraphQL(owner), CHANGE, **asked) == {
        "member": {"role": "MANAGER", "user": {"email": helper.email}}
    }


def test_anybody_leaves_but_the_last_owner() -> None:
    vendor = VendorFactory.create(slug="clay")
    owner, helper = member_of(vendor), member_of(vendor, VendorRole.SUPPORT)
    assert answer(GraphQL(helper), REMOVE, member=member(vendor, owner))["code"] == "NOT_PERMITTED"
    assert answer(GraphQL(helper), REMOVE, member=member(vendor, helper)) == {"vendor": None}
    assert answer(GraphQL(owner), REMOVE, member=member(vendor, owner))["code"] == "LAST_OWNER"
    other = member_of(vendor, VendorRole.FULFILMENT)
    gone = answer(GraphQL(owner), REMOVE, member=member(vendor, other))
    assert gone == {"vendor": {"slug": "clay"}}
    assert list(VendorMember.objects.values_list("user", flat=True)) == [owner.pk]
