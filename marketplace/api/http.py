"""GraphQL over HTTP: which requests are heard, and how they are answered.

Methods: POST with a JSON body; GET for the documents we registered, and for any query where introspection
is allowed (staff, or DEBUG). Media types: `application/graphql-response+json` where the client accepts it
(status 400 for what was not executed), else `application/json` (status 200). CSRF: a request that brings a
session cookie needs the token; `Authorization: Bearer` needs none. Every refusal is JSON with a code.
"""

import hashlib
import json
from collections.abc import Callable
from typing import Any, cast

import strawberry
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.utils.cache import get_conditional_response
from django.views.decorators.csrf import csrf_exempt
from typing_extensions import override

from marketplace.api import persisted
from marketplace.api.context import Context
from marketplace.api.errors import RequestError
from marketplace.api.execution import Answer, Operation, execute, refused
from marketplace.api.limits import BODY_BYTES

GRAPHQL = "application/graphql-response+json"
JSON = "application/json"
SHARED_CACHE = "public, max-age=10, stale-while-revalidate=60"


class TransportError(Exception):
    """The HTTP request itself cannot be heard."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.problem = RequestError(code, message)


class _Csrf(CsrfViewMiddleware):
    """Django's check, answering the reason instead of an HTML page."""

    @override
    def _reject(self, request: HttpRequest, reason: str) -> Any:
        return reason


def endpoint(schema: strawberry.Schema) -> Callable[[HttpRequest], HttpResponse]:
    """The view of the one endpoint."""

    @csrf_exempt  # decided by rule in _check_origin
    def view(request: HttpRequest) -> HttpResponse:
        media_type = JSON
        try:
            media_type = _negotiated(request)
            operation = _operation(request)
        except TransportError as refusal:
            return _respond(refused(refusal.problem), media_type, refusal.status)
        context = Context(request)
        answer = execute(schema, operation, context)
        status = 405 if answer.is_wrong_method else 200 if answer.was_executed or media_type == JSON else 400
        return _with_headers(request, context, _respond(answer, media_type, status))

    return view


def may_introspect(request: HttpRequest) -> bool:
    """Whether the request may read the schema and send free queries by GET: staff, or anyone in DEBUG."""
    if settings.DEBUG:
        return True
    return settings.SESSION_COOKIE_NAME in request.COOKIES and bool(getattr(request.user, "is_staff", False))


def _negotiated(request: HttpRequest) -> str:
    accept = request.headers.get("Accept", "*/*")
    ranges = {part.split(";")[0].strip().lower() for part in accept.split(",")}
    if GRAPHQL in ranges:
        return GRAPHQL
    if ranges & {JSON, "*/*", "application/*", ""}:
        return JSON
    raise TransportError(406, "NOT_ACCEPTABLE", f"We answer {GRAPHQL} or {JSON}.")


def _operation(request: HttpRequest) -> Operation:
    if request.method == "GET":
        return _from_query(request)
    if request.method != "POST":
        raise TransportError(405, "METHOD_NOT_ALLOWED", "Use POST, or GET for registered documents.")
    if int(request.META.get("CONTENT_LENGTH") or 0) > BODY_BYTES:
        raise TransportError(413, "BODY_TOO_LARGE", f"The limit of a body is {BODY_BYTES} bytes.")
    if request.content_type not in {JSON, GRAPHQL}:
        raise TransportError(415, "UNSUPPORTED_MEDIA_TYPE", f"Send {JSON}.")
    _check_origin(request)
    return _from_parameters(request, _decoded(request.body))


def _check_origin(request: HttpRequest) -> None:
    has_cookie = settings.SESSION_COOKIE_NAME in request.COOKIES
    if not has_cookie or request.headers.get("Authorization", "").startswith("Bearer "):
        return
    reason = _Csrf(lambda _: HttpResponse()).process_view(request, _Csrf, (), {})
    if reason is not None:
        raise TransportError(403, "CSRF_FAILED", "Send the token of { csrfToken } in the header X-CSRFToken.")


def _from_query(request: HttpRequest) -> Operation:
    parameters: dict[str, Any] = dict(request.GET.items())
    for name in ("variables", "extensions"):
        if name in parameters:
            parameters[name] = _decoded(parameters[name].encode())
    if "documentId" not in parameters and not may_introspect(request):
        raise TransportError(
            405, "METHOD_NOT_ALLOWED", "GET takes registered documents (documentId); send others by POST."
        )
    operation = _from_parameters(request, parameters)
    return Operation(**{**vars(operation), "may_mutate": False})


def _from_parameters(request: HttpRequest, parameters: object) -> Operation:
    if not isinstance(parameters, dict):
        raise TransportError(400, "BAD_REQUEST", "The body is one JSON object; there is no batching.")
    document, name = parameters.get("query"), parameters.get("operationName")
    variables = parameters.get("variables")
    if "documentId" in parameters:
        document = persisted.document(str(parameters["documentId"]))
        if document is None:
            raise TransportError(400, "UNKNOWN_DOCUMENT", "No document is registered under this id.")
    if not isinstance(document, str) or not document:
        raise TransportError(400, "BAD_REQUEST", "`query` is the text of a document.")
    if name is not None and not isinstance(name, str):
        raise TransportError(400, "BAD_REQUEST", "`operationName` is a text.")
    if not isinstance(variables, dict | None):
        raise TransportError(400, "BAD_REQUEST", "`variables` is an object.")
    if not isinstance(parameters.get("extensions"), dict | None):
        raise TransportError(400, "BAD_REQUEST", "`extensions` is an object.")
    return Operation(
        document=document, variables=variables or {}, name=name, may_introspect=may_introspect(request)
    )


def _decoded(raw: bytes) -> object:
    try:
        return json.loads(raw.decode("utf-8"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise TransportError(400, "BAD_JSON", "The body is not JSON we can read.") from None


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is not JSON")


def _respond(answer: Answer, media_type: str, status: int) -> HttpResponse:
    content = json.dumps(answer.body, cls=DjangoJSONEncoder, separators=(",", ":"), ensure_ascii=False)
    return HttpResponse(content, content_type=f"{media_type}; charset=utf-8", status=status)


def _with_headers(request: HttpRequest, context: Context, response: HttpResponse) -> HttpResponse:
    """Add what the resolvers set, and say how long the answer may be kept.

    Only an anonymous GET of a registered document may be kept by others, for some seconds: all get the same.
    """
    response.cookies.update(context.response.cookies)
    has_session = settings.SESSION_COOKIE_NAME in request.COOKIES or request.session.modified
    is_for_all = request.method == "GET" and "documentId" in request.GET and not has_session
    if not is_for_all or response.status_code != 200 or request.META.get("CSRF_COOKIE_NEEDS_UPDATE"):
        response.headers["Cache-Control"] = "no-store"
        return response
    response.headers["Cache-Control"] = SHARED_CACHE
    response.headers["Vary"] = "Accept, Cookie"
    etag = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
    response.headers["ETag"] = etag
    return cast("HttpResponse", get_conditional_response(request, etag=etag, response=response))
