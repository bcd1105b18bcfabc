import re
from datetime import timedelta
from html import unescape

import pytest
from django.test import Client

from marketplace.accounts.factors import PERIOD, current_code, give_totp, has_factor
from marketplace.accounts.models import User
from marketplace.gateway.sandbox import control
from marketplace.kernel import clock
from tests.factories.accounts import PASSWORD, UserFactory
from tests.factories.vendors import VendorFactory, member_of
from tests.support import wire
from tests.support.accounts import opened_account

pytestmark = pytest.mark.django_db

SECRET = "NFXGS3TFMRQW4ZLSMRSW233T"


def _sign_in(client: Client, user: User, *, after: str = "") -> str:
    sent = {"email": user.email, "password": PASSWORD, "next": after}
    return client.post("/account/sign-in", sent).headers.get("Location", "")


def _is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def _hidden(page: str) -> dict[str, str]:
    found = re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page)
    return {name: unescape(value) for name, value in found if name != "csrfmiddlewaretoken"}


def _at_fault(page: str) -> list[str]:
    return re.findall(r'id="(\w+)-problem"', page)


@pytest.fixture
def ada() -> User:
    user: User = UserFactory.create(name="Ada")
    return user


def test_the_account_is_for_who_is_signed_in(client: Client, ada: User) -> None:
    assert client.get("/account").headers["Location"] == "/account/sign-in?next=%2Faccount"
    assert _sign_in(client, ada, after="/account") == "/account"
    page = client.get("/account").text
    assert ada.email in page
    assert "(this one)" in page


def test_a_second_factor_is_asked_for_and_leads_on(client: Client, ada: User) -> None:
    give_totp(ada, SECRET)
    assert _sign_in(client, ada, after="/cart") == "/account/second-step?next=%2Fcart"
    assert not _is_in(client)
    hidden = _hidden(client.get("/account/second-step?next=%2Fcart").text)
    wrong = client.post("/account/second-step", {**hidden, "code": "000000"})
    assert (wrong.status_code, _at_fault(wrong.text)) == (422, ["code"])
    right = client.post("/account/second-step", {**hidden, "code": current_code(SECRET)})
    assert (right.status_code, right.headers["Location"]) == (303, "/cart")
    assert _is_in(client)


def test_the_second_step_needs_the_first(client: Client) -> None:
    response = client.post("/account/second-step", {"code": "123456"})
    assert response.headers["Location"] == "/account/sign-in?next=%2F"


def test_staff_sets_an_app_up_on_the_way_to_the_admin(client: Client) -> None:
    admin = UserFactory.create(is_staff=True, is_superuser=True)
    address = _sign_in(client, admin, after="/admin/")
    assert address == "/account/second-factor?next=%2Fadmin%2F"
    assert client.get("/admin/").status_code == 302
    begun = client.post("/account/second-factor", _hidden(client.get(address).text)).text
    hidden = _hidden(begun)
    assert f'src="{hidden["qrCode"]}"' in begun
    wrong = client.post("/account/second-factor", {**hidden, "code": "000000"})
    assert (wrong.status_code, hidden["secret"] in wrong.text) == (422, True)
    sent = {**_hidden(wrong.text), "code": current_code(hidden["secret"])}
    done = client.post("/account/second-factor", sent).text
    assert len(re.findall(r"<li><code>\d{10}</code></li>", done)) == 10
    assert 'href="/admin/"' in done
    assert client.get("/admin/").status_code == 200


def test_what_is_asked_too_late_is_confirmed_first(client: Client, ada: User) -> None:
    _sign_in(client, ada)
    with clock.at(clock.now() + timedelta(minutes=20)):
        response = client.post("/account/password", {"password": "another long walk"})
        assert response.headers["Location"] == "/account/confirm?next=%2Faccount"
        hidden = _hidden(client.get(response.headers["Location"]).text)
        wrong = client.post("/account/confirm", {**hidden, "password": "wrong"})
        assert wrong.status_code == 422
        right = client.post("/account/confirm", {**hidden, "password": PASSWORD})
        assert right.headers["Location"] == "/account"
        assert client.post("/account/password", {"password": "another long walk"}).status_code == 303
    ada.refresh_from_db()
    assert ada.check_password("another long walk")
    assert _is_in(client)


def test_a_problem_is_told_at_its_field(client: Client, ada: User) -> None:
    _sign_in(client, ada)
    response = client.post("/account/email", {"email": "no address"})
    assert (response.status_code, _at_fault(response.text)) == (422, ["email"])
    assert client.post("/account/email", {"email": "new@example.com"}).status_code == 303
    assert "sent a message to new@example.com" in client.get("/account").text


def test_other_browsers_are_signed_out(client: Client, ada: User) -> None:
    other, third = Client(), Client()
    for each in (client, other, third):
        _sign_in(each, ada)
    (first, *_) = re.findall(r'name="session" value="([^"]*)"', client.get("/account").text)
    assert client.post("/account/sessions", {"session": first}).status_code == 303
    assert client.post("/account/sessions").status_code == 303
    assert [each.get("/account").status_code for each in (client, other, third)] == [200, 303, 303]


def test_factors_and_codes_are_taken_away_and_renewed(client: Client, ada: User) -> None:
    give_totp(ada, SECRET)
    _sign_in(client, ada)
    with clock.at(clock.now() + timedelta(seconds=PERIOD)):
        client.post("/account/second-step", {"code": current_code(SECRET)})
    codes = client.post("/account/recovery-codes").text
    assert len(re.findall(r"<li><code>\d{10}</code></li>", codes)) == 10
    (factor,) = re.findall(r'name="factor" value="([^"]*)"', client.get("/account").text)
    assert client.post("/account/second-factor/remove", {"factor": factor}).status_code == 303
    assert not has_factor(ada)


@pytest.mark.parametrize("page", ["password", "email", "sessions", "recovery-codes", "second-factor/remove"])
def test_forms_of_the_signed_in_lead_others_to_the_door(client: Client, page: str) -> None:
    assert client.get(f"/account/{page}").status_code == 405
    response = client.post(f"/account/{page}", {"email": "a@example.com", "password": "x", "factor": "x"})
    assert response.headers["Location"].startswith("/account/sign-in?next=")


@pytest.mark.parametrize("on", ["sandbox", "stripe"])
def test_who_comes_back_from_the_payment_provider_is_told_how_it_stands(ada: User, on: str) -> None:
    with wire.paying_by(on):
        account = opened_account(VendorFactory.create(name="Clay"))
        client, address = Client(), f"/account?payouts={account.vendor.slug}"
        client.force_login(member_of(account.vendor))
        told = [_says(client, address)]
        control.onboard(account.ref)
        told.append(_says(client, address))
        assert told == [
            "Payouts of Clay: The payment provider has not been told everything yet.",
            "Payouts of Clay: It can be paid.",
        ]
        assert [_says(client, f"/account?payouts={slug}") for slug in ("", "nobody", "<b>")] == [""] * 3
        client.force_login(ada)
        assert _says(client, address) == ""


def _says(client: Client, address: str) -> str:
    page = client.get(address).content.decode()
    return next(iter(re.findall(r'role="status">(Payouts[^<]*)<', page)), "")
