"""Money on its way to vendors' accounts, and back: for the vendor's people and the platform's staff."""

from datetime import datetime
from typing import Any, Final

import strawberry
import strawberry_django
from django.db.models import Prefetch, QuerySet
from strawberry_django.optimizer import optimize

from checkout.models import VendorOrder
from marketplace.api import fields
from marketplace.api.choices import enum_of
from marketplace.api.context import Info
from marketplace.api.nodes import Node
from marketplace.api.scalars import MoneyType
from marketplace.api.vendors.types import demand
from payouts import models
from payouts.permissions import VIEW_TRANSFERS
from vendors.models import Vendor
from vendors.permissions import VendorPermission
from vendors.selectors import vendors_of

enum_of(models.TransferSource, description="Of what money is sent.")
enum_of(models.TransferStatus, description="Where money on its way to a vendor's account stands.")
enum_of(models.Waiting, description="What a transfer waits for.")
enum_of(models.ReversalStatus, description="Where money on its way back stands.")

# What the amounts of a reversal are read of.
TAKEN: Final = ["amount_minor", "short_minor", "transfer__currency"]


def visible_transfers(info: Info) -> "QuerySet[models.Transfer]":
    """Those of the vendors whose finances the viewer may see; for staff that may, all."""
    if info.context.staff_who_may(VIEW_TRANSFERS):
        return models.Transfer.objects.all()
    mine = vendors_of(info.context.visitor, VendorPermission.VIEW_FINANCES)
    return models.Transfer.objects.filter(vendor__in=mine)


@strawberry_django.type(
    models.Reversal,
    name="Reversal",
    description="What came back of a transfer, for money that went back to a buyer.",
)
class ReversalType(Node):
    status: models.ReversalStatus = fields.attribute(description="Where it stands.")
    amount: MoneyType = strawberry_django.field(
        description="What came back of the vendor's account.", select_related=["transfer"], only=TAKEN
    )
    short: MoneyType = strawberry_django.field(
        description="What was not there: the vendor owes it, and later transfers are netted with it.",
        select_related=["transfer"],
        only=TAKEN,
    )
    created_at: datetime = fields.attribute(description="When it was asked for.")


@strawberry_django.type(
    models.Transfer,
    name="Transfer",
    description="Money from the platform to a vendor's account with the payment provider.",
)
class TransferType(Node):
    source: models.TransferSource = fields.attribute(description="Of what money.")
    status: models.TransferStatus = fields.attribute(description="Where it stands.")
    planned: MoneyType = fields.attribute(
        description="What it was made for; what went back to the buyer before is not sent.",
        only=["planned_minor", "currency"],
    )
    amount: MoneyType = fields.attribute(
        description="What goes, or went; zero until it is sent.", only=["amount_minor", "currency"]
    )
    netted: MoneyType = fields.attribute(
        description="What was kept for what the vendor owed.", only=["netted_minor", "currency"]
    )
    refusal: str = fields.attribute(description="Why the provider refused it last, as a code; or empty.")
    created_at: datetime = fields.attribute(description="Since when it is due.")
    made_at: datetime | None = fields.attribute(description="When it was in the vendor's account.")
    reversals = fields.related(ReversalType, description="What came back of it.")

    @fields.field(description="What it waits for; null where for nothing.", only=["waiting"])
    @staticmethod
    def waiting(root: strawberry.Parent[models.Transfer]) -> models.Waiting | None:
        return models.Waiting(root.waiting) if root.waiting else None

    @fields.field(
        description="The number of the part of an order it is about, if of one.",
        select_related=["vendor_order"],
        only=["vendor_order__number"],
    )
    @staticmethod
    def number(root: strawberry.Parent[models.Transfer]) -> str | None:
        return root.vendor_order.number if root.vendor_order else None


@strawberry_django.type(
    models.Adjustment,
    name="Adjustment",
    description="What the platform gave a vendor beside what it sold, or asked of it.",
)
class AdjustmentType(Node):
    amount: MoneyType = fields.attribute(
        description="Above zero it was given, below zero asked for.", only=["amount_minor", "currency"]
    )
    reason: str = fields.attribute(description="Why.")
    created_at: datetime = fields.attribute(description="When.")


def _of_part(info: strawberry.Info) -> "Prefetch[Any]":
    """For all parts at once; a buyer sees none."""
    context: Any = info
    return Prefetch("transfers", queryset=optimize(visible_transfers(context), info))


@strawberry_django.type(VendorOrder)
class Sent:
    """The part of VendorOrder that this package provides."""

    transfers = fields.related(
        TransferType,
        description="What of it went to the vendor's account; for who may see its finances, else none.",
        prefetch_related=[_of_part],
    )


@strawberry_django.type(Vendor)
class Account:
    """The part of VendorAccount that this package provides."""

    @fields.connection(
        AdjustmentType,
        description="What the platform gave it beside what it sold, or asked of it, newest first.",
        only=["id"],
        is_guarded=True,
    )
    @staticmethod
    def adjustments(root: strawberry.Parent[Vendor], info: Info) -> "QuerySet[models.Adjustment]":
        demand(VendorPermission.VIEW_FINANCES, root, info)
        return models.Adjustment.objects.filter(vendor=root).order_by("-pk")
