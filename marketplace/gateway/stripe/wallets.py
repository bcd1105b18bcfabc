"""Customers and their cards at Stripe. What each method promises stands in the port (provider/wallets.py)."""

from collections.abc import Mapping, Sequence
from typing import Any

from marketplace.gateway import marks
from marketplace.gateway.provider import Customer, ProviderRefused, SavedCard, Setup
from marketplace.gateway.stripe import reading
from marketplace.gateway.stripe.client import PAGE, options, speaking


class StripeWallets:
    """Customers, SetupIntents and PaymentMethods that are cards."""

    def create_customer(self, *, email: str, name: str, metadata: Mapping[str, str], key: str) -> Customer:
        """See the port."""
        asked: Any = {"metadata": marks.stamped(metadata)}
        asked |= {field: value for field, value in {"email": email, "name": name}.items() if value}
        with speaking() as client:
            return reading.customer(client.v1.customers.create(asked, options(key)).to_dict())

    def get_customer(self, ref: str) -> Customer:
        """See the port."""
        with speaking() as client:
            return reading.customer(client.v1.customers.retrieve(ref).to_dict())

    def delete_customer(self, ref: str, *, key: str) -> None:
        """See the port. Stripe refuses for one that is gone already."""
        try:
            with speaking() as client:
                client.v1.customers.delete(ref, {}, options(key))
        except ProviderRefused as refusal:
            if refusal.code != "resource_missing":
                raise

    def start_setup(self, customer_ref: str, *, metadata: Mapping[str, str], key: str) -> Setup:
        """See the port."""
        with speaking() as client:
            made = client.v1.setup_intents.create(
                {
                    "customer": customer_ref,
                    "usage": "off_session",
                    "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
                    "metadata": marks.stamped(metadata),
                },
                options(key),
            )
        return reading.setup(made.to_dict())

    def get_setup(self, ref: str) -> Setup:
        """See the port."""
        with speaking() as client:
            return reading.setup(client.v1.setup_intents.retrieve(ref).to_dict())

    def list_cards(self, customer_ref: str) -> Sequence[SavedCard]:
        """See the port."""
        with speaking() as client:
            found = client.v1.customers.payment_methods.list(customer_ref, {"type": "card", "limit": PAGE})
            return [reading.card(each.to_dict()) for each in found.auto_paging_iter()]

    def get_card(self, ref: str) -> SavedCard:
        """See the port."""
        with speaking() as client:
            return reading.card(client.v1.payment_methods.retrieve(ref).to_dict())

    def set_default_card(self, customer_ref: str, card_ref: str, *, key: str) -> Customer:
        """See the port. It is Stripe that compares the customers."""
        with speaking() as client:
            changed = client.v1.customers.update(
                customer_ref, {"invoice_settings": {"default_payment_method": card_ref}}, options(key)
            )
        return reading.customer(changed.to_dict())

    def detach_card(self, ref: str, *, key: str) -> SavedCard:
        """See the port. Stripe refuses what is off already."""
        try:
            with speaking() as client:
                return reading.card(client.v1.payment_methods.detach(ref, {}, options(key)).to_dict())
        except ProviderRefused:
            found = self.get_card(ref)
            if found.customer_ref is not None:
                raise
            return found
