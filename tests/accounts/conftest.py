"""A browser's visit, as a view would see it."""

from collections.abc import Callable
from typing import TypeAlias

import pytest
from django.contrib.auth import get_user
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest
from django.test import RequestFactory

Visit: TypeAlias = Callable[..., HttpRequest]


@pytest.fixture
def visit(rf: RequestFactory) -> Visit:
    """A request of a new browser, or of the one whose session key is given."""

    def request(session_key: str | None = None, *, address: str = "198.51.100.7") -> HttpRequest:
        made = rf.post("/graphql/", REMOTE_ADDR=address)
        made.session = SessionStore(session_key)
        made.user = AnonymousUser() if session_key is None else get_user(made)
        return made

    return request
