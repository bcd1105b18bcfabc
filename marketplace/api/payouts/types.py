"""The ledger, as a vendor sees its own accounts and as the platform sees all."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

import strawberry
import strawberry_django
from django.db.models import F, QuerySet
from strawberry.utils.str_converters import to_camel_case

from checkout import models as checkout
from marketplace.api import fields
from marketplace.api.choices import enum_of
from marketplace.api.context import Info
from marketplace.api.nodes import Node
from marketplace.api.scalars import MoneyType
from marketplace.api.vendors.types import VendorType, demand
from marketplace.kernel.money import Money
from payouts import models, selectors
from vendors.errors import NotPermitted
from vendors.models import Vendor
from vendors.permissions import VendorPermission

if TYPE_CHECKING:
    from marketplace.api.orders.types import VendorOrderType

VendorOrder: TypeAlias = Annotated["VendorOrderType", strawberry.lazy("marketplace.api.orders.types")]

# Hint to the optimizer: what the platform keeps, for all orders at once.
COMMISSION: dict[str, Any] = {
    "commission_minor": selectors.commission_minor(),
    "commission_tax_minor": selectors.commission_tax_minor(),
}

enum_of(models.AccountKind, description="The chart of accounts.")
# What the amounts of a share are read of.
SHARED = ["amount_minor", "held_minor", "dispute__currency"]

enum_of(models.DisputeStatus, description="Where a dispute stands.")
enum_of(models.PayoutAccountState, description="Whether a vendor can be paid.")
enum_of(models.PayoutStatus, description="Where money on its way to a vendor's bank stands.")
enum_of(models.TransactionKind, description="What moves money.")


@strawberry_django.type(
    models.LedgerEntry, name="LedgerEntry", description="What something moved on one account of the ledger."
)
class LedgerEntryType(Node):
    amount: MoneyType = strawberry_django.field(
        description="Above zero it is owed to the owner of the account, below zero by it.",
        select_related=["account"],
        only=["amount_minor", "account__currency"],
    )

    @fields.field(description="What happened.", select_related=["transaction"], only=["transaction__kind"])
    @staticmethod
    def kind(root: strawberry.Parent[models.LedgerEntry]) -> models.TransactionKind:
        return models.TransactionKind(root.transaction.kind)

    @fields.field(
        description="When it happened.", select_related=["transaction"], only=["transaction__occurred_at"]
    )
    @staticmethod
    def occurred_at(root: strawberry.Parent[models.LedgerEntry]) -> datetime:
        return root.transaction.occurred_at

    @fields.field(description="The kind of the account.", select_related=["account"], only=["account__kind"])
    @staticmethod
    def account(root: strawberry.Parent[models.LedgerEntry]) -> models.AccountKind:
        return models.AccountKind(root.account.kind)

    vendor_order: VendorOrder | None = fields.attribute(
        description="The vendor's part of an order that it is about; null on the platform's accounts."
    )

    @fields.field(
        MoneyType | None,
        description="What the account held after it; null for the platform's.",
        annotate={"after_minor": selectors.after_minor()},
        select_related=["account"],
        only=["account__currency"],
    )
    @staticmethod
    def balance_after(root: strawberry.Parent[models.LedgerEntry]) -> Money | None:
        after: int | None = root.after_minor  # type: ignore[attr-defined]  # annotated by the hint above
        return None if after is None else Money(after, root.account.currency)

    @fields.field(
        VendorType | None,
        description="Whose account it is; null for the platform's.",
        select_related=["account__vendor"],
        only=["account__vendor"],
    )
    @staticmethod
    def vendor(root: strawberry.Parent[models.LedgerEntry]) -> Vendor | None:
        return root.account.vendor


@strawberry_django.type(
    models.LedgerTransaction,
    name="LedgerTransaction",
    description="One thing that moved money, as entries that sum to zero.",
)
class LedgerTransactionType(Node):
    kind: models.TransactionKind = fields.attribute(description="What happened.")
    reference: str = fields.attribute(description="What lets it be posted once.")
    occurred_at: datetime = fields.attribute(description="When it happened.")
    recorded_at: datetime = fields.attribute(description="When it was posted.")
    entries = fields.related(LedgerEntryType, description="What it moved, account by account.")


@strawberry_django.type(
    models.Payout,
    name="Payout",
    description="Money that goes from a vendor's account to its bank.",
)
class PayoutType(Node):
    ref: str = fields.attribute(description="What the payment provider calls it.")
    status: models.PayoutStatus = fields.attribute(description="Where it stands.")
    amount: MoneyType = fields.attribute(description="How much it is.", only=["amount_minor", "currency"])
    arrives_on: date | None = fields.attribute(
        description="When it arrives, or has; null before the provider has said it."
    )
    failure_code: str = fields.attribute(description="Why it came back, as a code; empty where it did not.")
    failure_message: str = fields.attribute(description="The same in the provider's words.")
    created_at: datetime = fields.attribute(description="When it was made.")
    is_ours: bool = fields.attribute(
        description="Whether the marketplace made it; any other is noted, and stands in no ledger."
    )
    entries = fields.related(
        LedgerEntryType, description="What it is made up of: entries of the ledger whose sum it is."
    )


@strawberry_django.type(
    models.PayoutAccount,
    name="PayoutAccount",
    description="A vendor's account with a payment provider, which judges who the vendor is.",
)
class PayoutAccountType(Node):
    provider: str = fields.attribute(description="Which provider.")
    state: models.PayoutAccountState = fields.attribute(description="Whether the vendor can be paid.")
    missing: list[str] = fields.attribute(description="What the provider asks for, in its own words.")
    missing_by: datetime | None = fields.attribute(
        description="Until when it waits for that.", only=["missing_by_at"]
    )
    reason: str = fields.attribute(description="Why it is held or rejected, in the provider's words.")
    bank_last4: str = fields.attribute(description="The end of the bank account's number.")
    synced_at: datetime | None = fields.attribute(description="Since when we know that.")
    payouts = fields.related(PayoutType, description="What went to its bank, newest first.")


@strawberry.type(description="A text of what was said against a dispute.")
class DisputeText:
    name: str = strawberry.field(description="What it is about, as the field of EvidenceInput.")
    text: str = strawberry.field(description="What was said.")


@strawberry.type(description="What was said against a dispute at one time.")
class DisputeAnswer:
    texts: list[DisputeText] = strawberry.field(description="What was said.")
    is_final: bool = strawberry.field(description="Whether that was the last word.")
    said_at: datetime = strawberry.field(description="When it was said.")
    sent_at: datetime | None = strawberry.field(description="When the bank was told; null until then.")


def _answers(said: Iterable[models.DisputeEvidence]) -> list[DisputeAnswer]:
    return [
        DisputeAnswer(
            texts=[DisputeText(name=to_camel_case(name), text=text) for name, text in each.said.items()],
            is_final=each.is_final,
            said_at=each.created_at,
            sent_at=each.sent_at,
        )
        for each in said
    ]


@strawberry_django.type(
    models.DisputeShare,
    name="VendorDispute",
    description="What a dispute has to do with one vendor: its part of an order, and nothing of others'.",
)
class VendorDisputeType(Node):
    amount: MoneyType = strawberry_django.field(
        description="What of the dispute is about its part.", select_related=["dispute"], only=SHARED
    )
    held: MoneyType = strawberry_django.field(
        description="What it cannot have until the dispute ends.", select_related=["dispute"], only=SHARED
    )
    vendor_order: VendorOrder = fields.attribute(description="Its part of the order.")

    @fields.field(
        description="What the vendor has said against it, oldest first.",
        select_related=["dispute"],
        prefetch_related=["dispute__evidence"],
        annotate={"sold_by": F("vendor_order__vendor")},
        only=["dispute__ref"],
    )
    @staticmethod
    def answers(root: strawberry.Parent[models.DisputeShare]) -> list[DisputeAnswer]:
        said = root.dispute.evidence.all()
        vendor: int = root.sold_by  # type: ignore[attr-defined]  # annotated above
        return _answers(each for each in said if each.vendor_id == vendor)

    @fields.field(description="Where it stands.", select_related=["dispute"], only=["dispute__status"])
    @staticmethod
    def status(root: strawberry.Parent[models.DisputeShare]) -> models.DisputeStatus:
        return models.DisputeStatus(root.dispute.status)

    @fields.field(
        description="What the buyer says, as a code.", select_related=["dispute"], only=["dispute__reason"]
    )
    @staticmethod
    def reason(root: strawberry.Parent[models.DisputeShare]) -> str:
        return root.dispute.reason

    @fields.field(
        description="Until when it can be answered.",
        select_related=["dispute"],
        only=["dispute__evidence_due_at"],
    )
    @staticmethod
    def evidence_due_at(root: strawberry.Parent[models.DisputeShare]) -> datetime | None:
        return root.dispute.evidence_due_at

    @fields.field(
        description="When it was answered; null until then.",
        select_related=["dispute"],
        only=["dispute__evidence_sent_at"],
    )
    @staticmethod
    def evidence_sent_at(root: strawberry.Parent[models.DisputeShare]) -> datetime | None:
        return root.dispute.evidence_sent_at

    @fields.field(description="When it was opened.", select_related=["dispute"], only=["dispute__opened_at"])
    @staticmethod
    def opened_at(root: strawberry.Parent[models.DisputeShare]) -> datetime:
        return root.dispute.opened_at


@strawberry_django.type(
    models.Dispute,
    name="Dispute",
    description="A payment that its buyer wants back by the bank: the platform's view.",
)
class DisputeType(Node):
    ref: str = fields.attribute(description="What the payment provider calls it.")
    status: models.DisputeStatus = fields.attribute(description="Where it stands.")
    reason: str = fields.attribute(description="What the buyer says, as a code.")
    amount: MoneyType = fields.attribute(
        description="What the buyer wants back.", only=["amount_minor", "currency"]
    )
    evidence_due_at: datetime | None = fields.attribute(description="Until when it can be answered.")
    evidence_sent_at: datetime | None = fields.attribute(description="When it was answered.")
    opened_at: datetime = fields.attribute(description="When it was opened.")
    closed_at: datetime | None = fields.attribute(description="When it ended.")
    shares = fields.related(VendorDisputeType, description="Whose parts it is about.")

    @fields.field(
        description="What vendors and the platform have said against it, oldest first.",
        prefetch_related=["evidence"],
    )
    @staticmethod
    def answers(root: strawberry.Parent[models.Dispute]) -> list[DisputeAnswer]:
        return _answers(root.evidence.all())


@strawberry.type(description="The accounts of one kind and currency, together.")
class LedgerBalance:
    account: models.AccountKind = strawberry.field(description="The kind of account.")
    balance: MoneyType = strawberry.field(
        description="Above zero it is owed to the owners of the accounts, below zero by them."
    )


@strawberry_django.type(checkout.VendorOrder)
class Share:
    """The part of VendorOrder that this package provides: its vendor's own affair, not the buyer's."""

    @fields.field(
        MoneyType | None,
        description="What the platform keeps of it; zero until it is paid.",
        annotate=COMMISSION,
        only=["vendor_id", "currency"],
    )
    @staticmethod
    def commission(root: strawberry.Parent[checkout.VendorOrder], info: Info) -> Money | None:
        commission, _ = _commission(root, info)
        return commission

    @fields.field(
        MoneyType | None,
        description="The tax on the commission, which the vendor pays on top of it.",
        annotate=COMMISSION,
        only=["vendor_id", "currency"],
    )
    @staticmethod
    def commission_tax(root: strawberry.Parent[checkout.VendorOrder], info: Info) -> Money | None:
        _, tax = _commission(root, info)
        return tax

    @fields.field(
        MoneyType | None,
        description="What of the discount the vendor pays for: what commission is not taken of.",
        only=["vendor_id", "currency", "discount_minor", "platform_discount_minor"],
    )
    @staticmethod
    def vendor_discount(root: strawberry.Parent[checkout.VendorOrder], info: Info) -> Money | None:
        _demand_finances(root, info)
        return root.discount - root.platform_discount

    @fields.field(
        MoneyType | None,
        description="What of the discount the platform pays for; the vendor is owed it.",
        only=["vendor_id", "currency", "platform_discount_minor"],
    )
    @staticmethod
    def platform_discount(root: strawberry.Parent[checkout.VendorOrder], info: Info) -> Money | None:
        _demand_finances(root, info)
        return root.platform_discount

    @fields.field(
        MoneyType | None,
        description="What remains to the vendor, with the tax that it remits: total + platformDiscount - "
        "commission - commissionTax, less the tax that the platform remits.",
        annotate=COMMISSION,
        only=["vendor_id", "currency", "total_minor", "platform_discount_minor", "tax_remitted_minor"],
    )
    @staticmethod
    def net(root: strawberry.Parent[checkout.VendorOrder], info: Info) -> Money | None:
        remitted = Money(root.tax_remitted_minor, root.currency)
        commission, tax = _commission(root, info)
        return root.total + root.platform_discount - commission - tax - remitted


def _demand_finances(order: checkout.VendorOrder, info: Info) -> None:
    """Raises NotPermitted for who may not see the finances of the order's vendor."""
    if order.vendor_id not in info.context.finance_vendors:
        raise NotPermitted(permission=VendorPermission.VIEW_FINANCES)


