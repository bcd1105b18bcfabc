"""What happens to every request on behalf of accounts."""

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from marketplace.accounts.operations.sessions import see_session


class LastSeenMiddleware:
    """Note when a session was last in use. Costs nothing where nobody asked for the session."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if request.session.accessed:
            see_session(request=request)
        return response
