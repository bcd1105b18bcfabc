"""What the gateway does by itself: the sandbox's deliveries, and looking for events that did not reach us."""

from datetime import timedelta
from typing import Final

from django.db import transaction

from marketplace.gateway import inbox
from marketplace.gateway.models import SandboxEvent, SandboxKey, SandboxLink, WebhookEvent
from marketplace.gateway.sandbox import accounts, delivery, disputes, payouts, refunds
from marketplace.kernel import clock
from marketplace.kernel.jobs import job, periodic

# How far back events are looked for, the shorter the more often: after minutes, hours and days of silence.
MINUTES: Final = timedelta(minutes=5)
HOURS: Final = timedelta(hours=2)
DAYS: Final = timedelta(days=3)
# As long as Stripe keeps events; an older one that came again would be settled anew, to no effect.
KEPT: Final = timedelta(days=30)


@job()
def deliver_event(event_id: int) -> None:
    """Send an event of the sandbox; one that is not taken is sent again by the clock."""
    event = SandboxEvent.objects.filter(pk=event_id, delivered_at__isnull=True).first()
    if event is None:
        return
    moment = delivery.not_before(event)
    if moment is None:
        delivery.deliver(event)
    else:
        # Counted as an attempt that has failed, so that it is kept back once only.
        SandboxEvent.objects.filter(pk=event_id).update(attempts=event.attempts + 1, due_at=moment)
        with transaction.atomic():
            deliver_event.defer_at(moment, event_id)


@periodic("* * * * * */15")
def live_a_moment_of_the_sandbox() -> None:
    """Every 15 seconds: events that were not taken go out again, and what is due happens: refunds fail, banks
    decide, vendors are verified or held, payouts arrive.
    """
    for event_id in delivery.undelivered():
        deliver_event.defer_once(str(event_id), event_id)
    refunds.fail_due()
    disputes.decide_due()
    accounts.pass_due()
    payouts.arrive_due()


@periodic("23 4 * * *")
def pay_out_of_the_sandbox() -> None:
    """Every night: what vendors' accounts may use goes to their banks."""
    payouts.pay_out_all()


@periodic("* * * * * */30")
def catch_up_with_events() -> None:
    """Twice a minute: act on what the provider has told of late and no webhook has brought."""
    inbox.catch_up(look_back=MINUTES)


@periodic("*/10 * * * *")
def catch_up_with_hours() -> None:
    """Every ten minutes, and when a worker starts soon after: the same, further back."""
    inbox.catch_up(look_back=HOURS)


@periodic("17 * * * *")
def catch_up_with_days() -> None:
    """Every hour: the same, of what could not be delivered, after a night without us."""
    inbox.catch_up(look_back=DAYS, is_undelivered=True)


@periodic("47 3 * * *")
def forget_old_events() -> None:
    """Every night: what is settled and older than KEPT."""
    before = clock.now() - KEPT
    WebhookEvent.objects.filter(settled_at__isnull=False, received_at__lt=before).delete()
    SandboxEvent.objects.filter(created_at__lt=before).delete()
    SandboxKey.objects.filter(created_at__lt=before).delete()
    SandboxLink.objects.filter(expires_at__lt=before).delete()
