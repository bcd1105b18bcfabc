"""Stripe's connected accounts, and the links by which vendors come to them."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from marketplace.gateway.models import SandboxAccount
from marketplace.gateway.sandbox import accounts, shapes, vendor_links
from marketplace.gateway.sandbox.shapes.accounts import INTERVALS
from marketplace.gateway.sandbox.stripe_api import fields
from marketplace.gateway.sandbox.stripe_api.asked import Asked, Body, Operation
from marketplace.gateway.sandbox.stripe_api.faults import Fault
from marketplace.gateway.sandbox.stripe_api.finding import one
from marketplace.gateway.sandbox.stripe_api.pages import page
from marketplace.kernel import clock

THING: Final = "account"
# What Stripe lets a platform reject for.
REASONS: Final = (
    "credit",
    "fraud_no_intent_to_fulfill",
    "fraud_other",
    "fraud_payment_method_casher",
    "fraud_payment_method_tester",
    "other",
    "terms_of_service",
)


def connected(ref: str) -> SandboxAccount:
    """The account of this reference. Raises Fault for none, and for one whose vendor withdrew our access."""
    account = SandboxAccount.objects.filter(ref=ref, is_disconnected=False).first()
    if account is None:
        message = f"The provided key does not have access to account '{ref}' (or it does not exist)."
        raise Fault(message, status=403, code="account_invalid")
    return account


def _create(asked: Asked) -> Body:
    given = asked.given
    account = accounts.open_account(
        email=given.get("email", ""),
        country=given.get("country", "US"),
        metadata=given.get("metadata", {}),
        has_own_schedule=_has_own_schedule(given),
    )
    return shapes.of(account)


def _update(asked: Asked) -> Body:
    account = connected(asked.refs[0])
    if "settings" in asked.given:
        account = accounts.schedule(account.ref, has_own_schedule=_has_own_schedule(asked.given))
    return shapes.of(account)


def _has_own_schedule(given: Mapping[str, Any]) -> bool:
    """What Stripe does where nobody says so."""
    schedule = given.get("settings", {}).get("payouts", {}).get("schedule", {})
    return bool(schedule.get("interval", INTERVALS[True]) == INTERVALS[True])


def _retrieve(asked: Asked) -> Body:
    return shapes.of(connected(asked.refs[0]))


def _list(asked: Asked) -> Body:
    rows = SandboxAccount.objects.filter(is_disconnected=False)
    return page(rows, asked, url="accounts", shape=shapes.of)


def _reject(asked: Asked) -> Body:
    reason = asked.given["reason"]
    kept = "fraud" if reason.startswith("fraud") else reason
    return shapes.of(accounts.reject(connected(asked.refs[0]).ref, f"rejected.{kept}"))


def _onboarding(asked: Asked) -> Body:
    given = asked.given
    account = one(
        SandboxAccount.objects.filter(is_disconnected=False), given["account"], thing=THING, param="account"
    )
    url = vendor_links.onboarding(
        account.ref, refresh_url=given["refresh_url"], return_url=given["return_url"]
    )
    return {**_link("account_link", url), "expires_at": _second(vendor_links.GOOD_FOR)}


def _login(asked: Asked) -> Body:
    return _link("login_link", vendor_links.dashboard(connected(asked.refs[0]).ref))


def _link(kind: str, url: str) -> dict[str, Any]:
    return {"object": kind, "created": _second(timedelta()), "url": url}


def _second(later: timedelta) -> int:
    return int((clock.now() + later).timestamp())


SETTINGS: Final = fields.inside(
    {"payouts": fields.inside({"schedule": fields.inside({"interval": fields.one_of(*INTERVALS.values())})})}
)
REQUESTED: Final = fields.inside({"requested": fields.boolean})
OPERATIONS: Final = (
    Operation(
        method="POST",
        path="accounts",
        run=_create,
        fields={
            "capabilities": fields.inside({"transfers": REQUESTED, "card_payments": REQUESTED}),
            "controller": fields.inside(
                {
                    "fees": fields.inside({"payer": fields.one_of("application")}),
                    "losses": fields.inside({"payments": fields.one_of("application")}),
                    "requirement_collection": fields.one_of("stripe"),
                    "stripe_dashboard": fields.inside({"type": fields.one_of("express")}),
                }
            ),
            "country": fields.text,
            "email": fields.text,
            "metadata": fields.metadata,
            "settings": SETTINGS,
        },
        required={"controller"},
    ),
    Operation(method="POST", path="accounts/*", run=_update, fields={"settings": SETTINGS}),
    Operation(method="GET", path="accounts", run=_list, fields=fields.LIST),
    Operation(method="GET", path="accounts/*", run=_retrieve),
    Operation(
        method="POST",
        path="accounts/*/reject",
        run=_reject,
        fields={"reason": fields.one_of(*REASONS)},
        required={"reason"},
        commits=True,
    ),
    Operation(method="POST", path="accounts/*/login_links", run=_login),
    Operation(
        method="POST",
        path="account_links",
        run=_onboarding,
        fields={
            "account": fields.text,
            "collection_options": fields.inside(
                {
                    "fields": fields.one_of("currently_due", "eventually_due"),
                    "future_requirements": fields.one_of("include", "omit"),
                }
            ),
            "refresh_url": fields.address,
            "return_url": fields.address,
            "type": fields.one_of("account_onboarding"),
        },
        required={"account", "refresh_url", "return_url", "type"},
    ),
)
