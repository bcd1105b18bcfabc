"""Statements, as a vendor reads them month by month."""

from datetime import date, datetime
from typing import Annotated, cast

import strawberry
import strawberry_django
from django.conf import settings
from django.db.models import QuerySet

from marketplace.api import fields
from marketplace.api.choices import enum_of
from marketplace.api.context import Info
from marketplace.api.nodes import Node
from marketplace.api.payouts.types import LedgerEntryType
from marketplace.api.scalars import MoneyType
from marketplace.api.vendors.types import demand
from marketplace.kernel.money import Money
from payouts import models
from payouts.statements import figures
from payouts.statements.figures import Component, Stretch
from vendors.models import Vendor
from vendors.permissions import VendorPermission

enum_of(
    Component,
    description="Why something came to a vendor, or went.",
    values={
        Component.SALES: "What buyers paid: goods, shipping and tax.",
        Component.REFUNDS: "What of that went back to buyers.",
        Component.PROMOTIONS: "What the platform paid of discounts, less what of that went back.",
        Component.COMMISSION: "What the platform kept, less what it gave back.",
        Component.COMMISSION_TAX: "The tax on that, likewise.",
        Component.TAX: "What of the tax the platform remits.",
        Component.ADJUSTMENTS: "What the platform gave besides, or asked for.",
        Component.DISPUTES: "What buyers disputed at their banks, where that changed what is owed.",
        Component.PAYOUTS: "What went to the bank, less what came back.",
    },
)
OwnCurrency = Annotated[
    str | None, strawberry.argument(description="ISO 4217; the vendor's own if none is given.")
]


@strawberry.type(name="StatementLine", description="What came or went for one reason, in all.")
class StatementLine:
    component: Component = strawberry.field(description="Why.")
    amount: MoneyType = strawberry.field(description="Above zero it came, below zero it went.")


@strawberry.type(
    name="OpenStatement",
    description="What came and went since the last statement: it changes until its month is over.",
)
class OpenStatement:
    starts_at: datetime | None = strawberry.field(
        description="Where the last statement ends; null before the first."
    )
    opening: MoneyType = strawberry.field(description="What the vendor was owed before.")
    closing: MoneyType = strawberry.field(description="What it is owed now.")
    held: MoneyType = strawberry.field(description="What of that is held back, disputed or by a hold.")
    lines: list[StatementLine] = strawberry.field(
        description="What came and went; opening and these are closing."
    )


@strawberry_django.type(
    models.Statement,
    name="Statement",
    description="A month of what the platform owed a vendor in one currency; it never changes.",
)
class StatementType(Node):
    name: str = fields.attribute(
        description="What its files are called, without their endings.", only=["starts_on", "currency"]
    )
    currency: str = fields.attribute(description="ISO 4217.")
    timezone: str = fields.attribute(description="The zone of its days.")
    starts_on: date = fields.attribute(description="Its first day.")
    end_on: date = fields.attribute(description="The day after its last.")
    starts_at: datetime = fields.attribute(description="The moment at which it begins.")
    ends_at: datetime = fields.attribute(description="The moment before which it ends.")
    opening: MoneyType = fields.attribute(
        description="What the vendor was owed before: the closing of the statement before.",
        only=["opening_minor", "currency"],
    )
    closing: MoneyType = fields.attribute(
        description="What it was owed after.", only=["closing_minor", "currency"]
    )
    held: MoneyType = fields.attribute(
        description="What of the closing was held back, disputed or by a hold.",
        only=["held_minor", "currency"],
    )

    @fields.field(
        description="What came and went; opening and these are closing. A statement of SQL each.",
        only=["vendor_id", "currency", "starts_at", "ends_at"],
    )
    @staticmethod
    def lines(root: strawberry.Parent[models.Statement]) -> list[StatementLine]:
        return _lines(Stretch.of(root))

    @fields.connection(
        LedgerEntryType,
        description="The entries of the ledger that it is made up of, newest first.",
        only=["vendor_id", "currency", "starts_at", "ends_at"],
    )
    @staticmethod
    def entries(root: strawberry.Parent[models.Statement]) -> "QuerySet[models.LedgerEntry]":
        return models.LedgerEntry.objects.filter(
            account__vendor=root.vendor_id,
            account__currency=root.currency,
            account__kind__in=figures.OWED,
            transaction__recorded_at__gte=root.starts_at,
            transaction__recorded_at__lt=root.ends_at,
        ).order_by("-pk")

    @fields.field(
        description="Where it can be had as a table (CSV), by who is signed in.",
        select_related=["vendor"],
        only=["starts_on", "currency", "vendor__slug"],
    )
    @staticmethod
    def csv_url(root: strawberry.Parent[models.Statement]) -> str:
        return _address(root, "csv")

    @fields.field(
        description="Where it can be had as a document (PDF), by who is signed in.",
        select_related=["vendor"],
        only=["starts_on", "currency", "vendor__slug"],
    )
    @staticmethod
    def pdf_url(root: strawberry.Parent[models.Statement]) -> str:
        return _address(root, "pdf")


@strawberry_django.type(Vendor)
class Account:
    """The part of VendorAccount that this package provides."""

    @fields.connection(
        StatementType,
        description="The months that are over, newest first.",
        only=["id"],
        is_guarded=True,
    )
    @staticmethod
    def statements(root: strawberry.Parent[Vendor], info: Info) -> "QuerySet[models.Statement]":
        demand(VendorPermission.VIEW_FINANCES, root, info)
        return models.Statement.objects.filter(vendor=root)

    @fields.field(description="What came and went since the last statement.", only=["id", "currency"])
    @staticmethod
    def open_statement(
        root: strawberry.Parent[Vendor], info: Info, currency: OwnCurrency = None
    ) -> OpenStatement | None:
        demand(VendorPermission.VIEW_FINANCES, root, info)
        return _open(root, currency or root.currency)


def _open(vendor: Vendor, currency: str) -> OpenStatement:
    """Three statements."""
    last = models.Statement.objects.filter(vendor=vendor, currency=currency).order_by("-starts_at").first()
    starts_at = last.ends_at if last else None
    stretch = Stretch(vendor_id=vendor.pk, currency=currency, starts_at=starts_at, ends_at=None)
    opening = last.closing if last else Money(0, currency)
    came, held = figures.moved(stretch)
    return OpenStatement(
        starts_at=starts_at,
        opening=cast("MoneyType", opening),  # its shape outside
        closing=cast("MoneyType", opening + came),
        held=cast("MoneyType", held),
        lines=_lines(stretch),
    )


def _lines(stretch: Stretch) -> list[StatementLine]:
    return [
        StatementLine(component=component, amount=cast("MoneyType", amount))  # its shape outside
        for component, amount in figures.summed(stretch).items()
    ]


def _address(statement: models.Statement, ending: str) -> str:
    return f"{settings.SITE_URL}/account/vendors/{statement.vendor.slug}/{statement.name}.{ending}"
