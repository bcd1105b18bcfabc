"""Accounts: signing in, up and out, and the two pages our mail leads to."""

from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST

from marketplace.accounts.viewing import of_own_session
from marketplace.web.pages import Problem, act, page, redirect, show

WAYS = ["GET", "HEAD", "POST"]
# Where signing in goes on, when the password was right.
NEXT_STEPS = {"SECOND_FACTOR_REQUIRED": "web:second_step", "SECOND_FACTOR_MISSING": "web:second_factor"}


@page
@require_http_methods(WAYS)
def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in, and go on where the visitor came from."""
    after = after_sign_in(request)
    if request.method != "POST":
        return show(request, "sign_in", after=after)
    email, password = request.POST.get("email", ""), request.POST.get("password", "")
    _, problem = act(request, "log_in", email=email, password=password)
    if problem is not None and problem.code in NEXT_STEPS:
        return redirect(f"{reverse(NEXT_STEPS[problem.code])}?{urlencode({'next': after})}")
    if problem is not None:
        return show(request, "sign_in", problem=problem, after=after)
    return redirect(after)


@of_own_session
@page
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Sign out in this browser."""
    act(request, "log_out")
    return redirect(reverse("web:home"))


@page
def only_looking(request: HttpRequest) -> HttpResponse:
    """What staff read who look as a user, wherever something would be done, and in the console."""
    message = "You look as somebody else, or did until now, and can only look. End that to go on as yourself."
    if request.content_type == "application/json":
        error = {"message": message, "extensions": {"code": "VIEWING_ONLY"}}
        return JsonResponse({"errors": [error]}, status=403)
    return show(request, "refused", problem=Problem(message=message, code="VIEWING_ONLY", status=403))


@page
@require_http_methods(WAYS)
def sign_up(request: HttpRequest) -> HttpResponse:
    """Make an account; the visitor reads the mail next."""
    if request.method != "POST":
        return show(request, "sign_up")
    given = {name: request.POST.get(name, "") for name in ("email", "password", "name")}
    result, problem = act(request, "sign_up", **given)
    if problem is not None:
        return show(request, "sign_up", problem=problem)
    messages.success(request, f"We have sent a message to {result['email']}. Open its link, then sign in.")
    return redirect(reverse("web:sign_in"))


@page
@require_http_methods(WAYS)
def verify(request: HttpRequest) -> HttpResponse:
    """Confirm an e-mail address. Opening the link alone does nothing: programs open links of mail too."""
    key = request.POST.get("key", request.GET.get("key", ""))
    if request.method != "POST":
        return show(request, "verify", key=key)
    _, problem = act(request, "verify_email", key=key)
    if problem is not None:
        return show(request, "verify", problem=problem, key=key)
    messages.success(request, "Your e-mail address is confirmed. Welcome: you can sign in now.")
    return redirect(reverse("web:sign_in"))


@page
@require_http_methods(WAYS)
def invitation(request: HttpRequest) -> HttpResponse:
    """Accept to work for a vendor, signed in; who is not signs in first, and comes back."""
    key = request.POST.get("key", request.GET.get("key", ""))
    if request.method != "POST":
        return show(request, "invitation", key=key)
    result, problem = act(request, "accept_invitation", key=key)
    if problem is not None:
        return show(request, "invitation", problem=problem, key=key)
    messages.success(request, f"You work for {result['vendor']['name']} now.")
    return redirect(reverse("web:home"))


@page
@require_http_methods(WAYS)
def reset(request: HttpRequest) -> HttpResponse:
    """Ask for a key by mail; with one, choose another password."""
    key = request.POST.get("key", request.GET.get("key", ""))
    if request.method != "POST":
        return show(request, "reset", key=key)
    if key:
        _, problem = act(request, "reset_password", key=key, password=request.POST.get("password", ""))
        done = "Your password is another one now. Sign in with it."
    else:
        _, problem = act(request, "request_password_reset", email=request.POST.get("email", ""))
        done = "If the address has an account, a message is on its way there."
    if problem is not None:
        return show(request, "reset", problem=problem, key=key)
    messages.success(request, done)
    return redirect(reverse("web:sign_in"))


def after_sign_in(request: HttpRequest) -> str:
    """Where to go on: an address of this site, or home."""
    address = request.POST.get("next", request.GET.get("next", ""))
    is_ours = url_has_allowed_host_and_scheme(
        address, allowed_hosts={request.get_host()}, require_https=settings.IS_HTTPS
    )
    return address if is_ours else reverse("web:home")
