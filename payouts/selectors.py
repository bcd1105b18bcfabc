"""What is read of the ledger and of commissions."""

from collections.abc import Iterator

from django.db.models import (
    BigIntegerField,
    ExpressionWrapper,
    F,
    IntegerField,
    OuterRef,
    QuerySet,
    Subquery,
    Sum,
)
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Coalesce

from catalog.models import Product
from checkout.models import VendorOrder
from marketplace.kernel import adjustable, clock
from marketplace.kernel.money import Money
from payouts.commission import decide
from payouts.drafting import Draft, as_rule
from payouts.explaining import Explained
from payouts.models import (
    AccountKind,
    Commission,
    CommissionRule,
    Discrepancy,
    Dispute,
    DisputeShare,
    LedgerAccount,
    LedgerEntry,
    LedgerTransaction,
    Payout,
    PayoutAccount,
    PayoutAccountState,
    PayoutHold,
    PayoutSchedule,
    PayoutStatus,
    Reconciliation,
    Transfer,
    TransferStatus,
    Waiting,
)
from payouts.rulebook import book_for, steps_of
from payouts.rules import Sold, matched, terms_for
from payouts.simulating import Simulation, simulate
from vendors.models import Vendor, VendorStatus


def payable(vendor: Vendor) -> list[Money]:
    """What the platform owes a vendor, by currency, its own first; below zero it is the vendor who owes.

    One statement of a row or so, whatever was sold.
    """
    accounts = LedgerAccount.objects.filter(vendor=vendor, kind=AccountKind.VENDOR_PAYABLE)
    balances = {
        vendor.currency: 0,
        **dict(accounts.order_by("currency").values_list("currency", "balance_minor")),
    }
    return [Money(minor or 0, currency) for currency, minor in balances.items()]


def can_be_paid(vendor_id: int) -> bool | None:
    """Whether the payment provider pays the vendor; None where it knows nothing of it, and an admin says.

    A check of the vendors' checklist (vendors/onboarding.py). One statement.
    """
    state = (
        PayoutAccount.objects.filter(vendor=vendor_id)
        .in_use()
        .exclude(ref="")
        .values_list("state", flat=True)
        .first()
    )
    return None if state is None else state == PayoutAccountState.ACTIVE


def payout_account(vendor: Vendor) -> PayoutAccount | None:
    """The vendor's account with the provider of new payments. One statement."""
    return PayoutAccount.objects.filter(vendor=vendor).in_use().first()


def payouts_of(vendor: Vendor) -> "QuerySet[Payout]":
    """What went to the vendor's bank, newest first."""
    return Payout.objects.filter(account__vendor=vendor).order_by("-pk")


def payouts(*, status: PayoutStatus | None = None, vendor_id: int | None = None) -> "QuerySet[Payout]":
    """What went to vendors' banks, newest first."""
    rows = Payout.objects.order_by("-pk")
    rows = rows if status is None else rows.filter(status=status)
    return rows if vendor_id is None else rows.filter(account__vendor=vendor_id)


def holds_of(vendor: Vendor) -> "QuerySet[PayoutHold]":
    """What is held of a vendor's money, and was; newest first."""
    return PayoutHold.objects.filter(vendor=vendor).order_by("-pk")


def holds(*, is_open: bool | None = None, vendor_id: int | None = None) -> "QuerySet[PayoutHold]":
    """What is held of vendors' money, and was; newest first."""
    rows = PayoutHold.objects.order_by("-pk")
    rows = rows if is_open is None else rows.filter(released_at__isnull=is_open)
    return rows if vendor_id is None else rows.filter(vendor=vendor_id)


def schedule_of(vendor: Vendor) -> PayoutSchedule | None:
    """When the vendor is paid, with the vendor; none until it has sold something, or says so."""
    return PayoutSchedule.objects.filter(vendor=vendor).select_related("vendor").first()


def due_vendors(*, most: int = 100) -> list[Vendor]:
    """Vendors whose day has come and who were not paid on it, the longest waiting first. One statement."""
    due = Vendor.objects.filter(payout_schedule__next_on__lte=clock.now().date())
    return list(due.order_by("payout_schedule__next_on", "pk")[:most])


def shares_of_vendor(vendor: Vendor) -> "QuerySet[DisputeShare]":
    """What of disputes is about the vendor's parts of orders, newest first."""
    return DisputeShare.objects.filter(vendor_order__vendor=vendor, amount_minor__gt=0).order_by("-pk")


def disputes() -> "QuerySet[Dispute]":
    """All disputes, newest first."""
    return Dispute.objects.order_by("-pk")


def entries_of_vendor(vendor: Vendor) -> "QuerySet[LedgerEntry]":
    """What was written on a vendor's accounts, newest first."""
    return LedgerEntry.objects.filter(account__vendor=vendor).order_by("-pk")


