"""GraphQL over HTTP: which requests are heard, and how they are answered.

Methods: POST with a JSON body, or a form that brings files (uploads.py); GET (and HEAD) for the documents
we registered, and for any query where introspection is allowed (staff, or DEBUG). Media types:
`application/graphql-response+json` where the client accepts it (status 400 for what was not executed), else
`application/json` (status 200). CSRF: a request with a session cookie needs the token, a form always;
`Authorization: Bearer` makes it a key's request, whose cookies nobody reads (bearer.py). Every refusal is
JSON with a code.
Whoever may read the schema finds a small explorer here in the browser.
"""

import json
from collections.abc import Callable
from copy import copy
from typing import Any

import strawberry
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest, HttpResponse
from django.http.request import UnreadablePostError
from django.middleware.csrf import CsrfViewMiddleware
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views.decorators.csrf import csrf_exempt

from marketplace.accounts.viewing import reads_by_post
from marketplace.api import large, persisted, shared, uploads
from marketplace.api.bearer import acting_by, key_of
from marketplace.api.context import Context
from marketplace.api.errors import TransportError
from marketplace.api.execution import Answer, Operation, execute, refused
from marketplace.api.limits import BODY_BYTES

GRAPHQL = "application/graphql-response+json"
JSON = "application/json"
METHODS = "GET, HEAD, POST, OPTIONS"


class _Csrf(CsrfViewMiddleware):
    """Django's check, answering the reason instead of an HTML page."""

    def _reject(self, request: HttpRequest, reason: str) -> str:  # noqa: ARG002  # the parent's signature
        return reason


def _checked(request: HttpRequest) -> HttpResponse:  # noqa: ARG001  # a view, as the check wants one
    return HttpResponse()


CSRF = _Csrf(_checked)


def endpoint(schema: strawberry.Schema) -> Callable[[HttpRequest], HttpResponse]:
    """The view of the one endpoint."""

    @reads_by_post  # no mutation is executed for who looks as another
    @csrf_exempt  # decided by rule in _check_origin
    def view(request: HttpRequest) -> HttpResponse:
        if request.method == "OPTIONS":
            return HttpResponse(status=204, headers={"Allow": METHODS})
        context, media_type = Context(request), JSON
        try:
            context.key = key_of(request)
            if _asks_for_explorer(request) and context.may_introspect:
                page = render(request, "api/explorer.html")
                page.headers["Cache-Control"] = "no-store"
                return page
            media_type = _negotiated(request.headers.get("Accept", "*/*"))
            known = shared.recall(request, media_type)
            if known is not None:
                return known
            with acting_by(request, context.key):
                answer = execute(schema, _operation(request, context), context)
        except TransportError as refusal:
            for name, value in refusal.headers.items():
                context.response.headers[name] = value
            return _respond(context, refused(refusal.problem), media_type, refusal.status)
        return _respond(context, answer, media_type, _status(answer, media_type))

    return view


def _status(answer: Answer, media_type: str) -> int:
    if answer.is_forbidden:
        return 403
    if answer.is_wrong_method:
        return 405
    return 200 if answer.was_executed or media_type == JSON else 400


def _asks_for_explorer(request: HttpRequest) -> bool:
    """Whether a browser came by its address bar."""
    return request.method == "GET" and not request.GET and "text/html" in request.headers.get("Accept", "")


def _negotiated(accept: str) -> str:
    """The media type of the answer: the one the client likes better, GraphQL's own where it likes both."""
    liking = dict(map(_media_range, accept.split(",")))
    any_json = liking.get("application/*", liking.get("*/*", liking.get("", 0.0)))
    graphql, plain = liking.get(GRAPHQL, 0.0), liking.get(JSON, any_json)
    if graphql > 0 and graphql >= plain:
        return GRAPHQL
    if plain > 0:
        return JSON
    raise TransportError(406, "NOT_ACCEPTABLE", f"We answer {GRAPHQL} or {JSON}.")


def _media_range(text: str) -> tuple[str, float]:
    name, *parameters = (part.strip().lower() for part in text.split(";"))
    quality = next((each[2:] for each in parameters if each.startswith("q=")), "1")
    try:
        return name, float(quality)
    except ValueError:
        return name, 0.0


def _operation(request: HttpRequest, context: Context) -> Operation:
    if request.method in shared.READING:
        return _from_query(request, context)
    if request.method != "POST":
        raise TransportError(405, "METHOD_NOT_ALLOWED", "Use POST, or GET for registered documents.")
    is_form = request.content_type == uploads.FORM
    if not (is_form or request.content_type == JSON) or _charset(request) != "utf-8":
        raise TransportError(
            415, "UNSUPPORTED_MEDIA_TYPE", f"Send {JSON}, in UTF-8, or {uploads.FORM} with files."
        )
    _check_origin(request, is_form=is_form and context.key is None)
    if is_form:
        return _from_parameters(uploads.parameters(request, _form(request), _decoded))
    return _from_parameters(_decoded(_body(request)))


