"""What a vendor's people change of what it says about itself."""

from dataclasses import fields as dataclass_fields
from typing import Annotated

import strawberry
from django.db import transaction

from marketplace.accounts.errors import SignInRequired
from marketplace.api import fields
from marketplace.api.context import Info
from marketplace.api.fields import INPUT
from marketplace.api.vendors.inputs import (
    RemoveVendorImageInput,
    SaveTraderDetailsInput,
    SaveVendorPolicyInput,
    SetVacationInput,
    UpdateVendorProfileInput,
    UploadVendorImageInput,
)
from marketplace.api.vendors.mutations.answers import VendorSuccess
from marketplace.api.vendors.types import own_vendor
from marketplace.kernel import clock
from marketplace.kernel.errors import InvalidInput, NotFound, UnusableImage
from vendors.errors import CurrencyFixed, NotPermitted, SlugTaken
from vendors.models import Vendor
from vendors.operations import declarations, images, profile, vacation
from vendors.operations.declarations import Trader
from vendors.permissions import VendorPermission


@strawberry.type
class Mutation:
    @fields.mutation(
        NotFound,
        NotPermitted,
        SlugTaken,
        CurrencyFixed,
        description="Change what your vendor says about itself.",
        is_for_keys=True,
    )
    def update_vendor_profile(
        self,
        info: Info,
        input: Annotated[UpdateVendorProfileInput, INPUT],
    ) -> VendorSuccess:
        vendor = own_vendor(input.vendor, VendorPermission.CHANGE_VENDOR, info)
        with transaction.atomic():
            if input.slug is not None:
                profile.change_slug(vendor=vendor, slug=input.slug, actor=info.context.actor)
            changed = _update(vendor, input)
        return VendorSuccess(row=changed)

    @fields.mutation(
        NotFound,
        NotPermitted,
        SignInRequired,
        description="Say who stands behind your vendor, and that it is true.",
    )
    def save_trader_details(
        self, info: Info, input: Annotated[SaveTraderDetailsInput, INPUT]
    ) -> VendorSuccess:
        vendor = own_vendor(input.vendor, VendorPermission.CHANGE_VENDOR, info)
        trader = Trader(**{each.name: getattr(input, each.name) for each in dataclass_fields(Trader)})
        details = declarations.save_trader_details(
            vendor=vendor, trader=trader, is_attested=input.is_attested, actor=info.context.demand_user()
        )
        return VendorSuccess(row=details.vendor)

    @fields.mutation(
        NotFound, NotPermitted, description="Publish the next version of a policy.", is_for_keys=True
    )
    def save_vendor_policy(self, info: Info, input: Annotated[SaveVendorPolicyInput, INPUT]) -> VendorSuccess:
        vendor = own_vendor(input.vendor, VendorPermission.CHANGE_VENDOR, info)
        declarations.publish_policy(vendor=vendor, kind=input.kind, text=input.text, actor=info.context.actor)
        return VendorSuccess(row=vendor)

    @fields.mutation(NotFound, NotPermitted, UnusableImage, description="Show a logo or a cover.")
    def upload_vendor_image(
        self, info: Info, input: Annotated[UploadVendorImageInput, INPUT]
    ) -> VendorSuccess:
        vendor = own_vendor(input.vendor, VendorPermission.CHANGE_VENDOR, info)
        content = input.image.take(field="image")
        images.put_image(vendor=vendor, kind=input.kind, content=content, alt=input.alt)
        return VendorSuccess(row=vendor)

    @fields.mutation(NotFound, NotPermitted, description="Show no logo or no cover any more.")
    def remove_vendor_image(
        self, info: Info, input: Annotated[RemoveVendorImageInput, INPUT]
    ) -> VendorSuccess:
        vendor = own_vendor(input.vendor, VendorPermission.CHANGE_VENDOR, info)
        images.remove_image(vendor=vendor, kind=input.kind)
        return VendorSuccess(row=vendor)

    @fields.mutation(
        NotFound,
        NotPermitted,
        InvalidInput,
        description="Say when your vendor is away, or that it is back.",
        is_for_keys=True,
    )
    def set_vacation(self, info: Info, input: Annotated[SetVacationInput, INPUT]) -> VendorSuccess:
        vendor = own_vendor(input.vendor, VendorPermission.CHANGE_VENDOR, info)
        actor = info.context.actor
        if input.closed_to is None:
            if input.closed_from is not None:
                raise InvalidInput(field="closedTo", reason="Say when it ends.")
            return VendorSuccess(row=vacation.end_vacation(vendor=vendor, actor=actor))
        changed = vacation.set_vacation(
            vendor=vendor,
            closed_from=input.closed_from or clock.now(),
            closed_to=input.closed_to,
            message=input.message,
            actor=actor,
        )
        return VendorSuccess(row=changed)


def _update(vendor: Vendor, input: UpdateVendorProfileInput) -> Vendor:
    return profile.update_profile(
        vendor=vendor,
        name=input.name,
        email=input.email,
        about=input.about,
        country=input.country,
        currency=input.currency,
        timezone=input.timezone,
        handling_days=input.handling_days,
    )
