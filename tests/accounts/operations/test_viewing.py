from collections.abc import Callable
from datetime import timedelta

import pytest
from django.http import HttpRequest
from pytest_django import Settings

from marketplace.accounts.models import User
from marketplace.accounts.operations.viewing import BY_BUTTON, begin_view, end_view, view_of
from marketplace.kernel import audit, clock
from marketplace.kernel.errors import InvalidInput, NotFound
from tests.accounts.conftest import Visit
from tests.factories.accounts import UserFactory
from tests.support.viewing import supporter

pytestmark = pytest.mark.django_db

Change = Callable[[User, User], object]


def _entries(user: User) -> list[tuple[int | None, str, str, str]]:
    return [(each.actor_id, each.action, each.reason, each.note) for each in audit.entries_of(user)]


@pytest.fixture
def ada() -> User:
    user: User = UserFactory.create()
    return user


@pytest.fixture
def request_of_staff(visit: Visit) -> HttpRequest:
    request = visit()
    request.user = supporter()
    return request


def _begin(request: HttpRequest, user: User, reason: str = "Cannot find the order") -> None:
    assert isinstance(request.user, User)
    begin_view(request=request, actor=request.user, user=user, reason=reason)


def _later(request: HttpRequest) -> HttpRequest:
    """The next request of the same browser: the permissions are asked anew."""
    assert isinstance(request.user, User)
    request.user = User.objects.get(pk=request.user.pk)
    return request


def test_both_ends_are_recorded(request_of_staff: HttpRequest, ada: User) -> None:
    _begin(request_of_staff, ada)
    viewing = view_of(request=request_of_staff)
    assert viewing is not None
    assert (viewing.staff, viewing.user) == (request_of_staff.user, ada)
    assert end_view(request=request_of_staff, reason=BY_BUTTON) == ada.pk
    assert view_of(request=request_of_staff) is None
    assert end_view(request=request_of_staff, reason=BY_BUTTON) is None
    key = request_of_staff.user.pk
    assert _entries(ada) == [
        (key, "accounts.view_begun", "", "Cannot find the order"),
        (key, "accounts.view_ended", "button", ""),
    ]


@pytest.mark.parametrize("flag", ["is_staff", "is_superuser"])
def test_nobody_looks_as_staff(request_of_staff: HttpRequest, flag: str) -> None:
    user = UserFactory.create(**{flag: True})
    with pytest.raises(InvalidInput) as refusal:
        _begin(request_of_staff, user)
    assert refusal.value.field == "user"
    assert (view_of(request=request_of_staff), _entries(user)) == (None, [])


def test_a_reason_is_due(request_of_staff: HttpRequest, ada: User) -> None:
    with pytest.raises(InvalidInput) as refusal:
        _begin(request_of_staff, ada, reason="  ")
    assert refusal.value.field == "reason"
    assert _entries(ada) == []


def test_who_may_not_finds_nobody(visit: Visit, ada: User) -> None:
    for actor in (UserFactory.create(is_staff=True), UserFactory.create()):
        request = visit()
        request.user = actor
        with pytest.raises(NotFound):
            _begin(request, ada)
    assert _entries(ada) == []


def _lose_permission(staff: User, _ada: User) -> None:
    staff.user_permissions.clear()


def _leave_staff(staff: User, _ada: User) -> None:
    User.objects.filter(pk=staff.pk).update(is_staff=False)


def _become_staff(_staff: User, ada: User) -> None:
    User.objects.filter(pk=ada.pk).update(is_staff=True)


def _close(_staff: User, ada: User) -> None:
    User.objects.filter(pk=ada.pk).update(is_active=False)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (_lose_permission, "not_permitted"),
        (_leave_staff, "not_permitted"),
        (_become_staff, "user_changed"),
        (_close, "user_changed"),
    ],
)
def test_it_ends_when_it_would_not_be_begun(
    request_of_staff: HttpRequest, ada: User, change: Change, reason: str
) -> None:
    _begin(request_of_staff, ada)
    assert view_of(request=_later(request_of_staff)) is not None
    assert isinstance(request_of_staff.user, User)
    change(request_of_staff.user, ada)
    assert view_of(request=_later(request_of_staff)) is None
    assert view_of(request=_later(request_of_staff)) is None
    assert [entry[2] for entry in _entries(ada)] == ["", reason]


def test_it_ends_by_the_clock(request_of_staff: HttpRequest, ada: User, settings: Settings) -> None:
    settings.VIEW_AS_MINUTES = 10
    _begin(request_of_staff, ada)
    with clock.at(clock.now() + timedelta(minutes=9)):
        assert view_of(request=_later(request_of_staff)) is not None
    with clock.at(clock.now() + timedelta(minutes=10)):
        assert view_of(request=_later(request_of_staff)) is None
    assert view_of(request=_later(request_of_staff)) is None
    assert [entry[2] for entry in _entries(ada)] == ["", "expired"]
