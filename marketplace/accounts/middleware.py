"""What happens to every request on behalf of accounts."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

import structlog
from django.conf import settings
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import Resolver404, resolve
from django.utils.module_loading import import_string

from marketplace.accounts import viewing
from marketplace.accounts.operations.sessions import see_session
from marketplace.accounts.operations.viewing import view_of
from marketplace.accounts.viewing import Viewing

SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
CONSOLE: Final = "admin"


class LastSeenMiddleware:
    """Note when a session was last in use. Costs nothing where nobody asked for the session."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if request.session.accessed:
            see_session(request=request)
        return response


class ViewingMiddleware:
    """Show a member of the staff what a user sees, and let nothing be done. Costs nothing without the cookie.

    What answers the request finds the user, a session that nobody keeps, and a transaction that PostgreSQL
    lets write nothing. The first form that is sent after the end is refused too. Every line of the log has
    both, `user` and `viewed_by`. An API key beside the cookies is answered as a key.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.COOKIES.get(viewing.COOKIE) or _brings_key(request):
            return self.get_response(request)
        looking = view_of(request=request)
        way = _way(request)
        if looking is None:
            # What was typed on a page of the user's is not done to the staff's own account.
            is_stale = request.method not in SAFE and way != viewing.OWN
            response = _closed(request) if is_stale else self.get_response(request)
            if viewing.COOKIE not in response.cookies:
                response.delete_cookie(viewing.COOKIE)
            return response
        structlog.contextvars.bind_contextvars(user=looking.user.pk, viewed_by=looking.staff.pk)
        if way == viewing.OWN:
            return self.get_response(request)
        with _looking(request, looking):
            if way is None:
                return _closed(request)
            with _reading():
                return self.get_response(request)


def _closed(request: HttpRequest) -> HttpResponse:
    closed: Callable[[HttpRequest], HttpResponse] = import_string(settings.VIEWING_CLOSED)
    return closed(request)


def _brings_key(request: HttpRequest) -> bool:
    return request.headers.get("Authorization", "").strip().lower().startswith("bearer ")


def _way(request: HttpRequest) -> str | None:
    """What the view of this address may do while somebody looks; None where it is closed."""
    try:
        match = resolve(request.path_info)
    except Resolver404:
        return viewing.READS
    way = viewing.way_of(match.func)
    if way == viewing.OWN:
        return way
    if CONSOLE in match.app_names:
        return None
    return viewing.READS if request.method in SAFE or way == viewing.READS else None


@contextmanager
def _looking(request: HttpRequest, looking: Viewing) -> Iterator[None]:
    """Inside, the request is the user's; outside, it has the staff's own session again, to be kept."""
    own, staff = request.session, request.user
    request.session, request.user = type(own)(), looking.user
    request.viewing = looking  # type: ignore[attr-defined]  # read by viewing_of
    try:
        yield
    finally:
        request.session, request.user = own, staff


@contextmanager
def _reading() -> Iterator[None]:
    """A transaction that PostgreSQL lets write nothing; the connection is as before when it ends."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION READ ONLY")
        yield
