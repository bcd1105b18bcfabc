"""Mail leaves, and is forgotten."""

from typing import Final

from marketplace.kernel import adjustable
from marketplace.kernel.jobs import job, periodic
from marketplace.outreach.operations import posting
from marketplace.outreach.operations.reminders import remind
from marketplace.outreach.selectors import left_behind

REMINDERS_AT_ONCE: Final = 500


@job()
def send_mail(mail_id: int) -> None:
    """A mail is to leave."""
    posting.send(mail_id=mail_id)


@periodic("41 * * * *")
def remind_of_carts() -> None:
    """Every hour: carts nobody touched for CART_REMINDER_HOURS, of those who want to be reminded."""
    hours = adjustable.number("CART_REMINDER_HOURS")
    if not hours:
        return
    for cart in left_behind(hours=hours)[:REMINDERS_AT_ONCE]:
        remind(cart=cart)


@periodic("37 3 * * *")
def forget_old_mail() -> None:
    """Every night; who got which mail is not ours to know for ever."""
    posting.forget_mail()
