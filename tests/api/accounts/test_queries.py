"""What one may read of accounts: one's own, and nobody else's."""

import pytest
from pytest_django import DjangoAssertNumQueries

from marketplace.accounts.factors import give_totp
from marketplace.accounts.models import DataExport, UserSession
from marketplace.api.scalars import encode_id
from tests.factories.accounts import AddressFactory, UserFactory
from tests.factories.orders import placed
from tests.support.graphql import GraphQL
from tests.support.viewing import asking

pytestmark = pytest.mark.django_db

ADDRESSES = """query($first: Int, $after: String) { viewer { addresses(first: $first, after: $after) {
  totalCount pageInfo { hasNextPage endCursor } edges { node { id name isDefault addressType } } } } }"""
NODE = "query($id: ID!) { node(id: $id) { id ... on User { email } ... on Address { name country } } }"


def test_the_anonymous_have_no_viewer() -> None:
    assert GraphQL().ask("{ viewer { user { email } } }") == {"viewer": None}


def test_a_user_reads_their_own_account() -> None:
    user = UserFactory.create(name="Ada")
    answer = GraphQL(user).ask("{ viewer { user { id email name } } }")
    expected = {"id": encode_id("User", user.pk), "email": user.email, "name": "Ada"}
    assert answer == {"viewer": {"user": expected}}


def test_the_address_book_is_paged_defaults_first() -> None:
    user = UserFactory.create()
    for name in ("A", "B", "C"):
        AddressFactory.create(billing_profile=user.billing_profile, name=name, is_default=name == "B")
    AddressFactory.create(name="somebody else's")
    client = GraphQL(user)
    first = client.ask(ADDRESSES, first=2)["viewer"]["addresses"]
    rest = client.ask(ADDRESSES, first=2, after=first["pageInfo"]["endCursor"])["viewer"]["addresses"]
    assert [edge["node"]["name"] for edge in first["edges"] + rest["edges"]] == ["B", "C", "A"]
    assert (first["totalCount"], first["pageInfo"]["hasNextPage"]) == (3, True)
    assert not rest["pageInfo"]["hasNextPage"]


@pytest.mark.parametrize("rows", [1, 3])
def test_the_address_book_costs_the_same_whatever_it_holds(
    rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    user = UserFactory.create()
    AddressFactory.create_batch(rows, billing_profile=user.billing_profile)
    client = GraphQL(user)
    # The session, the user, the page, the count.
    with django_assert_num_queries(4):
        answer = client.ask(ADDRESSES)
    assert len(answer["viewer"]["addresses"]["edges"]) == rows


def test_ids_open_what_is_ones_own() -> None:
    user = UserFactory.create()
    address = AddressFactory.create(billing_profile=user.billing_profile, name="Home")
    client = GraphQL(user)
    user_id, address_id = encode_id("User", user.pk), encode_id("Address", address.pk)
    assert client.ask(NODE, id=user_id) == {"node": {"id": user_id, "email": user.email}}
    assert client.ask(NODE, id=address_id) == {"node": {"id": address_id, "name": "Home", "country": "DE"}}


@pytest.mark.parametrize("stranger", [True, False])
def test_what_is_somebody_elses_looks_like_what_never_was(stranger: bool) -> None:
    owner = UserFactory.create()
    address = AddressFactory.create(billing_profile=owner.billing_profile)
    client = GraphQL(UserFactory.create() if stranger else None)
    for id_ in (encode_id("User", owner.pk), encode_id("Address", address.pk), encode_id("Address", 10**9)):
        assert client.ask(NODE, id=id_) == {"node": None}


def test_the_token_is_the_one_the_endpoint_takes() -> None:
    client = GraphQL(UserFactory.create())
    token = client.ask("{ csrfToken }")["csrfToken"]
    client.http.cookies["csrftoken"].set("csrftoken", token, token)
    assert client.ask("{ viewer { user { name } } }") == {"viewer": {"user": {"name": "Ada Example"}}}


def test_a_session_without_the_token_is_not_heard() -> None:
    client = GraphQL(UserFactory.create())
    response = client.http.post("/graphql/", {"query": "{ csrfToken }"}, content_type="application/json")
    assert response.status_code == 403
    assert [error["extensions"]["code"] for error in response.json()["errors"]] == ["CSRF_FAILED"]


def test_who_looks_as_a_user_sees_nothing_that_opens_doors() -> None:
    ada = UserFactory.create()
    give_totp(ada, "NFXGS3TFMRQW4ZLSMRSW233T")
    DataExport.objects.create(user=ada)
    own = GraphQL(ada)
    key = str(own.http.session.session_key)
    UserSession.objects.create(user=ada, session_key=key, device="Firefox", network="")
    asked = (
        "{ viewer { sessions { totalCount } secondFactors { kind } recoveryCodesLeft "
        "dataExport { readyAt } } platform { __typename } }"
    )
    seen = own.ask(asked)["viewer"]
    assert (seen["sessions"], len(seen["secondFactors"])) == ({"totalCount": 1}, 1)
    assert seen["dataExport"] == {"readyAt": None}
    assert asking(ada).ask(asked) == {
        "viewer": {
            "sessions": {"totalCount": 0},
            "secondFactors": [],
            "recoveryCodesLeft": 0,
            "dataExport": None,
        },
        "platform": None,
    }


def test_who_looks_as_a_user_cannot_pay_for_them() -> None:
    ada = UserFactory.create()
    order = placed(user=ada)
    asked = "query($number: String!) { order(number: $number) { payment { clientSecret actionUrl } } }"
    theirs = GraphQL(ada).ask(asked, number=order.number)["order"]["payment"]
    assert theirs["clientSecret"] != ""
    seen = asking(ada).ask(asked, number=order.number)["order"]["payment"]
    assert seen == {"clientSecret": "", "actionUrl": ""}
