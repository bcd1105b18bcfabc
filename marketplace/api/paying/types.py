"""What vendors have, when they are paid, and what is held of it."""

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, TypeAlias

import strawberry
import strawberry_django
from django.db.models import QuerySet

from marketplace.api import fields
from marketplace.api.choices import enum_of
from marketplace.api.context import Info
from marketplace.api.nodes import Node
from marketplace.api.payouts.types import PayoutType
from marketplace.api.scalars import MoneyType
from marketplace.api.vendors.types import VendorType, demand
from marketplace.kernel.money import Money
from payouts import models, selectors
from payouts.availability import WhyNot
from payouts.balances import Balance, Outlook, outlooks
from vendors.models import Vendor
from vendors.permissions import VendorPermission

if TYPE_CHECKING:
    from marketplace.api.orders.types import VendorOrderType

VendorOrder: TypeAlias = Annotated["VendorOrderType", strawberry.lazy("marketplace.api.orders.types")]

enum_of(WhyNot, description="Why a vendor is not paid out now; the first that is so.")
enum_of(models.PayoutInterval, description="How often a vendor is paid.")
enum_of(models.HoldCause, description="Why something is held.")


@strawberry.type(description="What a vendor has in one currency.")
class CurrencyBalance:
    row: strawberry.Private[Balance]
    reason: strawberry.Private[WhyNot | None]

    @fields.field(description="ISO 4217 code of the currency.")
    def currency(self) -> str:
        return self.row.currency

    @fields.field(MoneyType, description="What is the vendor's and waits: for an arrival, a day, a return.")
    def pending(self) -> Money:
        return self.row.pending

    @fields.field(MoneyType, description="What a payout would take now, to the cent.")
    def available(self) -> Money:
        return self.row.available

    @fields.field(MoneyType, description="What is held back, and what buyers dispute.")
    def reserved(self) -> Money:
        return self.row.reserved

    @fields.field(MoneyType, description="What the vendor owes beyond what is available.")
    def negative(self) -> Money:
        return self.row.negative

    @fields.field(MoneyType, description="What is on its way to the bank.")
    def in_transit(self) -> Money:
        return self.row.in_transit

    @fields.field(description="When more becomes available by the clock alone; null where nothing does.")
    def more_at(self) -> datetime | None:
        return self.row.more_at

    @fields.field(description="Why what is available is not paid out now; null where it could be.")
    def why_not(self) -> WhyNot | None:
        return self.reason


def _of(outlook: Outlook, row: Balance) -> CurrencyBalance:
    return CurrencyBalance(row=row, reason=outlook.reasons.get(row.currency))


@strawberry.type(description="What a vendor has, in its own currency and in all, and when it is paid.")
class VendorBalance:
    outlook: strawberry.Private[Outlook]

    @fields.field(MoneyType, description="What is the vendor's and waits, in its own currency.")
    def pending(self) -> Money:
        return self.outlook.own.pending

    @fields.field(MoneyType, description="What a payout would take now, in its own currency.")
    def available(self) -> Money:
        return self.outlook.own.available

    @fields.field(MoneyType, description="What is held back or disputed, in its own currency.")
    def reserved(self) -> Money:
        return self.outlook.own.reserved

    @fields.field(MoneyType, description="What the vendor owes beyond that, in its own currency.")
    def negative(self) -> Money:
        return self.outlook.own.negative

    @fields.field(MoneyType, description="What is on its way to the bank, in its own currency.")
    def in_transit(self) -> Money:
        return self.outlook.own.in_transit

    @fields.field(description="The same in every currency, its own first.")
    def by_currency(self) -> list[CurrencyBalance]:
        return [_of(self.outlook, row) for row in self.outlook.balances]

    @fields.field(description="The day of the next payout; null where payouts are asked for.")
    def next_payout_on(self) -> date | None:
        return self.outlook.next_on

    @fields.field(description="Why nothing is paid out in its own currency now; null where it could be.")
    def why_not(self) -> WhyNot | None:
        return self.outlook.reasons.get(self.outlook.own.currency)


