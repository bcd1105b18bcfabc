"""What the mutations on vendors take."""

from datetime import datetime

import strawberry

from marketplace.api.uploads import Upload
from vendors.models import OnboardingStep, PolicyKind, StepVerdict, VendorImageKind, VendorReason
from vendors.permissions import VendorPermission, VendorRole


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


@strawberry.input(description="What a vendor says about itself; what is left out stays.")
class UpdateVendorProfileInput:
    vendor: strawberry.ID = strawberry.field(description="The vendor's account.")
    name: str | None = strawberry.field(default=None, description="The name buyers know.")
    email: str | None = strawberry.field(default=None, description="Where the platform writes to.")
    about: str | None = strawberry.field(default=None, description="What you sell, in your own words.")
    timezone: str | None = strawberry.field(
        default=None, description="IANA zone by which your reports cut their days."
    )
    country: str | None = strawberry.field(
        default=None, description="ISO 3166-1 alpha-2 code of where you sell from."
    )
    currency: str | None = strawberry.field(
        default=None,
        description="ISO 4217 code of the currency you sell in; fixed by your first listing.",
    )
    handling_days: int | None = strawberry.field(default=None, description="Working days until you ship.")
    slug: str | None = strawberry.field(
        default=None, description="The name in addresses; the old ones go on leading to you."
    )


@strawberry.input(description="Who stands behind your vendor; what is left out is empty.")
class SaveTraderDetailsInput:
    vendor: strawberry.ID = strawberry.field(description="The vendor's account.")
    legal_name: str = strawberry.field(default="", description="The name in law.")
    line1: str = strawberry.field(default="", description="Street and number, or whatever names the place.")
    line2: str = strawberry.field(default="", description="Floor, care of ...")
    city: str = strawberry.field(default="", description="City, town or village.")
    state: str = strawberry.field(default="", description="State, province or county.")
    postal_code: str = strawberry.field(default="", description="Postal code.")
    country: str = strawberry.field(default="", description="ISO 3166-1 alpha-2 code of the country.")
    email: str = strawberry.field(default="", description="Where buyers can write.")
    phone: str = strawberry.field(default="", description="Where buyers can call.")
    register_number: str = strawberry.field(default="", description="The entry in a trade register.")
    tax_number: str = strawberry.field(default="", description="The tax number; shown to nobody else.")
    is_attested: bool = strawberry.field(
        default=False, description="Declare that all of it is true; it must be complete."
    )


@strawberry.input(description="Sell under other words from now on.")
class SaveVendorPolicyInput:
    vendor: strawberry.ID = strawberry.field(description="The vendor's account.")
    kind: PolicyKind = strawberry.field(description="What they are about.")
    text: str = strawberry.field(description="The words.")


@strawberry.input(description="Show a picture of your vendor, in the place of the one of its kind.")
class UploadVendorImageInput:
    vendor: strawberry.ID = strawberry.field(description="The vendor's account.")
    kind: VendorImageKind = strawberry.field(description="What it is for.")
    image: Upload = strawberry.field(description="The file: JPEG, PNG, WebP or GIF, 20 MB at most.")
    alt: str = strawberry.field(default="", description="What it shows, for those who do not see it.")


@strawberry.input(description="Show no picture of this kind any more.")
class RemoveVendorImageInput:
    vendor: strawberry.ID = strawberry.field(description="The vendor's account.")
    kind: VendorImageKind = strawberry.field(description="What it was for.")


@strawberry.input(description="When your vendor is away. Without any moment it is back, or stays.")
class SetVacationInput:
    vendor: strawberry.ID = strawberry.field(description="The vendor's account.")
    closed_from: datetime | None = strawberry.field(
        default=None, description="When it begins, with a zone; at once where only an end is given."
    )
    closed_to: datetime | None = strawberry.field(
        default=None, description="The last moment of it, with a zone."
    )
    message: str = strawberry.field(default="", description="What buyers read meanwhile.")


@strawberry.input(description="Decide about a step of a vendor's checklist.")
class ReviewOnboardingStepInput:
    vendor: strawberry.ID = strawberry.field(description="The vendor's account.")
    step: OnboardingStep = strawberry.field(description="Which.")
    verdict: StepVerdict = strawberry.field(description="What is computed can only be waived.")
    note: str = strawberry.field(default="", description="In words, for the vendor and the record.")


@strawberry.input(description="Ask every vendor to accept these words.")
class SavePlatformTermsInput:
    text: str = strawberry.field(description="The words.")
    effective_at: datetime | None = strawberry.field(
        default=None, description="From when they are asked for, with a zone; at once if left out."
    )


