"""Answers that are the same for everyone: anonymous GETs of registered documents.

This process remembers them for the seconds of the setting SHARED_ANSWER_SECONDS, and browsers and CDNs may
keep them for as long again. So a price or a stock level in a list may be that much behind, twice over at
most; carts and orders never take theirs from here.
"""

import hashlib
from typing import cast

from django.conf import settings
from django.core.cache import caches
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_vary_headers

READING = frozenset({"GET", "HEAD"})


def recall(request: HttpRequest, media_type: str) -> HttpResponse | None:
    """The answer to the same request of someone else, if this process gave it moments ago."""
    if not _asks_for_all(request):
        return None
    content: bytes | None = caches["answers"].get(_key(request, media_type))
    if content is None:
        return None
    return _respond(request, HttpResponse(content, content_type=f"{media_type}; charset=utf-8"))


def share(request: HttpRequest, response: HttpResponse, media_type: str) -> HttpResponse:
    """Say how long the answer may be kept, and keep it if it is for all; 304 where the client has it already.

    An answer that sets a cookie, or belongs to a session, is for nobody else.
    """
    is_personal = (
        response.cookies or request.session.modified or request.META.get("CSRF_COOKIE_NEEDS_UPDATE", False)
    )
    if response.status_code != 200 or is_personal or not _asks_for_all(request):
        response.headers["Cache-Control"] = "no-store"
        return response
    caches["answers"].set(_key(request, media_type), response.content, settings.SHARED_ANSWER_SECONDS)
    return _respond(request, response)


def _asks_for_all(request: HttpRequest) -> bool:
    is_anonymous = (
        settings.SESSION_COOKIE_NAME not in request.COOKIES and "Authorization" not in request.headers
    )
    return request.method in READING and "documentId" in request.GET and is_anonymous


def _respond(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    seconds = settings.SHARED_ANSWER_SECONDS
    response.headers["Cache-Control"] = f"public, max-age={seconds}"
    patch_vary_headers(response, ["Accept", "Cookie", "Authorization"])
    etag = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
    response.headers["ETag"] = etag
    return cast("HttpResponse", get_conditional_response(request, etag=etag, response=response))


def _key(request: HttpRequest, media_type: str) -> str:
    asked = f"{media_type}\n{request.META.get('QUERY_STRING', '')}"
    return hashlib.sha256(asked.encode()).hexdigest()