@strawberry.type(description="A vendor whose day has come and who is not paid.")
class UnpaidVendor:
    outlook: strawberry.Private[Outlook]

    @fields.field(VendorType, description="The vendor.")
    def vendor(self) -> Vendor:
        return self.outlook.vendor

    @fields.field(description="What it has, and why it is not paid.")
    def balance(self) -> VendorBalance:
        return VendorBalance(outlook=self.outlook)


@strawberry.type(description="When a vendor is paid, and what is held back of it.")
class PayoutSchedule:
    row: strawberry.Private[models.PayoutSchedule]

    @fields.field(description="How often.")
    def interval(self) -> models.PayoutInterval:
        return models.PayoutInterval(self.row.interval)

    @fields.field(MoneyType, description="The least that the vendor wants paid out, in its currency.")
    def minimum(self) -> Money:
        return Money(self.row.minimum_minor, self.row.vendor.currency)

    @fields.field(
        description="How many days after its arrival a sale may be paid out; null: as for all vendors."
    )
    def delay_days(self) -> int | None:
        return self.row.delay_days

    @fields.field(description="How many percent of each sale are reserved for a while.")
    def reserve_rate(self) -> Decimal:
        return Decimal(self.row.reserve_bps) / 100

    @fields.field(description="For how many days.")
    def reserve_days(self) -> int:
        return self.row.reserve_days

    @fields.field(description="The day of the next payout; null where payouts are asked for.")
    def next_on(self) -> date | None:
        return self.row.next_on


@strawberry_django.type(
    models.PayoutHold,
    name="PayoutHold",
    description="Money of a vendor that is not paid out for now: of a part of an order, or of all.",
)
class PayoutHoldType(Node):
    cause: models.HoldCause = fields.attribute(description="Why, as a code.")
    reason: str = fields.attribute(description="Why, in the words of who placed it.")
    amount: MoneyType | None = fields.attribute(
        description="How much; null: everything.", only=["amount_minor", "currency"]
    )
    placed_at: datetime = fields.attribute(description="Since when.")
    release_on: date | None = fields.attribute(description="The day it ends; null: when somebody ends it.")
    released_at: datetime | None = fields.attribute(description="When it ended.")
    release_note: str = fields.attribute(description="What was said then.")
    vendor_order: VendorOrder | None = fields.attribute(
        description="The part of an order it is of; null: of the vendor."
    )
    vendor: VendorType = fields.attribute(description="Whose money it is.")


@strawberry_django.type(Vendor)
class Account:
    """The part of VendorAccount that this package provides."""

    @fields.field(description="What it has, when it is paid next, and if not now, why.", only=["id"])
    @staticmethod
    def balance(root: strawberry.Parent[Vendor], info: Info) -> VendorBalance | None:
        demand(VendorPermission.VIEW_FINANCES, root, info)
        return VendorBalance(outlook=outlooks([Vendor.objects.get(pk=root.pk)])[root.pk])

    @fields.field(description="When it is paid; null until it has sold something, or says so.", only=["id"])
    @staticmethod
    def payout_schedule(root: strawberry.Parent[Vendor], info: Info) -> PayoutSchedule | None:
        demand(VendorPermission.VIEW_FINANCES, root, info)
        row = selectors.schedule_of(root)
        return PayoutSchedule(row=row) if row else None

    @fields.connection(
        PayoutType, description="What went to its bank, newest first.", only=["id"], is_guarded=True
    )
    @staticmethod
    def payouts(root: strawberry.Parent[Vendor], info: Info) -> "QuerySet[models.Payout]":
        demand(VendorPermission.VIEW_FINANCES, root, info)
        return selectors.payouts_of(root)

    @fields.connection(
        PayoutHoldType,
        description="What is held of its money, and was; newest first.",
        only=["id"],
        is_guarded=True,
    )
    @staticmethod
    def payout_holds(root: strawberry.Parent[Vendor], info: Info) -> "QuerySet[models.PayoutHold]":
        demand(VendorPermission.VIEW_FINANCES, root, info)
        return selectors.holds_of(root)
