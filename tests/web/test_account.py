import re

import pytest
from django.core import mail
from django.test import Client

from marketplace.accounts.models import User
from tests.factories.accounts import PASSWORD, UserFactory
from tests.factories.vendors import VendorFactory, member_of
from tests.support import queue
from vendors.models import VendorMember
from vendors.operations import invitations
from vendors.permissions import VendorRole

pytestmark = pytest.mark.django_db


def _sign_in(client: Client, user: User, *, password: str = PASSWORD, after: str = "") -> tuple[int, str]:
    sent = {"email": user.email, "password": password, "next": after}
    response = client.post("/account/sign-in", sent)
    return response.status_code, response.get("Location", "")


@pytest.fixture
def ada() -> User:
    user: User = UserFactory.create(name="Ada")
    return user


@pytest.mark.parametrize(
    ("after", "where"),
    [
        ("/checkout", "/checkout"),
        ("", "/"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("javascript:alert(1)", "/"),
    ],
)
def test_signing_in_goes_on_where_the_visitor_was_and_nowhere_else(
    client: Client, ada: User, after: str, where: str
) -> None:
    assert _sign_in(client, ada, after=after) == (303, where)
    assert "Ada" in client.get("/").text


def test_a_wrong_password_is_told_and_never_shown_again(client: Client, ada: User) -> None:
    response = client.post("/account/sign-in", {"email": ada.email, "password": "wrong horse"})
    assert response.status_code == 422
    assert "E-mail address or password is wrong." in response.text
    assert f'value="{ada.email}"' in response.text
    assert "wrong horse" not in response.text
    assert "_auth_user_id" not in client.session


def test_signing_out_is_a_form(client: Client, ada: User) -> None:
    _sign_in(client, ada)
    assert client.get("/account/sign-out").status_code == 405
    assert client.post("/account/sign-out").status_code == 303
    assert "Sign in" in client.get("/").text


def _mailed_link(page: str) -> str:
    """The address on our site in the last message, for this page."""
    queue.run_queued()
    (link,) = re.findall(rf"http://localhost:8000(/account/{page}\?\S+)", str(mail.outbox[-1].body))
    return str(link)


def _hidden(page: str) -> dict[str, str]:
    return dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))


def test_who_signs_up_confirms_by_the_mailed_link_and_signs_in(client: Client) -> None:
    typed = {"email": "New@Example.com", "password": PASSWORD, "name": "Nia"}
    assert client.post("/account/sign-up", typed)["Location"] == "/account/sign-in"
    assert "We have sent a message to new@example.com." in client.get("/account/sign-in").text
    page = client.get(_mailed_link("verify")).text
    nia = User.objects.get(email="new@example.com")
    assert _sign_in(client, nia)[0] == 422  # looking at it confirms nothing
    assert client.post("/account/verify", _hidden(page)).status_code == 303
    assert _sign_in(client, nia) == (303, "/")
    assert "Nia" in client.get("/").text


def test_a_link_that_is_used_or_made_up_is_told(client: Client) -> None:
    response = client.post("/account/verify", {"key": "made up"})
    assert (response.status_code, "no longer valid" in response.text) == (422, True)


def test_an_invitation_is_accepted_by_who_is_signed_in(client: Client, ada: User) -> None:
    vendor = VendorFactory.create(name="Tea & Co")
    invitations.invite(vendor=vendor, email=ada.email, role=VendorRole.SUPPORT, actor=member_of(vendor))
    link = _mailed_link("invitation")
    assert "<button" not in client.get(link).text.split("<main")[1].split("</main>")[0]
    assert _sign_in(client, ada, after=link) == (303, link)
    page = client.get(link).text
    assert not VendorMember.objects.filter(user=ada).exists()  # looking at it accepts nothing
    assert client.post("/account/invitation", _hidden(page)).status_code == 303
    assert VendorMember.objects.get(user=ada).vendor == vendor
    assert client.post("/account/invitation", _hidden(page)).status_code == 422


def test_a_forgotten_password_is_replaced_by_mail(client: Client, ada: User) -> None:
    assert client.post("/account/reset", {"email": ada.email}).status_code == 303
    page = client.get(_mailed_link("reset")).text
    weak = client.post("/account/reset", {**_hidden(page), "password": "12345678"})
    assert re.findall(r'id="(\w+)-problem"', weak.text) == ["password"]
    sent = {**_hidden(page), "password": "another long walk"}
    assert client.post("/account/reset", sent)["Location"] == "/account/sign-in"
    assert _sign_in(client, ada)[0] == 422
    assert _sign_in(client, ada, password="another long walk") == (303, "/")


def test_a_weak_password_is_told_at_its_field(client: Client) -> None:
    response = client.post("/account/sign-up", {"email": "new@example.com", "password": "12345678"})
    assert response.status_code == 422
    assert re.findall(r'id="(\w+)-problem"', response.text) == ["password"]
    assert not User.objects.filter(email="new@example.com").exists()
