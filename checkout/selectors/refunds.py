"""What can still go back of a vendor's part, and what has."""

from collections import defaultdict
from collections.abc import Iterable

from django.db.models import QuerySet

from checkout.back import Back, Worth
from checkout.models import OrderLine, Refund, RefundLine, RefundLineKind, RefundStatus, VendorOrder


def failed_refunds(rows: "QuerySet[Refund]") -> "QuerySet[Refund]":
    """Of these refunds those that failed and were not tried again: money that is with us and not ours."""
    return rows.filter(status=RefundStatus.FAILED, retry=None)


def worth_of(line: OrderLine) -> Worth:
    """What a line came to."""
    return Worth(
        units=line.quantity,
        paid=line.amount_minor - line.discount_minor + line.tax_minor,
        tax=line.tax_minor,
        platform=line.platform_discount_minor,
        remitted=line.tax_remitted_minor,
    )


def shipping_of(part: VendorOrder, lines: Iterable[OrderLine]) -> Worth:
    """What the shipping of a part came to: what is the part's, and not its lines'."""
    lines = list(lines)
    tax = part.tax_minor - sum(line.tax_minor for line in lines)
    return Worth(
        paid=part.shipping_minor - part.shipping_discount_minor + tax,
        tax=tax,
        platform=part.platform_discount_minor - sum(line.platform_discount_minor for line in lines),
        remitted=part.tax_remitted_minor - sum(line.tax_remitted_minor for line in lines),
    )


def given_back(part: VendorOrder) -> dict[int | None, Back]:
    """What has gone back so far, or is on its way, by line, and under None of shipping. One statement.

    A line without an entry answers nothing: use `.get(key, Back())`. What failed did not go back.
    """
    so_far: dict[int | None, Back] = defaultdict(Back)
    rows = RefundLine.objects.filter(refund__vendor_order=part)
    for row in rows.exclude(refund__status=RefundStatus.FAILED):
        so_far[row.order_line_id] += as_back(row)
    return so_far


def as_back(row: RefundLine) -> Back:
    """A line of a refund as plain values."""
    is_of_units = row.kind == RefundLineKind.UNITS
    return Back(
        units=row.quantity,
        paid=row.paid_minor,
        tax=row.tax_minor,
        platform=row.platform_minor,
        remitted=row.tax_remitted_minor,
        for_units=row.paid_minor + row.fee_minor if is_of_units else 0,
    )
