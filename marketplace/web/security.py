"""The account of who is signed in: password, address, second factor, sessions; and the second step.

Passkeys need a script and have no page here; the API has them.
"""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from marketplace.web.account import WAYS, after_sign_in
from marketplace.web.pages import Problem, act, page, read, redirect, show

# What an account with the payment provider has come to, told to who comes back from there.
SAYS: Final[Mapping[str, str]] = {
    "PENDING": "The payment provider has not been told everything yet.",
    "VERIFYING": "The payment provider looks at what it was told. There is nothing to do.",
    "ACTIVE": "It can be paid.",
    "ACTION_REQUIRED": "Something is missing: until the payment provider has it, nothing is paid.",
    "RESTRICTED": "The payment provider holds it: nothing is paid for now.",
    "REJECTED": "The payment provider does not serve it.",
    "DISCONNECTED": "Access was withdrawn at the payment provider; it can be set up again.",
}
FINAL: Final = frozenset({"ACTIVE", "REJECTED", "DISCONNECTED"})
NOT_SIGNED_IN = "SIGN_IN_REQUIRED"
TOO_LONG_AGO = "RECENT_SIGN_IN_REQUIRED"


@page
@require_safe
def account(request: HttpRequest) -> HttpResponse:
    """Everything about the account on one page."""
    slug = request.GET.get("payouts", "")
    viewer = read(request, "account", payouts=slug, isBack=bool(slug))["viewer"]
    if viewer is None:
        return go_to("sign_in", after=reverse("web:account"))
    return show(request, "account", data=viewer, payouts=_payouts_of(request, viewer.get("vendor")))


def _payouts_of(request: HttpRequest, vendor: Mapping[str, Any] | None) -> Mapping[str, str] | None:
    """How a vendor's account with the payment provider stands, for who comes back from there.

    Unless it is final the provider is asked; where it is silent, what is known here is told.
    """
    account = vendor["payoutAccount"] if vendor else None
    if vendor is None or account is None:
        return None
    if account["state"] not in FINAL:
        result, problem = act(request, "refresh_payout_account", vendor=vendor["id"])
        account = account if problem else result["payoutAccount"]
    return {"vendor": vendor["name"], "says": SAYS[account["state"]]}


@page
@require_http_methods(WAYS)
def second_step(request: HttpRequest) -> HttpResponse:
    """The code that signing in asks for after the password."""
    after = after_sign_in(request)
    if request.method != "POST":
        return show(request, "second_step", after=after)
    _, problem = act(request, "confirm_second_factor", code=request.POST.get("code", ""))
    if problem is None:
        return redirect(after)
    if problem.code == NOT_SIGNED_IN:
        return go_to("sign_in", after=after)
    return show(request, "second_step", problem=problem, after=after)


@page
@require_http_methods(WAYS)
def second_factor(request: HttpRequest) -> HttpResponse:
    """Set up an authenticator app: what it is, then its secret, then its first code."""
    after = after_sign_in(request)
    if request.method != "POST":
        return show(request, "second_factor", after=after)
    if "code" not in request.POST:
        started, problem = act(request, "start_second_factor", kind="TOTP")
        if problem is not None:
            return _elsewhere(request, problem) or show(
                request, "second_factor", problem=problem, after=after
            )
        return show(request, "second_factor", started=started, after=after)
    added, problem = act(request, "add_second_factor", code=request.POST["code"])
    if problem is not None:
        return _elsewhere(request, problem) or show(
            request, "second_factor", problem=problem, started=_typed(request), after=after
        )
    return show(request, "recovery_codes", codes=added["recoveryCodes"], after=after)


@page
@require_http_methods(WAYS)
def confirm(request: HttpRequest) -> HttpResponse:
    """Show once more that it is you, and go on."""
    after = after_sign_in(request)
    if request.method != "POST":
        return show(request, "confirm", after=after)
    given = {name: request.POST.get(name, "") for name in ("password", "code")}
    _, problem = act(request, "confirm_sign_in", **given)
    if problem is not None:
        return show(request, "confirm", problem=problem, after=after)
    return redirect(after)


@page
@require_POST
def change_password(request: HttpRequest) -> HttpResponse:
    """Another password."""
    _, problem = act(request, "change_password", password=request.POST.get("password", ""))
    return _done(request, problem, "Your password is another one now. Other browsers are signed out.")


@page
@require_POST
def change_email(request: HttpRequest) -> HttpResponse:
    """Another address, once the mail sent there is answered."""
    result, problem = act(request, "change_email", email=request.POST.get("email", ""))
    return _done(
        request, problem, f"We have sent a message to {result.get('email')}. Open its link to confirm."
    )


@page
@require_POST
def end_sessions(request: HttpRequest) -> HttpResponse:
    """Sign out in another browser, or in all others."""
    session = request.POST.get("session")
    _, problem = act(request, "revoke_sessions", **({"session": session} if session else {}))
    return _done(request, problem, "Signed out there.")


@page
@require_POST
def remove_factor(request: HttpRequest) -> HttpResponse:
    """Take a second factor away."""
    _, problem = act(request, "remove_second_factor", factor=request.POST.get("factor", ""))
    return _done(request, problem, "That second factor is gone.")


@page
@require_POST
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """Other recovery codes, shown this once."""
    result, problem = act(request, "reset_recovery_codes")
    if problem is not None:
        return _done(request, problem, "")
    return show(request, "recovery_codes", codes=result["recoveryCodes"], after=reverse("web:account"))


def _typed(request: HttpRequest) -> dict[str, str]:
    """What was set up, from the form: the session keeps it sealed."""
    return {name: request.POST.get(name, "") for name in ("secret", "qrCode", "uri")}


def _elsewhere(request: HttpRequest, problem: Problem | None) -> HttpResponse | None:
    """Where to go first, for who is not signed in, or was too long ago."""
    if problem is not None and problem.code == NOT_SIGNED_IN:
        return go_to("sign_in", after=request.path)
    if problem is not None and problem.code == TOO_LONG_AGO:
        return go_to("confirm", after=reverse("web:account"))
    return None


def _done(request: HttpRequest, problem: Problem | None, told: str) -> HttpResponse:
    if problem is None:
        messages.success(request, told)
        return redirect(reverse("web:account"))
    elsewhere = _elsewhere(request, problem)
    if elsewhere is not None:
        return elsewhere
    data: dict[str, Any] = read(request, "account")["viewer"]
    return show(request, "account", data=data, problem=problem)


def go_to(name: str, *, after: str) -> HttpResponse:
    """Go to a page of that name first, and then to the address."""
    return redirect(f"{reverse(f'web:{name}')}?{urlencode({'next': after})}")
