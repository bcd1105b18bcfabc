"""The sandbox's own HTTP face: where a buyer's browser pays or saves a card, and the bank's page.

The client secret is the one right here, and the guard against forged requests too: no cookie is looked at.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from marketplace.gateway.models import SandboxIntent, SandboxSetup
from marketplace.gateway.models.sandbox import IntentState
from marketplace.gateway.provider import ProviderRefused
from marketplace.gateway.sandbox import cards, intents, setups, tries
from marketplace.gateway.sandbox.cards import CardInput, ReadCard, UnusableCard
from marketplace.gateway.sandbox.links import action_url, is_ours
from marketplace.gateway.sandbox.sites import require_sandbox
from marketplace.kernel import clock
from marketplace.kernel.errors import RateLimited

DECLINED: Final = 402
SETUP: Final = "seti_"  # how the reference of a saving begins
FORMS: Final = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})
STATUSES: Final[Mapping[str, int]] = {"resource_missing": 404, "unexpected_state": 409}

Asked = SandboxIntent | SandboxSetup


@dataclass(frozen=True)
class Verbs:
    """What a browser does with a payment, or with the saving of a card; see intents.py and setups.py."""

    find: Callable[..., Asked]
    confirm: Callable[..., Asked]
    authenticate: Callable[..., Asked]


INTENT_VERBS: Final = Verbs(intents.find, intents.confirm, intents.authenticate)
SETUP_VERBS: Final = Verbs(setups.find, setups.confirm, setups.authenticate)


class BadRequest(Exception):  # noqa: N818  # what it is
    """The request itself cannot be used; the message holds nothing of it."""


@csrf_exempt
@require_POST
@never_cache
@sensitive_post_parameters()
def confirm(request: HttpRequest, ref: str) -> HttpResponse:
    """Pay with a card, or save it: `{client_secret, card: {number, exp_month, exp_year, cvc}, return_url?}`.

    A payment also takes a card that its customer keeps: its reference as `saved_card`, and no `card`.

    Answers 200 `{ref, status, action_url}`; 402 with the decline code where the bank refuses, and otherwise
    4xx with a code: 404 for an unknown payment and for another's secret alike, 409 for one that takes no
    card any more, 429 with `retry_after` after too many tries. A form of a page without script is answered by
    redirects instead.
    """
    require_sandbox()
    try:
        tries.count_address(request)
        return (_confirm_form if request.content_type in FORMS else _confirm_json)(request, ref)
    except RateLimited as refusal:
        return _too_many(refusal)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_post_parameters()
def three_d_secure(request: HttpRequest, ref: str) -> HttpResponse:
    """The bank's page: the buyer approves or fails, and goes back to where the shop asked for.

    The address goes back with the reference of the payment or setup, which proves nothing: the shop asks the
    provider.
    """
    require_sandbox()
    sent = request.POST if request.method == "POST" else request.GET
    secret, answer = sent.get("client_secret", ""), sent.get("answer", "")
    try:
        asked = _verbs(ref).find(ref, client_secret=secret)
        if request.method == "POST":
            if answer not in {"approve", "fail"}:
                return _page(request, asked, status=400)
            asked = _verbs(ref).authenticate(ref, client_secret=secret, approves=answer == "approve")
    except ProviderRefused as refusal:
        if refusal.code == "unexpected_state":
            return _page(request, asked, status=409)
        raise Http404 from None
    if request.method == "POST" and asked.return_url:
        return HttpResponseRedirect(_back(asked), status=303)
    return _page(request, asked)


@sensitive_variables()
def _confirm_json(request: HttpRequest, ref: str) -> HttpResponse:
    try:
        body = _object(json.loads(request.body))
        asked = _confirmed(ref, body, lambda: _read(_card(_object(body.get("card")))))
    except (ValueError, RecursionError):
        return _refused("bad_request", "The body is no JSON.", status=400)
    except BadRequest as fault:
        return _refused("bad_request", str(fault), status=400)
    except UnusableCard as fault:
        return _refused(fault.code, fault.message, status=DECLINED)
    except ProviderRefused as refusal:
        return _refused(refusal.code, refusal.message, status=STATUSES[refusal.code])
    if asked.decline_code:
        return _refused("card_declined", "The bank declined.", status=DECLINED, asked=asked)
    return JsonResponse({"ref": asked.ref, "status": asked.status, "action_url": action_url(asked)})


@sensitive_variables()
def _confirm_form(request: HttpRequest, ref: str) -> HttpResponse:
    """Pay by a form: `client_secret, number, expiry (12/30), cvc, return_url`, or `saved_card` for the card.

    Sends the buyer to the bank where it asks, else to `return_url` with `payment` (of a saving: `setup`) in
    the query, and with `card_error` where the card could not be tried. The address does not say
    whether it was paid.
    """
    form = request.POST
    query: dict[str, str] = {}
    try:
        address = _return_url(form.get("return_url", ""))
        if not address:
            return _refused("bad_request", "return_url is missing.", status=400)
        asked = _confirmed(ref, form, lambda: _read(_typed_card(form)))
        if asked.status == IntentState.REQUIRES_ACTION.value:
            return HttpResponseRedirect(action_url(asked) or address, status=303)
    except BadRequest as fault:
        return _refused("bad_request", str(fault), status=400)
    except UnusableCard as fault:
        query = {"card_error": fault.code}
    except RateLimited as refusal:
        query = {"card_error": refusal.code.lower()}
    except ProviderRefused as refusal:
        if refusal.code == "resource_missing":
            raise Http404 from None
    return HttpResponseRedirect(_with_query(address, **_named(ref), **query), status=303)


@sensitive_variables()
def _confirmed(ref: str, sent: Mapping[str, Any], card: Callable[[], ReadCard]) -> Asked:
    """The payment or setup after the card was tried.

    Raises BadRequest, UnusableCard, ProviderRefused, RateLimited.
    """
    secret, return_url = _text(sent, "client_secret"), _return_url(str(sent.get("return_url") or ""))
    # Who does not know the secret learns nothing, not even which cards there are.
    _verbs(ref).find(ref, client_secret=secret)
    tries.count_payment(ref)
    chosen = _text(sent, "saved_card") if sent.get("saved_card") else card()
    return _verbs(ref).confirm(ref, client_secret=secret, card=chosen, return_url=return_url)


def _verbs(ref: str) -> Verbs:
    """What can be done with what bears this reference: a payment, or the saving of a card."""
    return SETUP_VERBS if ref.startswith(SETUP) else INTENT_VERBS


def _named(ref: str) -> dict[str, str]:
    return {"setup" if ref.startswith(SETUP) else "payment": ref}


def _page(request: HttpRequest, asked: Asked, *, status: int = 200) -> HttpResponse:
    return render(
        request,
        "gateway/three_d_secure.html",
        {
            "asked": asked,
            "is_payment": isinstance(asked, SandboxIntent),
            "is_open": asked.status == IntentState.REQUIRES_ACTION.value,
            "back": _back(asked) if asked.return_url else "",
        },
        status=status,
    )


def _back(asked: Asked) -> str:
    return _with_query(asked.return_url, **_named(asked.ref))


def _with_query(address: str, **added: str) -> str:
    parts = urlsplit(address)
    return parts._replace(query="&".join(filter(None, [parts.query, urlencode(added)]))).geturl()


def _return_url(address: str) -> str:
    if address and not is_ours(address):
        raise BadRequest("return_url is an address of this site.")
    return address


def _read(card: CardInput) -> ReadCard:
    return cards.read(card, today=clock.now().date())


def _card(given: Mapping[str, Any]) -> CardInput:
    month, year = given.get("exp_month"), given.get("exp_year")
    if type(month) is not int or type(year) is not int:
        raise BadRequest("exp_month and exp_year are numbers.")
    return CardInput(number=_text(given, "number"), exp_month=month, exp_year=year, cvc=_text(given, "cvc"))


@sensitive_variables()
def _typed_card(form: Mapping[str, str]) -> CardInput:
    """The card of a form, whose date reads as on the card: 12/30 or 12/2030. Raises UnusableCard."""
    typed = re.fullmatch(r"\s*([0-9]{1,2})\s*/\s*([0-9]{2}|[0-9]{4})\s*", form.get("expiry", ""))
    if typed is None:
        raise UnusableCard("invalid_expiry_month", "Write the date as on the card.")
    month, year = map(int, typed.groups())
    return CardInput(
        number=_text(form, "number"), exp_month=month, exp_year=year, cvc=_text(form, "cvc").strip()
    )


def _object(value: object) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise BadRequest("The body and its card are objects.")
    return value


def _text(given: Mapping[str, Any], name: str) -> str:
    value = given.get(name)
    if not isinstance(value, str):
        raise BadRequest(f"{name} is a text.")
    return value


def _refused(code: str, message: str, *, status: int, asked: Asked | None = None) -> HttpResponse:
    error = {"code": code, "message": message}
    if asked is None:
        return JsonResponse({"error": error}, status=status)
    error["decline_code"] = asked.decline_code
    return JsonResponse({"ref": asked.ref, "status": asked.status, "error": error}, status=status)


def _too_many(refusal: RateLimited) -> HttpResponse:
    seconds = refusal.retry_after
    error = {"code": "rate_limited", "message": str(refusal), "retry_after": seconds}
    return JsonResponse({"error": error}, status=429, headers={"Retry-After": str(seconds)})
