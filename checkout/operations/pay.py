"""What is asked of the payment provider for an order. No function here runs inside a transaction of ours.

Every call goes with a key made of the row it is for: after a crash or a lost answer the same call is made
again and finds what it did.
"""

from datetime import timedelta
from typing import Final

from django.db.models import F

from checkout.models import Order, Payment
from marketplace.gateway import marks, registry
from marketplace.gateway.provider import Intent, ProviderRefused
from marketplace.kernel import clock

# How far the provider's clock may be from ours.
SKEW: Final = timedelta(minutes=5)


def start(payment: Payment, *, order: Order) -> Payment:
    """Open the payment with its provider, unless that is done, and store how the provider calls it.

    One with a kept card is charged by that.

    Raises ProviderUnavailable, after which it may be open or not, and ProviderRefused; RuntimeError inside a
    transaction.
    """
    if payment.provider_ref:
        return payment
    _note(payment, _started(payment, order))
    return payment


def stop(payment: Payment, *, order: Order) -> bool:
    """Close the payment with its provider, so that the buyer cannot pay any more; whether that was done.

    One that may have been opened by a call whose answer was lost is opened again, with the same key, to be
    closed; where that call charges a card, the payment is looked for instead. Side effects: after a refusal
    the keys are of the next version. Raises ProviderUnavailable.
    """
    if not payment.provider:
        return True
    try:
        ref = _found(payment) if payment.card_ref else start(payment, order=order).provider_ref
    except ProviderRefused:
        return True
    if not ref:
        return True
    try:
        registry.provider(payment.provider).cancel_payment(ref, key=payment.cancel_key)
    except ProviderRefused:
        Payment.objects.filter(pk=payment.pk).update(version=F("version") + 1)
        return False
    return True


def _found(payment: Payment) -> str:
    """The reference of a payment that is not to be made any more; empty where it was not made."""
    if not payment.provider_ref:
        made = registry.provider(payment.provider).list_payments(payment.created_at - SKEW)
        mine = (each for each in made if each.metadata.get("payment") == str(payment.uuid))
        found = next((each for each in mine if marks.is_ours(each.metadata)), None)
        if found is not None:
            _note(payment, found)
    return payment.provider_ref


def _note(payment: Payment, intent: Intent) -> None:
    unnamed = Payment.objects.filter(pk=payment.pk, provider_ref="")
    unnamed.update(provider_ref=intent.ref, client_secret=intent.client_secret, updated_at=clock.now())
    payment.provider_ref, payment.client_secret = intent.ref, intent.client_secret


def _started(payment: Payment, order: Order) -> Intent:
    provider = registry.provider(payment.provider)
    metadata = {"order": order.number, "payment": str(payment.uuid)}
    group = f"order_{order.number}"
    if payment.card_ref:
        return provider.charge_card(
            amount=payment.amount,
            customer_ref=payment.customer_ref,
            card_ref=payment.card_ref,
            metadata=metadata,
            email=order.email,
            key=payment.key,
            group=group,
        )
    return provider.start_payment(
        amount=payment.amount,
        metadata=metadata,
        email=order.email,
        key=payment.key,
        customer_ref=payment.customer_ref,
        saves_card=payment.is_card_kept,
        group=group,
    )
