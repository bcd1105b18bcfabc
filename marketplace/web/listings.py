"""Vendors' listings as files to take home, and the rows of their files that were refused."""

from collections.abc import Iterable

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from catalog.selectors.exports import as_csv, as_json_lines
from catalog.selectors.imports import rejects
from marketplace.api.bearer import key_of
from marketplace.api.context import Context
from marketplace.api.errors import TransportError
from marketplace.api.imports.queries import readable
from marketplace.web.security import go_to
from vendors.permissions import VendorPermission
from vendors.selectors import vendors_of

WAYS = {"csv": as_csv, "jsonl": as_json_lines}
KINDS = {"csv": "text/csv; charset=utf-8", "jsonl": "application/jsonl; charset=utf-8"}


@require_safe
def refused_rows(request: HttpRequest, vendor: str, number: int, ending: str) -> HttpResponseBase:
    """The rows of an import that were refused, for who may see the vendor's listings; else there are none."""
    context = _context(request)
    if isinstance(context, HttpResponseBase):
        return context
    file = readable(context).filter(pk=number, vendor__slug=vendor, format=ending, failed__gt=0).first()
    if file is None:
        raise Http404
    return _streamed(rejects(file), f"refused-{number}", ending)


@require_safe
def all_listings(request: HttpRequest, vendor: str, ending: str) -> HttpResponseBase:
    """All listings of a vendor, for who may see them; else there are none."""
    context = _context(request)
    if isinstance(context, HttpResponseBase):
        return context
    theirs = vendors_of(context.visitor, VendorPermission.VIEW_LISTINGS)
    found = theirs.filter(slug=vendor).first() if ending in WAYS else None
    if found is None:
        raise Http404
    return _streamed(WAYS[ending](found), f"listings-{found.slug}", ending)


def _context(request: HttpRequest) -> Context | HttpResponseBase:
    """Who asks, signed in or with a key of the vendor; for everybody else where to go."""
    context = Context(request)
    try:
        context.key = key_of(request)
    except TransportError as refusal:
        return HttpResponse(str(refusal), status=refusal.status, content_type="text/plain; charset=utf-8")
    if context.key is None and context.user is None:
        return go_to("sign_in", after=request.path)
    return context


def _streamed(lines: Iterable[str], name: str, ending: str) -> HttpResponseBase:
    """A file that comes line by line, however long it is."""
    response = StreamingHttpResponse((line.encode() for line in lines), content_type=KINDS[ending])
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.{ending}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response
