"""What may be done to promotions, by the vendor's people and by the platform."""

from decimal import Decimal
from typing import Annotated

import strawberry

from checkout.errors import CouponTaken
from checkout.models import Promotion
from checkout.operations import promotions
from checkout.permissions import CHANGE_PROMOTIONS
from marketplace.api import fields
from marketplace.api.context import Info
from marketplace.api.fields import INPUT
from marketplace.api.promotions.inputs import (
    ArchivePlatformPromotionInput,
    ArchivePromotionInput,
    SavePlatformPromotionInput,
    SavePromotionInput,
    SetPromotionConsentInput,
    draft_of,
)
from marketplace.api.promotions.types import PromotionType
from marketplace.api.scalars import decode_key
from marketplace.api.vendors.types import own_vendor
from marketplace.kernel.errors import InvalidInput, NotFound, TransitionNotAllowed
from vendors.errors import NotPermitted
from vendors.permissions import VendorPermission


@strawberry.type(description="The promotion as it is now.")
class PromotionSuccess:
    row: strawberry.Private[Promotion]

    @fields.field(PromotionType, description="The promotion as it is now.")
    def promotion(self, info: Info) -> Promotion:
        return fields.refetch(self.row, info)


@strawberry.type(description="Whether the vendor takes part in the platform's promotion.")
class SetPromotionConsentSuccess:
    is_given: bool = strawberry.field(description="Whether it does now.")


@strawberry.type
class Mutation:
    @fields.mutation(
        NotFound,
        NotPermitted,
        InvalidInput,
        CouponTaken,
        TransitionNotAllowed,
        description="Make a promotion of your vendor, or change one. What was ordered stays as it was.",
    )
    def save_promotion(self, info: Info, input: Annotated[SavePromotionInput, INPUT]) -> PromotionSuccess:
        vendor = own_vendor(input.vendor, VendorPermission.CHANGE_PROMOTIONS, info)
        draft = draft_of(input.terms, currency=vendor.currency, platform_share=Decimal(0))
        row = promotions.save_promotion(
            vendor=vendor, draft=draft, actor=info.context.actor, promotion_id=_key(input.promotion)
        )
        return PromotionSuccess(row=row)

    @fields.mutation(
        NotFound,
        NotPermitted,
        TransitionNotAllowed,
        description="Put a promotion of your vendor away for good; no order loses it.",
    )
    def archive_promotion(
        self, info: Info, input: Annotated[ArchivePromotionInput, INPUT]
    ) -> PromotionSuccess:
        vendor = own_vendor(input.vendor, VendorPermission.CHANGE_PROMOTIONS, info)
        key = decode_key(input.promotion, "Promotion", field="promotion")
        return PromotionSuccess(
            row=promotions.archive_promotion(vendor=vendor, promotion_id=key, actor=info.context.actor)
        )

    @fields.mutation(
        NotFound,
        NotPermitted,
        description="Pay your part of a promotion of the platform on your goods, as it is now, or cease to.",
    )
    def set_promotion_consent(
        self, info: Info, input: Annotated[SetPromotionConsentInput, INPUT]
    ) -> SetPromotionConsentSuccess:
        vendor = own_vendor(input.vendor, VendorPermission.CHANGE_PROMOTIONS, info)
        key = decode_key(input.promotion, "Promotion", field="promotion")
        act = promotions.join_promotion if input.is_given else promotions.leave_promotion
        act(vendor=vendor, promotion_id=key, actor=info.context.actor)
        return SetPromotionConsentSuccess(is_given=input.is_given)

    @fields.mutation(
        NotFound,
        NotPermitted,
        InvalidInput,
        CouponTaken,
        TransitionNotAllowed,
        description="Platform: make a promotion, or change one; vendors that pay a part of it join anew.",
    )
    def save_platform_promotion(
        self, info: Info, input: Annotated[SavePlatformPromotionInput, INPUT]
    ) -> PromotionSuccess:
        actor = info.context.demand_staff(CHANGE_PROMOTIONS)
        draft = draft_of(input.terms, currency=None, platform_share=input.platform_share)
        row = promotions.save_promotion(
            vendor=None, draft=draft, actor=actor, promotion_id=_key(input.promotion)
        )
        return PromotionSuccess(row=row)

    @fields.mutation(
        NotFound, NotPermitted, TransitionNotAllowed, description="Platform: put a promotion away for good."
    )
    def archive_platform_promotion(
        self, info: Info, input: Annotated[ArchivePlatformPromotionInput, INPUT]
    ) -> PromotionSuccess:
        actor = info.context.demand_staff(CHANGE_PROMOTIONS)
        key = decode_key(input.promotion, "Promotion", field="promotion")
        return PromotionSuccess(row=promotions.archive_promotion(vendor=None, promotion_id=key, actor=actor))


def _key(identifier: strawberry.ID | None) -> int | None:
    return None if identifier is None else decode_key(identifier, "Promotion", field="promotion")
