"""The one way in which money of a vendor's part goes back: drafted line by line, and written as one refund.

The caller holds the part. docs/orders.md has the rules with numbers.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from checkout.back import Back, Worth, left, of_amount, of_units, rest
from checkout.errors import PaymentDisputed, RefundExceedsPaid
from checkout.events import RefundRequested
from checkout.models import (
    OrderLine,
    Payment,
    PaymentStatus,
    Refund,
    RefundLine,
    RefundLineKind,
    RefundStatus,
    VendorOrder,
)
from checkout.selectors.refunds import given_back, shipping_of, worth_of
from marketplace.accounts.models import User
from marketplace.kernel import audit
from marketplace.kernel.events import publish
from marketplace.kernel.locking import lock_one
from marketplace.kernel.money import Money, allocate

REFUNDED = "checkout.refunded"


@dataclass
class Draft:
    """A refund of a part that is being put together; each line knows what went back before it."""

    part: VendorOrder
    lines: list[OrderLine]
    before: dict[int | None, Back]
    rows: list[RefundLine] = field(default_factory=list)

    @classmethod
    def of(cls, part: VendorOrder, lines: list[OrderLine]) -> "Draft":
        """Nothing yet; one statement reads what went back before."""
        return cls(part, lines, given_back(part))

    @property
    def total(self) -> int:
        """What the buyer gets of it, in minor units."""
        return sum(row.paid_minor for row in self.rows)

    @property
    def left_of_goods(self) -> int:
        return sum(self._left(line) for line in self.lines)

    @property
    def left_of_shipping(self) -> int:
        return left(self._shipping, self.before[None])

    def due(self, units: Mapping[OrderLine, int]) -> dict[OrderLine, int]:
        """What units come to, before any fee."""
        return {line: self._of_units(line, count, fee=0).paid for line, count in units.items()}

    def unpaid(self, line: OrderLine, units: int) -> int:
        """How many of these units have not been paid back yet."""
        return min(units, line.quantity - self.before[line.pk].units)

    def add_units(self, units: Mapping[OrderLine, int], *, fee: int = 0) -> None:
        """Give back for units that were not before, less a fee that is shared by what they are due."""
        due = self.due(units)
        fees = allocate(fee, list(due.values())) if due else []
        for (line, count), share in zip(units.items(), fees, strict=True):
            self._add(line, RefundLineKind.UNITS, self._of_units(line, count, fee=share))

    def add_amount(self, amount: int) -> None:
        """Give back an amount: of the lines in proportion to what is left of each, then of the shipping."""
        goods = min(amount, self.left_of_goods)
        weights = [self._left(line) for line in self.lines]
        for line, share in zip(self.lines, allocate(goods, weights) if self.lines else [], strict=True):
            if share:
                back = of_amount(worth_of(line), self.before[line.pk], share)
                self._add(line, RefundLineKind.AMOUNT, back)
        if amount > goods:
            self._add(
                None, RefundLineKind.SHIPPING, of_amount(self._shipping, self.before[None], amount - goods)
            )

    def add_amount_of(self, line: OrderLine, amount: int) -> None:
        """Give back an amount of one line, or as much of it as is left."""
        back = of_amount(worth_of(line), self.before[line.pk], min(amount, self._left(line)))
        if back != Back():
            self._add(line, RefundLineKind.AMOUNT, back)

    def add_shipping_of(self, amount: int) -> None:
        """Give back an amount of the shipping, or all that is left of it where that is no more."""
        if amount >= self.left_of_shipping:
            self.add_shipping()
        else:
            back = of_amount(self._shipping, self.before[None], amount)
            self._add(None, RefundLineKind.SHIPPING, back)

    def add_shipping(self) -> None:
        """Give back what is left of the shipping, if anything of it moves."""
        back = rest(self._shipping, self.before[None])
        if back != Back():
            self._add(None, RefundLineKind.SHIPPING, back)

    def _of_units(self, line: OrderLine, units: int, *, fee: int) -> Back:
        return of_units(worth_of(line), self.before[line.pk], units, fee=fee)

    def _left(self, line: OrderLine) -> int:
        return left(worth_of(line), self.before[line.pk])

    @property
    def _shipping(self) -> Worth:
        return shipping_of(self.part, self.lines)

    def _add(self, line: OrderLine | None, kind: RefundLineKind, back: Back) -> None:
        net = back.paid - back.tax
        self.before[line.pk if line else None] += back
        self.rows.append(
            RefundLine(
                vendor_id=self.part.vendor_id,
                product_id=line.product_id if line else None,
                order_line=line,
                kind=kind,
                quantity=back.units if line else 0,
                amount_minor=net if line else 0,
                shipping_minor=0 if line else net,
                tax_minor=back.tax,
                platform_minor=back.platform,
                tax_remitted_minor=back.remitted,
                fee_minor=back.fee if line else 0,
            )
        )


def give_back(
    draft: Draft,
    *,
    reason: str,
    actor: User | None,
    retry_of: Refund | None = None,
    is_fact: bool = False,
) -> Refund | None:
    """Write the refund, if there is anything in it, and have it sent.

    One of nothing moves no money of the buyer's: it takes back what the platform had paid, and has succeeded.
    With `is_fact` it has happened already, at the provider or a bank: a dispute is no hindrance then.
    Locks the payment. Publishes RefundRequested. Raises RefundExceedsPaid where less than that is left of the
    payment, PaymentDisputed while the buyer wants it back by the bank.
    """
    if not draft.rows:
        return None
    part, order = draft.part, draft.part.order
    payment = _payment(draft, is_fact=is_fact) if draft.total else None
    refund = Refund.objects.create(
        payment=payment,
        order=order,
        vendor_order=part,
        billing_profile_id=order.billing_profile_id,
        amount_minor=draft.total,
        currency=part.currency,
        reason=reason,
        status=RefundStatus.CREATED if payment else RefundStatus.SUCCEEDED,
        retry_of=retry_of,
        version=1 if retry_of is None else retry_of.version + 1,
    )
    for row in draft.rows:
        row.refund = refund
    RefundLine.objects.bulk_create(draft.rows)
    facts = {"refund": str(refund.uuid), "minor": refund.amount_minor}
    audit.record(actor=actor, action=REFUNDED, subject=part, after=facts, reason=str(reason))
    publish(RefundRequested(refund_id=refund.pk))
    return refund


def _payment(draft: Draft, *, is_fact: bool) -> Payment:
    """The payment, locked, with this much of it on its way back. Raises as `give_back`."""
    paid = Payment.objects.filter(order=draft.part.order, status=PaymentStatus.SUCCEEDED)
    if not paid.exists():  # what was paid elsewhere cannot go back from here
        raise RefundExceedsPaid(left=Money(0, draft.part.currency))
    payment = lock_one(paid)
    if payment.is_disputed and not is_fact:
        raise PaymentDisputed
    left_of_payment = payment.amount_minor - payment.refunded_minor
    if draft.total > left_of_payment:
        raise RefundExceedsPaid(left=Money(left_of_payment, payment.currency))
    payment.refunded_minor += draft.total
    payment.save(update_fields=["refunded_minor", "updated_at"])
    return payment
