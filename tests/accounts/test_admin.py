import pytest
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.db import models
from django.test import Client, RequestFactory
from django.urls import reverse

from marketplace.accounts.models import Address, BillingProfile, GuestEmail, User
from tests.factories.accounts import PASSWORD, AddressFactory, UserFactory
from tests.support.queue import queued

pytestmark = pytest.mark.django_db

LOG_IN = "/admin/login/"


def _staff(**changes: object) -> User:
    return UserFactory.create(is_staff=True, is_superuser=True, **changes)


def _log_in(client: Client, user: User, *, password: str = PASSWORD) -> str:
    """Fill in the admin's form; returns its complaint."""
    response = client.post(LOG_IN, {"username": user.email, "password": password})
    return "" if response.status_code == 302 else str(response.context["form"].non_field_errors().as_text())


def _is_in(client: Client) -> bool:
    return client.get(reverse("admin:accounts_user_changelist")).status_code == 200


def test_staff_come_in_by_their_password(client: Client) -> None:
    assert _log_in(client, _staff()) == ""
    assert _is_in(client)


def test_a_wrong_password_does_not_open(client: Client) -> None:
    assert _log_in(client, _staff(), password="wrong") == "* E-mail address or password is wrong."
    assert not _is_in(client)


def test_the_form_does_not_go_round_verification_or_the_second_factor(client: Client) -> None:
    unverified, protected = _staff(is_verified=False), _staff()
    Authenticator.objects.create(user=protected, type=Authenticator.Type.TOTP, data={})
    assert "confirm your e-mail address" in _log_in(client, unverified)
    assert [name for name, _ in queued()] == ["mail_verification"]
    assert _log_in(client, protected) == "* This account asks for a second factor."
    assert not _is_in(client)


def test_the_form_does_not_go_round_the_rate_limit(client: Client) -> None:
    user = _staff()
    for _ in range(5):
        _log_in(client, user, password="wrong")
    assert _log_in(client, user).startswith("* Too many attempts.")
    assert not _is_in(client)


def test_who_is_no_staff_stays_out(client: Client) -> None:
    assert _log_in(client, UserFactory.create()) != ""
    assert not _is_in(client)


@pytest.mark.parametrize("model", [User, GuestEmail, BillingProfile, Address])
def test_every_table_opens_and_none_takes_new_rows(client: Client, model: type[models.Model]) -> None:
    client.force_login(_staff())
    AddressFactory.create()
    name = model.__name__.lower()
    assert client.get(reverse(f"admin:accounts_{name}_changelist")).status_code == 200
    row = model._default_manager.first()
    assert row is not None
    assert client.get(reverse(f"admin:accounts_{name}_change", args=[row.pk])).status_code == 200
    assert client.get(reverse(f"admin:accounts_{name}_add")).status_code == 403
    assert client.post(reverse(f"admin:accounts_{name}_delete", args=[row.pk])).status_code == 403


def test_only_a_superuser_makes_roles(rf: RequestFactory) -> None:
    request = rf.get("/")
    request.user = UserFactory.create(is_staff=True)
    fields = admin.site.get_model_admin(User).get_readonly_fields(request)
    assert {"is_staff", "is_superuser", "groups"} <= set(fields)
    request.user = _staff()
    assert admin.site.get_model_admin(User).get_readonly_fields(request) == (
        "email",
        "created_at",
        "last_login",
    )
