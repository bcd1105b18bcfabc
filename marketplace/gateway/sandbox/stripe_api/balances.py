"""Stripe's balances, their movements, and payouts: the platform's own, or a connected account's."""

from collections.abc import Sequence
from typing import Any, Final

from django.db.models import QuerySet

from marketplace.gateway.minor_units import counted, money_of, sayable
from marketplace.gateway.models import SandboxBalanceTransaction, SandboxPayout
from marketplace.gateway.sandbox import movements, payouts, shapes
from marketplace.gateway.sandbox.stripe_api import fields
from marketplace.gateway.sandbox.stripe_api.accounts import connected
from marketplace.gateway.sandbox.stripe_api.asked import Asked, Body, Operation
from marketplace.gateway.sandbox.stripe_api.faults import Fault
from marketplace.gateway.sandbox.stripe_api.finding import one
from marketplace.gateway.sandbox.stripe_api.pages import page
from marketplace.kernel.money import Money


def _balance(asked: Asked) -> Body:
    held = movements.balance(_holder(asked))
    return {
        "object": "balance",
        "available": _amounts(held.available),
        "livemode": False,
        "pending": _amounts(held.pending),
        **({} if asked.account else {"connect_reserved": []}),
    }


def _movement(asked: Asked) -> Body:
    return shapes.of(one(_movements(asked), asked.refs[0], thing="balance transaction"))


def _list_movements(asked: Asked) -> Body:
    rows = _movements(asked)
    for name, lookup in (("source", "source_ref"), ("currency", "currency")):
        if name in asked.given:
            rows = rows.filter(**{lookup: asked.given[name]})
    return page(rows, asked, url="balance_transactions", shape=shapes.of)


def _pay_out(asked: Asked) -> Body:
    if not asked.account:
        raise Fault("The sandbox pays out connected accounts alone.", code="payouts_not_allowed")
    amount = sayable(money_of(asked.given["amount"], asked.given["currency"]))
    metadata = asked.given.get("metadata", {})
    return shapes.of(payouts.pay_out(connected(asked.account).ref, amount, metadata=metadata))


def _payout(asked: Asked) -> Body:
    return shapes.of(one(_payouts(asked), asked.refs[0], thing="payout"))


def _list_payouts(asked: Asked) -> Body:
    rows = _payouts(asked)
    if "status" in asked.given:
        rows = rows.filter(status=asked.given["status"])
    return page(rows, asked, url="payouts", shape=shapes.of)


def _holder(asked: Asked) -> str:
    return connected(asked.account).ref if asked.account else movements.PLATFORM


def _movements(asked: Asked) -> "QuerySet[SandboxBalanceTransaction]":
    return SandboxBalanceTransaction.objects.filter(account_ref=_holder(asked))


def _payouts(asked: Asked) -> "QuerySet[SandboxPayout]":
    payouts, holder = SandboxPayout.objects.select_related("account"), _holder(asked)
    return payouts.filter(account__ref=holder) if holder else payouts.filter(account=None)


def _amounts(held: Sequence[Money]) -> list[dict[str, Any]]:
    return [
        {"amount": counted(each), "currency": each.currency.lower(), "source_types": {"card": counted(each)}}
        for each in held
    ]


OPERATIONS: Final = (
    Operation(method="GET", path="balance", run=_balance, is_for_accounts=True),
    Operation(
        method="GET",
        path="balance_transactions",
        run=_list_movements,
        fields={**fields.LIST, "currency": fields.currency, "source": fields.text},
        is_for_accounts=True,
    ),
    Operation(method="GET", path="balance_transactions/*", run=_movement, is_for_accounts=True),
    Operation(
        method="POST",
        path="payouts",
        run=_pay_out,
        fields={"amount": fields.integer, "currency": fields.currency, "metadata": fields.metadata},
        required={"amount", "currency"},
        is_for_accounts=True,
    ),
    Operation(
        method="GET",
        path="payouts",
        run=_list_payouts,
        fields={
            **fields.LIST,
            "status": fields.one_of("pending", "in_transit", "paid", "failed", "canceled"),
        },
        is_for_accounts=True,
    ),
    Operation(method="GET", path="payouts/*", run=_payout, is_for_accounts=True),
)
