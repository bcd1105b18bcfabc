"""When vendors are paid, and what is held of them: by their own people, and by the platform's."""

from decimal import Decimal
from typing import Annotated

import strawberry

from checkout.models import VendorOrder
from marketplace.accounts.errors import SignInRequired
from marketplace.api import fields
from marketplace.api.context import Info
from marketplace.api.fields import INPUT
from marketplace.api.paying.inputs import (
    PlaceHoldInput,
    ReleaseHoldInput,
    RequestPayoutInput,
    RunPayoutsInput,
    SavePayoutScheduleInput,
)
from marketplace.api.paying.types import PayoutHoldType, PayoutSchedule
from marketplace.api.payouts.types import PayoutType
from marketplace.api.scalars import decode_key
from marketplace.api.vendors.types import own_vendor
from marketplace.kernel.errors import (
    CurrencyMismatch,
    IdempotencyKeyReused,
    InvalidInput,
    NotFound,
    RequestInProgress,
)
from marketplace.kernel.money import Money
from marketplace.kernel.places import CURRENCIES
from payouts import models
from payouts.availability import WhyNot
from payouts.errors import HoldEnded, HoldTooLarge, NothingToPayOut
from payouts.operations import holds, schedules
from payouts.operations.holds import Holding
from payouts.operations.schedules import Wishes
from payouts.permissions import CHANGE_SCHEDULES, PLACE_HOLDS, RELEASE_HOLDS, RUN_PAYOUTS
from vendors.errors import NotPermitted
from vendors.models import Vendor
from vendors.permissions import VendorPermission


@strawberry.type(description="It is so from now on.")
class SavePayoutScheduleSuccess:
    row: strawberry.Private[models.PayoutSchedule]

    @fields.field(description="The schedule as it is now.")
    def schedule(self) -> PayoutSchedule:
        return PayoutSchedule(row=self.row)


@strawberry.type(description="Payouts are on their way.")
class RequestPayoutSuccess:
    rows: strawberry.Private[list[models.Payout]]

    @fields.field(PayoutType, description="The payout in the vendor's own currency, or the first.")
    def payout(self, info: Info) -> models.Payout:
        return fields.refetch(self.rows[0], info)


@strawberry.type(description="Why some were not paid.")
class UnpaidCount:
    reason: WhyNot = strawberry.field(description="The reason.")
    count: int = strawberry.field(description="Of how many.")


@strawberry.type(description="The run is over.")
class RunPayoutsSuccess:
    vendors: int = strawberry.field(description="How many vendors were looked at.")
    payouts: int = strawberry.field(description="How many payouts were made.")
    unpaid: list[UnpaidCount] = strawberry.field(description="Why not more.")


@strawberry.type(description="The hold as it is now.")
class PayoutHoldSuccess:
    row: strawberry.Private[models.PayoutHold]

    @fields.field(PayoutHoldType, description="The hold.")
    def hold(self, info: Info) -> models.PayoutHold:
        return fields.refetch(self.row, info)


