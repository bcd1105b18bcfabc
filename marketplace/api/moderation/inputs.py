"""What is said of listings and of their changes, and when they are on sale."""

from collections.abc import Sequence
from datetime import datetime

import strawberry

from catalog.models import ListingField, RejectionReason
from catalog.operations.rejections import Fault


@strawberry.input(description="What is wrong with one field.")
class ListingFaultInput:
    field: ListingField = strawberry.field(description="Which field.")
    reason: RejectionReason = strawberry.field(description="What is wrong with it.")
    note: str = strawberry.field(default="", description="What the vendor should mend.")


def faults_of(given: Sequence[ListingFaultInput]) -> list[Fault]:
    """The faults as the domain has them."""
    return [Fault(field=each.field, reason=each.reason, note=each.note) for each in given]


@strawberry.input(description="Put a change of a listing on sale.")
class ApproveProductChangeInput:
    change: strawberry.ID = strawberry.field(description="The change.")
    version: int = strawberry.field(description="Its version that was looked at.")
    note: str = strawberry.field(default="", description="For the record.")


@strawberry.input(description="Turn a change of a listing down; what is on sale stays.")
class DeclineProductChangeInput:
    change: strawberry.ID = strawberry.field(description="The change.")
    version: int = strawberry.field(description="Its version that was looked at.")
    reason: RejectionReason | None = strawberry.field(
        default=None, description="Why, as a whole; left out, it is that of the first fault."
    )
    note: str = strawberry.field(default="", description="What the vendor should mend.")
    faults: list[ListingFaultInput] = strawberry.field(
        default_factory=list, description="What is wrong with which field, twenty at most."
    )


@strawberry.input(description="Take back a change that waits.")
class WithdrawProductChangeInput:
    change: strawberry.ID = strawberry.field(description="The change.")


@strawberry.input(description="Say when a listing is on sale; both dates are set, and null takes one away.")
class ScheduleProductInput:
    listing: strawberry.ID = strawberry.field(description="The listing.")
    publish_at: datetime | None = strawberry.field(
        default=None, description="When it goes on sale once it is approved; null: at once."
    )
    ends_at: datetime | None = strawberry.field(
        default=None, description="When it goes off sale by itself; null: never."
    )
