from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.http import HttpRequest

from marketplace.accounts import selectors
from marketplace.accounts.models import User, UserSession
from marketplace.accounts.operations import access, sessions
from marketplace.kernel import clock
from marketplace.kernel.errors import NotFound
from tests.accounts.conftest import Visit
from tests.factories.accounts import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"


def _signed_in(visit: Visit, user: User) -> HttpRequest:
    request = visit()
    request.META["HTTP_USER_AGENT"] = FIREFOX
    access.log_in(request=request, email=user.email, password=PASSWORD)
    request.session.save()
    return request


def _is_in(visit: Visit, request: HttpRequest) -> bool:
    return bool(visit(request.session.session_key).user.is_authenticated)


def test_a_session_is_listed_by_device_and_network(visit: Visit) -> None:
    request = _signed_in(visit, UserFactory.create())
    (row,) = UserSession.objects.all()
    assert (row.device, row.network) == ("Firefox on Linux", "198.51.100.0/24")
    assert row.session_key == request.session.session_key


def test_signing_in_again_in_one_browser_lists_it_once(visit: Visit) -> None:
    user = UserFactory.create()
    request = _signed_in(visit, user)
    access.log_in(request=request, email=user.email, password=PASSWORD)
    (row,) = selectors.sessions_of(user)
    assert row.session_key == request.session.session_key


def test_it_is_seen_every_ten_minutes(visit: Visit) -> None:
    request = _signed_in(visit, UserFactory.create())
    begun = UserSession.objects.get().last_seen_at
    with clock.at(begun + timedelta(minutes=9)):
        sessions.see_session(request=request)
    assert UserSession.objects.get().last_seen_at == begun
    with clock.at(begun + timedelta(minutes=11)):
        request.META["REMOTE_ADDR"] = "203.0.113.5"
        sessions.see_session(request=request)
    row = UserSession.objects.get()
    assert (row.last_seen_at, row.network) == (begun + timedelta(minutes=11), "203.0.113.0/24")


def test_ending_one_ends_it_at_once_and_no_other(visit: Visit) -> None:
    user = UserFactory.create()
    here, there = _signed_in(visit, user), _signed_in(visit, user)
    sessions.end_session(
        user=user, session_id=UserSession.objects.get(session_key=there.session.session_key).pk
    )
    assert (_is_in(visit, here), _is_in(visit, there)) == (True, False)
    assert [row.session_key for row in selectors.sessions_of(user)] == [here.session.session_key]


def test_somebody_elses_session_is_not_found(visit: Visit) -> None:
    theirs = _signed_in(visit, UserFactory.create())
    with pytest.raises(NotFound):
        sessions.end_session(user=UserFactory.create(), session_id=UserSession.objects.get().pk)
    assert _is_in(visit, theirs)


def test_ending_the_others_keeps_this_one_under_a_new_key(visit: Visit) -> None:
    user, other = UserFactory.create(), UserFactory.create()
    here, there, elsewhere = _signed_in(visit, user), _signed_in(visit, user), _signed_in(visit, other)
    key = here.session.session_key
    sessions.end_other_sessions(request=here, user=user)
    here.session.save()
    assert (_is_in(visit, here), _is_in(visit, there), _is_in(visit, elsewhere)) == (True, False, True)
    assert here.session.session_key != key
    assert [row.session_key for row in selectors.sessions_of(user)] == [here.session.session_key]


def test_a_session_that_was_never_listed_ends_with_the_others(visit: Visit) -> None:
    user = UserFactory.create()
    here, there = _signed_in(visit, user), _signed_in(visit, user)
    UserSession.objects.filter(session_key=there.session.session_key).delete()
    sessions.end_other_sessions(request=here, user=user)
    assert not _is_in(visit, there)


def test_an_expired_session_is_not_told_of(visit: Visit) -> None:
    user = UserFactory.create()
    _signed_in(visit, user)
    Session.objects.update(expire_date=clock.now() - timedelta(seconds=1))
    assert list(selectors.sessions_of(user)) == []


def test_signing_out_takes_it_off_the_list(visit: Visit) -> None:
    user = UserFactory.create()
    here, there = _signed_in(visit, user), _signed_in(visit, user)
    access.log_out(request=here)
    assert [row.session_key for row in selectors.sessions_of(user)] == [there.session.session_key]
    again = _signed_in(visit, user)
    access.log_out(request=again, everywhere=True)
    assert not UserSession.objects.exists()
