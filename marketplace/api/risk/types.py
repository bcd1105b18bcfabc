"""Orders that people look at: for the platform with the causes, for a vendor that its part waits."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import strawberry
import strawberry_django

from checkout import models
from checkout.selectors import reviews as selectors
from marketplace.api import fields
from marketplace.api.choices import enum_of
from marketplace.api.context import Info
from marketplace.api.nodes import Node
from marketplace.api.scalars import MoneyType
from marketplace.kernel.money import Money
from vendors.permissions import VendorPermission

enum_of(models.OrderReviewStatus, description="Whether an order waits for a decision.")
enum_of(models.OrderReviewCause, description="Why people look at an order.")

# All that a vendor is told; by which rule, nobody is.
HELD: Final = "The platform looks at this order before it is sent. Please keep it back until then."
# Hint to the optimizer: one condition for all parts at once.
IS_HELD: Final[Mapping[str, Any]] = {"is_under_review": selectors.is_under_review("order_id")}


@strawberry.type(name="OrderReviewFact", description="Something that was found, by name.")
class OrderReviewFact:
    name: str = strawberry.field(description="What.")
    value: str = strawberry.field(description="How much, or which.")


@strawberry_django.type(
    models.OrderReviewFinding, name="OrderReviewFinding", description="Why an order is looked at."
)
class OrderReviewFindingType:
    cause: models.OrderReviewCause = fields.attribute(description="Which rule, or the bank's warning.")
    found_at: datetime = fields.attribute(description="When it was found.")

    @fields.field(description="What was found.", only=["facts"])
    @staticmethod
    def facts(root: strawberry.Parent[models.OrderReviewFinding]) -> list[OrderReviewFact]:
        return [OrderReviewFact(name=name, value=str(value)) for name, value in root.facts.items()]


@strawberry_django.type(
    models.OrderReview,
    name="OrderReview",
    description="A paid order that people look at: until that is decided nothing of it is sent.",
)
class OrderReviewType(Node):
    status: models.OrderReviewStatus = fields.attribute(description="Whether it waits, or what was decided.")
    opened_at: datetime = fields.attribute(description="Since when it is looked at.")
    decided_at: datetime | None = fields.attribute(description="When it was decided.")
    note: str = fields.attribute(description="What who decided said about it.")
    findings: list[OrderReviewFindingType] = strawberry_django.field(description="Why, the oldest first.")

    @fields.field(description="The number of the order.", select_related=["order"], only=["order__number"])
    @staticmethod
    def order_number(root: strawberry.Parent[models.OrderReview]) -> str:
        return root.order.number

    @fields.field(
        MoneyType,
        description="What the order came to.",
        select_related=["order"],
        only=["order__total_minor", "order__currency"],
    )
    @staticmethod
    def order_total(root: strawberry.Parent[models.OrderReview]) -> Money:
        return root.order.total


@strawberry_django.type(models.VendorOrder)
class Hold:
    """The part of VendorOrder that this package provides: for its vendor's people, and nobody else."""

    @fields.field(
        description="For its vendor: whether it is not to be sent yet. To its buyer it is a paid order.",
        annotate=IS_HELD,
        only=["vendor_id"],
    )
    @staticmethod
    def is_held(root: strawberry.Parent[models.VendorOrder], info: Info) -> bool:
        return _is_held(root, info)

    @fields.field(
        description="For its vendor: why it is not to be sent yet; null where it is.",
        annotate=IS_HELD,
        only=["vendor_id"],
    )
    @staticmethod
    def hold_reason(root: strawberry.Parent[models.VendorOrder], info: Info) -> str | None:
        return HELD if _is_held(root, info) else None


def _is_held(part: models.VendorOrder, info: Info) -> bool:
    sees = VendorPermission.VIEW_ORDERS in info.context.permissions.get(part.vendor_id, ())
    return sees and bool(part.is_under_review)  # type: ignore[attr-defined]  # annotated by the hint
