"""Payments and refunds at Stripe. What each method promises stands in the port (provider/payments.py)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import stripe

from marketplace.gateway import marks
from marketplace.gateway.minor_units import counted, money_of, sayable
from marketplace.gateway.provider import Intent, IntentStatus, ProviderRefund, ProviderRefused
from marketplace.gateway.stripe import reading
from marketplace.gateway.stripe.client import PAGE, options, speaking
from marketplace.gateway.stripe.listing import listed
from marketplace.kernel.money import Money

METHOD: Final = ["payment_method"]


class StripePayments:
    """PaymentIntents, confirmed by the buyer's browser, and Refunds."""

    def start_payment(  # one call of the provider
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
        """See the port. Which methods the buyer is shown is set in Stripe's dashboard."""
        asked = {
            **_asked(amount, metadata, email=email, group=group),
            "automatic_payment_methods": {"enabled": True},
            "customer": customer_ref,
            "setup_future_usage": "off_session" if saves_card else "",
        }
        with speaking() as client:
            made = client.v1.payment_intents.create(_given(asked), options(key))
        return reading.intent(made.to_dict())

    def charge_card(  # one call of the provider
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
        asked = {
            **_asked(amount, metadata, email=email, group=group),
            "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
            "customer": customer_ref,
            "payment_method": card_ref,
            "off_session": True,
            "confirm": True,
            "expand": METHOD,
        }
        with speaking() as client:
            try:
                made = client.v1.payment_intents.create(_given(asked), options(key))
            except stripe.CardError as error:
                refused = error.error.payment_intent if error.error else None
                if refused is None:
                    raise
                made = refused
        return reading.intent(made.to_dict())

    def update_payment(self, ref: str, *, amount: Money, key: str) -> Intent:
        """See the port."""
        with speaking() as client:
            made = client.v1.payment_intents.update(ref, {"amount": counted(sayable(amount))}, options(key))
        return reading.intent(made.to_dict())

    def cancel_payment(self, ref: str, *, key: str) -> Intent:
        """See the port. Stripe refuses what is closed already."""
        try:
            with speaking() as client:
                return reading.intent(client.v1.payment_intents.cancel(ref, {}, options(key)).to_dict())
        except ProviderRefused as refusal:
            if refusal.code != "unexpected_state":
                raise
            found = self.get_payment(ref)
            if found.status != IntentStatus.CANCELED:
                raise
            return found

    def get_payment(self, ref: str) -> Intent:
        """See the port."""
        with speaking() as client:
            return reading.intent(client.v1.payment_intents.retrieve(ref, {"expand": METHOD}).to_dict())

    def list_payments(self, since: datetime) -> Sequence[Intent]:
        """See the port."""
        with speaking() as client:
            found = client.v1.payment_intents.list(
                {"created": {"gte": int(since.timestamp())}, "limit": PAGE, "expand": ["data.payment_method"]}
            )
            return [reading.intent(told) for told in listed(found)]

    def get_fee(self, charge_ref: str) -> Money | None:
        """See the port. Of a charge whose movement is not there yet, as of slow methods, nothing is known."""
        with speaking() as client:
            told = client.v1.charges.retrieve(charge_ref, {"expand": ["balance_transaction"]}).to_dict()
        moved = told.get("balance_transaction")
        return money_of(moved["fee"], moved["currency"]) if isinstance(moved, dict) else None

    def refund(
        self, charge_ref: str, *, amount: Money, metadata: Mapping[str, str], key: str
    ) -> ProviderRefund:
        """See the port. Of the platform's balance: what vendors had comes back by reversals."""
        with speaking() as client:
            made = client.v1.refunds.create(
                {
                    "charge": charge_ref,
                    "amount": counted(sayable(amount)),
                    "metadata": marks.stamped(metadata),
                },
                options(key),
            )
        return reading.refund(made.to_dict())

    def get_refund(self, ref: str) -> ProviderRefund:
        """See the port."""
        with speaking() as client:
            return reading.refund(client.v1.refunds.retrieve(ref).to_dict())

    def list_refunds(self, since: datetime) -> Sequence[ProviderRefund]:
        """See the port."""
        with speaking() as client:
            found = client.v1.refunds.list({"created": {"gte": int(since.timestamp())}, "limit": PAGE})
            return [reading.refund(told) for told in listed(found)]


def _asked(amount: Money, metadata: Mapping[str, str], *, email: str, group: str) -> dict[str, Any]:
    """What every payment is asked for with."""
    return {
        "amount": counted(sayable(amount)),
        "currency": amount.currency.lower(),
        "metadata": marks.stamped(metadata),
        "receipt_email": email,
        "transfer_group": group,
    }


def _given(asked: Mapping[str, Any]) -> Any:
    """Without what is empty: Stripe takes an empty text for an order to unset."""
    return {name: value for name, value in asked.items() if value != ""}
