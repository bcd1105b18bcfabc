"""What the mutations on payouts, schedules and holds take."""

from datetime import date
from decimal import Decimal

import strawberry

from payouts.models import HoldCause, PayoutInterval

KEY = "A key of your own; the same request with the same key has one effect."


@strawberry.input(description="When a vendor is paid. What is left out stays as it is.")
class SavePayoutScheduleInput:
    vendor: strawberry.ID = strawberry.field(description="The vendor's account.")
    interval: PayoutInterval | None = strawberry.field(default=None, description="How often.")
    minimum: Decimal | None = strawberry.field(
        default=None, description="The least to be paid out, in the vendor's currency."
    )
    delay_days: int | None = strawberry.field(
        default=None, description="Platform: how many days after its arrival a sale may be paid out."
    )
    uses_default_delay: bool = strawberry.field(
        default=False, description="Platform: as many days as for all vendors again."
    )
    reserve_rate: Decimal | None = strawberry.field(
        default=None, description="Platform: how many percent of each sale are reserved for a while."
    )
    reserve_days: int | None = strawberry.field(default=None, description="Platform: for how many days.")


@strawberry.input(description="What is available to be paid out now.")
class RequestPayoutInput:
    vendor: strawberry.ID = strawberry.field(description="The vendor's account.")
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)


@strawberry.input(description="Whom to pay.")
class RunPayoutsInput:
    vendor: strawberry.ID | None = strawberry.field(
        default=None, description="One vendor, now; null: everybody whose day has come."
    )


@strawberry.input(description="What to hold back, why, and until when.")
class PlaceHoldInput:
    vendor: strawberry.ID = strawberry.field(description="The vendor's account.")
    vendor_order: strawberry.ID | None = strawberry.field(
        default=None, description="The part of an order it is of; null: of the vendor."
    )
    amount: Decimal | None = strawberry.field(default=None, description="How much; null: everything.")
    currency: str | None = strawberry.field(
        default=None, description="Of the amount, as ISO 4217; null: the vendor's."
    )
    cause: HoldCause = strawberry.field(default=HoldCause.RISK, description="Why, as a code.")
    reason: str = strawberry.field(description="Why, in words; the vendor reads them.")
    release_on: date | None = strawberry.field(
        default=None, description="The day it ends; null: when somebody ends it."
    )
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)


@strawberry.input(description="Which hold to end.")
class ReleaseHoldInput:
    hold: strawberry.ID = strawberry.field(description="The hold.")
    note: str = strawberry.field(default="", description="Why.")
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)
