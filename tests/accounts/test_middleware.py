from datetime import timedelta

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest, HttpResponse
from pytest_django import DjangoAssertNumQueries

from marketplace.accounts.middleware import LastSeenMiddleware
from marketplace.accounts.models import User, UserSession
from marketplace.accounts.operations import access
from marketplace.kernel import clock
from tests.accounts.conftest import Visit
from tests.factories.accounts import PASSWORD, UserFactory

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
