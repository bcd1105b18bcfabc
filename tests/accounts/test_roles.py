import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission
from pytest_django import DjangoAssertNumQueries

from marketplace.accounts.roles import PATH, last_app, sync_roles
from marketplace.staff import MODERATOR, ROLES

pytestmark = pytest.mark.django_db


def _held() -> dict[str, set[str]]:
    return {
        group.name: set(group.permissions.annotate(path=PATH).values_list("path", flat=True))
        for group in Group.objects.all()
    }


def _sync() -> None:
    sync_roles(apps=apps, using="default")


def test_migrating_makes_the_roles_of_the_table() -> None:
    assert _held() == ROLES


def test_what_was_changed_by_hand_is_as_the_table_says_again_and_other_groups_stay() -> None:
    moderators, others = Group.objects.get(name=MODERATOR), Group.objects.create(name="Night shift")
    extra = Permission.objects.get(codename="change_user")
    others.permissions.set([extra])
    moderators.permissions.set([extra])
    _sync()
    assert _held() == {**ROLES, "Night shift": {"accounts.change_user"}}


def test_where_nothing_has_changed_nothing_is_written(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    with django_assert_num_queries(5):  # a savepoint and its release among them
        _sync()


def test_a_permission_that_is_not_there_stops_the_migration() -> None:
    Permission.objects.filter(codename="moderate_vendor").delete()
    with pytest.raises(ValueError, match=r"^no such permissions: vendors.moderate_vendor$"):
        _sync()


def test_it_runs_once_after_the_last_app() -> None:
    assert last_app(apps).name == "django_prometheus"
