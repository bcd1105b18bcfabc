"""The sandbox's pages for vendors: where they tell what is asked, and where they look at their account.

A link is the one right here, good once; the page it opens carries a signed ticket for its answer. No cookie
is looked at.
"""

from typing import Final

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_GET, require_http_methods

from marketplace.gateway.models import SandboxLink
from marketplace.gateway.models.sandbox import LinkPurpose
from marketplace.gateway.provider import ProviderRefused
from marketplace.gateway.sandbox import accounts, movements, vendor_links
from marketplace.gateway.sandbox.accounts import Verdict
from marketplace.gateway.sandbox.payouts import BANKS
from marketplace.gateway.sandbox.readings import state_of
from marketplace.gateway.sandbox.sites import require_sandbox

GONE: Final = 410
SHOWN: Final = 20


@csrf_exempt  # the link, then the ticket, tell who answers
@require_http_methods(["GET", "POST"])
@never_cache
@sensitive_variables()
def onboarding(request: HttpRequest, ref: str) -> HttpResponse:
    """The page that asks a vendor, and judges as the vendor wishes: a real one would look at papers.

    A link that was followed before, or is too old, leads to its `refresh_url` for a new one, as elsewhere; an
    answer leads to `return_url`. 404 for a link that never was, 409 for an account that is asked nothing.
    """
    require_sandbox()
    if request.method == "POST":
        return _answered(request, ref)
    link = _link(request, ref, LinkPurpose.ONBOARDING)
    if not vendor_links.open_once(link):
        return HttpResponseRedirect(link.refresh_url, status=303)
    return _page(request, link)


@require_GET
@never_cache
@sensitive_variables()
def dashboard(request: HttpRequest, ref: str) -> HttpResponse:
    """A vendor's account: its state, what it holds, what came and what went. 410 for a link used before."""
    require_sandbox()
    link = _link(request, ref, LinkPurpose.DASHBOARD)
    if not vendor_links.open_once(link):
        return render(request, "gateway/dashboard.html", {"is_gone": True}, status=GONE)
    account = link.account
    shown = {
        "account": account,
        "state": state_of(account),
        "balance": movements.balance(account.ref),
        "transfers": account.transfers.order_by("-pk")[:SHOWN],
        "payouts": account.payouts.order_by("-pk")[:SHOWN],
    }
    return render(request, "gateway/dashboard.html", shown)


def _answered(request: HttpRequest, ref: str) -> HttpResponse:
    link = vendor_links.answered(ref, request.POST.get("ticket", ""))
    if link is None:
        raise Http404
    verdict, bank = request.POST.get("verdict", ""), request.POST.get("bank", "")
    if verdict not in set(Verdict) or bank not in BANKS:
        return _page(request, link, status=400)
    try:
        accounts.tell(ref, verdict=Verdict(verdict), bank_last4=bank)
    except ProviderRefused:
        return _page(request, link, status=409)
    return HttpResponseRedirect(link.return_url, status=303)


def _link(request: HttpRequest, ref: str, purpose: LinkPurpose) -> SandboxLink:
    """Raises Http404 for a link that never was."""
    link = vendor_links.find(ref, request.GET.get("token", ""), purpose)
    if link is None:
        raise Http404
    return link


def _page(request: HttpRequest, link: SandboxLink, *, status: int = 200) -> HttpResponse:
    account = link.account
    shown = {
        "account": account,
        "ticket": vendor_links.ticket(link),
        "verdicts": VERDICTS,
        "banks": BANKS,
        "is_open": status != 409,
        "back": link.return_url,
    }
    return render(request, "gateway/onboarding.html", shown, status=status)


VERDICTS: Final = {
    Verdict.VERIFIED.value: "Verified at once",
    Verdict.LATER.value: "Verified in a minute",
    Verdict.NEEDS_DOCUMENT.value: "A document is missing",
    Verdict.REJECTED.value: "Rejected",
}