def after_minor() -> "ExpressionWrapper[CombinedExpression]":
    """An expression on entries: what a vendor's account held after each; none for the platform's.

    Counted back from the balance, so that the newest cost least.
    """
    newer = (
        LedgerEntry.objects.filter(account=OuterRef("account"), pk__gt=OuterRef("pk"))
        .order_by()
        .values("account")
        .annotate(minor=Sum("amount_minor"))
        .values("minor")
    )
    since = Coalesce(Subquery(newer, output_field=BigIntegerField()), 0)
    return ExpressionWrapper(F("account__balance_minor") - since, output_field=BigIntegerField())


def transactions() -> "QuerySet[LedgerTransaction]":
    """The whole ledger, newest first."""
    return LedgerTransaction.objects.order_by("-pk")


def transfers(
    *, status: TransferStatus | None = None, waiting: Waiting | None = None
) -> "QuerySet[Transfer]":
    """All transfers, newest first; of one state, or that wait for one thing."""
    rows = Transfer.objects.order_by("-pk")
    if waiting is not None:
        rows = rows.filter(status=TransferStatus.QUEUED, waiting=waiting)
    return rows if status is None else rows.filter(status=status)


def reconciliations() -> "QuerySet[Reconciliation]":
    """The comparisons with the providers' books, newest first."""
    return Reconciliation.objects.order_by("-pk")


def discrepancies() -> "QuerySet[Discrepancy]":
    """What differed from the providers' books, newest first."""
    return Discrepancy.objects.order_by("-pk")


def trial_balance() -> list[tuple[AccountKind, Money]]:
    """The balance of each kind of account in each currency, summed from the entries; zero in each currency.

    One statement that reads every entry.
    """
    summed = LedgerEntry.objects.values_list("account__currency", "account__kind").annotate(
        minor=Sum("amount_minor")
    )
    return [
        (AccountKind(kind), Money(int(minor), currency))
        for currency, kind, minor in summed.order_by("account__currency", "account__kind")
    ]


def with_commission(orders: "QuerySet[VendorOrder]") -> "QuerySet[VendorOrder]":
    """Vendors' orders with `commission_minor`: what the platform keeps of each; 0 until it is paid."""
    return orders.annotate(commission_minor=commission_minor())


def commission_minor() -> Coalesce:
    """An expression on vendors' orders: the sum of the commissions of its lines."""
    return _of_its_lines("amount_minor")


def commission_tax_minor() -> Coalesce:
    """An expression on vendors' orders: the sum of the tax on these."""
    return _of_its_lines("tax_minor")


def _of_its_lines(column: str) -> Coalesce:
    kept = (
        Commission.objects.filter(order_line__vendor_order=OuterRef("pk"))
        .order_by()
        .values("order_line__vendor_order")
        .annotate(minor=Sum(column))
        .values("minor")
    )
    return Coalesce(Subquery(kept, output_field=IntegerField()), 0)


def outlook(vendor: Vendor, to: VendorStatus) -> Iterator[str]:
    """What the ledger says will come of a decision about a vendor (vendors/outlook.py)."""
    if to in {VendorStatus.SUSPENDED, VendorStatus.CLOSED}:
        balances = ", ".join(str(balance) for balance in payable(vendor))
        yield f"The platform owes it {balances}; that stays so."
    if to == VendorStatus.SUSPENDED:
        yield "What is due to it is not sent until it is reinstated."


def commission_rules() -> "QuerySet[CommissionRule]":
    """The rules of commission that were not put away, as their positions and ages have them."""
    return CommissionRule.objects.kept().order_by("position", "pk")


def simulated(draft: Draft | None, *, replaced: int | None) -> Simulation:
    """What would change if the draft stood in the place of this rule, or the rule were put away.

    Seven statements at most. Raises InvalidInput, NotFound for what the draft names.
    """
    wanted = None if draft is None else as_rule(draft, key=replaced)
    return simulate(draft=wanted, replaced=replaced)


def commission_on(product: Product, *, unit_minor: int, units: int) -> Explained:
    """What would be kept of so many units of a product, sold now at this price without a discount.

    One statement, where the product knows its category and its vendor.
    """
    line = Sold(
        product=product.pk,
        vendor=product.vendor_id,
        steps=steps_of(product.category.path),
        unit_minor=unit_minor,
        currency=product.currency,
        title=product.title,
        seller=product.vendor.name,
    )
    rule = book_for([line], at=clock.now()).strongest(line)
    terms = terms_for(rule, line, rate_bps=adjustable.number("COMMISSION_BPS"))
    return Explained(
        terms=terms,
        decided=decide(amount_minor=unit_minor * units, vendor_discount_minor=0, units=units, terms=terms),
        units=units,
        currency=line.currency,
        rule=rule.name if rule else None,
        matched=matched(rule, line) if rule else {},
    )
