"""Whether the books are right: each question one statement, each fault one line.

Amounts are recomputed from the orders, not from what the postings were made of. Run it inside one snapshot,
as `manage.py check_ledger` does, or a sale that commits in between looks like a fault.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from django.db import connection

from checkout.back import Back
from checkout.models import RefundLine, RefundStatus
from checkout.selectors.refunds import as_back, worth_of
from payouts.commission import decide, reversed_commission
from payouts.explaining import terms_of
from payouts.models import Commission


@dataclass(frozen=True)
class Question:
    """What should be so, and the statement that finds where it is not: one text a row."""

    claim: str
    sql: str


SUMS_TO_ZERO: Final = Question(
    "every transaction sums to zero",
    """
    SELECT format('%s: %s %s', t.reference, sum(e.amount_minor), a.currency)
    FROM payouts_ledgerentry e
    JOIN payouts_ledgertransaction t ON t.id = e.transaction_id
    JOIN payouts_ledgeraccount a ON a.id = e.account_id
    GROUP BY t.id, a.currency HAVING sum(e.amount_minor) <> 0
    """,
)
BALANCES: Final = Question(
    "every balance is the sum of its entries",
    """
    SELECT format('account %s: %s kept, %s summed', a.id, a.balance_minor, coalesce(sum(e.amount_minor), 0))
    FROM payouts_ledgeraccount a LEFT JOIN payouts_ledgerentry e ON e.account_id = a.id
    WHERE a.vendor_id IS NOT NULL
    GROUP BY a.id HAVING a.balance_minor <> coalesce(sum(e.amount_minor), 0)
    """,
)
POSTED: Final = Question(
    "every paid order has one posting, and no other has any",
    """
    SELECT format('order %s: %s, %s postings',
                  o.number, CASE WHEN o.paid_at IS NULL THEN 'unpaid' ELSE 'paid' END, count(t.id))
    FROM checkout_order o
    LEFT JOIN payouts_ledgertransaction t ON t.order_id = o.id AND t.kind = 'sale'
    GROUP BY o.id HAVING count(t.id) <> (o.paid_at IS NOT NULL)::int
    """,
)
# What should stand on each account for each sale, next to what does.
POSTING: Final = Question(
    "every sale is posted as its order says",
    """
    WITH kept AS (
        SELECT l.vendor_order_id, sum(c.amount_minor) AS minor, sum(c.tax_minor) AS taxed
        FROM payouts_commission c JOIN checkout_orderline l ON l.id = c.order_line_id
        GROUP BY l.vendor_order_id
    ), due AS (
        SELECT t.id AS transaction_id, 'vendor_payable' AS kind, v.vendor_id, v.id AS vendor_order_id,
               o.currency, v.total_minor + v.platform_discount_minor - v.tax_remitted_minor
                   - coalesce(k.minor + k.taxed, 0) AS minor
        FROM payouts_ledgertransaction t
        JOIN checkout_order o ON o.id = t.order_id
        JOIN checkout_vendororder v ON v.order_id = o.id
        LEFT JOIN kept k ON k.vendor_order_id = v.id
        WHERE t.kind = 'sale'
        UNION ALL
        SELECT t.id, 'buyer_clearing', NULL, NULL, o.currency, -o.total_minor
        FROM payouts_ledgertransaction t JOIN checkout_order o ON o.id = t.order_id
        WHERE t.kind = 'sale'
        UNION ALL
        SELECT t.id, account.kind, NULL, NULL, o.currency, coalesce(sum(account.minor), 0)
        FROM payouts_ledgertransaction t
        JOIN checkout_order o ON o.id = t.order_id
        JOIN checkout_vendororder v ON v.order_id = o.id
        LEFT JOIN kept k ON k.vendor_order_id = v.id
        CROSS JOIN LATERAL (
            VALUES ('commission', k.minor), ('commission_tax', k.taxed)
        ) AS account (kind, minor)
        WHERE t.kind = 'sale'
        GROUP BY t.id, account.kind, o.currency
        UNION ALL
        SELECT t.id, 'promotion_expense', NULL, NULL, o.currency, -sum(v.platform_discount_minor)
        FROM payouts_ledgertransaction t
        JOIN checkout_order o ON o.id = t.order_id
        JOIN checkout_vendororder v ON v.order_id = o.id
        WHERE t.kind = 'sale'
        GROUP BY t.id, o.currency
        UNION ALL
        SELECT t.id, 'tax_payable', NULL, NULL, o.currency, sum(v.tax_remitted_minor)
        FROM payouts_ledgertransaction t
        JOIN checkout_order o ON o.id = t.order_id
        JOIN checkout_vendororder v ON v.order_id = o.id
        WHERE t.kind = 'sale'
        GROUP BY t.id, o.currency
    ), posted AS (
        SELECT e.transaction_id, a.kind, a.vendor_id, e.vendor_order_id, a.currency, e.amount_minor AS minor
        FROM payouts_ledgerentry e
        JOIN payouts_ledgeraccount a ON a.id = e.account_id
        JOIN payouts_ledgertransaction t ON t.id = e.transaction_id
        WHERE t.kind = 'sale'
    ), off AS (
        (SELECT 'missing' AS fault, * FROM (SELECT * FROM due WHERE minor <> 0 EXCEPT SELECT * FROM posted) a)
        UNION ALL
        (SELECT 'not due', * FROM (SELECT * FROM posted EXCEPT SELECT * FROM due) b)
    )
    SELECT format('%s: %s %s on %s', t.reference, off.minor, off.currency, off.kind) || ' is ' || off.fault
    FROM off JOIN payouts_ledgertransaction t ON t.id = off.transaction_id
    """,
)
# What went back: what should stand on each account for each refund, next to what does. One without lines
# gives back what was never taken for a sale: nothing of it stands anywhere.
REFUNDS: Final = Question(
    "every refund is posted as it says, and the opposite where it failed",
    """
    WITH line AS (
        SELECT l.refund_id, l.vendor_id, sum(l.amount_minor + l.shipping_minor + l.tax_minor) AS minor,
               sum(l.platform_minor) AS funded, sum(l.tax_remitted_minor) AS remitted,
               coalesce(sum(r.amount_minor), 0) AS kept, coalesce(sum(r.tax_minor), 0) AS taxed
        FROM checkout_refundline l LEFT JOIN payouts_commissionreversal r ON r.refund_line_id = l.id
        GROUP BY l.refund_id, l.vendor_id
    ), went AS (
        SELECT f.id, f.uuid, f.currency, f.status, 'vendor_payable' AS kind, l.vendor_id,
               l.kept + l.taxed + l.remitted - l.minor - l.funded AS minor
        FROM checkout_refund f JOIN line l ON l.refund_id = f.id
        UNION ALL
        SELECT f.id, f.uuid, f.currency, f.status, account.kind, NULL, account.minor
        FROM checkout_refund f
        JOIN (
            SELECT refund_id, sum(kept) AS kept, sum(taxed) AS taxed, sum(funded) AS funded,
                   sum(remitted) AS remitted
            FROM line GROUP BY refund_id
        ) AS l ON l.refund_id = f.id
        CROSS JOIN LATERAL (
            VALUES ('buyer_clearing', f.amount_minor), ('commission', -l.kept),
                   ('commission_tax', -l.taxed), ('promotion_expense', l.funded), ('tax_payable', -l.remitted)
        ) AS account (kind, minor)
    ), due AS (
        SELECT 'refund:' || uuid AS reference, kind, vendor_id, currency, minor FROM went
        UNION ALL
        SELECT 'refund-failed:' || uuid, kind, vendor_id, currency, -minor FROM went WHERE status = 'failed'
    ), posted AS (
        SELECT t.reference, a.kind, a.vendor_id, a.currency, e.amount_minor AS minor
        FROM payouts_ledgerentry e
        JOIN payouts_ledgeraccount a ON a.id = e.account_id
        JOIN payouts_ledgertransaction t ON t.id = e.transaction_id
        WHERE t.kind IN ('refund', 'refund_failed')
    )
    SELECT format('%s: %s %s on %s is missing', reference, minor, currency, kind)
    FROM (SELECT * FROM due WHERE minor <> 0 EXCEPT SELECT * FROM posted) AS missing
    UNION ALL
    SELECT format('%s: %s %s on %s is not due', reference, minor, currency, kind)
    FROM (SELECT * FROM posted EXCEPT SELECT * FROM due) AS more
    """,
)
SETTLED: Final = Question(
    "what comes of a history is settled to nothing, and nothing else is settled",
    """
    WITH ours AS (
        SELECT uuid, 'sale:' || uuid AS reference FROM checkout_order WHERE source <> ''
        UNION ALL SELECT uuid, 'refund:' || uuid FROM checkout_refund WHERE source <> ''
    ), entry AS (
        SELECT ours.uuid, a.kind, a.vendor_id, e.amount_minor
        FROM ours
        JOIN payouts_ledgertransaction t ON t.reference IN (ours.reference, 'settlement:' || ours.uuid)
        JOIN payouts_ledgerentry e ON e.transaction_id = t.id
        JOIN payouts_ledgeraccount a ON a.id = e.account_id
        WHERE a.kind IN ('buyer_clearing', 'vendor_payable')
    )
    SELECT format('%s: %s left on %s', uuid, sum(amount_minor), kind)
    FROM entry GROUP BY uuid, kind, vendor_id HAVING sum(amount_minor) <> 0
    UNION ALL
    SELECT format('%s: not settled', ours.uuid) FROM ours
    LEFT JOIN payouts_ledgertransaction t ON t.reference = 'settlement:' || ours.uuid WHERE t.id IS NULL
    UNION ALL
    SELECT format('%s: settled', t.reference) FROM payouts_ledgertransaction t
    WHERE t.kind = 'settlement' AND t.reference NOT IN (SELECT 'settlement:' || uuid FROM ours)
    """,
)
REVERSALS: Final = Question(
    "every line of a refund has its reversal",
    """
    SELECT format('refund line %s', l.id)
    FROM checkout_refundline l JOIN checkout_refund f ON f.id = l.refund_id
    LEFT JOIN payouts_commissionreversal r ON r.refund_line_id = l.id AND r.currency = f.currency
    WHERE r.id IS NULL
    """,
)
COMMISSIONS: Final = Question(
    "every line of a paid order has its commission, and no other line has one",
    """
    SELECT format('line %s of order %s', l.id, o.number)
    FROM checkout_orderline l
    JOIN checkout_vendororder v ON v.id = l.vendor_order_id
    JOIN checkout_order o ON o.id = v.order_id
    LEFT JOIN payouts_commission c ON c.order_line_id = l.id AND c.currency = l.currency
    WHERE (o.paid_at IS NULL) <> (c.id IS NULL)
    """,
)
STATEMENTS: Final = Question(
    "every statement adds up, and begins where the one before it ended",
    """
    SELECT format('statement %s: %s comes of %s and %s, after %s',
                  s.id, s.closing_minor, s.opening_minor, s.moved, s.before_minor)
    FROM (
        SELECT statement.*, (
            SELECT coalesce(sum(e.amount_minor), 0)
            FROM payouts_ledgeraccount a
            JOIN payouts_ledgerentry e ON e.account_id = a.id
            JOIN payouts_ledgertransaction t ON t.id = e.transaction_id
            WHERE a.vendor_id = statement.vendor_id AND a.currency = statement.currency
                AND a.kind IN ('vendor_payable', 'vendor_reserve', 'vendor_held')
                AND t.recorded_at >= statement.starts_at AND t.recorded_at < statement.ends_at
        ) AS moved,
            coalesce(lag(closing_minor) OVER months, 0) AS before_minor,
            coalesce(lag(ends_at) OVER months, starts_at) AS before_at
        FROM payouts_statement AS statement
        WINDOW months AS (PARTITION BY vendor_id, currency ORDER BY starts_at)
    ) AS s
    WHERE closing_minor <> opening_minor + moved OR opening_minor <> before_minor OR starts_at <> before_at
    """,
)
PAYOUTS: Final = Question(
    "every payout is the sum of its entries, and what came back has none",
    """
    SELECT format('payout %s: %s is made up of %s', p.id, p.amount_minor, coalesce(sum(e.amount_minor), 0))
    FROM payouts_payout p
    LEFT JOIN payouts_payoutentry c ON c.payout_id = p.id
    LEFT JOIN payouts_ledgerentry e ON e.id = c.entry_id
    WHERE p.is_ours
    GROUP BY p.id
    HAVING p.amount_minor <> coalesce(sum(e.amount_minor), 0)
        OR count(*) FILTER (WHERE (c.released_at IS NULL) = (p.status IN ('failed', 'canceled'))) > 0
    """,
)
LYING: Final = Question(
    "what lies in vendors' accounts was sent there, and neither came back nor was paid out",
    """
    SELECT format('vendor %s: %s %s lies there, %s was left there', a.vendor_id, -a.balance_minor, a.currency,
                  moved.minor)
    FROM payouts_ledgeraccount a
    CROSS JOIN LATERAL (
        SELECT coalesce((
            SELECT sum(s.amount_minor) FROM payouts_transfer s
            WHERE s.vendor_id = a.vendor_id AND s.currency = a.currency
        ), 0) - coalesce((
            SELECT sum(r.amount_minor) FROM payouts_reversal r JOIN payouts_transfer s ON s.id = r.transfer_id
            WHERE s.vendor_id = a.vendor_id AND s.currency = a.currency
        ), 0) - coalesce((
            SELECT sum(e.amount_minor) FROM payouts_ledgerentry e
            JOIN payouts_ledgertransaction t ON t.id = e.transaction_id
            WHERE e.account_id = a.id AND t.kind IN ('payout', 'payout_failed')
        ), 0) AS minor
    ) AS moved
    WHERE a.kind = 'vendor_account' AND -a.balance_minor <> moved.minor
    """,
)
QUESTIONS: Final = (
    SUMS_TO_ZERO,
    BALANCES,
    POSTED,
    POSTING,
    REFUNDS,
    SETTLED,
    COMMISSIONS,
    REVERSALS,
    STATEMENTS,
    PAYOUTS,
    LYING,
)
DECIDED: Final = "every commission and its tax are what its terms make of its line"
GIVEN_BACK: Final = "of every line so much commission and tax on it went back as of its money"


def check() -> Iterator[tuple[str, list[str]]]:
    """Each claim with its faults, none where it holds. Reads the whole ledger and all paid orders."""
    for question in QUESTIONS:
        with connection.cursor() as cursor:
            cursor.execute(question.sql)
            yield question.claim, sorted(fault for (fault,) in cursor.fetchall())
    yield DECIDED, list(_wrongly_decided())
    yield GIVEN_BACK, list(_wrongly_given_back())


def _wrongly_decided() -> Iterator[str]:
    # Here and not in SQL, whose rounding of halves is another.
    for kept in Commission.objects.select_related("order_line").order_by("pk").iterator():
        decided = decide(
            amount_minor=kept.order_line.amount_minor,
            vendor_discount_minor=kept.order_line.discount_minor - kept.order_line.platform_discount_minor,
            units=kept.order_line.quantity,
            terms=terms_of(kept),
        )
        due = (decided.base_minor, decided.amount_minor, decided.tax_minor)
        if (kept.base_minor, kept.amount_minor, kept.tax_minor) != due:
            yield (
                f"line {kept.order_line_id}: {kept.amount_minor} + {kept.tax_minor}, "
                f"not {decided.amount_minor} + {decided.tax_minor}"
            )


def _wrongly_given_back() -> Iterator[str]:
    """Of lines of ours; one of which a refund failed may be a cent off until all of it went back."""
    rows = RefundLine.objects.filter(order_line__isnull=False, refund__source="")
    backs: defaultdict[int, Back] = defaultdict(Back)
    given: Counter[int] = Counter()
    taxed: Counter[int] = Counter()
    failed = set(rows.filter(refund__status=RefundStatus.FAILED).values_list("order_line", flat=True))
    lines = {}
    related = ("order_line__commission", "commission_reversal")
    for row in rows.exclude(order_line__in=failed).select_related(*related).iterator():
        if row.order_line is not None:
            lines[row.order_line.pk] = row.order_line
            backs[row.order_line.pk] += as_back(row)
            given[row.order_line.pk] += row.commission_reversal.amount_minor
            taxed[row.order_line.pk] += row.commission_reversal.tax_minor
    for key, line in lines.items():
        kept = line.commission
        for went, minor in ((given[key], kept.amount_minor), (taxed[key], kept.tax_minor)):
            due = reversed_commission(worth_of(line), backs[key], commission_minor=minor)
            if due != went:
                yield f"line {key}: {went}, not {due}"