def _commission(order: checkout.VendorOrder, info: Info) -> tuple[Money, Money]:
    """The commission on the order and the tax on it. Raises NotPermitted as above."""
    _demand_finances(order, info)
    told: Any = order  # annotated by the hint of the fields
    return Money(told.commission_minor, order.currency), Money(told.commission_tax_minor, order.currency)


@strawberry_django.type(Vendor)
class Account:
    """The part of VendorAccount that this package provides."""

    @fields.field(
        list[MoneyType] | None,
        description="What the platform owes it in all, by currency, its own first; below zero it is what it "
        "owes.",
        only=["currency"],
    )
    @staticmethod
    def owed(root: strawberry.Parent[Vendor], info: Info) -> list[Money] | None:
        demand(VendorPermission.VIEW_FINANCES, root, info)
        return selectors.payable(root)

    @fields.field(
        PayoutAccountType | None,
        description="Where it is paid; null until it begins to tell the payment provider.",
        only=["id"],
    )
    @staticmethod
    def payout_account(root: strawberry.Parent[Vendor], info: Info) -> models.PayoutAccount | None:
        demand(VendorPermission.VIEW_FINANCES, root, info)
        return selectors.payout_account(root)

    @fields.connection(
        VendorDisputeType,
        description="What of disputes is about its parts of orders, newest first.",
        only=["id"],
        is_guarded=True,
    )
    @staticmethod
    def disputes(root: strawberry.Parent[Vendor], info: Info) -> "QuerySet[models.DisputeShare]":
        demand(VendorPermission.REFUND_ORDERS, root, info)
        return selectors.shares_of_vendor(root)

    @fields.connection(
        LedgerEntryType,
        description="What was written on its accounts, newest first.",
        only=["id"],
        is_guarded=True,
    )
    @staticmethod
    def ledger(root: strawberry.Parent[Vendor], info: Info) -> "QuerySet[models.LedgerEntry]":
        demand(VendorPermission.VIEW_FINANCES, root, info)
        return selectors.entries_of_vendor(root)
