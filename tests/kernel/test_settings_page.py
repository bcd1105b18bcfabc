"""The settings in the admin: seen by the staff, changed in two steps by whose role may."""

import re
from html import unescape

import pytest
from django.contrib.auth.models import Group
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from marketplace.accounts.models import User
from marketplace.kernel.adjusting import adjust_setting, standing
from marketplace.kernel.models import AdjustedSetting
from marketplace.staff import ADMINISTRATOR, FINANCE
from tests.factories.accounts import UserFactory
from tests.factories.vendors import VendorFactory

pytestmark = pytest.mark.django_db

LIST = "/admin/kernel/adjustedsetting/"
PAGE = f"{LIST}COMMISSION_BPS/"
ASKED = {"value": "1250", "reason": "As announced.", "expected": "1000"}


def _staff(client: Client, role: str = ADMINISTRATOR) -> User:
    user: User = UserFactory.create(is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    client.force_login(user)
    return user


def _fields(page: str) -> dict[str, list[str]]:
    """What a form would send: its hidden fields."""
    found: dict[str, list[str]] = {}
    for tag in re.findall(r"<input[^>]*type=\"hidden\"[^>]*>", page):
        attributes = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        found.setdefault(attributes["name"], []).append(unescape(attributes.get("value", "")))
    return found


def _said(client: Client, page: str, sent: dict[str, object]) -> list[str]:
    response = client.post(page, sent)
    assert (response.status_code, response.headers["Location"]) == (302, page)
    said = [str(message) for message in get_messages(response.wsgi_request)]
    client.cookies.pop("messages", None)
    return said


def test_a_change_is_asked_told_saved_and_remembered(client: Client) -> None:
    user = _staff(client)
    VendorFactory.create()
    index = client.get(LIST).content.decode()
    assert (PAGE in index, "12.5 %" in index, reverse("admin:kernel_adjustedsetting_changelist")) == (
        True,
        False,
        LIST,
    )
    assert "Nobody has changed it yet." in client.get(PAGE).content.decode()
    told = client.post(PAGE, ASKED).content.decode()
    assert "<li>1 vendor sells: what is sold next without a rule carries 12.5 % instead of 10 %.</li>" in told
    assert not AdjustedSetting.objects.exists()
    assert _said(client, PAGE, {**_fields(told), "confirmed": "yes"}) == [
        "Commission is 12.5 % now. All processes know within seconds."
    ]
    now = standing("COMMISSION_BPS")
    assert (now.value, now.changed_by) == (1250, user.email)
    page = client.get(PAGE).content.decode()
    assert ("10 % → 12.5 %" in page, "As announced." in page, user.email in page) == (True, True, True)
    assert f"Set by {user.email}" in client.get(LIST).content.decode()


def test_the_files_value_comes_back_in_two_steps_too(client: Client) -> None:
    actor = _staff(client)
    adjust_setting(actor=actor, name="COMMISSION_BPS", value=1250, expected=1000, reason="As announced.")
    told = client.post(PAGE, {"reason": "Enough.", "expected": "1250", "reset": "yes"}).content.decode()
    assert "carries 10 % instead of 12.5 %" in told
    assert standing("COMMISSION_BPS").is_adjusted
    assert _said(client, PAGE, {**_fields(told), "confirmed": "yes"}) == [
        "Commission is 10 % now. All processes know within seconds."
    ]
    assert not standing("COMMISSION_BPS").is_adjusted


def test_who_was_overtaken_is_told_and_changes_nothing(client: Client) -> None:
    actor = _staff(client)
    told = client.post(PAGE, ASKED).content.decode()
    adjust_setting(actor=actor, name="COMMISSION_BPS", value=900, expected=1000, reason="Sooner.")
    (said,) = _said(client, PAGE, {**_fields(told), "confirmed": "yes"})
    assert said.startswith("Commission was changed meanwhile: it is 9 % now.")
    assert standing("COMMISSION_BPS").value == 900


def test_words_are_ticked(client: Client) -> None:
    _staff(client)
    page = f"{LIST}ONBOARDING_STEPS/"
    fields = _fields(client.get(page).content.decode())
    expected = fields["expected"][0].replace("&quot;", '"')
    sent = {"value": ["terms", "profile"], "reason": "Lighter.", "expected": expected}
    told = client.post(page, sent).content.decode()
    assert "Not asked for any more: policies, tax, payout_account, first_listing." in told
    again = _fields(told) | {"expected": [expected], "confirmed": ["yes"]}
    assert _said(client, page, dict(again)) == [
        "Checklist of vendors is profile, terms now. All processes know within seconds."
    ]


@pytest.mark.parametrize("wrong", [{"value": "10001"}, {"value": ""}, {"reason": ""}])
def test_what_cannot_be_is_asked_again_even_if_confirmed(client: Client, wrong: dict[str, str]) -> None:
    _staff(client)
    page = client.post(PAGE, {**ASKED, **wrong, "confirmed": "yes"})
    assert (page.status_code, AdjustedSetting.objects.exists()) == (200, False)
    assert "would follow" in page.content.decode()


def test_whose_role_may_only_look_only_looks(client: Client) -> None:
    _staff(client, FINANCE)
    assert client.get(LIST).status_code == 200
    page = client.get(PAGE)
    assert (page.status_code, "Show what would follow" in page.content.decode()) == (200, False)
    for sent in (ASKED, {**ASKED, "confirmed": "yes"}):
        assert client.post(PAGE, sent).status_code == 403
    assert not AdjustedSetting.objects.exists()


def test_who_has_no_role_sees_nothing_and_there_is_no_other_way_in(client: Client) -> None:
    client.force_login(UserFactory.create(is_staff=True))
    assert [client.get(page).status_code for page in (LIST, PAGE)] == [403, 403]
    _staff(client)
    others = (f"{LIST}SECRET_KEY/", f"{LIST}add/", f"{LIST}1/change/", f"{LIST}1/delete/")
    assert [client.get(page).status_code for page in others] == [404] * 4


def test_amounts_are_typed_as_they_are_shown(client: Client) -> None:
    _staff(client)
    page = f"{LIST}REVIEW_FIRST_ORDER_CAPS/"
    asked = {"value": "EUR 500, JPY 80000", "reason": "Too many.", "expected": '""'}
    told = client.post(page, asked).content.decode()
    assert "<li>People look at a first order above: EUR 500.00, JPY 80000. Up to now: none.</li>" in told
    assert _said(client, page, {**_fields(told), "confirmed": "yes"}) == [
        "First orders is EUR 500.00, JPY 80000 now. All processes know within seconds."
    ]
    assert standing("REVIEW_FIRST_ORDER_CAPS").value == "EUR 500.00, JPY 80000"
    assert "An amount for each currency" in client.post(page, {**asked, "value": "much"}).content.decode()
