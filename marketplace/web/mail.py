"""Which mail somebody wants: the settings, and the page behind the link of a mail."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from marketplace.web.account import WAYS
from marketplace.web.pages import act, page, read, redirect, show
from marketplace.web.security import go_to

# What a mail program posts for its reader (RFC 8058).
ONE_CLICK = "One-Click"


@page
@require_http_methods(WAYS)
def preferences(request: HttpRequest) -> HttpResponse:
    """Each topic with a box to tick."""
    viewer = read(request, "mail")["viewer"]
    if viewer is None:
        return go_to("sign_in", after=reverse("web:mail"))
    if request.method != "POST":
        return show(request, "mail", data=viewer)
    known = {each["topic"] for each in viewer["mailPreferences"]}
    wanted = [topic for topic in request.POST.getlist("wanted") if topic in known]
    _, problem = act(request, "save_mail_preferences", wanted=wanted)
    if problem is not None:
        return show(request, "mail", data=viewer, problem=problem)
    messages.success(request, "That is how it is from now on.")
    return redirect(reverse("web:mail"))


# A mail program brings neither cookies nor our token; the link's own token says who speaks.
@csrf_exempt
@page
@require_http_methods(WAYS)
def unsubscribe(request: HttpRequest) -> HttpResponse:
    """Have no more mail of a kind. Opening the link asks: programs open links of mail too."""
    token = request.POST.get("token", request.GET.get("token", ""))
    if request.method != "POST":
        return show(request, "unsubscribe", token=token)
    is_one_click = request.POST.get("List-Unsubscribe") == ONE_CLICK
    result, problem = act(request, "unsubscribe", token=token, isOneClick=is_one_click)
    return show(request, "unsubscribe", problem=problem, token=token, data=result if problem is None else {})
