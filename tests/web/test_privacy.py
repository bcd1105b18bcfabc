import pytest
from django.test import Client

from marketplace.accounts.models import User
from tests.factories.accounts import PASSWORD, UserFactory
from tests.factories.orders import placed
from tests.support import queue

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(client: Client) -> User:
    user: User = UserFactory.create(email="ada@example.com")
    client.post("/account/sign-in", {"email": user.email, "password": PASSWORD})
    return user


@pytest.mark.usefixtures("ada")
def test_the_data_comes_home_as_a_file(client: Client) -> None:
    assert client.get("/account/data/file").status_code == 404
    assert client.post("/account/data/export", {"password": PASSWORD}).status_code == 303
    assert "being gathered" in client.get("/account/data").text
    queue.run_queued()
    assert "Download what was gathered" in client.get("/account/data").text
    response = client.get("/account/data/file")
    assert response.headers["Content-Disposition"] == 'attachment; filename="my-data.json"'
    assert response.json()["account"]["email"] == "ada@example.com"


def test_a_file_is_confirmed_when_the_sign_in_is_old(client: Client, ada: User) -> None:
    client.post("/account/data/export", {"password": PASSWORD})
    other = Client()
    other.force_login(ada)
    assert (
        other.get("/account/data/file").headers["Location"]
        == "/account/confirm?next=%2Faccount%2Fdata%2Ffile"
    )


def test_an_account_ends_by_its_password(client: Client, ada: User) -> None:
    wrong = client.post("/account/data/delete", {"password": "wrong"})
    assert (wrong.status_code, User.objects.filter(email=ada.email).exists()) == (422, True)
    assert client.post("/account/data/delete", {"password": PASSWORD}).headers["Location"] == "/"
    assert not User.objects.filter(email=ada.email).exists()
    assert "Sign in" in client.get("/").text


def test_an_open_order_is_told(client: Client, ada: User) -> None:
    placed(user=ada)
    response = client.post("/account/data/delete", {"password": PASSWORD})
    assert (response.status_code, "1 open order" in response.text) == (422, True)


@pytest.mark.parametrize("page", ["data", "data/file"])
def test_pages_of_the_signed_in_lead_others_to_the_door(client: Client, page: str) -> None:
    response = client.get(f"/account/{page}")
    assert response.headers["Location"].startswith("/account/sign-in?next=")
