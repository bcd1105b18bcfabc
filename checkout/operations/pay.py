"""What is asked of the payment provider for an order. No function here runs inside a transaction of ours.

Every call goes with a key made of the row it is for: after a crash or a lost answer the same call is made
again and finds what it did.
"""

from django.db.models import F

from checkout.models import Order, Payment
from marketplace.gateway import registry
from marketplace.gateway.provider import Intent, ProviderRefused
from marketplace.kernel import clock


def start(payment: Payment, *, order: Order) -> Payment:
    """Open the payment with its provider, unless that is done, and store how the provider calls it.

    Raises ProviderUnavailable, after which it may be open or not, and ProviderRefused; RuntimeError inside a
    transaction.
    """
    if payment.provider_ref:
        return payment
    intent = _started(payment, order)
    unnamed = Payment.objects.filter(pk=payment.pk, provider_ref="")
    unnamed.update(provider_ref=intent.ref, client_secret=intent.client_secret, updated_at=clock.now())
    payment.provider_ref, payment.client_secret = intent.ref, intent.client_secret
    return payment


def stop(payment: Payment, *, order: Order) -> bool:
    """Close the payment with its provider, so that the buyer cannot pay any more; whether that was done.

    One that may have been opened by a call whose answer was lost is opened again, with the same key, to be
    closed. Side effects: after a refusal the keys are of the next version. Raises ProviderUnavailable.
    """
    if not payment.provider:
        return True
    try:
        ref = start(payment, order=order).provider_ref
    except ProviderRefused:
        return True
    try:
        registry.provider(payment.provider).cancel_payment(ref, key=payment.cancel_key)
    except ProviderRefused:
        Payment.objects.filter(pk=payment.pk).update(version=F("version") + 1)
        return False
    return True


def _started(payment: Payment, order: Order) -> Intent:
    return registry.provider(payment.provider).start_payment(
        amount=payment.amount,
        metadata={"order": order.number, "payment": str(payment.uuid)},
        email=order.email,
        key=payment.key,
        customer_ref=payment.customer_ref,
        saves_card=payment.is_card_kept,
        group=f"order_{order.number}",
    )
