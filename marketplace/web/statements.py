"""Vendors' statements as files to take home: a table, and a document to print."""

import re
from typing import Final

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.module_loading import import_string
from django.views.decorators.http import require_safe

from marketplace.api.context import Context
from marketplace.api.statements.queries import readable
from marketplace.web.security import go_to
from payouts.models import Statement
from payouts.statements import figures, sheet
from payouts.statements.figures import Stretch
from vendors.models import TraderDetails

# Loaded when it is first asked for: it brings a second's worth of fonts and tables along.
DOCUMENT: Final = "payouts.statements.document.document"
NAME: Final = re.compile(r"statement-(?P<year>\d{4})-(?P<month>\d{2})-(?P<currency>[A-Z]{3})")


@require_safe
def statement(request: HttpRequest, vendor: str, name: str, ending: str) -> HttpResponseBase:
    """The statement of this name of a vendor, for who may see its finances; else there is none.

    A table comes row by row, however long it is; a document has the rows of its first pages.
    """
    if not request.user.is_authenticated:
        return go_to("sign_in", after=request.path)
    found = _found(request, vendor=vendor, name=name, ending=ending)
    stretch = Stretch.of(found)
    rows = figures.rows(stretch, found.opening)
    response: HttpResponseBase
    if ending == "csv":
        lines = sheet.lines(found, rows)
        response = StreamingHttpResponse(
            (line.encode() for line in lines), content_type="text/csv; charset=utf-8"
        )
    else:
        document = import_string(DOCUMENT)
        made = document(found, figures.summed(stretch), rows, owner=_owner(found))
        response = HttpResponse(made, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="{found.name}.{ending}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _found(request: HttpRequest, *, vendor: str, name: str, ending: str) -> Statement:
    """Raises Http404 for what there is not, and for what one may not see, alike."""
    named = NAME.fullmatch(name)
    if named is None or ending not in {"csv", "pdf"}:
        raise Http404
    found = (
        readable(Context(request))
        .filter(
            vendor__slug=vendor,
            starts_on__year=int(named["year"]),
            starts_on__month=int(named["month"]),
            currency=named["currency"],
        )
        .select_related("vendor")
        .first()
    )
    if found is None:
        raise Http404
    return found


def _owner(statement: Statement) -> str:
    """Whom it is for, as the vendor has told of itself."""
    told = TraderDetails.objects.filter(vendor=statement.vendor_id).first() or TraderDetails()
    town = f"{told.postal_code} {told.city}".strip()
    tax = f"Tax number {told.tax_number}" if told.tax_number else ""
    lines = (told.legal_name or statement.vendor.name, told.line1, told.line2, town, told.country, tax)
    return "\n".join(line for line in lines if line)
