"""Reminders of carts that were left behind."""

from django.db import IntegrityError, transaction

from checkout.models import Cart
from marketplace.outreach.models import CartReminder
from marketplace.outreach.operations.posting import post, recipient_of


def remind(*, cart: Cart) -> bool:
    """Remind the cart's owner of it, once for all; whether that was to be done.

    Publishes MailPosted.
    """
    if cart.user is None:
        return False
    try:
        with transaction.atomic():
            CartReminder.objects.create(cart=cart)
            post(
                "cart_reminder",
                to=[recipient_of(cart.user)],
                occasion=f"cart:{cart.pk}",
                facts={"cart_id": cart.pk},
            )
    except IntegrityError:
        return False
    return True
