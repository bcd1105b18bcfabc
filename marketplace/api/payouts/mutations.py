"""What is done about vendors' money: where they are paid."""

import dataclasses
from datetime import datetime
from typing import Annotated

import strawberry

from marketplace.accounts.authentication import demand_recent_proof
from marketplace.accounts.errors import PaymentsSilent, RecentSignInRequired, SignInRequired
from marketplace.accounts.factors import has_factor
from marketplace.api import fields
from marketplace.api.context import Info
from marketplace.api.fields import INPUT
from marketplace.api.payouts.inputs import (
    AnswerDisputeInput,
    OpenPayoutDashboardInput,
    RefreshPayoutAccountInput,
    StartOnboardingInput,
)
from marketplace.api.payouts.types import PayoutAccountType
from marketplace.api.scalars import decode_id, decode_key
from marketplace.api.vendors.types import own_vendor
from marketplace.gateway.provider import Evidence
from marketplace.kernel import rates
from marketplace.kernel.errors import IdempotencyKeyReused, NotFound, RateLimited, RequestInProgress
from payouts.errors import DisputeNotAnswerable, PayoutAccountNotReady, SecondFactorNeeded
from payouts.models import Dispute, DisputeShare, DisputeStatus, PayoutAccount
from payouts.operations import accounts, evidence
from payouts.permissions import ANSWER_DISPUTES
from vendors.errors import NotPermitted
from vendors.models import Vendor
from vendors.permissions import VendorPermission
from vendors.selectors import permissions_on


@strawberry.type(description="The provider waits for the vendor.")
class StartOnboardingSuccess:
    url: str = strawberry.field(
        description="Where to go now: good once, and for minutes. Ask anew each time."
    )


@strawberry.type(description="The provider lets the vendor in.")
class OpenPayoutDashboardSuccess:
    url: str = strawberry.field(description="Where to go now: good once. Ask anew each time.")


@strawberry.type(description="The account was looked up.")
class RefreshPayoutAccountSuccess:
    row: strawberry.Private[PayoutAccount | None]

    @fields.field(PayoutAccountType | None, description="The account as it is now; null where there is none.")
    def payout_account(self) -> PayoutAccount | None:
        return self.row


@strawberry.type(description="It was kept, and sent where it was to be.")
class AnswerDisputeSuccess:
    status: DisputeStatus = strawberry.field(description="Where the dispute stands.")
    evidence_sent_at: datetime | None = strawberry.field(description="When the bank was answered.")


@strawberry.type
class Mutation:
    @fields.mutation(
        NotFound,
        NotPermitted,
        SignInRequired,
        RecentSignInRequired,
        RateLimited,
        PaymentsSilent,
        PayoutAccountNotReady,
        SecondFactorNeeded,
        description="Let your vendor tell the payment provider where it is paid, after a recent sign-in with "
        "a second factor.",
    )
    def start_onboarding(
        self, info: Info, input: Annotated[StartOnboardingInput, INPUT]
    ) -> StartOnboardingSuccess:
        vendor = _guarded(input.vendor, info)
        return StartOnboardingSuccess(
            url=accounts.start_onboarding(vendor=vendor, actor=info.context.demand_user())
        )

    @fields.mutation(
        NotFound,
        NotPermitted,
        SignInRequired,
        RecentSignInRequired,
        RateLimited,
        PaymentsSilent,
        PayoutAccountNotReady,
        SecondFactorNeeded,
        description="Let your vendor see its account with the payment provider, after a recent sign-in with "
        "a second factor.",
    )
    def open_payout_dashboard(
        self, info: Info, input: Annotated[OpenPayoutDashboardInput, INPUT]
    ) -> OpenPayoutDashboardSuccess:
        return OpenPayoutDashboardSuccess(url=accounts.open_dashboard(vendor=_guarded(input.vendor, info)))

    @fields.mutation(
        NotFound,
        NotPermitted,
        SignInRequired,
        RateLimited,
        PaymentsSilent,
        description="Ask the payment provider how your vendor's account stands, as after onboarding.",
    )
    def refresh_payout_account(
        self, info: Info, input: Annotated[RefreshPayoutAccountInput, INPUT]
    ) -> RefreshPayoutAccountSuccess:
        vendor = own_vendor(input.vendor, VendorPermission.VIEW_FINANCES, info)
        rates.hit(accounts.ASK_BY_USER, str(info.context.demand_user().pk))
        return RefreshPayoutAccountSuccess(row=accounts.refresh_account(vendor=vendor))

    @fields.mutation(
        NotFound,
        NotPermitted,
        SignInRequired,
        PaymentsSilent,
        DisputeNotAnswerable,
        IdempotencyKeyReused,
        RequestInProgress,
        description="Say something against a dispute, for your vendor or the platform. With `isFinal` it "
        "goes to the bank, once; where several vendors have a part, when each of them has said so.",
    )
    def answer_dispute(self, info: Info, input: Annotated[AnswerDisputeInput, INPUT]) -> AnswerDisputeSuccess:
        dispute, vendor = _meant(input.dispute, info)
        answered = evidence.answer_dispute(
            dispute=dispute,
            vendor=vendor,
            author=info.context.demand_user(),
            said=Evidence(**dataclasses.asdict(input.evidence)),
            is_final=input.is_final,
            idempotency_key=input.idempotency_key,
        )
        return AnswerDisputeSuccess(
            status=DisputeStatus(answered.status), evidence_sent_at=answered.evidence_sent_at
        )


def _meant(identifier: str, info: Info) -> tuple[Dispute, Vendor | None]:
    """The dispute, and for which vendor it is answered; none: for the platform.

    Raises NotFound for everyone who may not know of it, NotPermitted for a member who may not answer.
    """
    kind, key = decode_id(identifier, field="dispute")
    if kind == "Dispute":
        dispute = Dispute.objects.filter(pk=key).first()
        if dispute is None or not info.context.staff_who_may(ANSWER_DISPUTES):
            raise NotFound(thing="dispute", field="dispute")
        return dispute, None
    key = decode_key(identifier, "VendorDispute", field="dispute")
    rows = DisputeShare.objects.filter(pk=key, amount_minor__gt=0)
    share = rows.select_related("dispute", "vendor_order__vendor").first()
    if share is None:
        raise NotFound(thing="dispute", field="dispute")
    vendor = share.vendor_order.vendor
    held = permissions_on(info.context.visitor, vendor)
    if VendorPermission.VIEW_ORDERS not in held:
        raise NotFound(thing="dispute", field="dispute")
    if VendorPermission.REFUND_ORDERS not in held:
        raise NotPermitted(permission=VendorPermission.REFUND_ORDERS)
    return share.dispute, vendor


def _guarded(identifier: str, info: Info) -> Vendor:
    """The vendor, for who may say where it is paid and has shown lately who they are, by two factors."""
    vendor = own_vendor(identifier, VendorPermission.CHANGE_PAYOUT_ACCOUNT, info)
    user = info.context.demand_user()
    demand_recent_proof(info.context.request)
    if not has_factor(user):
        raise SecondFactorNeeded
    rates.hit(accounts.ASK_BY_USER, str(user.pk))
    return vendor
