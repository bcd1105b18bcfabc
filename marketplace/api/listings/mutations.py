"""What a vendor's people do to many variants, or to a whole listing, at once."""

from typing import Annotated, Self

import strawberry
from django.db.models import QuerySet

from catalog.drafting import MOST_VARIANTS, VariantDraft
from catalog.errors import RowProblem, SkuTaken, TooManyVariants, VariantsRefused
from catalog.models import Product, Variant
from catalog.operations import bulk, duplicates, variants
from catalog.selectors import sellers
from checkout.models import ShippedProduct
from checkout.operations.shipping import ship_by
from marketplace.api import fields
from marketplace.api.catalog.mutations import ListingSuccess
from marketplace.api.catalog.types import ListingVariantType
from marketplace.api.context import Info
from marketplace.api.errors import RowProblemType
from marketplace.api.fields import INPUT
from marketplace.api.listings.inputs import (
    CreateVariantsInput,
    DuplicateProductInput,
    SaveVariantsInput,
    UpdateVariantsInput,
    VariantDraftInput,
)
from marketplace.api.scalars import MoneyType, decode_key
from marketplace.api.vendors.types import own_vendor
from marketplace.kernel.errors import (
    IdempotencyKeyReused,
    InvalidInput,
    NotFound,
    Refusal,
    RequestInProgress,
)
from marketplace.kernel.money import Money
from vendors.errors import NotPermitted
from vendors.permissions import VendorPermission
from vendors.selectors import require


@strawberry.type(
    description="How a variant was: what `updateVariants` takes to have it so again, null for what stayed."
)
class VariantUndo:
    index: int = strawberry.field(description="The place of the variant in the list that was given, from 0.")
    price: MoneyType | None = strawberry.field(description="What one unit cost.")
    compare_at_price: MoneyType | None = strawberry.field(description="What it was compared with.")
    is_compared: bool | None = strawberry.field(description="Whether it was compared with anything.")
    stock_delta: int = strawberry.field(description="The units that came, taken back.")
    is_active: bool | None = strawberry.field(description="Whether it was for sale.")

    @classmethod
    def of(cls, undo: bulk.Undo) -> Self:
        return cls(
            index=undo.index,
            price=undo.price,  # type: ignore[arg-type]  # fields of MoneyType hold the kernel's value
            compare_at_price=undo.compare_at,  # type: ignore[arg-type]  # the same
            is_compared=undo.is_compared,
            stock_delta=undo.delta,
            is_active=undo.is_active,
        )


@strawberry.type(description="What came of each row: the variants that were changed, and those refused.")
class UpdateVariantsSuccess:
    edited: strawberry.Private[bulk.Edited]

    @fields.connection(ListingVariantType, description="Those that were changed, as they are now.")
    def variants(self) -> "QuerySet[Variant]":
        return Variant.objects.filter(pk__in=[each.variant_id for each in self.edited.undo]).order_by("pk")

    @strawberry.field(description="How those were, in the order in which they were given.")  # type: ignore[untyped-decorator]
    def undo(self) -> list[VariantUndo]:
        return [VariantUndo.of(each) for each in self.edited.undo]

    @fields.field(list[RowProblemType], description="Why the others stayed as they are.")
    def problems(self) -> list[RowProblem]:
        return list(self.edited.problems)


@strawberry.type
class Mutation:
    @fields.mutation(
        NotFound,
        NotPermitted,
        InvalidInput,
        VariantsRefused,
        TooManyVariants,
        description="Add and change any number of variants of a listing: all of them, or none.",
        is_for_keys=True,
    )
    def save_variants(self, info: Info, input: Annotated[SaveVariantsInput, INPUT]) -> ListingSuccess:
        listing = _own_listing(input.listing, info)
        saved = variants.save_variants(
            product=listing,
            drafts=_drafts(input.variants, listing.currency),
            names=input.option_names,
            is_complete=input.is_complete,
        )
        return ListingSuccess(row=saved)

    @fields.mutation(
        NotFound,
        NotPermitted,
        InvalidInput,
        VariantsRefused,
        TooManyVariants,
        description="Have a variant on sale for every combination of some values, and none beside them. "
        "Those that are on sale already stay as they are.",
        is_for_keys=True,
    )
    def create_variants(self, info: Info, input: Annotated[CreateVariantsInput, INPUT]) -> ListingSuccess:
        listing = _own_listing(input.listing, info)
        compare_at = input.compare_at_price
        saved = variants.generate_variants(
            product=listing,
            axes=[(each.name, each.values) for each in input.axes],
            price=Money.from_decimal(input.price, listing.currency, field="price"),
            compare_at=None
            if compare_at is None
            else Money.from_decimal(compare_at, listing.currency, field="compareAtPrice"),
            weight_g=input.weight_g,
            prefix=input.sku_prefix,
        )
        return ListingSuccess(row=saved)

    @fields.mutation(
        NotFound,
        NotPermitted,
        InvalidInput,
        IdempotencyKeyReused,
        RequestInProgress,
        description="Begin a listing like another one, as a draft: with all that it has but its stock.",
        is_for_keys=True,
    )
    def duplicate_product(self, info: Info, input: Annotated[DuplicateProductInput, INPUT]) -> ListingSuccess:
        listing = _own_listing(input.listing, info)
        # Who may change one single listing only may not add another one.
        require(info.context.visitor, VendorPermission.CHANGE_LISTINGS, listing.vendor)
        copy = duplicates.duplicate_product(product=listing, idempotency_key=input.idempotency_key)
        shipped = ShippedProduct.objects.filter(product=listing).first()
        if shipped is not None:
            ship_by(product=copy, profile_id=shipped.profile_id)
        return ListingSuccess(row=copy)

    @fields.mutation(
        NotFound,
        NotPermitted,
        InvalidInput,
        SkuTaken,
        IdempotencyKeyReused,
        RequestInProgress,
        description="Change prices, stock and sale of many variants at once. A row that is refused stays as "
        "it is, and the others go on; what `undo` answers, given to this mutation, undoes them.",
        is_for_keys=True,
    )
    def update_variants(
        self, info: Info, input: Annotated[UpdateVariantsInput, INPUT]
    ) -> UpdateVariantsSuccess:
        needed = (
            {VendorPermission.CHANGE_LISTINGS}
            if any(each.is_of_the_listing for each in input.variants)
            else set()
        )
        if any(each.stock_delta for each in input.variants) or not needed:
            needed.add(VendorPermission.CHANGE_STOCK)
        for permission in sorted(needed):
            vendor = own_vendor(input.vendor, permission, info)
        edited = bulk.update_variants(
            vendor=vendor,
            edits=[each.to_domain() for each in input.variants],
            actor=info.context.actor,
            reason=input.reason,
            note=input.note,
            idempotency_key=input.idempotency_key,
        )
        return UpdateVariantsSuccess(edited=edited)


def _own_listing(identifier: str, info: Info) -> Product:
    key = decode_key(identifier, "Listing", field="listing")
    return sellers.listing_of(info.context.visitor, key, VendorPermission.CHANGE_LISTINGS)


def _drafts(rows: list[VariantDraftInput], currency: str) -> list[VariantDraft]:
    """The drafts. Raises VariantsRefused with all that are none, TooManyVariants."""
    if len(rows) > MOST_VARIANTS:
        raise TooManyVariants(limit=MOST_VARIANTS)
    drafts, problems = [], []
    for index, each in enumerate(rows):
        try:
            drafts.append(each.to_domain(index, currency))
        except Refusal as refusal:
            problems.append(RowProblem.of(index, refusal))
    if problems:
        raise VariantsRefused(problems=tuple(problems))
    return drafts