def _charset(request: HttpRequest) -> str:
    return (request.content_params or {}).get("charset", "utf-8").lower()


def _body(request: HttpRequest) -> bytes:
    """The body, once its announced length is known to be small."""
    _length(request, BODY_BYTES)
    try:
        return request.body
    except UnreadablePostError:
        raise TransportError(400, "BAD_REQUEST", "The body ended too early.") from None


def _form(request: HttpRequest) -> bytes:
    """The same of a form with files, past Django's limit for bodies without.

    Of one larger than most forms may be, the beginning is read, which says what the file is for.
    """
    length = _length(request, large.FORM_BYTES)
    head = b""
    if length > uploads.FORM_BYTES:
        head = _read(request, min(length, large.HEAD_BYTES))
        if not large.is_expected(uploads.beginning(request, head), _decoded):
            _length(request, uploads.FORM_BYTES)
    return head + _read(request, length - len(head))


def _read(request: HttpRequest, length: int) -> bytes:
    try:
        body = request.read(length)
    except UnreadablePostError:
        body = b""
    if len(body) < length:
        raise TransportError(400, "BAD_REQUEST", "The body ended too early.")
    return body


def _length(request: HttpRequest, limit: int) -> int:
    """How long the body says it is. Chunks without a length are not heard."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or "Transfer-Encoding" in request.headers:
        raise TransportError(411, "LENGTH_REQUIRED", "Send the length of the body, and no chunks.")
    if len(length) > 10 or int(length) > limit:
        raise TransportError(413, "BODY_TOO_LARGE", f"The limit of a body is {limit} bytes.")
    return int(length)


def _check_origin(request: HttpRequest, *, is_form: bool) -> None:
    """Any page may send a form, so a form brings the token always; JSON where the session cookie comes."""
    is_needed = is_form or settings.SESSION_COOKIE_NAME in request.COOKIES
    if not is_needed:
        return
    judged = copy(request)
    judged.content_type = JSON  # it stands in the header: nobody reads the form in search of it
    if CSRF.process_view(judged, _checked, (), {}) is not None:
        raise TransportError(403, "CSRF_FAILED", "Send the token of { csrfToken } in the header X-CSRFToken.")


def _from_query(request: HttpRequest, context: Context) -> Operation:
    if len(request.META.get("QUERY_STRING", "")) > BODY_BYTES:
        raise TransportError(414, "BODY_TOO_LARGE", f"The limit of a query string is {BODY_BYTES} bytes.")
    parameters: dict[str, Any] = dict(request.GET.items())
    for name in ("variables", "extensions"):
        if name in parameters:
            parameters[name] = _decoded(parameters[name].encode())
    if "documentId" not in parameters and not context.may_introspect:
        raise TransportError(
            405, "METHOD_NOT_ALLOWED", "GET takes registered documents (documentId); send others by POST."
        )
    return _from_parameters(parameters, may_mutate=False)


def _from_parameters(parameters: object, *, may_mutate: bool = True) -> Operation:
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
    return Operation(document=document, variables=variables or {}, name=name, may_mutate=may_mutate)


def _decoded(raw: bytes) -> object:
    """The value of a JSON text. Refused: what others read otherwise (NaN, a name twice), and texts that
    PostgreSQL cannot store or UTF-8 cannot express (U+0000, half a surrogate pair).
    """
    try:
        value = json.loads(raw.decode(), parse_constant=_refuse_constant, object_pairs_hook=_object)
        if b"\\u" in raw:
            _check_texts(value)
    except (ValueError, RecursionError):
        raise TransportError(400, "BAD_JSON", "The body is not JSON we can read.") from None
    return value


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is not JSON")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name comes twice")
    return found


def _check_texts(value: object) -> None:
    if isinstance(value, str):
        value.encode()  # half a surrogate pair is a UnicodeEncodeError, which is a ValueError
        if "\0" in value:
            raise ValueError("U+0000 in a text")
    elif isinstance(value, dict | list):
        for each in value:
            _check_texts(each)
        for each in value.values() if isinstance(value, dict) else ():
            _check_texts(each)


def _respond(context: Context, answer: Answer, media_type: str, status: int) -> HttpResponse:
    """Fill the response that resolvers may have set headers and cookies on."""
    response = context.response
    content = json.dumps(answer.body, cls=DjangoJSONEncoder, separators=(",", ":"), ensure_ascii=False)
    response.content = content.encode()
    response.status_code = status
    response.headers["Content-Type"] = f"{media_type}; charset=utf-8"
    if status == 405:
        response.headers["Allow"] = "POST" if answer.is_wrong_method else METHODS
    patch_vary_headers(response, ["Accept"])
    if "errors" in answer.body:
        response.headers["Cache-Control"] = "no-store"
        return response
    return shared.share(context.request, response, media_type)
