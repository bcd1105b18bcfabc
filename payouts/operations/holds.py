"""Holds: money of a vendor that waits, why, and until when.

A hold of an amount stands in the ledger, so that each held cent is traceable to a hold; a hold of everything
stops payouts, of one part of an order or of the whole vendor.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db import connection, transaction

from checkout.models import VendorOrder
from marketplace.accounts.models import User
from marketplace.kernel import adjustable, audit, clock
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.idempotency import Outcome, once
from marketplace.kernel.locking import lock, lock_one
from marketplace.kernel.money import Money
from payouts import claimable, ledger, postings
from payouts.errors import HoldEnded, HoldTooLarge
from payouts.models import HoldCause, LedgerAccount, PayoutHold, PayoutSchedule, TransactionKind
from payouts.postings import Whose
from payouts.scheduling import local_day
from vendors.events import VendorApproved
from vendors.models import Vendor

PLACED: Final = "payouts.hold_placed"
RELEASED: Final = "payouts.hold_released"
LONGEST: Final = 300

LEFT: Final = f"""
WITH {claimable.PILES}
SELECT coalesce(sum(minor), 0) FROM judged
WHERE currency = %(currency)s AND (%(part)s::bigint IS NULL OR vendor_order_id = %(part)s::bigint)
"""  # noqa: S608  # made of our own words
# Of parts that are available now, what is reserved of each for a while; each once.
DUE_RESERVES: Final = f"""
WITH {claimable.PILES}
SELECT vendor_order_id, order_id, currency, reserve FROM judged WHERE reserve > 0 ORDER BY vendor_order_id
"""  # noqa: S608  # made of our own words
# The postings of many holds of one vendor, as `held_back` posts one.
HELD_BACK: Final = """
SELECT 'held' AS kind, 'hold:' || hold.uuid AS reference, part.order_id, hold.placed_at AS occurred_at,
    posting.account, hold.currency, hold.vendor_id, hold.vendor_order_id,
    posting.sign * hold.amount_minor AS amount_minor