@strawberry.type
class Mutation:
    @fields.mutation(
        NotFound,
        NotPermitted,
        SignInRequired,
        CurrencyMismatch,
        description="Say when a vendor is paid: its people how often and how much at least, the platform's "
        "staff how long after the arrival and what is reserved.",
    )
    def save_payout_schedule(
        self, info: Info, input: Annotated[SavePayoutScheduleInput, INPUT]
    ) -> SavePayoutScheduleSuccess:
        vendor = _scheduled(input, info)
        wishes = Wishes(
            interval=input.interval,
            minimum=_money(input.minimum, vendor.currency, field="minimum"),
            delay_days=input.delay_days,
            uses_default_delay=input.uses_default_delay,
            reserve_bps=_bps(input.reserve_rate),
            reserve_days=input.reserve_days,
        )
        saved = schedules.save_schedule(vendor=vendor, wishes=wishes, actor=info.context.demand_user())
        return SavePayoutScheduleSuccess(row=saved)

    @fields.mutation(
        NotFound,
        NotPermitted,
        SignInRequired,
        NothingToPayOut,
        IdempotencyKeyReused,
        RequestInProgress,
        description="Have your vendor paid what is available now.",
    )
    def request_payout(self, info: Info, input: Annotated[RequestPayoutInput, INPUT]) -> RequestPayoutSuccess:
        vendor = own_vendor(input.vendor, VendorPermission.VIEW_FINANCES, info)
        info.context.demand_user()
        made = schedules.request_payout(vendor=vendor, idempotency_key=input.idempotency_key)
        made.sort(key=lambda payout: payout.currency != vendor.currency)
        return RequestPayoutSuccess(rows=made)

    @fields.mutation(
        NotFound,
        NotPermitted,
        description="Platform: pay everybody whose day has come, or one vendor now. What was claimed is not "
        "claimed again.",
    )
    def run_payouts(self, info: Info, input: Annotated[RunPayoutsInput, INPUT]) -> RunPayoutsSuccess:
        actor = info.context.staff_who_may(RUN_PAYOUTS)
        if actor is None:
            raise NotFound(thing="vendor", field="vendor")
        vendor = None if input.vendor is None else _vendor(input.vendor)
        run = schedules.run_payouts(vendor=vendor, actor=actor)
        unpaid = [UnpaidCount(reason=reason, count=count) for reason, count in run.reasons.items()]
        return RunPayoutsSuccess(vendors=run.vendors, payouts=run.payouts, unpaid=unpaid)

    @fields.mutation(
        NotFound,
        HoldTooLarge,
        CurrencyMismatch,
        IdempotencyKeyReused,
        RequestInProgress,
        description="Platform: hold an amount of a vendor's back, or everything, of one order or of all.",
    )
    def place_hold(self, info: Info, input: Annotated[PlaceHoldInput, INPUT]) -> PayoutHoldSuccess:
        actor = info.context.staff_who_may(PLACE_HOLDS)
        if actor is None:
            raise NotFound(thing="vendor", field="vendor")
        vendor = _vendor(input.vendor)
        asked = Holding(
            vendor=vendor,
            part=_part(input.vendor_order, vendor),
            amount=_money(input.amount, input.currency or vendor.currency, field="amount"),
            cause=input.cause,
            reason=input.reason,
            release_on=input.release_on,
        )
        placed = holds.place_hold(asked=asked, actor=actor, idempotency_key=input.idempotency_key)
        return PayoutHoldSuccess(row=placed)

    @fields.mutation(
        NotFound,
        HoldEnded,
        IdempotencyKeyReused,
        RequestInProgress,
        description="Platform: end a hold; what it held can be paid out again.",
    )
    def release_hold(self, info: Info, input: Annotated[ReleaseHoldInput, INPUT]) -> PayoutHoldSuccess:
        key = decode_key(input.hold, "PayoutHold", field="hold")
        actor = info.context.staff_who_may(RELEASE_HOLDS)
        hold = models.PayoutHold.objects.filter(pk=key).first() if actor else None
        if actor is None or hold is None:
            raise NotFound(thing="hold", field="hold")
        released = holds.release_hold(
            hold=hold, actor=actor, note=input.note, idempotency_key=input.idempotency_key
        )
        return PayoutHoldSuccess(row=released)


def _scheduled(input: SavePayoutScheduleInput, info: Info) -> Vendor:
    """The vendor, for who may say what is asked: its people some of it, the platform's staff all of it.

    Raises NotFound for a stranger, NotPermitted for a member who says what is the platform's to say.
    """
    if info.context.staff_who_may(CHANGE_SCHEDULES):
        return _vendor(input.vendor)
    vendor = own_vendor(input.vendor, VendorPermission.VIEW_FINANCES, info)
    of_staff = (input.delay_days, input.reserve_rate, input.reserve_days)
    if input.uses_default_delay or any(each is not None for each in of_staff):
        raise NotPermitted(permission=CHANGE_SCHEDULES)
    return vendor


def _vendor(identifier: str) -> Vendor:
    """Raises NotFound."""
    vendor = Vendor.objects.filter(pk=decode_key(identifier, "VendorAccount", field="vendor")).first()
    if vendor is None:
        raise NotFound(thing="vendor", field="vendor")
    return vendor


def _part(identifier: str | None, vendor: Vendor) -> VendorOrder | None:
    """Raises NotFound for a part of another vendor."""
    if identifier is None:
        return None
    key = decode_key(identifier, "VendorOrder", field="vendorOrder")
    part = VendorOrder.objects.filter(pk=key, vendor=vendor).select_related("order").first()
    if part is None:
        raise NotFound(thing="order", field="vendorOrder")
    return part


def _money(amount: Decimal | None, currency: str, *, field: str) -> Money | None:
    if amount is None:
        return None
    if currency not in CURRENCIES:
        raise InvalidInput(field="currency", reason="This is no currency.")
    return Money.from_decimal(amount, currency, field=field)


def _bps(percent: Decimal | None) -> int | None:
    """Raises InvalidInput for what is no percentage, or has more than two decimals."""
    if percent is None:
        return None
    if not percent.is_finite() or not 0 <= percent <= 100 or percent != round(percent, 2):
        raise InvalidInput(
            field="reserveRate", reason="This must be between 0 and 100, with two decimals at most."
        )
    return int(percent * 100)
