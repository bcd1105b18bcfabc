"""What is booked when something happens."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import connection

from checkout.events import HistoryImported, OrderPaid
from checkout.models import OrderLine
from marketplace.kernel import adjustable, clock
from marketplace.kernel.money import Money
from payouts import history, ledger, postings
from payouts.commission import decide
from payouts.models import Commission, LedgerAccount, TransactionKind
from payouts.postings import Share
from payouts.rulebook import ASKED, book_for, sold_as
from payouts.rules import Book, Sold, matched, terms_for
from vendors.errors import OpenObligations
from vendors.events import VendorClosed


def post_sale(event: OrderPaid) -> None:
    """Freeze the commission of every line of a paid order, and post the sale.

    The rules are those of this moment, read here and remembered nowhere. Runs inside the transaction in which
    the order becomes paid; nothing happens the second time, whatever the rules are by then. Six statements,
    however many vendors sold, and however many rules there are. Locks the vendors' ledger accounts.
    """
    lines = list(
        OrderLine.objects.filter(vendor_order__order=event.order_id)
        .select_related("vendor_order__order", "commission")
        .annotate(**ASKED)
        .order_by("pk")
    )
    order = lines[0].vendor_order.order
    if order.paid_at is None:
        raise ValueError(f"order {order.number} is not paid")
    frozen = {line.pk: kept for line in lines if (kept := _frozen(line))}
    fresh = _decided([line for line in lines if line.pk not in frozen], at=order.paid_at)
    Commission.objects.bulk_create(fresh.values())
    ledger.post(
        kind=TransactionKind.SALE,
        reference=f"sale:{order.uuid}",
        occurred_at=order.paid_at,
        postings=postings.sale(order.currency, _shares(lines, frozen | fresh)),
        order=order,
    )


def refuse_open_balance(event: VendorClosed) -> None:
    """Keep a vendor open while it is owed money or owes some; a reaction in the transaction of its closing.

    Raises OpenObligations.
    """
    accounts = LedgerAccount.objects.filter(vendor=event.vendor_id)
    balances = accounts.exclude(balance_minor=0).order_by("currency", "pk")
    owed = [str(Money(account.balance_minor or 0, account.currency)) for account in balances]
    if owed:
        raise OpenObligations(what=f"a balance of {', '.join(owed)}")


def post_history(event: HistoryImported) -> None:
    """Book a batch of a history: its commissions, its sales and refunds, and that all of it is settled.

    A reaction inside the transaction of the batch. Each order and refund is posted as one of ours would be,
    and by a second transaction of the same moment the buyers' money and the vendors' shares go to
    `external_settlement`: they were paid elsewhere, and no balance of a vendor changes. Five statements a
    batch, and nothing the second time. Locks nothing.
    """
    facts: dict[str, Any] = {
        "orders": list(event.order_ids),
        "refunds": list(event.refund_ids),
        "bps": event.commission_bps,
        "now": clock.now(),
    }
    with connection.cursor() as cursor:
        cursor.execute(history.COMMISSIONS, facts)
        cursor.execute(history.REVERSALS, facts)
    ledger.post_many(history.POSTINGS, facts)


def _frozen(line: OrderLine) -> Commission | None:
    """The commission the line has already, fetched with it."""
    return getattr(line, "commission", None)


def _decided(lines: list[OrderLine], *, at: datetime) -> dict[int, Commission]:
    """The commissions of lines that have none, by line. One statement, none for no lines."""
    if not lines:
        return {}
    asked = {line.pk: sold_as(line) for line in lines}
    book = book_for(asked.values(), at=at)
    rate_bps = adjustable.number("COMMISSION_BPS")
    return {line.pk: _commission(line, asked[line.pk], book, rate_bps) for line in lines}


def _commission(line: OrderLine, asked: Sold, book: Book, rate_bps: int) -> Commission:
    """What is kept of a line: by the rule that decides, or by the marketplace's rate."""
    rule = book.strongest(asked)
    terms = terms_for(rule, asked, rate_bps=rate_bps)
    decided = decide(
        amount_minor=line.amount_minor,
        vendor_discount_minor=line.discount_minor - line.platform_discount_minor,
        units=line.quantity,
        terms=terms,
    )
    return Commission(
        order_line=line,
        rule_id=rule.key if rule else None,
        rule_name=rule.name if rule else "",
        matched=matched(rule, asked) if rule else None,
        currency=line.currency,
        rate_bps=terms.rate_bps,
        fixed_minor=terms.fixed_minor,
        floor_minor=terms.floor_minor,
        cap_minor=terms.cap_minor,
        tax_bps=terms.tax_bps,
        base_minor=decided.base_minor,
        amount_minor=decided.amount_minor,
        tax_minor=decided.tax_minor,
    )


def _shares(lines: list[OrderLine], commissions: Mapping[int, Commission]) -> list[Share]:
    """One share for each vendor order, in the order of their first lines; commissions by line."""
    kept: Counter[int] = Counter()
    taxed: Counter[int] = Counter()
    for line in lines:
        kept[line.vendor_order_id] += commissions[line.pk].amount_minor
        taxed[line.vendor_order_id] += commissions[line.pk].tax_minor
    parts = {line.vendor_order_id: line.vendor_order for line in lines}
    return [
        Share(
            vendor_id=part.vendor_id,
            vendor_order_id=key,
            paid_minor=part.total_minor,
            commission_minor=kept[key],
            commission_tax_minor=taxed[key],
            funded_minor=part.platform_discount_minor,
            remitted_minor=part.tax_remitted_minor,
        )
        for key, part in parts.items()
    ]