FROM payouts_payouthold AS hold
JOIN checkout_vendororder AS part ON part.id = hold.vendor_order_id
CROSS JOIN (VALUES ('vendor_payable', -1), ('vendor_held', 1)) AS posting (account, sign)
WHERE hold.id = ANY (%(holds)s)
"""


@dataclass(frozen=True, kw_only=True)
class Holding:
    """What is to be held: of a part or a whole vendor, an amount or everything, until a day or for good."""

    vendor: Vendor
    part: VendorOrder | None = None
    amount: Money | None = None
    cause: HoldCause = HoldCause.RISK
    reason: str
    release_on: date | None = None


def place_hold(*, asked: Holding, actor: User, idempotency_key: str | None = None) -> PayoutHold:
    """Hold something of a vendor's back. Audited; an amount is posted.

    Locks the vendor's accounts of the ledger. Raises InvalidInput for no reason, a day that is over and a
    part of another vendor, HoldTooLarge for more than is the vendor's and in no payout yet,
    IdempotencyKeyReused, RequestInProgress.
    """
    vendor = asked.vendor
    _refuse_nonsense(asked)
    payload = {
        "part": asked.part.pk if asked.part else None,
        "amount": [asked.amount.minor, asked.amount.currency] if asked.amount else None,
        "cause": asked.cause.value,
        "reason": asked.reason,
        "release_on": asked.release_on,
    }
    with transaction.atomic():
        outcome = once(
            scope=f"placeHold:vendor:{vendor.pk}",
            key=idempotency_key,
            payload=payload,
            run=lambda: Outcome("placed", {"hold": _place(asked, actor).pk}),
        )
    return PayoutHold.objects.get(pk=outcome.ids["hold"])


def release_hold(
    *, hold: PayoutHold, actor: User | None, note: str = "", idempotency_key: str | None = None
) -> PayoutHold:
    """End a hold: what it held is the vendor's to be paid again. Audited; an amount is posted back.

    Locks the vendor's accounts of the ledger and the hold. Raises HoldEnded, IdempotencyKeyReused,
    RequestInProgress.
    """

    def run() -> Outcome:
        lock(LedgerAccount.objects.filter(vendor=hold.vendor_id))
        held = lock_one(PayoutHold.objects.filter(pk=hold.pk).select_related("vendor", "vendor_order__order"))
        if held.released_at is not None:
            raise HoldEnded
        _release(held, actor, note)
        return Outcome("released", {"hold": held.pk})

    with transaction.atomic():
        once(scope=f"releaseHold:{hold.pk}", key=idempotency_key, payload={"note": note}, run=run)
    hold.refresh_from_db()
    return hold


def release_due() -> int:
    """End the holds whose day has come, a transaction each; returns how many. See `release_hold`."""
    latest = (clock.now() + timedelta(hours=14)).date()
    due = PayoutHold.objects.in_force().filter(release_on__lte=latest).select_related("vendor").order_by("pk")
    released = 0
    for hold in due.iterator(chunk_size=500):
        if hold.release_on is None or hold.release_on > local_day(clock.now(), hold.vendor.timezone):
            continue
        try:
            release_hold(hold=hold, actor=None)
        except HoldEnded:  # by somebody else, at this very moment
            continue
        released += 1
    return released


def hold_new_vendor(event: VendorApproved) -> None:
    """Pay a vendor that is approved NEW_VENDOR_HOLD_DAYS later, once. A reaction inside the transaction."""
    days = adjustable.number("NEW_VENDOR_HOLD_DAYS")
    past = PayoutHold.objects.filter(vendor=event.vendor_id, cause=HoldCause.NEW_VENDOR)
    if not days or past.exists():
        return
    vendor = Vendor.objects.get(pk=event.vendor_id)
    hold = PayoutHold.objects.create(
        vendor=vendor,
        cause=HoldCause.NEW_VENDOR,
        reason=HoldCause.NEW_VENDOR.label,
        currency=vendor.currency,
        release_on=local_day(clock.now(), vendor.timezone) + timedelta(days=days),
    )
    _record(hold, PLACED, None)


def reserve_of_sales(schedule: PayoutSchedule, *, now: datetime) -> Sequence[PayoutHold]:
    """Hold back what is reserved of each part that has become available, once, for as long as is agreed.

    The caller holds the vendor's accounts of the ledger. One statement where nothing is, five otherwise.
    """
    if not schedule.reserve_bps or not schedule.reserve_days:
        return []
    with connection.cursor() as cursor:
        cursor.execute(DUE_RESERVES, claimable.facts([schedule.vendor_id], now))
        rows = cursor.fetchall()
    if not rows:
        return []
    until = local_day(now, schedule.vendor.timezone) + timedelta(days=schedule.reserve_days)
    holds = PayoutHold.objects.bulk_create(
        PayoutHold(
            vendor_id=schedule.vendor_id,
            vendor_order_id=part,
            cause=HoldCause.ROLLING,
            reason=HoldCause.ROLLING.label,
            amount_minor=reserve,
            currency=currency,
            placed_at=now,
            release_on=until,
        )
        for part, _, currency, reserve in rows
    )
    ledger.post_many(HELD_BACK, {"holds": [hold.pk for hold in holds]}, vendor_id=schedule.vendor_id)
    return holds


def _refuse_nonsense(asked: Holding) -> None:
    if not asked.reason.strip() or len(asked.reason) > LONGEST:
        raise InvalidInput(field="reason", reason=f"Say why, in up to {LONGEST} characters.")
    today = local_day(clock.now(), asked.vendor.timezone)
    if asked.release_on is not None and asked.release_on <= today:
        raise InvalidInput(field="releaseOn", reason="This must be a day to come.")
    if asked.amount is not None and asked.amount.minor <= 0:
        raise InvalidInput(field="amount", reason="This must be more than nothing.")
    if asked.part is not None and asked.part.vendor_id != asked.vendor.pk:
        raise InvalidInput(field="vendorOrder", reason="This is another vendor's.")


def _place(asked: Holding, actor: User) -> PayoutHold:
    lock(LedgerAccount.objects.filter(vendor=asked.vendor))
    part, amount = asked.part, asked.amount
    if amount is not None:
        left = Money(_left(asked, amount.currency), amount.currency)
        if amount > left:
            raise HoldTooLarge(left=left, field="amount")
    hold = PayoutHold.objects.create(
        vendor=asked.vendor,
        vendor_order=part,
        cause=asked.cause,
        reason=asked.reason.strip(),
        amount_minor=amount.minor if amount else None,
        currency=amount.currency if amount else (part or asked.vendor).currency,
        placed_by=actor,
        release_on=asked.release_on,
    )
    if amount is not None:
        ledger.post(
            kind=TransactionKind.HELD,
            reference=f"hold:{hold.uuid}",
            occurred_at=hold.placed_at,
            postings=_posted(hold, amount),
            order=part.order if part else None,
        )
    _record(hold, PLACED, actor)
    return hold


def _left(asked: Holding, currency: str) -> int:
    """What is the vendor's, or of its part, and in no payout yet."""
    given: dict[str, Any] = {
        **claimable.facts([asked.vendor.pk], clock.now()),
        "currency": currency,
        "part": asked.part.pk if asked.part else None,
    }
    with connection.cursor() as cursor:
        cursor.execute(LEFT, given)
        (left,) = cursor.fetchone()
    return max(int(left), 0)


def _release(hold: PayoutHold, actor: User | None, note: str) -> None:
    hold.released_at, hold.released_by, hold.release_note = clock.now(), actor, note[:LONGEST]
    hold.save(update_fields=["released_at", "released_by", "release_note"])
    if hold.amount is not None:
        ledger.post(
            kind=TransactionKind.RELEASED,
            reference=f"hold-released:{hold.uuid}",
            occurred_at=hold.released_at,
            postings=postings.posted_back(_posted(hold, hold.amount)),
            order=hold.vendor_order.order if hold.vendor_order else None,
        )
    _record(hold, RELEASED, actor)


def _posted(hold: PayoutHold, amount: Money) -> list[postings.Posting]:
    whose = Whose(vendor_id=hold.vendor_id, vendor_order_id=hold.vendor_order_id)
    return postings.held_back(amount.currency, amount.minor, whose)


def _record(hold: PayoutHold, action: str, actor: User | None) -> None:
    audit.record(
        actor=actor,
        action=action,
        subject=hold.vendor,
        after={
            "hold": str(hold.uuid),
            "amount_minor": hold.amount_minor,
            "currency": hold.currency,
            "vendor_order": hold.vendor_order_id,
            "release_on": hold.release_on.isoformat() if hold.release_on else None,
        },
        reason=hold.cause,
        note=hold.reason if action == PLACED else hold.release_note,
    )
