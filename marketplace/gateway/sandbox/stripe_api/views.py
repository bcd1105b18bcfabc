"""The one view of Stripe's API as the sandbox speaks it."""

import secrets
from collections.abc import Mapping
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables

from marketplace.gateway.provider import ProviderRefused
from marketplace.gateway.sandbox import tries
from marketplace.gateway.sandbox.shapes import API_VERSION
from marketplace.gateway.sandbox.sites import require_sandbox
from marketplace.gateway.sandbox.stripe_api import callers, expanding, faults, forms, replay, routes
from marketplace.gateway.sandbox.stripe_api.asked import Asked, Operation
from marketplace.gateway.sandbox.stripe_api.callers import Caller
from marketplace.gateway.sandbox.stripe_api.faults import Fault
from marketplace.gateway.sandbox.stripe_api.fields import read
from marketplace.gateway.sandbox.stripe_api.replay import Answer
from marketplace.kernel.errors import RateLimited

FORM: Final = "application/x-www-form-urlencoded"


@csrf_exempt  # the key tells who asks; no cookie is looked at
@never_cache
@sensitive_post_parameters()
def api(request: HttpRequest, path: str) -> HttpResponse:
    """One operation of Stripe's API, as routes.py lists them: /sandbox/stripe/v1/<path>."""
    require_sandbox()
    try:
        answer = _answered(request, path)
    except Fault as fault:
        answer = Answer(status=fault.status, body=fault.body)
    except RateLimited:
        answer = Answer(status=429, body=faults.TOO_MANY.body)
    headers = {"Request-Id": f"req_sandbox_{secrets.token_hex(8)}", "Stripe-Version": API_VERSION}
    key = request.headers.get("Idempotency-Key", "")
    if key and key.isprintable():
        headers["Idempotency-Key"] = key
    if answer.is_replayed:
        headers["Idempotent-Replayed"] = "true"
    return JsonResponse(answer.body, status=answer.status, headers=headers)


@sensitive_variables()
def _answered(request: HttpRequest, path: str) -> Answer:
    """Raises Fault for what is refused before it has begun: that is not remembered with a key."""
    sent = _sent(request)
    key = sent.get("key")
    caller = callers.identify(request, sent_key=key if isinstance(key, str) else "")
    operation, refs = routes.find(request.method or "", path)
    _check(operation, caller)
    given = read(sent, operation.parameters, required=operation.required)
    asked = Asked(refs=refs, given=given, account=caller.account, is_public=caller.is_public)
    if request.method == "GET":
        return _run(operation, asked)
    if caller.is_public:
        tries.count_address(request)
    return replay.once(
        request.headers.get("Idempotency-Key", ""),
        account=caller.account,
        request=[request.method, path, sent],
        run=lambda: _run(operation, asked),
        is_atomic=not operation.commits,
    )


@sensitive_variables()
def _run(operation: Operation, asked: Asked) -> Answer:
    try:
        body = operation.run(asked)
        paths = asked.given.get("expand", ())
        return Answer(status=200, body=expanding.expanded(body, paths, is_public=asked.is_public))
    except ProviderRefused as refusal:
        refused = faults.of(refusal, thing=routes.thing_of(operation))
    except Fault as fault:
        refused = fault
    return Answer(status=refused.status, body=refused.body)


@sensitive_variables()
def _sent(request: HttpRequest) -> Mapping[str, Any]:
    if request.method in {"GET", "DELETE"}:
        return forms.decode(request.META.get("QUERY_STRING", ""))
    if request.body and request.content_type != FORM:
        raise Fault("Invalid request: the body is a form.")
    try:
        return forms.decode(request.body.decode())
    except UnicodeDecodeError:
        raise Fault("Invalid request: the body is no UTF-8.") from None


def _check(operation: Operation, caller: Caller) -> None:
    if caller.is_public and not operation.is_for_browsers:
        raise Fault(
            "This API call cannot be made with a publishable API key. Please use a secret API key.",
            status=403,
            code="secret_key_required",
        )
    if caller.account and not operation.is_for_accounts:
        raise Fault(
            "The sandbox does not do this on behalf of an account.", status=403, code="account_invalid"
        )
