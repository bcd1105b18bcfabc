"""Mail leaves, and is forgotten."""

from datetime import timedelta
from typing import Final

from django.conf import settings

from marketplace.kernel import clock
from marketplace.kernel.jobs import job, periodic
from marketplace.outreach.operations import posting
from marketplace.outreach.operations.reminders import remind
from marketplace.outreach.selectors import left_behind

REMINDERS_AT_ONCE: Final = 500
# Who was away for longer does not wait for a word about a cart.
TOO_LATE: Final = timedelta(days=7)


@job()
def send_mail(mail_id: int) -> None:
    """A mail is to leave."""
    posting.send(mail_id=mail_id)


@periodic("41 * * * *")
def remind_of_carts() -> None:
    """Every hour: carts nobody touched for CART_REMINDER_HOURS, of those who want to be reminded."""
    if not settings.CART_REMINDER_HOURS:
        return
    left_at = clock.now() - timedelta(hours=settings.CART_REMINDER_HOURS)
    carts = left_behind().filter(updated_at__lte=left_at, updated_at__gt=left_at - TOO_LATE)
    for cart in carts[:REMINDERS_AT_ONCE]:
        remind(cart=cart)


@periodic("37 3 * * *")
def forget_old_mail() -> None:
    """Every night; who got which mail is not ours to know for ever."""
    posting.forget_mail()
