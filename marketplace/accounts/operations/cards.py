"""The cards that buyers keep with the payment provider, for the next time.

The provider is asked outside of any transaction, with keys made of rows that are committed before: after a
crash or a lost answer the same call is made again and finds what it did.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar
from uuid import uuid4

from django.db import transaction
from django.db.models import F

from marketplace.accounts.errors import CardNotKept, PaymentsSilent
from marketplace.accounts.models import BillingProfile, CardSetup, PaymentCustomer, PaymentMethod, User
from marketplace.gateway import registry
from marketplace.gateway.provider import ProviderRefused, ProviderUnavailable, SavedCard, SetupStatus
from marketplace.kernel import clock
from marketplace.kernel.errors import NotFound
from marketplace.kernel.idempotency import Outcome, once
from marketplace.kernel.locking import lock_one

Answer = TypeVar("Answer")


def ensure_customer(profile: BillingProfile) -> PaymentCustomer:
    """The profile as the provider of new payments knows it, made there if need be: once, however often.

    Raises PaymentsSilent where the provider does not answer, and for somebody who leaves meanwhile, of whom
    it is to know nothing either; RuntimeError inside a transaction.
    """
    provider = registry.default()
    customer, _ = PaymentCustomer.objects.get_or_create(
        billing_profile=profile, provider=provider.name, is_live=provider.is_live
    )
    if customer.ref:
        return customer
    made = _asked(
        lambda: provider.create_customer(
            email=profile.email,
            name=profile.user.name if profile.user else "",
            metadata={"billing_profile": str(profile.uuid)},
            key=customer.key,
        ),
        customer,
    )
    PaymentCustomer.objects.filter(pk=customer.pk, ref="").update(ref=made.ref)
    # Whoever leaves after this is forgotten by the job of that, which knows the reference now.
    if not BillingProfile.objects.filter(pk=profile.pk, is_active=True).exists():
        customer.ref = made.ref
        _forget(customer)
        raise PaymentsSilent
    customer.refresh_from_db()
    return customer


def start_card(*, user: User, idempotency_key: str | None = None) -> CardSetup:
    """Open the keeping of a card; the buyer's browser tells the provider the card itself.

    Raises PaymentsSilent, IdempotencyKeyReused, RequestInProgress; RuntimeError inside a transaction.
    """
    customer = ensure_customer(user.billing_profile)
    with transaction.atomic():
        outcome = once(
            scope=f"startCard:customer:{customer.pk}",
            key=idempotency_key,
            payload={},
            run=lambda: Outcome("opened", {"setup": CardSetup.objects.create(customer=customer).pk}),
        )
    setup = CardSetup.objects.select_related("customer").get(pk=outcome.ids["setup"])
    if not setup.ref:
        opened = _asked(
            lambda: registry.provider(customer.provider).start_setup(
                customer.ref, metadata={"setup": str(setup.uuid)}, key=setup.key
            ),
            setup,
        )
        setup.ref, setup.client_secret = opened.ref, opened.client_secret
        setup.save(update_fields=["ref", "client_secret"])
    return setup


def save_card(*, user: User, setup_id: int) -> PaymentMethod:
    """Keep the card that the buyer's browser has told the provider; nothing is believed but what that says.

    The first card is the default. Locks the billing profile. Raises NotFound for what is not the user's,
    CardNotKept while the provider has no card, PaymentsSilent; RuntimeError inside a transaction.
    """
    theirs = CardSetup.objects.filter(customer__billing_profile__user=user)
    setup = theirs.filter(pk=setup_id).exclude(ref="").select_related("customer").first()
    if setup is None:
        raise NotFound(thing="card setup", field="setup")
    return _settled(setup)


def settle_setup(*, provider: str, ref: str) -> None:
    """Keep the card of a setup that the provider tells of. Raises as `save_card`.

    One that we do not know was forgotten, or is another's: no browser has the secret of it before we have its
    reference.
    """
    setup = CardSetup.objects.filter(customer__provider=provider, ref=ref).select_related("customer").first()
    if setup is not None:
        _settled(setup)


def sync_card(*, provider: str, ref: str) -> None:
    """Bring a card to what the provider says of it: kept, renewed, or taken off.

    A card of nobody we know is none of our business. Locks the billing profile. Raises ProviderUnavailable.
    """
    known = PaymentMethod.objects.filter(customer__provider=provider, ref=ref)
    try:
        card = registry.provider(provider).get_card(ref)
    except ProviderRefused:
        card = None
    if card is None or card.customer_ref is None:
        for method in known.select_related("customer"):
            _take_off(method)
        return
    customer = PaymentCustomer.objects.filter(provider=provider, ref=card.customer_ref).first()
    if customer is not None:
        _keep(customer, card)


def delete_card(*, user: User, method_id: int) -> None:
    """Take a card off the user, with the provider first. One that is off already is no error.

    Locks the billing profile. Raises NotFound for what is not the user's, PaymentsSilent; RuntimeError
    inside a transaction.
    """
    method = _own(user, method_id)
    if method.detached_at is None:
        _detach(method)
        _take_off(method)


def make_default_card(*, user: User, method_id: int) -> PaymentMethod:
    """Charge this card where none is named. Locks the billing profile. Raises as `delete_card`."""
    method = _own(user, method_id)
    if method.detached_at is not None:
        raise NotFound(thing="card", field="paymentMethod")
    customer = method.customer
    _asked(
        lambda: registry.provider(customer.provider).set_default_card(
            # What was chosen before may be chosen again, which a key of the card would take for the same.
            customer.ref,
            method.ref,
            key=f"cusd:{uuid4()}:v1",
        )
    )
    with transaction.atomic():
        lock_one(BillingProfile.objects.filter(pk=customer.billing_profile_id))
        kept = PaymentMethod.objects.filter(customer=customer, detached_at=None)
        kept.exclude(pk=method.pk).update(is_default=False)
        kept.filter(pk=method.pk).update(is_default=True)
    method.refresh_from_db()
    return method


def forget_cards(*, user_id: int) -> None:
    """Have the provider forget somebody who is gone, with their cards, and forget them. Safe to repeat.

    Locks the billing profile. Raises PaymentsSilent, after which it is to be done again; RuntimeError inside
    a transaction.
    """
    for customer in PaymentCustomer.objects.filter(billing_profile__user=user_id):
        _forget(customer)


def sync_customer(*, provider: str, ref: str) -> None:
    """Forget a customer whom the provider has forgotten, as by its own pages; the next card makes another.

    Locks the billing profile. Raises ProviderUnavailable.
    """
    customer = PaymentCustomer.objects.filter(provider=provider, ref=ref).first()
    if customer is None:
        return
    try:
        registry.provider(provider).get_customer(ref)
    except ProviderRefused:
        _drop(customer)


def forget_setups(*, older_than: timedelta) -> None:
    """Delete what was opened that long ago; whoever wants to keep a card opens another."""
    CardSetup.objects.filter(created_at__lt=clock.now() - older_than).delete()


def _settled(setup: CardSetup) -> PaymentMethod:
    customer = setup.customer
    adapter = registry.provider(customer.provider)
    found = _asked(lambda: adapter.get_setup(setup.ref))
    if found.status != SetupStatus.SUCCEEDED or found.card_ref is None:
        raise CardNotKept(status=found.status.value, decline_code=found.decline_code or "")
    card_ref = found.card_ref
    card = _asked(lambda: adapter.get_card(card_ref))
    if card.customer_ref != customer.ref:
        raise NotFound(thing="card setup", field="setup")
    return _keep(customer, card)


def _keep(customer: PaymentCustomer, card: SavedCard) -> PaymentMethod:
    with transaction.atomic():
        lock_one(BillingProfile.objects.filter(pk=customer.billing_profile_id))
        theirs = PaymentMethod.objects.filter(customer=customer)
        method = theirs.filter(ref=card.ref).first() or PaymentMethod(
            customer=customer, ref=card.ref, is_default=not theirs.filter(is_default=True).exists()
        )
        method.brand, method.last4 = card.brand, card.last4
        method.exp_month, method.exp_year = card.exp_month, card.exp_year
        method.save()
    return method


def _forget(customer: PaymentCustomer) -> None:
    """With the provider first: it detaches the cards."""
    if customer.ref:
        adapter = registry.provider(customer.provider)
        _asked(lambda: adapter.delete_customer(customer.ref, key=f"cusx:{customer.uuid}:v1"))
    _drop(customer)


def _drop(customer: PaymentCustomer) -> None:
    with transaction.atomic():
        lock_one(BillingProfile.objects.filter(pk=customer.billing_profile_id))
        PaymentMethod.objects.filter(customer=customer.pk).delete()
        PaymentCustomer.objects.filter(pk=customer.pk).delete()


def _take_off(method: PaymentMethod) -> None:
    """The card kept last follows a default."""
    with transaction.atomic():
        lock_one(BillingProfile.objects.filter(pk=method.customer.billing_profile_id))
        PaymentMethod.objects.filter(pk=method.pk, detached_at=None).update(
            detached_at=clock.now(), is_default=False
        )
        kept = PaymentMethod.objects.filter(customer=method.customer, detached_at=None)
        newest = kept.order_by("-pk").first()
        if newest is not None and not kept.filter(is_default=True).exists():
            kept.filter(pk=newest.pk).update(is_default=True)


def _detach(method: PaymentMethod) -> None:
    adapter = registry.provider(method.customer.provider)
    _asked(lambda: adapter.detach_card(method.ref, key=f"pmd:{method.uuid}:v1"))


def _own(user: User, method_id: int) -> PaymentMethod:
    """The card, looked for among the user's only."""
    theirs = PaymentMethod.objects.filter(customer__billing_profile__user=user)
    method = theirs.filter(pk=method_id).select_related("customer").first()
    if method is None:
        raise NotFound(thing="card", field="paymentMethod")
    return method


def _asked(call: Callable[[], Answer], row: PaymentCustomer | CardSetup | None = None) -> Answer:
    """What the provider answers. Raises PaymentsSilent.

    A refusal is none that a buyer can mend: it is told like silence, and the next call has a key of its own.
    """
    try:
        return call()
    except ProviderUnavailable as fault:
        raise PaymentsSilent from fault
    except ProviderRefused as refusal:
        if row is not None:
            row.version = F("version") + 1
            row.save(update_fields=["version"])
        raise PaymentsSilent from refusal
