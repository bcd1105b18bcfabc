"""Who comes with a key of a vendor: what it reaches, and that nobody signed in stands behind it."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from catalog.models import StockMovement
from marketplace.accounts.models import User
from marketplace.api.scalars import encode_id
from marketplace.kernel import audit, clock
from marketplace.kernel.models import RateWindow
from tests.factories.accounts import UserFactory
from tests.factories.catalog import listed
from tests.factories.vendors import VendorFactory, key_of, member_of
from tests.support.checkout import mutate
from tests.support.graphql import MEDIA_TYPE, GraphQL
from vendors.models import Vendor, VendorApiKey, new_secret
from vendors.operations import keys, members
from vendors.permissions import FOR_PEOPLE_ONLY, VendorPermission, VendorRole

pytestmark = pytest.mark.django_db

P = VendorPermission
WHO = "{ viewer { vendors { edges { node { slug permissions } } } } }"


def send(client: Client, value: str, document: str = WHO, **headers: str) -> Any:
    """A document with this Authorization, and whatever cookies the client has; no CSRF token."""
    return client.post(
        "/graphql/",
        json.dumps({"query": document}),
        content_type="application/json",
        headers={"Accept": MEDIA_TYPE, "Authorization": value, **headers},
    )


def browser(user: User) -> Client:
    client = Client(enforce_csrf_checks=True)
    client.force_login(user)
    return client


def code(response: Any) -> tuple[int, str]:
    return response.status_code, response.json()["errors"][0]["extensions"]["code"]


def seen(response: Any) -> dict[str, list[str]]:
    """The vendors of the viewer, with what may be done there."""
    edges = response.json()["data"]["viewer"]["vendors"]["edges"]
    return {edge["node"]["slug"]: edge["node"]["permissions"] for edge in edges}


def test_a_key_works_for_its_vendor_with_what_it_was_given() -> None:
    vendor, _ = VendorFactory.create(slug="clay"), VendorFactory.create()
    _, secret = key_of(vendor, P.VIEW_LISTINGS, P.CHANGE_STOCK)
    for scheme in ("Bearer", "bearer", "BEARER "):
        response = send(Client(), f"{scheme} {secret}")
        assert seen(response) == {"clay": ["CHANGE_STOCK", "VIEW_LISTINGS"]}
        assert (response.headers["Cache-Control"], response.cookies) == ("no-store", {})


def test_the_browser_of_somebody_counts_for_nothing_beside_a_key() -> None:
    vendor, other = VendorFactory.create(slug="clay"), VendorFactory.create()
    owner_of_both = member_of(vendor)
    members.add_member(vendor=other, user=owner_of_both, role=VendorRole.OWNER, actor=owner_of_both)
    client = browser(owner_of_both)
    before = dict(client.session)
    _, secret = key_of(vendor, P.VIEW_LISTINGS, maker=owner_of_both)
    assert seen(send(client, f"Bearer {secret}")) == {"clay": ["VIEW_LISTINGS"]}
    for document in ("{ csrfToken }", "{ cart { id } }", "{ viewer { user { email } } }"):
        assert send(client, f"Bearer {secret}", document).cookies == {}
    assert dict(client.session) == before


@pytest.mark.parametrize("value", ["Bearer", "Bearer ", "bearer abc", "Bearer {key}x", "Bearer {key}, {key}"])
def test_a_wrong_key_is_refused_and_nobody_else_is_asked(value: str, django_assert_num_queries: Any) -> None:
    vendor = VendorFactory.create()
    owner = member_of(vendor)
    client, (_, secret) = browser(owner), key_of(vendor, P.VIEW_VENDOR, maker=owner)
    with django_assert_num_queries(0):
        response = send(client, value.format(key=secret))
    assert code(response) == (401, "INVALID_API_KEY")
    assert response.headers["WWW-Authenticate"] == "Bearer"
    assert (response.cookies, response.headers["Cache-Control"]) == ({}, "no-store")


def test_a_key_of_nobody_and_one_with_a_changed_secret_are_wrong() -> None:
    key, _ = key_of(VendorFactory.create(), P.VIEW_VENDOR)
    handle, forged = new_secret()
    VendorApiKey.objects.filter(pk=key.pk).update(handle=handle)
    for secret in (forged, new_secret()[1]):
        assert code(send(Client(), f"Bearer {secret}")) == (401, "INVALID_API_KEY")


def test_a_key_that_was_revoked_or_has_ended_is_wrong() -> None:
    vendor = VendorFactory.create()
    owner, soon = member_of(vendor), clock.now() + timedelta(hours=1)
    (_, ending), (revoked, secret) = (
        key_of(vendor, P.VIEW_VENDOR, maker=owner, expires_at=end) for end in (soon, None)
    )
    assert send(Client(), f"Bearer {ending}").status_code == 200
    keys.revoke_key(key=revoked, actor=owner)
    assert code(send(Client(), f"Bearer {secret}")) == (401, "INVALID_API_KEY")
    with clock.at(soon):
        assert code(send(Client(), f"Bearer {ending}")) == (401, "INVALID_API_KEY")


def test_a_key_never_does_more_than_its_maker_may_now() -> None:
    vendor = VendorFactory.create(slug="clay")
    owner, maker = member_of(vendor), member_of(vendor, VendorRole.MANAGER)
    _, secret = key_of(vendor, P.CHANGE_STOCK, P.VIEW_FINANCES, maker=maker)
    members.change_role(vendor=vendor, user=maker, role=VendorRole.FINANCE, actor=owner)
    assert seen(send(Client(), f"Bearer {secret}")) == {"clay": ["VIEW_FINANCES"]}
    members.change_role(vendor=vendor, user=maker, role=VendorRole.SUPPORT, actor=owner)
    assert code(send(Client(), f"Bearer {secret}")) == (401, "INVALID_API_KEY")
    members.change_role(vendor=vendor, user=maker, role=VendorRole.FINANCE, actor=owner)
    User.objects.filter(pk=maker.pk).update(is_active=False)
    assert code(send(Client(), f"Bearer {secret}")) == (401, "INVALID_API_KEY")


def test_staff_make_keys_that_are_no_staff(settings: Settings) -> None:
    settings.DEBUG = False
    vendor, admin = VendorFactory.create(), UserFactory.create(is_staff=True, is_superuser=True)
    members.add_member(vendor=vendor, user=admin, role=VendorRole.OWNER, actor=admin)
    _, secret = key_of(vendor, P.VIEW_VENDOR, maker=admin)
    answer = send(browser(admin), f"Bearer {secret}", "{ platform { vendors { totalCount } } }")
    assert answer.json()["data"] == {"platform": None}
    assert (
        code(send(Client(), f"Bearer {secret}", "{ __schema { types { name } } }"))[1] == "INTROSPECTION_OFF"
    )


def test_what_is_a_persons_answers_no_key() -> None:
    _, secret = key_of(VendorFactory.create(), *(set(P) - FOR_PEOPLE_ONLY))
    client = GraphQL(key=secret)
    assert client.ask("{ cart { id } }") == {"cart": None}
    for field in (
        "user { id }",
        "addresses { totalCount }",
        "sessions { totalCount }",
        "orders { totalCount }",
    ):
        assert client.codes(f"{{ viewer {{ {field} }} }}") == ["SIGN_IN_REQUIRED"]


def test_what_a_key_does_stands_under_its_maker_and_the_key() -> None:
    vendor = VendorFactory.create()
    maker = member_of(vendor, VendorRole.MANAGER)
    variant = listed(vendor=vendor).variants.get()
    key, secret = key_of(vendor, P.CHANGE_STOCK, P.CHANGE_LISTINGS, maker=maker)
    client = GraphQL(key=secret)
    identifier = encode_id("ListingVariant", variant.pk)
    done = mutate(client, "adjustStock", "__typename", variant=identifier, delta=1, reason="RECEIVED")
    assert done == {"__typename": "VariantSuccess"}
    assert StockMovement.objects.latest("pk").actor == maker
    listing = encode_id("Listing", variant.product_id)
    assert mutate(client, "archiveProduct", "__typename", listing=listing)["__typename"] == "ListingSuccess"
    entry = audit.entries_of(variant.product).latest("pk")
    assert (entry.action, entry.actor_id, entry.key_id) == ("moved", maker.pk, key.pk)
    in_person = audit.entries_of(vendor).latest("pk")
    assert (in_person.action, in_person.key_id) == ("vendors.api_key_made", None)


def test_a_key_asks_so_often_a_minute_and_another_is_not_counted_with_it(settings: Settings) -> None:
    settings.KEY_REQUESTS_A_MINUTE = 2
    vendor = VendorFactory.create()
    (_, busy), (_, other) = (key_of(vendor, P.VIEW_VENDOR) for _ in range(2))
    assert [send(Client(), f"Bearer {busy}").status_code for _ in range(2)] == [200, 200]
    refused = send(browser(member_of(vendor)), f"Bearer {busy}")
    wait = refused.json()["errors"][0]["extensions"]["retryAfter"]
    assert (code(refused), 0 < wait <= 60) == ((429, "RATE_LIMITED"), True)
    assert refused.headers["Retry-After"] == str(wait)
    assert send(Client(), f"Bearer {other}").status_code == 200
    with clock.at(clock.now() + timedelta(minutes=1)):
        assert send(Client(), f"Bearer {busy}").status_code == 200
    settings.KEY_REQUESTS_A_MINUTE = 0
    RateWindow.objects.all().delete()
    assert (send(Client(), f"Bearer {busy}").status_code, RateWindow.objects.count()) == (200, 0)


def _statements(client: GraphQL, document: str) -> int:
    client.ask(document)
    with CaptureQueriesContext(
        connection,
    ) as captured:
        client.ask(document)
    return len(captured)


@pytest.mark.parametrize(
    "document", ["{ csrfToken }", WHO, '{ viewer { vendor(slug: "clay") { members { totalCount } } } }']
)
def test_a_key_costs_at_most_what_a_session_does(document: str) -> None:
    vendor: Vendor = VendorFactory.create(slug="clay")
    owner = member_of(vendor)
    _, secret = key_of(vendor, P.VIEW_VENDOR, maker=owner)
    as_key, as_owner = (_statements(each, document) for each in (GraphQL(key=secret), GraphQL(owner)))
    # One finds the key and one counts it; for somebody signed in one finds the session, one the user.
    assert as_key <= as_owner + (2 if document == "{ csrfToken }" else 0)