@strawberry.input(description="Accept the platform's terms for your vendor.")
class AcceptPlatformTermsInput:
    vendor: strawberry.ID = strawberry.field(description="The vendor's account.")
    version: int = strawberry.field(description="The version you have read.")


@strawberry.input(description="Your application is complete, or mended: the platform is to decide.")
class SubmitVendorApplicationInput:
    vendor: strawberry.ID = strawberry.field(description="The vendor's account.")
    note: str = strawberry.field(default="", description="In words, for the platform and the record.")


@strawberry.input(description="Say why a rejection or a suspension is wrong.")
class AppealVendorDecisionInput:
    vendor: strawberry.ID = strawberry.field(description="The vendor's account.")
    message: str = strawberry.field(description="What you say.")


@strawberry.input(description="Answer an appeal; to agree, reinstate or approve the vendor besides.")
class AnswerVendorAppealInput:
    appeal: strawberry.ID = strawberry.field(description="The appeal.")
    answer: str = strawberry.field(description="What the vendor is told.")


@strawberry.input(description="Ask somebody to sell here.")
class InviteVendorInput:
    name: str = strawberry.field(description="The name buyers will know; its owner may change it.")
    email: str = strawberry.field(description="Whose owner the vendor gets: the link goes there.")
    country: str = strawberry.field(description="ISO 3166-1 alpha-2 code of where it sells from.")
    currency: str = strawberry.field(description="ISO 4217 code of the currency it sells in.")


@strawberry.input(description="Let an applicant sell.")
class ApproveVendorInput:
    vendor: strawberry.ID = strawberry.field(description="The vendor's account.")
    note: str = strawberry.field(default="", description="In words, for the vendor and the record.")


@strawberry.input(description="Turn an applicant down.")
class RejectVendorInput:
    vendor: strawberry.ID = strawberry.field(description="The vendor's account.")
    reason: VendorReason = strawberry.field(description="Why.")
    note: str = strawberry.field(default="", description="In words, for the vendor and the record.")


@strawberry.input(description="Take a vendor off sale.")
class SuspendVendorInput:
    vendor: strawberry.ID = strawberry.field(description="The vendor's account.")
    reason: VendorReason = strawberry.field(description="Why.")
    note: str = strawberry.field(default="", description="In words, for the vendor and the record.")


@strawberry.input(description="Let a suspended vendor sell again.")
class ReinstateVendorInput:
    vendor: strawberry.ID = strawberry.field(description="The vendor's account.")
    note: str = strawberry.field(default="", description="In words, for the vendor and the record.")


@strawberry.input(description="End a vendor for good; one that does not sell and of which nothing is open.")
class CloseVendorInput:
    vendor: strawberry.ID = strawberry.field(description="The vendor's account.")
    reason: VendorReason = strawberry.field(description="Why.")
    note: str = strawberry.field(default="", description="In words, for the vendor and the record.")


@strawberry.input(description="Ask somebody to work for your vendor.")
class InviteVendorMemberInput:
    vendor: strawberry.ID = strawberry.field(description="The vendor's account.")
    email: str = strawberry.field(description="Where the link goes; only its owner can accept.")
    role: VendorRole = strawberry.field(description="As what: a role that may do no more than you may.")


@strawberry.input(description="Take an invitation back.")
class RevokeInvitationInput:
    invitation: strawberry.ID = strawberry.field(description="The invitation.")


@strawberry.input(description="Take up an invitation.")
class AcceptInvitationInput:
    key: str = strawberry.field(description="What the link in the mail carries.")


@strawberry.input(description="Give a member another role.")
class ChangeMemberRoleInput:
    member: strawberry.ID = strawberry.field(description="The member.")
    role: VendorRole = strawberry.field(description="As what: a role that may do no more than you may.")


@strawberry.input(description="End somebody's work for your vendor, or your own.")
class RemoveVendorMemberInput:
    member: strawberry.ID = strawberry.field(description="The member; anybody may leave.")


@strawberry.input(description="A key for a program of your vendor's.")
class CreateVendorApiKeyInput:
    vendor: strawberry.ID = strawberry.field(description="The vendor's account.")
    name: str = strawberry.field(description="What it is for, in your words.")
    permissions: list[VendorPermission] = strawberry.field(
        description="What it may do: nothing that you may not, and nothing that takes a person."
    )
    expires_at: datetime | None = strawberry.field(
        default=None, description="When it ends by itself; never, if none is given."
    )


@strawberry.input(description="Which key.")
class RevokeVendorApiKeyInput:
    api_key: strawberry.ID = strawberry.field(description="The key.")
