"""What a resolver knows about the request: `info.context`."""

from dataclasses import dataclass, field
from typing import Any, TypeAlias

import strawberry
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest, HttpResponse

from marketplace.accounts.models import User


@dataclass
class Context:
    """One request; `response` collects headers and cookies that resolvers set."""

    request: HttpRequest
    response: HttpResponse = field(default_factory=HttpResponse)

    @property
    def user(self) -> User | None:
        """Who is signed in; None for everyone else. Costs a query when it is first asked."""
        user: User | AnonymousUser = self.request.user
        return user if isinstance(user, User) and user.is_active else None

    @property
    def session(self) -> SessionBase:
        """The session of the browser, made when it is first written."""
        return self.request.session


Info: TypeAlias = strawberry.Info[Context, Any]
