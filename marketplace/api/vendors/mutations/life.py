"""What moves a vendor from state to state: by its own people, and by the platform."""

from typing import Annotated

import strawberry

from marketplace.accounts.errors import SignInRequired
from marketplace.api import fields
from marketplace.api.context import Info
from marketplace.api.fields import INPUT
from marketplace.api.scalars import decode_key
from marketplace.api.vendors.inputs import (
    AnswerVendorAppealInput,
    AppealVendorDecisionInput,
    ApplyAsVendorInput,
    ApproveVendorInput,
    CloseVendorInput,
    InviteVendorInput,
    ReinstateVendorInput,
    RejectVendorInput,
    SubmitVendorApplicationInput,
    SuspendVendorInput,
)
from marketplace.api.vendors.mutations.answers import VendorSuccess, as_staff
from marketplace.api.vendors.types import VendorAppealType, own_vendor
from marketplace.kernel import rates
from marketplace.kernel.errors import InvalidInput, NotFound, RateLimited, TransitionNotAllowed
from vendors.errors import NothingToAppeal, NotPermitted, OnboardingIncomplete, OpenObligations
from vendors.models import VendorAppeal
from vendors.operations import life
from vendors.permissions import MODERATE_VENDORS, VendorPermission


@strawberry.type(description="The appeal as it is now.")
class AppealSuccess:
    row: strawberry.Private[VendorAppeal]

    @fields.field(VendorAppealType, description="The appeal as it is now.")
    def appeal(self, info: Info) -> VendorAppeal:
        return fields.refetch(self.row, info)


@strawberry.type
class Mutation:
    @fields.mutation(
        SignInRequired,
        InvalidInput,
        RateLimited,
        description="Begin an application to sell here; you become the vendor's owner.",
    )
    def apply_as_vendor(self, info: Info, input: Annotated[ApplyAsVendorInput, INPUT]) -> VendorSuccess:
        user = info.context.demand_user()
        rates.hit(life.APPLY_BY_USER, str(user.pk))
        vendor = life.apply(
            user=user,
            name=input.name,
            email=input.email,
            country=input.country,
            currency=input.currency,
            timezone=input.timezone,
            about=input.about,
        )
        return VendorSuccess(row=vendor)

    @fields.mutation(
        NotFound,
        NotPermitted,
        SignInRequired,
        OnboardingIncomplete,
        TransitionNotAllowed,
        description="Ask the platform to decide, for the first time or after a rejection.",
    )
    def submit_vendor_application(
        self, info: Info, input: Annotated[SubmitVendorApplicationInput, INPUT]
    ) -> VendorSuccess:
        vendor = own_vendor(input.vendor, VendorPermission.CHANGE_VENDOR, info)
        actor = info.context.demand_user()
        return VendorSuccess(row=life.submit(vendor=vendor, actor=actor, note=input.note))

    @fields.mutation(
        NotFound,
        NotPermitted,
        SignInRequired,
        NothingToAppeal,
        description="Appeal against the rejection or suspension that stands, once.",
    )
    def appeal_vendor_decision(
        self, info: Info, input: Annotated[AppealVendorDecisionInput, INPUT]
    ) -> AppealSuccess:
        vendor = own_vendor(input.vendor, VendorPermission.CHANGE_VENDOR, info)
        author = info.context.demand_user()
        return AppealSuccess(row=life.appeal(vendor=vendor, author=author, message=input.message))

    @fields.mutation(NotFound, NothingToAppeal, description="Platform: answer an appeal.")
    def answer_vendor_appeal(
        self, info: Info, input: Annotated[AnswerVendorAppealInput, INPUT]
    ) -> AppealSuccess:
        key = decode_key(input.appeal, "VendorAppeal", field="appeal")
        actor = info.context.staff_who_may(MODERATE_VENDORS)
        appeal = VendorAppeal.objects.filter(pk=key).first() if actor else None
        if actor is None or appeal is None:
            raise NotFound(thing="appeal", field="appeal")
        return AppealSuccess(row=life.answer_appeal(appeal=appeal, actor=actor, answer=input.answer))

    @fields.mutation(NotFound, description="Platform: ask somebody to sell here, by a link in a mail.")
    def invite_vendor(self, info: Info, input: Annotated[InviteVendorInput, INPUT]) -> VendorSuccess:
        actor = info.context.staff_who_may(MODERATE_VENDORS)
        if actor is None:
            raise NotFound(thing="vendor")
        vendor = life.invite_vendor(
            name=input.name,
            email=input.email,
            country=input.country,
            currency=input.currency,
            actor=actor,
        )
        return VendorSuccess(row=vendor)

    @fields.mutation(
        NotFound,
        TransitionNotAllowed,
        OpenObligations,
        description="Platform: end a vendor that does not sell, for good.",
    )
    def close_vendor(self, info: Info, input: Annotated[CloseVendorInput, INPUT]) -> VendorSuccess:
        actor, vendor = as_staff(input.vendor, info)
        closed = life.close(vendor=vendor, actor=actor, reason=input.reason, note=input.note)
        return VendorSuccess(row=closed)

    @fields.mutation(
        NotFound,
        OnboardingIncomplete,
        TransitionNotAllowed,
        description="Platform: let an applicant sell.",
    )
    def approve_vendor(self, info: Info, input: Annotated[ApproveVendorInput, INPUT]) -> VendorSuccess:
        actor, vendor = as_staff(input.vendor, info)
        return VendorSuccess(row=life.approve(vendor=vendor, actor=actor, note=input.note))

    @fields.mutation(
        NotFound, InvalidInput, TransitionNotAllowed, description="Platform: turn an applicant down."
    )
    def reject_vendor(self, info: Info, input: Annotated[RejectVendorInput, INPUT]) -> VendorSuccess:
        actor, vendor = as_staff(input.vendor, info)
        changed = life.reject(vendor=vendor, actor=actor, reason=input.reason, note=input.note)
        return VendorSuccess(row=changed)

    @fields.mutation(
        NotFound, InvalidInput, TransitionNotAllowed, description="Platform: take a vendor off sale."
    )
    def suspend_vendor(self, info: Info, input: Annotated[SuspendVendorInput, INPUT]) -> VendorSuccess:
        actor, vendor = as_staff(input.vendor, info)
        changed = life.suspend(vendor=vendor, actor=actor, reason=input.reason, note=input.note)
        return VendorSuccess(row=changed)

    @fields.mutation(
        NotFound, InvalidInput, TransitionNotAllowed, description="Platform: let a vendor sell again."
    )
    def reinstate_vendor(
        self,
        info: Info,
        input: Annotated[ReinstateVendorInput, INPUT],
    ) -> VendorSuccess:
        actor, vendor = as_staff(input.vendor, info)
        return VendorSuccess(row=life.reinstate(vendor=vendor, actor=actor, note=input.note))
