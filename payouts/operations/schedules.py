"""When a vendor is paid: what it says itself, and what staff say."""

from dataclasses import dataclass

from django.db import transaction

from marketplace.accounts.models import User
from marketplace.kernel import adjustable, audit, clock
from marketplace.kernel.errors import CurrencyMismatch, InvalidInput
from marketplace.kernel.idempotency import Outcome, once
from marketplace.kernel.money import BASIS_POINTS, Money
from payouts.availability import WhyNot
from payouts.errors import NothingToPayOut
from payouts.models import Payout, PayoutInterval, PayoutSchedule
from payouts.operations.claiming import claim, lock_schedule
from payouts.operations.paying import Run, pay_due, pay_vendor
from payouts.scheduling import local_day, next_day
from vendors.models import Vendor

CHANGED = "payouts.schedule_changed"
MOST_DAYS = 365


@dataclass(frozen=True, kw_only=True)
class Wishes:
    """What changes; None leaves it. The last three are for staff to say, `uses_default_delay` too."""

    interval: PayoutInterval | None = None
    minimum: Money | None = None
    delay_days: int | None = None
    uses_default_delay: bool = False
    reserve_bps: int | None = None
    reserve_days: int | None = None


def save_schedule(*, vendor: Vendor, wishes: Wishes, actor: User) -> PayoutSchedule:
    """Change when a vendor is paid, and what is held back of it from now on. Audited.

    Another interval finds the next day by it. Locks the schedule. Raises InvalidInput for less than the
    platform's minimum and what is out of bounds, CurrencyMismatch for a minimum that is not in the vendor's
    currency.
    """
    _refuse_nonsense(vendor, wishes)
    with transaction.atomic():
        schedule = lock_schedule(vendor.pk)
        before = _facts(schedule)
        if wishes.interval is not None and wishes.interval != schedule.interval:
            today = local_day(clock.now(), vendor.timezone)
            schedule.interval = wishes.interval
            schedule.next_on = next_day(wishes.interval, today)
        if wishes.minimum is not None:
            schedule.minimum_minor = wishes.minimum.minor
        if wishes.uses_default_delay or wishes.delay_days is not None:
            schedule.delay_days = None if wishes.uses_default_delay else wishes.delay_days
        if wishes.reserve_bps is not None:
            schedule.reserve_bps = wishes.reserve_bps
        if wishes.reserve_days is not None:
            schedule.reserve_days = wishes.reserve_days
        after = _facts(schedule)
        if after != before:
            schedule.changed_at = clock.now()
            schedule.save()
            audit.record(actor=actor, action=CHANGED, subject=vendor, before=before, after=after)
    return schedule


def request_payout(*, vendor: Vendor, idempotency_key: str | None = None) -> list[Payout]:
    """Pay a vendor that asks for it what is available now, in every currency; see `claim`.

    Raises NothingToPayOut with the reason, IdempotencyKeyReused, RequestInProgress.
    """

    def run() -> Outcome:
        claimed = claim(vendor_id=vendor.pk)
        if not claimed.payout_ids:
            reason = claimed.reasons.get(vendor.currency, WhyNot.NOTHING_AVAILABLE)
            raise NothingToPayOut(why=reason.value)
        return Outcome("claimed", {str(place): key for place, key in enumerate(claimed.payout_ids)})

    with transaction.atomic():
        outcome = once(scope=f"requestPayout:vendor:{vendor.pk}", key=idempotency_key, payload={}, run=run)
    return list(Payout.objects.filter(pk__in=outcome.ids.values()).order_by("pk"))


def run_payouts(*, vendor: Vendor | None, actor: User) -> Run:
    """Staff have everybody paid whose day has come, or one vendor now. Audited; see `pay_due`.

    It takes no key: what was claimed is not claimed again.
    """
    run = pay_due() if vendor is None else pay_vendor(vendor=vendor)
    audit.record(
        actor=actor,
        action="payouts.run",
        subject=vendor or actor,
        after={"vendors": run.vendors, "payouts": run.payouts},
    )
    return run


def _refuse_nonsense(vendor: Vendor, wishes: Wishes) -> None:
    if wishes.minimum is not None:
        if wishes.minimum.currency != vendor.currency:
            raise CurrencyMismatch(expected=vendor.currency, given=wishes.minimum.currency, field="minimum")
        least = Money(adjustable.amounts("PAYOUT_MINIMUMS").get(vendor.currency, 0), vendor.currency)
        if wishes.minimum < least:
            raise InvalidInput(field="minimum", reason=f"This must be {least} at least.")
    for name, days in (("delayDays", wishes.delay_days), ("reserveDays", wishes.reserve_days)):
        if days is not None and not 0 <= days <= MOST_DAYS:
            raise InvalidInput(field=name, reason=f"This must be from 0 to {MOST_DAYS}.")
    if wishes.reserve_bps is not None and not 0 <= wishes.reserve_bps <= BASIS_POINTS:
        raise InvalidInput(field="reserveRate", reason="This must be from nothing to the whole.")


def _facts(schedule: PayoutSchedule) -> dict[str, object]:
    return {
        "interval": schedule.interval,
        "minimum_minor": schedule.minimum_minor,
        "delay_days": schedule.delay_days,
        "reserve_bps": schedule.reserve_bps,
        "reserve_days": schedule.reserve_days,
    }
