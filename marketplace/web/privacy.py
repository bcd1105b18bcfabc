"""One's own data: asked for, taken home as a file, and deleted with the account."""

import json

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from marketplace.web.pages import PageRefused, Problem, act, page, read, redirect, show
from marketplace.web.security import NOT_SIGNED_IN, TOO_LONG_AGO, go_to

FILE = "my-data.json"


@page
@require_safe
def data(request: HttpRequest) -> HttpResponse:
    """What can be had, and how to leave."""
    return _shown(request)


@page
@require_POST
def request_export(request: HttpRequest) -> HttpResponse:
    """Have the data gathered."""
    _, problem = act(request, "request_data_export", **_proof(request))
    if problem is not None:
        return _shown(request, problem)
    messages.success(request, "We gather your data and send you a message when it is there.")
    return redirect(reverse("web:data"))


@page
@require_safe
def download(request: HttpRequest) -> HttpResponse:
    """The data as a file."""
    try:
        viewer = read(request, "data_export_content")["viewer"]
    except PageRefused as refusal:
        if refusal.problem.code != TOO_LONG_AGO:
            raise
        return go_to("confirm", after=request.path)
    if viewer is None:
        return go_to("sign_in", after=request.path)
    if viewer["dataExport"] is None or viewer["dataExport"]["content"] is None:
        raise Http404
    content = json.dumps(viewer["dataExport"]["content"], ensure_ascii=False, indent=1)
    return HttpResponse(
        content,
        content_type="application/json",
        headers={"Content-Disposition": f'attachment; filename="{FILE}"'},
    )


@page
@require_POST
def delete(request: HttpRequest) -> HttpResponse:
    """The end of the account."""
    _, problem = act(request, "delete_account", **_proof(request))
    if problem is not None:
        return _shown(request, problem)
    messages.success(request, "Your account is deleted. Good-bye.")
    return redirect(reverse("web:home"))


def _proof(request: HttpRequest) -> dict[str, str]:
    return {name: request.POST.get(name, "") for name in ("password", "code")}


def _shown(request: HttpRequest, problem: Problem | None = None) -> HttpResponse:
    """The page, for who is signed in; it tells the problem above both forms."""
    viewer = read(request, "data")["viewer"]
    if viewer is None or (problem is not None and problem.code == NOT_SIGNED_IN):
        return go_to("sign_in", after=reverse("web:data"))
    return show(request, "data", data=viewer, problem=problem)
