"""What is done about vendors' money: where they are paid."""

from typing import Annotated

import strawberry

from marketplace.accounts.authentication import demand_recent_proof
from marketplace.accounts.errors import PaymentsSilent, RecentSignInRequired, SignInRequired
from marketplace.api import fields
from marketplace.api.context import Info
from marketplace.api.fields import INPUT
from marketplace.api.payouts.inputs import (
    OpenPayoutDashboardInput,
    RefreshPayoutAccountInput,
    StartOnboardingInput,
)
from marketplace.api.payouts.types import PayoutAccountType
from marketplace.api.vendors.types import own_vendor
from marketplace.kernel import rates
from marketplace.kernel.errors import NotFound, RateLimited
from payouts.errors import PayoutAccountNotReady
from payouts.models import PayoutAccount
from payouts.operations import accounts
from vendors.errors import NotPermitted
from vendors.models import Vendor
from vendors.permissions import VendorPermission


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
        description="Let your vendor tell the payment provider where it is paid, after a recent sign-in.",
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
        description="Let your vendor see its account with the payment provider, after a recent sign-in.",
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


def _guarded(identifier: str, info: Info) -> Vendor:
    """The vendor, for who may say where it is paid and has shown lately who they are."""
    vendor = own_vendor(identifier, VendorPermission.CHANGE_PAYOUT_ACCOUNT, info)
    user = info.context.demand_user()
    demand_recent_proof(info.context.request)
    rates.hit(accounts.ASK_BY_USER, str(user.pk))
    return vendor
