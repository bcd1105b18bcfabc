"""What becomes of a vendor's part of an order, as its buyer and its vendor see it alike."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, TypeAlias

import strawberry
import strawberry_django
from django.db.models import QuerySet

from checkout import models
from checkout.carriers import page_of
from checkout.operations.cancel import CancelReason
from checkout.selectors.orders import recorded
from checkout.timeline import Facts, Happened, Happening, timeline
from marketplace.api import fields
from marketplace.api.choices import enum_of
from marketplace.api.context import Info
from marketplace.api.nodes import Node
from marketplace.api.pictures import Pictured
from marketplace.api.scalars import MoneyType
from marketplace.api.vendors.types import demand
from marketplace.kernel.money import Money
from vendors.models import Vendor
from vendors.permissions import VendorPermission

if TYPE_CHECKING:
    from marketplace.api.orders.types import OrderLineType

OrderLine: TypeAlias = Annotated["OrderLineType", strawberry.lazy("marketplace.api.orders.types")]

enum_of(CancelReason, description="Why units are not sent after all.")
enum_of(Happened, description="What happened to a vendor's part of an order.")
enum_of(models.RefundReason, description="Why money goes back.")
enum_of(models.RefundStatus, description="Where a refund stands.")
enum_of(models.RefundLineKind, description="What a part of a refund is for.")
enum_of(models.ReturnStatus, description="Where a return stands.")
enum_of(models.ReturnReason, description="Why something is sent back.")
enum_of(models.ReturnWish, description="What a buyer wants for what is sent back.")
enum_of(models.CaseStatus, description="Whose turn a complaint is.")
enum_of(models.CaseTopic, description="What a complaint is about.")


@strawberry_django.type(
    models.FulfillmentLine, name="FulfillmentLine", description="Units of a line in a parcel."
)
class FulfillmentLineType:
    order_line: OrderLine = fields.attribute(description="The line they were bought on.")
    quantity: int = fields.attribute(description="How many.")
    note: str = fields.attribute(
        description="What the vendor says of something digital: where it is had, and how it is opened."
    )


@strawberry_django.type(
    models.Fulfillment, name="Fulfillment", description="A parcel of a vendor's part of an order."
)
class FulfillmentType(Node):
    number: str = fields.attribute(description="Names it to people.")
    carrier: str = fields.attribute(description="Who brings it, where the vendor said so.")
    tracking_number: str = fields.attribute(description="What the carrier calls it.")
    is_digital: bool = fields.attribute(
        description="Whether nothing was sent: it was handed over when it was paid."
    )
    shipped_at: datetime = fields.attribute(description="When it was sent.")
    delivered_at: datetime | None = fields.attribute(description="When it arrived, or is taken to have.")
    lines: list[FulfillmentLineType] = strawberry_django.field(description="What is in it.")

    @fields.field(
        description="Where it can be followed; null for a carrier we do not know.",
        only=["carrier", "tracking_number"],
    )
    @staticmethod
    def tracking_url(root: strawberry.Parent[models.Fulfillment]) -> str | None:
        return page_of(root.carrier, root.tracking_number) or None


@strawberry_django.type(models.RefundLine, name="RefundLine", description="What a part of a refund is for.")
class RefundLineType:
    kind: models.RefundLineKind = fields.attribute(description="For what.")
    order_line: OrderLine | None = fields.attribute(description="The line; null for shipping.")
    quantity: int = fields.attribute(description="How many units; 0 for an amount and for shipping.")

    @fields.field(
        MoneyType,
        description="What the buyer gets for it, tax included.",
        select_related=["refund"],
        only=["amount_minor", "shipping_minor", "tax_minor", "refund__currency"],
    )
    @staticmethod
    def amount(root: strawberry.Parent[models.RefundLine]) -> Money:
        return Money(root.paid_minor, root.refund.currency)

    @fields.field(
        MoneyType,
        description="What was kept of units that came back.",
        select_related=["refund"],
        only=["fee_minor", "refund__currency"],
    )
    @staticmethod
    def restocking_fee(root: strawberry.Parent[models.RefundLine]) -> Money:
        return Money(root.fee_minor, root.refund.currency)


@strawberry_django.type(models.Refund, name="Refund", description="Money that goes back to the buyer.")
class RefundType(Node):
    status: models.RefundStatus = fields.attribute(description="Where it stands with the payment provider.")
    occurred_at: datetime = fields.attribute(description="When it was decided.")
    lines: list[RefundLineType] = strawberry_django.field(description="What it is for.")
    amount: MoneyType = strawberry_django.field(
        description="What the buyer gets.", only=["amount_minor", "currency"]
    )

    @fields.field(description="Why; null where another shop had decided it.", only=["reason"])
    @staticmethod
    def reason(root: strawberry.Parent[models.Refund]) -> models.RefundReason | None:
        known = root.reason in models.RefundReason.values
        return models.RefundReason(root.reason) if known else None


@strawberry_django.type(models.ReturnLine, name="ReturnLine", description="Units that are to come back.")
class ReturnLineType:
    order_line: OrderLine = fields.attribute(description="The line they were bought on.")
    quantity: int = fields.attribute(description="How many.")
    received: int = fields.attribute(description="How many of them have come.")
    reason: models.ReturnReason = fields.attribute(description="Why.")
    note: str = fields.attribute(description="What the buyer said about it.")


@strawberry_django.type(
    models.ReturnPhoto, name="ReturnPhoto", description="What the buyer shows of what is to come back."
)
class ReturnPhotoType(Pictured):
    added_at: datetime = fields.attribute(description="When it was added.")


@strawberry_django.type(models.Return, name="Return", description="What a buyer wants to send back.")
class ReturnType(Node):
    number: str = fields.attribute(description="Names it to people.")
    status: models.ReturnStatus = fields.attribute(description="Where it stands.")
    wish: models.ReturnWish = fields.attribute(description="What the buyer wants for it.")
    answer: str = fields.attribute(description="What the vendor said: how to send it, or why not.")
    photos: list[ReturnPhotoType] = strawberry_django.field(description="What the buyer shows of it.")
    requested_at: datetime = fields.attribute(description="When it was asked for.")
    answered_at: datetime | None = fields.attribute(description="When it was answered.")
    lines: list[ReturnLineType] = strawberry_django.field(description="What is to come back.")
    refund: RefundType | None = fields.attribute(description="What was paid back for it, where it was.")


@strawberry_django.type(
    models.CaseMessage, name="CaseMessage", description="What one side of a complaint wrote to the other."
)
class CaseMessageType(Node):
    is_from_vendor: bool = fields.attribute(description="Whether the vendor wrote it, or the buyer.")
    text: str = fields.attribute(description="The words.")
    written_at: datetime = fields.attribute(description="When.")


@strawberry_django.type(
    models.OrderCase, name="OrderCase", description="A complaint about a vendor's part of an order."
)
class OrderCaseType(Node):
    number: str = fields.attribute(description="Names it to people.")
    topic: models.CaseTopic = fields.attribute(description="What it is about.")
    status: models.CaseStatus = fields.attribute(description="Whose turn it is.")
    opened_at: datetime = fields.attribute(description="When it was opened.")
    messages = fields.related(CaseMessageType, description="What was written, the oldest first.")


@strawberry.type(name="Happening", description="Something that happened to a vendor's part of an order.")
class HappeningType:
    """The shape of `checkout.timeline.Happening` outside."""

    what: Happened = strawberry.field(description="What, for programs.")
    text: str = strawberry.field(description="What, for people.")
    at: datetime = strawberry.field(description="When.")


@strawberry_django.type(models.VendorOrder)
class Life:
    """The part of VendorOrder that this package provides."""

    fulfillments = fields.related(FulfillmentType, description="What was sent of it, parcel by parcel.")
    refunds = fields.related(RefundType, description="What goes back of it, or has.")
    returns = fields.related(ReturnType, description="What the buyer wants to send back of it.")
    cases = fields.related(OrderCaseType, description="Complaints about it.")

    @fields.field(
        list[HappeningType],
        description="What happened to it, the oldest first.",
        annotate={"recorded": recorded()},
        only=["currency"],
    )
    @staticmethod
    def timeline(root: strawberry.Parent[models.VendorOrder]) -> list[Happening]:
        records: list[Facts] = root.recorded  # type: ignore[attr-defined]  # annotated above
        return timeline(records, root.currency)


@strawberry_django.type(Vendor)
class Account:
    """The part of VendorAccount that this package provides."""

    @fields.connection(
        ReturnType,
        description="What its buyers want to send back, or have, newest first.",
        only=["id"],
        is_guarded=True,
    )
    @staticmethod
    def returns(root: strawberry.Parent[Vendor], info: Info) -> "QuerySet[models.Return]":
        demand(VendorPermission.VIEW_ORDERS, root, info)
        return models.Return.objects.filter(vendor_order__vendor=root).order_by("-pk")

    @fields.connection(
        OrderCaseType,
        description="Complaints of its buyers, newest first.",
        only=["id"],
        is_guarded=True,
    )
    @staticmethod
    def cases(root: strawberry.Parent[Vendor], info: Info) -> "QuerySet[models.OrderCase]":
        demand(VendorPermission.VIEW_ORDERS, root, info)
        return models.OrderCase.objects.filter(vendor_order__vendor=root).order_by("-pk")
