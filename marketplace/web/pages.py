"""How a page is made: one document run in process, one template that shows its answer.

A page of the name `cart` is `documents/buyer/cart.graphql` and `templates/web/cart.html`, which gets the
answer as `data`. A form executes a mutation and redirects; where that is refused, the page comes again with
the `problem`, which the form shows at the field it names, and with what was typed as `form`.

The navigation is no part of the documents: who is signed in and how many units are in the cart stand in the
session.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, wraps
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.module_loading import import_string

from checkout.selectors.cart import ITEMS
from marketplace.api.context import Context
from marketplace.api.execution import Operation, execute

logger = logging.getLogger(__name__)

DOCUMENTS: Final = Path(__file__).with_name("documents") / "buyer"
# Pages run no script at all, so a text that slipped through unescaped could not either.
POLICY: Final = (
    "default-src 'none'; img-src * data:; style-src 'self'; base-uri 'none'; frame-ancestors 'none'"
)
STATUSES: Final[Mapping[str, int]] = {"INTERNAL_ERROR": 500, "RATE_LIMITED": 429, "VIEWING_ONLY": 403}

View = Callable[..., HttpResponse]


@dataclass(frozen=True, kw_only=True)
class Problem:
    """Why something was not done, for the buyer; `field` is the name of the input at fault, where one is."""

    message: str
    code: str = ""
    field: str = ""
    status: int = 422


class PageRefused(Exception):  # noqa: N818  # what it is
    """A document was refused as a whole: the address or the form holds what no page of ours sends."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


def page(view: View) -> View:
    """A view whose refusals are pages too, and whose answers are kept by nobody."""

    @wraps(view)
    def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            response = view(request, *args, **kwargs)
        except PageRefused as refusal:
            response = show(request, "refused", problem=refusal.problem)
        response.headers["Cache-Control"] = "private, no-store"
        response.headers["Content-Security-Policy"] = POLICY
        return response

    return shown


def read(request: HttpRequest, name: str, /, **variables: object) -> dict[str, Any]:
    """The answer to the query of this name. Raises PageRefused."""
    return _run(request, name, variables, may_mutate=False)


def act(request: HttpRequest, name: str, /, **given: object) -> tuple[dict[str, Any], Problem | None]:
    """Execute the mutation of this name, whose input is what is given; its result, and why not if not.

    Side effects: those of the mutation. Raises PageRefused.
    """
    result: dict[str, Any] = _run(request, name, {"input": given}, may_mutate=True)["result"]
    if "message" not in result:
        return result, None
    problem = Problem(message=result["message"], code=result["code"], field=result["field"] or "")
    return result, problem


def show(
    request: HttpRequest,
    name: str,
    *,
    data: Mapping[str, Any] | None = None,
    problem: Problem | None = None,
    **more: object,
) -> HttpResponse:
    """The template of this name; with a problem, what was typed stands in the form again."""
    context = {
        "data": data or {},
        "problem": problem,
        "form": request.POST,
        "cart_items": request.session.get(ITEMS, 0),
        **more,
    }
    return render(request, f"web/{name}.html", context, status=problem.status if problem else 200)


def redirect(address: str) -> HttpResponse:
    """Go on with GET, so that reloading sends no form twice."""
    return HttpResponseRedirect(address, status=303)


def found(thing: dict[str, Any] | None) -> dict[str, Any]:
    """The thing itself. Raises Http404 where there is none."""
    if thing is None:
        raise Http404
    return thing


def whole_number(text: str, *, field: str, most: int = 10_000) -> int:
    """The number typed in a field. Raises PageRefused for what a browser's number field does not send."""
    if not text.isascii() or not text.isdecimal() or len(text) > len(str(most)) or int(text) > most:
        raise PageRefused(Problem(message=f"A whole number from 0 to {most}, please.", field=field))
    return int(text)


@cache
def _document(name: str) -> str:
    return (DOCUMENTS / f"{name}.graphql").read_text(encoding="utf-8")


def _run(
    request: HttpRequest, name: str, variables: Mapping[str, object], *, may_mutate: bool
) -> dict[str, Any]:
    operation = Operation(document=_document(name), variables=dict(variables), may_mutate=may_mutate)
    body = execute(import_string(settings.GRAPHQL_SCHEMA), operation, Context(request)).body
    if "errors" in body:
        error = body["errors"][0]
        code = error["extensions"]["code"]
        logger.info("A page was refused", extra={"document": name, "code": code})
        raise PageRefused(Problem(message=error["message"], code=code, status=STATUSES.get(code, 400)))
    answer: dict[str, Any] = body["data"]
    return answer
