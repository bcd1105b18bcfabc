"""What the mutations on vendors take."""

import strawberry

from vendors.models import VendorReason


@strawberry.input(description="An application to sell.")
class ApplyAsVendorInput:
    name: str = strawberry.field(description="The name buyers will know.")
    email: str = strawberry.field(description="Where the platform writes to.")
    country: str = strawberry.field(description="ISO 3166-1 alpha-2 code of where you sell from.")
    currency: str = strawberry.field(description="ISO 4217 code of the currency you sell in.")
    timezone: str = strawberry.field(
        default="UTC", description="IANA zone by which your reports cut their days."
    )
    about: str = strawberry.field(default="", description="What you sell, in your own words.")


@strawberry.input(description="What a vendor says about itself.")
class UpdateVendorProfileInput:
    vendor: strawberry.ID = strawberry.field(description="The vendor's account.")
    name: str = strawberry.field(description="The name buyers know.")
    email: str = strawberry.field(description="Where the platform writes to.")
    about: str = strawberry.field(description="What you sell, in your own words.")
    timezone: str = strawberry.field(description="IANA zone by which your reports cut their days.")


@strawberry.input(description="Let an applicant sell.")
class ApproveVendorInput:
    vendor: strawberry.ID = strawberry.field(description="The vendor's account.")
    note: str = strawberry.field(default="", description="For the record.")


@strawberry.input(description="Turn an applicant down.")
class RejectVendorInput:
    vendor: strawberry.ID = strawberry.field(description="The vendor's account.")
    reason: VendorReason = strawberry.field(description="Why.")
    note: str = strawberry.field(default="", description="For the record.")


@strawberry.input(description="Take a vendor off sale.")
class SuspendVendorInput:
    vendor: strawberry.ID = strawberry.field(description="The vendor's account.")
    reason: VendorReason = strawberry.field(description="Why.")
    note: str = strawberry.field(default="", description="For the record.")


@strawberry.input(description="Let a suspended vendor sell again.")
class ReinstateVendorInput:
    vendor: strawberry.ID = strawberry.field(description="The vendor's account.")
    note: str = strawberry.field(default="", description="For the record.")
