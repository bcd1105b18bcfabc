import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db import models
from django.test import Client, RequestFactory
from django.urls import reverse

from marketplace.accounts.models import Address, BillingProfile, GuestEmail, User
from marketplace.kernel import audit
from marketplace.kernel.models import AuditEntry
from marketplace.staff import SUPPORT
from tests.factories.accounts import PASSWORD, AddressFactory, UserFactory
from tests.support.viewing import begin, supporter

pytestmark = pytest.mark.django_db


def _staff(**changes: object) -> User:
    return UserFactory.create(is_staff=True, is_superuser=True, **changes)


def _is_in(client: Client) -> bool:
    return client.get(reverse("admin:accounts_user_changelist")).status_code == 200


def test_the_admin_has_no_way_in_of_its_own(client: Client) -> None:
    user = _staff()
    response = client.get("/admin/accounts/user/", follow=True)
    assert response.redirect_chain == [
        ("/admin/login/?next=/admin/accounts/user/", 302),
        ("/account/sign-in?next=/admin/accounts/user/", 302),
    ]
    assert client.post("/admin/login/", {"username": user.email, "password": PASSWORD}).status_code == 302
    assert not _is_in(client)


def test_who_is_no_staff_stays_out(client: Client) -> None:
    client.force_login(UserFactory.create())
    assert not _is_in(client)


@pytest.mark.parametrize(("changed", "is_still_in"), [("is_staff", False), ("name", True)])
def test_who_becomes_staff_signs_in_anew(client: Client, changed: str, is_still_in: bool) -> None:
    user, theirs = UserFactory.create(), Client()
    theirs.force_login(user)
    client.force_login(_staff())
    sent = {"name": user.name, "is_active": "on"} | {changed: "on"}
    address = reverse("admin:accounts_user_change", args=[user.pk])
    assert client.post(address, sent).status_code == 302
    user.refresh_from_db()
    assert user.is_staff == (changed == "is_staff")
    assert theirs.get("/").wsgi_request.user.is_authenticated == is_still_in


def test_who_makes_somebody_staff_is_on_record_and_no_name_is(client: Client) -> None:
    user, actor = UserFactory.create(), _staff()
    client.force_login(actor)
    role = Group.objects.get(name=SUPPORT)
    sent = {"name": "Other", "is_active": "on", "is_staff": "on", "groups": [role.pk]}
    assert client.post(reverse("admin:accounts_user_change", args=[user.pk]), sent).status_code == 302
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.actor_id, entry.subject_id) == ("accounts.user_changed", actor.pk, user.pk)
    assert entry.before == {"is_staff": False, "groups": []}
    assert entry.after == {"is_staff": True, "groups": ["Support"]}


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


def test_looking_as_a_user_begins_and_ends_in_the_console(client: Client) -> None:
    ada = UserFactory.create()
    page = reverse("admin:accounts_user_change", args=[ada.pk])
    ask = reverse("admin:accounts_user_view_as", args=[ada.pk])
    client.force_login(supporter())
    assert f'href="{ask}"' in client.get(page).text
    assert "for 30 minutes" in client.get(ask).text
    begun = client.post(ask, {"reason": "Cannot find the order"})
    assert begun.headers["Location"] == "/account"
    assert ada.email in client.get("/account").text
    assert client.post("/admin/accounts/user/end-view/").headers["Location"] == page
    assert client.get("/account").wsgi_request.user.is_staff
    assert client.post("/admin/accounts/user/end-view/").headers["Location"] == "/admin/"
    actions = [(each.action, each.reason, each.note) for each in audit.entries_of(ada)]
    assert actions == [
        ("accounts.view_begun", "", "Cannot find the order"),
        ("accounts.view_ended", "button", ""),
    ]


def test_looking_as_a_user_needs_the_permission_a_reason_and_no_staff(client: Client) -> None:
    ada, other = UserFactory.create(), supporter()
    client.force_login(supporter())
    assert begin(client, ada, reason=" ") == 422
    assert begin(client, other) == 422
    client.force_login(UserFactory.create(is_staff=True))
    assert begin(client, ada) == 403
    assert [*audit.entries_of(ada), *audit.entries_of(other)] == []
