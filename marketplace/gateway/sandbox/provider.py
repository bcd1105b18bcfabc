"""The sandbox as we meet it through the port."""

import dataclasses
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, TypeVar

from django.db import models, transaction

from marketplace.gateway import marks
from marketplace.gateway.models import SandboxEvent, SandboxIntent, SandboxRefund
from marketplace.gateway.models.sandbox import IntentState
from marketplace.gateway.provider import (
    GatewayEvent,
    Intent,
    IntentStatus,
    ProviderRefund,
    ProviderRefused,
    RefundStatus,
    UntrustedEvent,
)
from marketplace.gateway.sandbox import intents, keys, refunds, webhooks
from marketplace.gateway.sandbox.links import action_url
from marketplace.kernel.money import Money

Row = TypeVar("Row", bound=models.Model)


class SandboxProvider:
    """A PaymentProvider for test cards."""

    name = webhooks.PROVIDER
    is_live = False

    def start_payment(self, *, amount: Money, metadata: Mapping[str, str], email: str, key: str) -> Intent:
        """See the port."""
        stamped = marks.stamped(metadata)

        def run() -> Intent:
            return _intent(intents.open_intent(amount=amount, metadata=stamped, email=email))

        asked = {"amount": dataclasses.astuple(amount), "metadata": stamped, "email": email}
        return keys.once(key=key, parameters={"start_payment": asked}, run=run, read=_stored_intent)

    def cancel_payment(self, ref: str, *, key: str) -> Intent:
        """See the port."""

        def run() -> Intent:
            return _intent(intents.cancel(ref))

        return keys.once(key=key, parameters={"cancel_payment": ref}, run=run, read=_stored_intent)

    def get_payment(self, ref: str) -> Intent:
        """See the port."""
        return _intent(_read(SandboxIntent.objects.filter(ref=ref)))

    def refund(
        self, charge_ref: str, *, amount: Money, metadata: Mapping[str, str], key: str
    ) -> ProviderRefund:
        """See the port."""
        stamped = marks.stamped(metadata)

        def run() -> ProviderRefund:
            return _refund(refunds.refund(charge_ref, amount=amount, metadata=stamped))

        asked = {"charge": charge_ref, "amount": dataclasses.astuple(amount), "metadata": stamped}
        return keys.once(key=key, parameters={"refund": asked}, run=run, read=_stored_refund)

    def get_refund(self, ref: str) -> ProviderRefund:
        """See the port."""
        return _refund(_read(SandboxRefund.objects.filter(ref=ref)))

    def verify_webhook(self, raw: bytes, headers: Mapping[str, str]) -> GatewayEvent:
        """See the port."""
        event = webhooks.opened(raw, headers)
        if event.is_live is not self.is_live:
            raise UntrustedEvent("the sandbox knows no live event")
        return event

    def list_events(self, since: datetime) -> Sequence[GatewayEvent]:
        """See the port."""
        with transaction.atomic(durable=True, savepoint=False):
            happened = SandboxEvent.objects.filter(created_at__gte=since).defer("content")
            rows = list(happened.order_by("created_at", "pk"))
        return [webhooks.event_of(row) for row in rows]


def _read(rows: "models.QuerySet[Row]") -> Row:
    """The one row. Raises RuntimeError inside a transaction: asking a provider takes as long as it takes."""
    with transaction.atomic(durable=True, savepoint=False):
        row = rows.first()
    if row is None:
        raise ProviderRefused("resource_missing", "There is no such object.")
    return row


def _intent(row: SandboxIntent) -> Intent:
    return Intent(
        ref=row.ref,
        status=_STATUS[IntentState(row.status)],
        amount=row.amount,
        client_secret=row.client_secret,
        charge_ref=row.charge_ref or None,
        decline_code=row.decline_code or None,
        action_url=action_url(row),
        metadata=row.metadata,
    )


def _stored_intent(given: Mapping[str, Any]) -> Intent:
    return Intent(**{**given, "amount": Money(**given["amount"]), "status": IntentStatus(given["status"])})


def _refund(row: SandboxRefund) -> ProviderRefund:
    return ProviderRefund(
        ref=row.ref, status=RefundStatus(row.status), amount=row.amount, metadata=row.metadata
    )


def _stored_refund(given: Mapping[str, Any]) -> ProviderRefund:
    return ProviderRefund(
        **{**given, "amount": Money(**given["amount"]), "status": RefundStatus(given["status"])}
    )


_STATUS: Final[Mapping[IntentState, IntentStatus]] = {
    IntentState.REQUIRES_METHOD: IntentStatus.REQUIRES_METHOD,
    IntentState.REQUIRES_CONFIRMATION: IntentStatus.REQUIRES_METHOD,
    IntentState.REQUIRES_ACTION: IntentStatus.REQUIRES_ACTION,
    IntentState.PROCESSING: IntentStatus.PROCESSING,
    IntentState.SUCCEEDED: IntentStatus.SUCCEEDED,
    IntentState.CANCELED: IntentStatus.CANCELED,
}
