from datetime import timedelta

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.db import InternalError
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from pytest_django import DjangoAssertNumQueries

from marketplace.accounts.middleware import LastSeenMiddleware, ViewingMiddleware
from marketplace.accounts.models import User, UserSession
from marketplace.accounts.operations import access
from marketplace.accounts.operations.viewing import begin_view
from marketplace.accounts.viewing import COOKIE, viewing_of
from marketplace.kernel import clock
from tests.accounts.conftest import Visit
from tests.factories.accounts import PASSWORD, UserFactory
from tests.support.viewing import begin, looking, supporter

pytestmark = pytest.mark.django_db


def _look(request: HttpRequest) -> HttpResponse:
    return HttpResponse(str(request.session.get("cart_id", "")))


def _pass_by(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


@pytest.fixture
def signed_in(visit: Visit) -> HttpRequest:
    user: User = UserFactory.create()
    request = visit()
    access.log_in(request=request, email=user.email, password=PASSWORD)
    request.session.save()
    request.session = SessionStore(request.session.session_key)
    return request


def test_a_request_that_looks_at_its_session_is_seen(signed_in: HttpRequest) -> None:
    later = clock.now() + timedelta(hours=1)
    with clock.at(later):
        LastSeenMiddleware(_look)(signed_in)
    assert UserSession.objects.get().last_seen_at == later


def test_another_asks_the_database_nothing(
    signed_in: HttpRequest, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with clock.at(clock.now() + timedelta(hours=1)), django_assert_num_queries(0):
        LastSeenMiddleware(_pass_by)(signed_in)


def test_a_guest_is_not_noted(visit: Visit) -> None:
    LastSeenMiddleware(_look)(visit())
    assert not UserSession.objects.exists()


@pytest.fixture
def ada() -> User:
    user: User = UserFactory.create(name="Ada")
    return user


def _view(rf: RequestFactory, ada: User) -> HttpRequest:
    staff, request = supporter(), rf.get("/")
    request.session, request.user = SessionStore(), staff
    request.session["cart_id"] = "the staff's"
    begin_view(request=request, actor=staff, user=ada, reason="To see")
    request.COOKIES[COOKIE] = "1"
    return request


def _rename(request: HttpRequest) -> HttpResponse:
    User.objects.update(name="Eve")
    return HttpResponse()


def test_who_looks_is_the_user_without_a_session(rf: RequestFactory, ada: User) -> None:
    request = _view(rf, ada)
    staff, session = request.user, request.session

    def answer(asked: HttpRequest) -> HttpResponse:
        viewing = viewing_of(asked)
        assert viewing is not None
        assert (asked.user, viewing.user, viewing.staff) == (ada, ada, staff)
        assert list(asked.session.keys()) == []
        asked.session["cart_id"] = "another"
        return HttpResponse()

    ViewingMiddleware(answer)(request)
    assert (request.user, request.session) == (staff, session)
    assert session["cart_id"] == "the staff's"


def test_postgresql_writes_nothing_while_somebody_looks(rf: RequestFactory, ada: User) -> None:
    request = _view(rf, ada)
    with pytest.raises(InternalError, match="read-only"):
        ViewingMiddleware(_rename)(request)
    ada.refresh_from_db()
    assert ada.name == "Ada"
    del request.COOKIES[COOKIE]
    ViewingMiddleware(_rename)(request)
    ada.refresh_from_db()
    assert ada.name == "Eve"


def test_without_the_cookie_nothing_is_asked(
    rf: RequestFactory, ada: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    request = _view(rf, ada)
    del request.COOKIES[COOKIE]
    request.session = SessionStore("unread")
    with django_assert_num_queries(0):
        ViewingMiddleware(_pass_by)(request)
    assert not request.session.accessed


def test_the_cookie_alone_is_nothing(client: Client, ada: User) -> None:
    client.force_login(ada)
    client.cookies[COOKIE] = str(ada.pk)
    assert client.get("/account").wsgi_request.user == ada
    assert client.cookies[COOKIE].value == ""


def test_a_form_of_the_user_is_not_sent_for_the_staff_when_time_is_over(ada: User) -> None:
    client = looking(ada)
    with clock.at(clock.now() + timedelta(minutes=31)):
        assert client.post("/cart/line", {"line": "x", "remove": ""}).status_code == 403
        assert client.cookies[COOKIE].value == ""
        assert client.post("/cart/line", {"line": "x", "remove": ""}).status_code != 403
        late = looking(ada)
    with clock.at(clock.now() + timedelta(minutes=62)):
        sent = late.post("/graphql/", {"query": "{ __typename }"}, "application/json")
        assert (sent.status_code, sent.json()["errors"][0]["extensions"]) == (403, {"code": "VIEWING_ONLY"})
        assert late.get("/account").wsgi_request.user.is_staff


def test_a_key_beside_the_cookies_is_a_key(ada: User) -> None:
    client = looking(ada)
    response = client.post(
        "/graphql/", {"query": "{ __typename }"}, "application/json", headers={"Authorization": "Bearer x"}
    )
    assert response.status_code == 401


def test_the_console_is_closed_until_the_end(ada: User) -> None:
    client = looking(ada)
    assert client.get("/admin/").status_code == 403
    assert begin(client, UserFactory.create()) == 403
    assert client.post("/admin/accounts/user/end-view/").status_code == 302
    assert client.get("/admin/").status_code == 200
