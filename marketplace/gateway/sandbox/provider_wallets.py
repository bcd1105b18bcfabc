"""The port's part about customers and their cards, at the sandbox."""

from collections.abc import Mapping, Sequence

from marketplace.gateway import marks
from marketplace.gateway.models import SandboxCard, SandboxSetup
from marketplace.gateway.provider import Customer, SavedCard, Setup
from marketplace.gateway.sandbox import keys, reads, setups, wallets
from marketplace.gateway.sandbox.readings import card_of, customer_of, setup_of


class SandboxWallets:
    """See the port: `Wallets`."""

    def create_customer(self, *, email: str, name: str, metadata: Mapping[str, str], key: str) -> Customer:
        """See the port."""
        stamped = marks.stamped(metadata)

        def run() -> Customer:
            return customer_of(wallets.open_customer(email=email, name=name, metadata=stamped))

        asked = ["create_customer", email, name, stamped]
        return keys.once(Customer, key=key, parameters=asked, run=run)

    def get_customer(self, ref: str) -> Customer:
        """See the port."""
        return customer_of(reads.one(wallets.customers().select_related("default_card"), ref))

    def delete_customer(self, ref: str, *, key: str) -> None:
        """See the port."""

        def run() -> Customer:
            wallets.delete_customer(ref)
            return Customer(ref=ref, email="")

        keys.once(Customer, key=key, parameters=["delete_customer", ref], run=run)

    def start_setup(self, customer_ref: str, *, metadata: Mapping[str, str], key: str) -> Setup:
        """See the port."""
        stamped = marks.stamped(metadata)

        def run() -> Setup:
            return setup_of(setups.open_setup(customer_ref, metadata=stamped))

        return keys.once(Setup, key=key, parameters=["start_setup", customer_ref, stamped], run=run)

    def get_setup(self, ref: str) -> Setup:
        """See the port."""
        return setup_of(reads.one(SandboxSetup.objects.select_related("customer", "card"), ref))

    def list_cards(self, customer_ref: str) -> Sequence[SavedCard]:
        """See the port."""
        customer = reads.one(wallets.customers(), customer_ref)
        return [card_of(row) for row in wallets.cards_of(customer)]

    def get_card(self, ref: str) -> SavedCard:
        """See the port."""
        return card_of(reads.one(SandboxCard.objects.select_related("customer"), ref))

    def set_default_card(self, customer_ref: str, card_ref: str, *, key: str) -> Customer:
        """See the port."""

        def run() -> Customer:
            return customer_of(wallets.set_default_card(customer_ref, card_ref))

        asked = ["set_default_card", customer_ref, card_ref]
        return keys.once(Customer, key=key, parameters=asked, run=run)

    def detach_card(self, ref: str, *, key: str) -> SavedCard:
        """See the port."""

        def run() -> SavedCard:
            return card_of(wallets.detach_card(ref))

        return keys.once(SavedCard, key=key, parameters=["detach_card", ref], run=run)
