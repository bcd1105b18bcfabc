"""What the platform decides about changes of listings, and what vendors do with theirs."""

from typing import Annotated

import strawberry

from catalog.errors import ListingChanged, TooManyImages
from catalog.models import Product, ProductChange
from catalog.operations import changes, schedule
from catalog.operations.rejections import verdict
from catalog.permissions import MODERATE_PRODUCTS
from catalog.selectors import sellers
from marketplace.accounts.models import User
from marketplace.api import fields
from marketplace.api.catalog.types import ListingType
from marketplace.api.context import Info
from marketplace.api.fields import INPUT
from marketplace.api.moderation.inputs import (
    ApproveProductChangeInput,
    DeclineProductChangeInput,
    ScheduleProductInput,
    WithdrawProductChangeInput,
    faults_of,
)
from marketplace.api.moderation.types import ProductChangeType
from marketplace.api.scalars import decode_key
from marketplace.kernel.errors import InvalidInput, NotFound, TransitionNotAllowed
from vendors.errors import NotPermitted
from vendors.permissions import VendorPermission


@strawberry.type(description="The change and its listing as they are now.")
class ProductChangeSuccess:
    row: strawberry.Private[ProductChange]

    @fields.field(ProductChangeType, description="The change as it is now.")
    def change(self, info: Info) -> ProductChange:
        return fields.refetch(self.row, info)

    @fields.field(ListingType, description="Its listing as it is now.")
    def listing(self, info: Info) -> Product:
        return fields.refetch(self.row.product, info)


@strawberry.type(description="When the listing is on sale.")
class ScheduleSuccess:
    row: strawberry.Private[Product]

    @fields.field(ListingType, description="The listing as it is now.")
    def listing(self, info: Info) -> Product:
        return fields.refetch(self.row, info)


@strawberry.type
class Mutation:
    @fields.mutation(
        NotFound,
        InvalidInput,
        ListingChanged,
        TooManyImages,
        TransitionNotAllowed,
        description="Platform: put a change of a listing on sale, all of it.",
    )
    def approve_product_change(
        self, info: Info, input: Annotated[ApproveProductChangeInput, INPUT]
    ) -> ProductChangeSuccess:
        actor, change = _as_staff(input.change, info)
        approved = changes.approve_change(change=change, version=input.version, actor=actor, note=input.note)
        return ProductChangeSuccess(row=approved)

    @fields.mutation(
        NotFound,
        InvalidInput,
        ListingChanged,
        TransitionNotAllowed,
        description="Platform: turn a change of a listing down; what is on sale stays on sale.",
    )
    def decline_product_change(
        self, info: Info, input: Annotated[DeclineProductChangeInput, INPUT]
    ) -> ProductChangeSuccess:
        actor, change = _as_staff(input.change, info)
        declined = changes.decline_change(
            change=change,
            version=input.version,
            actor=actor,
            verdict=verdict(input.reason, faults_of(input.faults)),
            note=input.note,
        )
        return ProductChangeSuccess(row=declined)

    @fields.mutation(
        NotFound,
        NotPermitted,
        InvalidInput,
        TransitionNotAllowed,
        description="Take back what was asked to change of a listing.",
        is_for_keys=True,
    )
    def withdraw_product_change(
        self, info: Info, input: Annotated[WithdrawProductChangeInput, INPUT]
    ) -> ProductChangeSuccess:
        key = decode_key(input.change, "ProductChange", field="change")
        change = sellers.change_of(info.context.visitor, key, VendorPermission.CHANGE_LISTINGS)
        taken_back = changes.withdraw_change(change=change, actor=info.context.demand_actor())
        return ProductChangeSuccess(row=taken_back)

    @fields.mutation(
        NotFound,
        NotPermitted,
        InvalidInput,
        description="Say when a listing goes on sale, and when it goes off.",
        is_for_keys=True,
    )
    def schedule_product(self, info: Info, input: Annotated[ScheduleProductInput, INPUT]) -> ScheduleSuccess:
        key = decode_key(input.listing, "Listing", field="listing")
        listing = sellers.listing_of(info.context.visitor, key, VendorPermission.CHANGE_LISTINGS)
        scheduled = schedule.schedule_product(
            product=listing,
            publish_at=input.publish_at,
            ends_at=input.ends_at,
            actor=info.context.demand_actor(),
        )
        return ScheduleSuccess(row=scheduled)


def _as_staff(identifier: str, info: Info) -> tuple[User, ProductChange]:
    """Who acts, if they may decide about listings, and the change; raises NotFound where one is missing."""
    key = decode_key(identifier, "ProductChange", field="change")
    actor = info.context.staff_who_may(MODERATE_PRODUCTS)
    change = ProductChange.objects.filter(pk=key).first() if actor else None
    if actor is None or change is None:
        raise NotFound(thing="change", field="change")
    return actor, change
