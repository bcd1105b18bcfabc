from typing import Any

import pytest

from marketplace.accounts.authentication import PROVED
from marketplace.accounts.models import User
from marketplace.api.scalars import encode_id
from marketplace.kernel import clock
from marketplace.kernel.rates import Rule
from tests.factories.vendors import VendorFactory, key_of, member_of
from tests.support.checkout import mutate
from tests.support.graphql import GraphQL
from vendors.models import Vendor, VendorApiKey
from vendors.operations import keys
from vendors.permissions import VendorPermission, VendorRole

pytestmark = pytest.mark.django_db

MADE = "... on CreateVendorApiKeySuccess { secret apiKey { id name shown permissions permissionsNow } }"
REVOKED = "... on RevokeVendorApiKeySuccess { apiKey { revokedAt permissionsNow } }"
LIST = """query($slug: String!) { viewer { vendor(slug: $slug) { apiKeys { edges { node {
  name permissions permissionsNow createdBy { email } expiresAt revokedAt lastUsedAt } } } } } }"""


def proved(user: User) -> GraphQL:
    """Somebody who has just shown who they are."""
    client = GraphQL(user)
    session = client.http.session
    session[PROVED] = clock.now().timestamp()
    session.save()
    return client


def make(client: GraphQL, vendor: Vendor, *permissions: str, **facts: Any) -> Any:
    account = encode_id("VendorAccount", vendor.pk)
    asked = {"name": "Stock at night", "permissions": permissions or ["CHANGE_STOCK"], **facts}
    return mutate(client, "createVendorApiKey", MADE, vendor=account, **asked)


def test_a_key_is_told_once_and_works() -> None:
    vendor = VendorFactory.create(slug="clay")
    owner = proved(member_of(vendor))
    made = make(owner, vendor, "CHANGE_STOCK", "VIEW_LISTINGS")
    row = VendorApiKey.objects.get()
    assert made["apiKey"] == {
        "id": encode_id("VendorApiKey", row.pk),
        "name": "Stock at night",
        "shown": f"mkey_{row.handle}…",
        "permissions": ["CHANGE_STOCK", "VIEW_LISTINGS"],
        "permissionsNow": ["CHANGE_STOCK", "VIEW_LISTINGS"],
    }
    secret = made["secret"]
    asked = GraphQL(key=secret).ask('{ viewer { vendor(slug: "clay") { permissions } } }')
    assert asked == {"viewer": {"vendor": {"permissions": ["CHANGE_STOCK", "VIEW_LISTINGS"]}}}
    assert secret not in str(owner.ask(LIST, slug="clay"))


def test_a_key_is_made_after_a_recent_sign_in_only() -> None:
    vendor = VendorFactory.create()
    refused = make(GraphQL(member_of(vendor)), vendor)
    assert refused["code"] == "RECENT_SIGN_IN_REQUIRED"
    assert VendorApiKey.objects.count() == 0


@pytest.mark.parametrize(
    ("role", "permission", "code"),
    [
        (VendorRole.MANAGER, "VIEW_FINANCES", None),
        (VendorRole.MANAGER, "MANAGE_MEMBERS", "INVALID_INPUT"),
        (VendorRole.CATALOGUE, "CHANGE_STOCK", "NOT_PERMITTED"),
    ],
)
def test_who_may_make_which_key(role: VendorRole, permission: str, code: str | None) -> None:
    vendor = VendorFactory.create()
    assert make(proved(member_of(vendor, role)), vendor, permission).get("code") == code
    assert VendorApiKey.objects.count() == (code is None)


def test_keys_are_made_so_often_an_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    vendor = VendorFactory.create()
    owner = proved(member_of(vendor))
    rule = keys.MAKE_BY_USER
    monkeypatch.setattr(keys, "MAKE_BY_USER", Rule(name=rule.name, limit=1, period=rule.period))
    assert [make(owner, vendor).get("code") for _ in range(2)] == [None, "RATE_LIMITED"]
    assert VendorApiKey.objects.count() == 1


def test_a_key_that_is_revoked_may_nothing() -> None:
    vendor = VendorFactory.create()
    key, secret = key_of(vendor, VendorPermission.VIEW_VENDOR)
    manager = GraphQL(member_of(vendor, VendorRole.MANAGER))
    identifier = encode_id("VendorApiKey", key.pk)
    answer = mutate(manager, "revokeVendorApiKey", REVOKED, apiKey=identifier)["apiKey"]
    assert (answer["revokedAt"] is None, answer["permissionsNow"]) == (False, [])
    assert GraphQL(key=secret).codes("{ csrfToken }") == ["INVALID_API_KEY"]
    assert mutate(manager, "revokeVendorApiKey", REVOKED, apiKey=identifier)["apiKey"] == answer


@pytest.mark.parametrize("count", [1, 3])
def test_the_keys_of_a_vendor_take_a_constant_number_of_statements(
    count: int, django_assert_num_queries: Any
) -> None:
    vendor = VendorFactory.create(slug="clay")
    owner, maker = member_of(vendor), member_of(vendor, VendorRole.MANAGER)
    for _ in range(count):
        key_of(vendor, VendorPermission.VIEW_VENDOR, maker=maker)
    client = GraphQL(owner)
    # Session, user, vendor, permissions, keys with their makers.
    with django_assert_num_queries(5):
        edges = client.ask(LIST, slug="clay")["viewer"]["vendor"]["apiKeys"]["edges"]
    assert [edge["node"]["createdBy"]["email"] for edge in edges] == [maker.email] * count


def test_who_may_not_manage_keys_does_not_see_them() -> None:
    vendor = VendorFactory.create(slug="clay")
    key_of(vendor, VendorPermission.VIEW_VENDOR)
    client = GraphQL(member_of(vendor, VendorRole.FINANCE))
    answer = client.send(LIST, slug="clay").json()
    assert answer["data"] == {"viewer": {"vendor": {"apiKeys": None}}}
    assert answer["errors"][0]["extensions"]["code"] == "NOT_PERMITTED"
