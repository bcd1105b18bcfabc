"""Claiming what is available: a payout is the sum of entries that are its own from the moment it is made.

Whoever claims holds the vendor's accounts of the ledger first, so that of any number of schedulers one makes
the payout and the others find nothing left. A job asks the provider, after the commit.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.db import connection, transaction

from marketplace.kernel import clock
from marketplace.kernel.events import publish
from marketplace.kernel.locking import lock
from payouts import claimable, ledger, postings
from payouts.availability import Available, Standing, WhyNot, blocked, why_not
from payouts.balances import minimums, standing_of
from payouts.events import PayoutClaimed
from payouts.models import (
    LedgerAccount,
    PayoutAccount,
    PayoutHold,
    PayoutInterval,
    PayoutSchedule,
    TransactionKind,
)
from payouts.operations.holds import reserve_of_sales
from payouts.postings import Whose
from payouts.scheduling import local_day, next_day
from vendors.models import Vendor

# One payout for each currency of which enough is there, with the entries that it is the sum of, and up to
# where all of the account is in payouts then. Answers every currency, with the payout where one is made.
CLAIM: Final = f"""
WITH {claimable.PILES},
total AS (
    SELECT judged.account_id, judged.currency, sum(judged.minor) FILTER (WHERE judged.waits IS NULL) AS minor,
        coalesce((
            SELECT -there.balance_minor FROM payouts_ledgeraccount AS there
            WHERE there.vendor_id = min(judged.vendor_id) AND there.kind = 'vendor_account'
                AND there.currency = judged.currency
        ), 0) AS at_provider,
        coalesce((%(minimums)s::jsonb ->> judged.currency)::bigint, 1) AS minimum
    FROM judged GROUP BY judged.account_id, judged.currency
),
made AS (
    INSERT INTO payouts_payout (
        uuid, version, account_id, is_ours, ref, status, amount_minor, currency,
        failure_code, failure_message, attempts, created_at
    )
    SELECT gen_random_uuid(), 1, %(account)s, TRUE, '', 'claimed', minor, currency, '', '', 0, %(now)s
    FROM total WHERE minor > 0 AND minor >= minimum AND minor <= at_provider
    RETURNING id, uuid, currency
),
claim AS (
    INSERT INTO payouts_payoutentry (payout_id, entry_id)
    SELECT made.id, owed.id
    FROM made
    JOIN owed ON owed.currency = made.currency
    JOIN judged ON judged.account_id = owed.account_id AND judged.waits IS NULL
        AND coalesce(judged.vendor_order_id, 0) = coalesce(owed.vendor_order_id, 0)
        AND coalesce(judged.transaction_id, 0) = coalesce(owed.transaction_id, 0)
    RETURNING entry_id
),
passed AS (
    UPDATE payouts_ledgeraccount AS account SET claimed_through = coalesce(
        (
            SELECT min(owed.id) - 1 FROM owed
            WHERE owed.account_id = account.id AND owed.id NOT IN (SELECT entry_id FROM claim)
        ),
        (SELECT max(owed.id) FROM owed WHERE owed.account_id = account.id)
    )
    FROM total JOIN made ON made.currency = total.currency WHERE account.id = total.account_id
)
SELECT total.currency, coalesce(total.minor, 0), total.at_provider, total.minimum, made.id, made.uuid::text
FROM total LEFT JOIN made ON made.currency = total.currency ORDER BY total.currency
"""  # noqa: S608  # made of our own words


@dataclass(frozen=True, kw_only=True)
class Claimed:
    """What came of a claim: the payouts that were made, and by currency why there is none."""

    payout_ids: Sequence[int] = ()
    reasons: Mapping[str, WhyNot] = field(default_factory=dict)
    is_due: bool = True


def claim(*, vendor_id: int, is_scheduled: bool = False) -> Claimed:
    """Make the payouts of all that is available to a vendor, one a currency: once, however many ask at once.

    Args:
        is_scheduled: only if the vendor's day has come. The next is found then; while nothing can be paid for
            a reason that may end before it, the day stands, and is caught up once.

    Six statements, and five for each payout, however much is in it. Locks the vendor's account with the
    provider, its accounts of the ledger, its schedule. Posts, and publishes PayoutClaimed for each.
    """
    with transaction.atomic():
        account = next(iter(lock(PayoutAccount.objects.filter(vendor=vendor_id).in_use())), None)
        lock(LedgerAccount.objects.filter(vendor=vendor_id))
        now, schedule = clock.now(), lock_schedule(vendor_id)
        today = local_day(now, schedule.vendor.timezone)
        if is_scheduled and (schedule.next_on is None or schedule.next_on > today):
            return Claimed(is_due=False)
        is_held = PayoutHold.objects.of_everything().filter(vendor=vendor_id).exists()
        standing = standing_of(schedule.vendor, account, is_held=is_held, now=now)
        reason = blocked(standing)
        if account is None or reason is not None:
            return Claimed(reasons={schedule.vendor.currency: reason or WhyNot.ACCOUNT_MISSING})
        reserve_of_sales(schedule, now=now)
        claimed = _claim(schedule, account, now=now, standing=standing)
        if is_scheduled and WhyNot.WAITS_FOR_MONEY not in claimed.reasons.values():
            schedule.next_on = next_day(schedule.interval, today)
            schedule.save(update_fields=["next_on"])
    return claimed


def lock_schedule(vendor_id: int) -> PayoutSchedule:
    """The vendor's schedule with its vendor, made as the settings say where there is none. Locks it."""
    rows = PayoutSchedule.objects.filter(vendor=vendor_id).select_related("vendor")
    found = lock(rows)
    if not found:
        vendor = Vendor.objects.get(pk=vendor_id)
        PayoutSchedule.objects.bulk_create([first_schedule(vendor)], ignore_conflicts=True)
        found = lock(rows)
    return found[0]


def first_schedule(vendor: Vendor) -> PayoutSchedule:
    """What holds for a vendor until somebody says otherwise."""
    interval = PayoutInterval(settings.PAYOUT_INTERVAL)
    today = local_day(clock.now(), vendor.timezone)
    return PayoutSchedule(vendor=vendor, interval=interval, next_on=next_day(interval, today))


def _claim(schedule: PayoutSchedule, account: PayoutAccount, *, now: datetime, standing: Standing) -> Claimed:
    vendor = schedule.vendor
    given: dict[str, Any] = {
        **claimable.facts([vendor.pk], now),
        "account": account.pk,
        "minimums": json.dumps(minimums(vendor.currency, schedule)),
    }
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, given)
        rows = cursor.fetchall()
    made: list[int] = []
    reasons = {} if rows else {vendor.currency: WhyNot.NOTHING_AVAILABLE}
    for currency, minor, there, minimum, payout_id, uuid in rows:
        if payout_id is None:
            left = Available(minor=int(minor), at_provider_minor=int(there), minimum_minor=minimum)
            reasons[currency] = why_not(standing, left) or WhyNot.WAITS_FOR_MONEY
            continue
        ledger.post(
            kind=TransactionKind.PAYOUT,
            reference=f"payout:{uuid}:v1",
            occurred_at=now,
            postings=postings.payout(currency, int(minor), Whose(vendor_id=vendor.pk)),
        )
        publish(PayoutClaimed(payout_id=payout_id))
        made.append(payout_id)
    return Claimed(payout_ids=made, reasons=reasons)
