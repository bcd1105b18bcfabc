"""The port's part about payments, at the sandbox."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db.models import QuerySet

from marketplace.gateway import marks
from marketplace.gateway.models import SandboxBalanceTransaction, SandboxCharge, SandboxIntent, SandboxRefund
from marketplace.gateway.provider import Intent, ProviderRefund
from marketplace.gateway.sandbox import intents, keys, reads, refunds
from marketplace.gateway.sandbox.readings import intent_of, refund_of
from marketplace.kernel.money import Money


class SandboxPayments:
    """See the port: `Payments`."""

    def start_payment(  # the port's
        self,
        *,
        amount: Money,
        metadata: Mapping[str, str],
        email: str,
        key: str,
        customer_ref: str = "",
        saves_card: bool = False,
        group: str = "",
    ) -> Intent:
        """See the port."""
        stamped = marks.stamped(metadata)

        def run() -> Intent:
            opened = intents.open_intent(
                amount=amount,
                metadata=stamped,
                email=email,
                customer_ref=customer_ref,
                saves_card=saves_card,
                group=group,
            )
            return intent_of(opened)

        asked = ["start_payment", amount, stamped, email, customer_ref, saves_card, group]
        return keys.once(Intent, key=key, parameters=asked, run=run)

    def charge_card(  # the port's
        self,
        *,
        amount: Money,
        customer_ref: str,
        card_ref: str,
        metadata: Mapping[str, str],
        email: str,
        key: str,
        group: str = "",
    ) -> Intent:
        """See the port."""
        stamped = marks.stamped(metadata)

        def run() -> Intent:
            charged = intents.charge_kept(
                amount=amount,
                metadata=stamped,
                email=email,
                customer_ref=customer_ref,
                card_ref=card_ref,
                group=group,
            )
            return intent_of(charged)

        asked = ["charge_card", amount, stamped, email, customer_ref, card_ref, group]
        return keys.once(Intent, key=key, parameters=asked, run=run)

    def update_payment(self, ref: str, *, amount: Money, key: str) -> Intent:
        """See the port."""

        def run() -> Intent:
            return intent_of(intents.update(ref, amount=amount))

        return keys.once(Intent, key=key, parameters=["update_payment", ref, amount], run=run)

    def cancel_payment(self, ref: str, *, key: str) -> Intent:
        """See the port."""

        def run() -> Intent:
            return intent_of(intents.cancel(ref))

        return keys.once(Intent, key=key, parameters=["cancel_payment", ref], run=run)

    def get_payment(self, ref: str) -> Intent:
        """See the port."""
        return intent_of(reads.one(_intents(), ref))

    def list_payments(self, since: datetime) -> Sequence[Intent]:
        """See the port."""
        return [intent_of(row) for row in reads.since(_intents(), since)]

    def get_fee(self, charge_ref: str) -> Money | None:
        """See the port."""
        charge = reads.one(SandboxCharge.objects.all(), charge_ref)
        moved = reads.one(SandboxBalanceTransaction.objects.all(), charge.balance_ref)
        return Money(moved.fee_minor, moved.currency)

    def refund(
        self, charge_ref: str, *, amount: Money, metadata: Mapping[str, str], key: str
    ) -> ProviderRefund:
        """See the port."""
        stamped = marks.stamped(metadata)

        def run() -> ProviderRefund:
            return refund_of(refunds.refund(charge_ref, amount=amount, metadata=stamped))

        asked = ["refund", charge_ref, amount, stamped]
        return keys.once(ProviderRefund, key=key, parameters=asked, run=run)

    def get_refund(self, ref: str) -> ProviderRefund:
        """See the port."""
        return refund_of(reads.one(_refunds(), ref))

    def list_refunds(self, since: datetime) -> Sequence[ProviderRefund]:
        """See the port."""
        return [refund_of(row) for row in reads.since(_refunds(), since)]


def _intents() -> "QuerySet[SandboxIntent]":
    return SandboxIntent.objects.select_related("customer", "card")


def _refunds() -> "QuerySet[SandboxRefund]":
    return SandboxRefund.objects.select_related("charge__intent")
