"""What a vendor does before it sells, and what the platform decides about it."""

from typing import Annotated

import strawberry

from marketplace.accounts.errors import SignInRequired
from marketplace.api import fields
from marketplace.api.context import Info
from marketplace.api.fields import INPUT
from marketplace.api.vendors.inputs import (
    AcceptPlatformTermsInput,
    ReviewOnboardingStepInput,
    SavePlatformTermsInput,
)
from marketplace.api.vendors.mutations.answers import VendorSuccess, as_staff
from marketplace.api.vendors.types import PlatformTermsType, own_vendor
from marketplace.kernel.errors import NotFound
from vendors.errors import NotPermitted
from vendors.models import PlatformTerms
from vendors.operations import onboarding
from vendors.permissions import PUBLISH_TERMS, VendorPermission


@strawberry.type(description="The terms as they were published.")
class SavePlatformTermsSuccess:
    row: strawberry.Private[PlatformTerms]

    @fields.field(PlatformTermsType, description="The terms.")
    def terms(self) -> PlatformTerms:
        return self.row


@strawberry.type
class Mutation:
    @fields.mutation(NotFound, description="Platform: decide about a step of a vendor's checklist.")
    def review_onboarding_step(
        self, info: Info, input: Annotated[ReviewOnboardingStepInput, INPUT]
    ) -> VendorSuccess:
        actor, vendor = as_staff(input.vendor, info)
        onboarding.review_step(
            vendor=vendor, step=input.step, verdict=input.verdict, actor=actor, note=input.note
        )
        return VendorSuccess(row=vendor)

    @fields.mutation(NotFound, description="Platform: publish the next version of the terms.")
    def save_platform_terms(
        self, info: Info, input: Annotated[SavePlatformTermsInput, INPUT]
    ) -> SavePlatformTermsSuccess:
        actor = info.context.staff_who_may(PUBLISH_TERMS)
        if actor is None:
            raise NotFound(thing="terms")
        terms = onboarding.publish_terms(text=input.text, actor=actor, effective_at=input.effective_at)
        return SavePlatformTermsSuccess(row=terms)

    @fields.mutation(
        NotFound, NotPermitted, SignInRequired, description="Accept the platform's terms for your vendor."
    )
    def accept_platform_terms(
        self, info: Info, input: Annotated[AcceptPlatformTermsInput, INPUT]
    ) -> VendorSuccess:
        vendor = own_vendor(input.vendor, VendorPermission.CHANGE_VENDOR, info)
        onboarding.accept_terms(vendor=vendor, version=input.version, user=info.context.demand_user())
        return VendorSuccess(row=vendor)
