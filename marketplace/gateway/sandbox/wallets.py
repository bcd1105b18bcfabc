"""Customers of the sandbox and the cards they keep."""

from collections.abc import Mapping, Sequence
from typing import Final

from django.db.models import QuerySet

from marketplace.gateway.models import SandboxCard, SandboxCustomer
from marketplace.gateway.models.sandbox import SetupState
from marketplace.gateway.provider import ProviderRefused
from marketplace.gateway.sandbox.cards import BY_LAST4, ReadCard
from marketplace.gateway.sandbox.journal import record
from marketplace.gateway.sandbox.rows import found, locked, missing, reference
from marketplace.kernel.locking import lock

OPEN_SETUPS: Final = (SetupState.REQUIRES_METHOD, SetupState.REQUIRES_ACTION)


def open_customer(*, email: str, name: str, metadata: Mapping[str, str]) -> SandboxCustomer:
    """A new customer without a card."""
    customer = SandboxCustomer.objects.create(
        ref=reference("cus"), email=email, name=name, metadata=dict(metadata)
    )
    record(("customer.created", customer))
    return customer


def customers() -> "QuerySet[SandboxCustomer]":
    """Those that were not deleted."""
    return SandboxCustomer.objects.filter(is_deleted=False)


def delete_customer(ref: str) -> None:
    """Forget a customer and take their cards off; what was about to save one is closed.

    Locks: the customer, its open setups, its cards. One that is gone, or never was, is no error.
    """
    for customer in lock(customers().filter(ref=ref)):
        for setup in lock(customer.setups.filter(status__in=OPEN_SETUPS).select_related("card", "customer")):
            setup.status = SetupState.CANCELED
            setup.save()
            record(("setup_intent.canceled", setup))
        for card in lock(customer.cards.all()):
            card.customer = None
            card.save()
            record(("payment_method.detached", card))
        customer.default_card = None
        record(("customer.deleted", customer))
        customer.email, customer.name, customer.metadata, customer.is_deleted = "", "", {}, True
        customer.save()


def cards_of(customer: SandboxCustomer) -> Sequence[SandboxCard]:
    """The cards of a customer, the newest first."""
    return list(customer.cards.select_related("customer").order_by("-created_at", "-pk"))


def card_of(customer: SandboxCustomer | None, card_ref: str) -> SandboxCard:
    """A card that this customer keeps; raises ProviderRefused alike for another's and for none."""
    card = SandboxCard.objects.filter(ref=card_ref, customer__isnull=False, customer=customer).first()
    if card is None:
        raise missing(SandboxCard, card_ref)
    return card


def set_default_card(customer_ref: str, card_ref: str) -> SandboxCustomer:
    """Which card is charged where none is named.

    Locks: the customer, then the card. Raises ProviderRefused for a card that this customer does not keep.
    """
    customer = locked(customers(), customer_ref)
    card = locked(SandboxCard.objects.filter(customer=customer), card_ref)
    if customer.default_card_id != card.pk:
        customer.default_card = card
        customer.save()
        record(("customer.updated", customer))
    return customer


def detach_card(ref: str) -> SandboxCard:
    """Take a card off its customer, for good; one that is off stays so.

    Locks: the customer, then the card. Raises ProviderRefused for an unknown one.
    """
    owner = found(SandboxCard.objects.select_related("customer"), ref).customer
    if owner is not None:
        owner = locked(SandboxCustomer.objects.all(), owner.ref)
    card = locked(SandboxCard.objects.all(), ref)
    if owner is None or card.customer_id is None:
        return card
    if owner.default_card_id == card.pk:
        owner.default_card = None
        owner.save()
    card.customer = None
    card.save()
    record(("payment_method.detached", card))
    return card


def tried(read: ReadCard) -> SandboxCard:
    """The row of a card that is tried now; nobody keeps it yet."""
    return SandboxCard.objects.create(
        ref=reference("pm"),
        brand=BY_LAST4[read.last4].brand,
        last4=read.last4,
        exp_month=read.exp_month,
        exp_year=read.exp_year,
    )


def keep(card: SandboxCard, customer: SandboxCustomer) -> None:
    """Let the customer keep a card that was found good."""
    if card.customer_id is None and customers().filter(pk=customer.pk).exists():
        card.customer = customer
        card.save()
        record(("payment_method.attached", card))


def attach(card_ref: str, customer_ref: str) -> SandboxCard:
    """Let the customer keep a card that nobody keeps.

    Locks: the card. Raises ProviderRefused for another's, and for a card that the bank does not let be saved.
    """
    customer = found(customers(), customer_ref)
    card = locked(SandboxCard.objects.select_related("customer"), card_ref)
    if card.customer_id not in {None, customer.pk}:
        raise ProviderRefused("payment_method_unexpected_state", "Another customer keeps this card.")
    fate = BY_LAST4[card.last4]
    if fate.decline_code and not fate.can_be_saved:
        raise ProviderRefused("card_declined", f"The bank declined: {fate.decline_code}.")
    keep(card, customer)
    return card
