"""What the mutations on vendors' money take."""

import strawberry


@strawberry.input(description="Whose account with the payment provider to set up.")
class StartOnboardingInput:
    vendor: strawberry.ID = strawberry.field(description="The vendor's account.")


@strawberry.input(description="Whose account with the payment provider to look at.")
class OpenPayoutDashboardInput:
    vendor: strawberry.ID = strawberry.field(description="The vendor's account.")


@strawberry.input(description="Whose account with the payment provider to look up anew.")
class RefreshPayoutAccountInput:
    vendor: strawberry.ID = strawberry.field(description="The vendor's account.")
