"""Vendors as buyers see them, and as their own people do."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import strawberry
import strawberry_django
from django.db.models import OuterRef, Prefetch, QuerySet, Subquery
from django.db.models.functions import JSONObject

from marketplace.accounts.models import User
from marketplace.api import fields
from marketplace.api.choices import enum_of
from marketplace.api.context import Info
from marketplace.api.nodes import Node
from marketplace.api.pictures import Pictured
from marketplace.api.returns.types import Offered
from marketplace.api.reviews.types import RatedVendor
from marketplace.api.scalars import decode_key
from marketplace.kernel import clock
from marketplace.kernel.errors import NotFound
from marketplace.kernel.models import AuditEntry
from marketplace.kernel.states import MOVED
from vendors import models, selectors
from vendors.errors import NotPermitted
from vendors.onboarding import StepState
from vendors.permissions import VIEW_TRADERS, VIEW_VENDORS, VendorPermission, VendorRole

if TYPE_CHECKING:
    from marketplace.api.vendor_account import VendorAccount

enum_of(models.VendorStatus, description="Where a vendor stands with the platform.")
enum_of(models.VendorReason, description="Why the platform moved a vendor.")
enum_of(VendorRole, description="What a member is to the vendor.")
enum_of(VendorPermission, description="What a member may do.")


@strawberry.type(description="When a vendor is away: its products cannot be bought meanwhile.")
class Vacation:
    closed_from: datetime = strawberry.field(description="When it begins.")
    closed_to: datetime = strawberry.field(description="The last moment of it; by itself it sells again.")
    message: str = strawberry.field(description="What the vendor says about it, if anything.")
    is_now: bool = strawberry.field(description="Whether it is away at this moment.")


enum_of(models.OnboardingStep, description="A step of the checklist before a vendor sells.")
enum_of(models.StepStatus, description="How a step of the checklist stands.")
enum_of(models.StepVerdict, description="What the platform decided about a step.")


@strawberry.type(name="OnboardingStepState", description="How a step of the checklist stands.")
class StepStateType:
    """The shape of `vendors.onboarding.StepState` outside."""

    step: models.OnboardingStep = strawberry.field(description="Which.")
    status: models.StepStatus = strawberry.field(description="How it stands.")
    note: str = strawberry.field(description="What the platform said of it, if anything.")


@strawberry_django.type(
    models.PlatformTerms, name="PlatformTerms", description="What vendors agree to, in one version."
)
class PlatformTermsType:
    version: int = fields.attribute(description="Counted from 1.")
    text: str = fields.attribute(description="The words.")
    effective_at: datetime = fields.attribute(description="From when they are asked for.")


VACATION_COLUMNS = ["closed_from_at", "closed_to_at", "closed_message"]


def vacation_of(vendor: models.Vendor) -> Vacation | None:
    """The vacation that is, or is to come; None for none, and for one that is over."""
    begins, ends = vendor.closed_from_at, vendor.closed_to_at
    if begins is None or ends is None or ends < clock.now():
        return None
    return Vacation(closed_from=begins, closed_to=ends, message=vendor.closed_message, is_now=vendor.is_away)


enum_of(models.PolicyKind, description="What a policy is about.")


@strawberry_django.type(
    models.VendorPolicy, name="VendorPolicy", description="What a vendor sells under, in its words."
)
class VendorPolicyType:
    kind: models.PolicyKind = fields.attribute(description="What it is about.")
    text: str = fields.attribute(description="The words.")
    version: int = fields.attribute(description="Which version of them, counted from 1.")
    published_at: datetime = fields.attribute(description="Since when.")


def current_policies(_: strawberry.Info) -> "Prefetch[Any]":
    return Prefetch("policies", queryset=models.VendorPolicy.objects.current(), to_attr="current_policies")


@strawberry_django.type(
    models.TraderDetails, name="TraderDetails", description="Who stands behind a vendor, for buyers."
)
class TraderDetailsType:
    legal_name: str = fields.attribute(description="The name in law.")
    line1: str = fields.attribute(description="Street and number, or whatever names the place.")
    line2: str = fields.attribute(description="Floor, care of ...")
    city: str = fields.attribute(description="City, town or village.")
    state: str = fields.attribute(description="State, province or county.")
    postal_code: str = fields.attribute(description="Postal code.")
    country: str = fields.attribute(description="ISO 3166-1 alpha-2 code of the country.")
    email: str = fields.attribute(description="Where buyers can write.")
    phone: str = fields.attribute(description="Where buyers can call.")
    register_number: str = fields.attribute(description="The entry in a trade register, where there is one.")


@strawberry_django.type(
    models.TraderDetails, name="OwnTraderDetails", description="Who stands behind your vendor, all of it."
)
class OwnTraderDetailsType(TraderDetailsType):
    tax_number: str = fields.attribute(description="The tax number; shown to nobody else.")
    attested_at: datetime | None = fields.attribute(
        description="When somebody declared that all of it is true; a change undoes it."
    )
    missing: list[str] = fields.attribute(
        description="What is still to be filled in.", only=models.TraderDetails.REQUIRED
    )


enum_of(models.VendorImageKind, description="What a picture of a vendor is for.")


@strawberry_django.type(
    models.VendorImage,
    name="VendorImage",
    description="A picture of a vendor: its logo or its cover.",
)
class VendorImageType(Pictured):
    pass


def _image(vendor: models.Vendor, kind: models.VendorImageKind) -> models.VendorImage | None:
    """Of the pictures read with the vendor, one statement for all vendors of a list and both kinds."""
    return next((image for image in vendor.images.all() if image.kind == kind), None)


@strawberry_django.type(models.Vendor)
class Presented(Offered, RatedVendor):
    """What buyers and its own people see of a vendor alike."""

    slug: str = fields.attribute(description="Names the vendor in addresses.")
    name: str = fields.attribute(description="The name buyers know.")
    about: str = fields.attribute(description="What the vendor says of itself.")
    country: str = fields.attribute(description="ISO 3166-1 alpha-2 code of where it sells from.")

    @fields.field(description="When it is away, now or soon; else null.", only=VACATION_COLUMNS)
    @staticmethod
    def vacation(root: strawberry.Parent[models.Vendor]) -> Vacation | None:
        return vacation_of(root)

    @fields.field(
        VendorImageType | None,
        description="A square picture to show beside its name.",
        prefetch_related=["images"],
        only=["id"],
    )
    @staticmethod
    def logo(root: strawberry.Parent[models.Vendor]) -> models.VendorImage | None:
        return _image(root, models.VendorImageKind.LOGO)

    @fields.field(
        VendorImageType | None,
        description="A wide picture to show above its page.",
        prefetch_related=["images"],
        only=["id"],
    )
    @staticmethod
    def cover(root: strawberry.Parent[models.Vendor]) -> models.VendorImage | None:
        return _image(root, models.VendorImageKind.COVER)

    handling_days: int = fields.attribute(description="Working days until it ships.")

    @fields.field(
        list[VendorPolicyType],
        description="What it sells under at present.",
        prefetch_related=[current_policies],
        only=["id"],
    )
    @staticmethod
    def policies(root: strawberry.Parent[models.Vendor]) -> list[models.VendorPolicy]:
        # Not there where the vendor came as part of something that was in hand already.
        found: list[models.VendorPolicy] | None = getattr(root, "current_policies", None)
        return list(root.policies.current()) if found is None else found


@strawberry_django.type(
    models.Vendor, name="Vendor", description="Who sells: a third-party seller on the platform."
)
class VendorType(Presented, Node):
    @fields.field(
        TraderDetailsType | None,
        description="Who stands behind it, where buyers must be told; else null.",
        prefetch_related=["trader"],
        only=["id", "country"],
    )
    @staticmethod
    def trader(root: strawberry.Parent[models.Vendor]) -> models.TraderDetails | None:
        return selectors.public_trader(root)


@strawberry_django.type(User, name="Person", description="Somebody one works with.")
class PersonType:
    email: str = fields.attribute(description="How they sign in.")
    name: str = fields.attribute(description="What they are called.")


@strawberry_django.type(
    models.VendorMember, name="VendorMember", description="A user who works for a vendor."
)
class VendorMemberType(Node):
    user: PersonType = fields.attribute(description="Who.")
    role: VendorRole = fields.attribute(description="As what.")


@strawberry_django.type(
    models.VendorInvitation,
    name="VendorInvitation",
    description="Somebody asked to work for a vendor. Whether the address has an account is not told.",
)
class VendorInvitationType(Node):
    email: str = fields.attribute(description="Where the link went; only its owner can accept.")
    role: VendorRole = fields.attribute(description="As what.")
    created_at: datetime = fields.attribute(description="When they were asked.")
    expires_at: datetime = fields.attribute(description="When the link ends.")


@strawberry_django.type(
    models.VendorAppeal, name="VendorAppeal", description="What a vendor says against a decision."
)
class VendorAppealType(Node):
    status: models.VendorStatus = fields.attribute(description="What the platform had decided.")
    message: str = fields.attribute(description="What the vendor says.")
    created_at: datetime = fields.attribute(description="When it was said.")
    answer: str = fields.attribute(description="What the platform answered; empty until it did.")
    answered_at: datetime | None = fields.attribute(description="When it was answered.")
    vendor: Annotated["VendorAccount", strawberry.lazy("marketplace.api.vendor_account")] = fields.attribute(
        description="Who appeals."
    )


@strawberry_django.type(
    models.VendorApiKey,
    name="VendorApiKey",
    description="A key to this API for programs of a vendor; the key itself is told once, when it is made.",
)
class VendorApiKeyType(Node):
    name: str = fields.attribute(description="What it is for.")
    shown: str = fields.attribute(description="How it begins, to tell it from others.", only=["handle"])
    permissions: list[VendorPermission] = fields.attribute(description="What it was given.")
    created_by: PersonType = fields.attribute(description="Who made it, and answers for it.")
    created_at: datetime = fields.attribute(description="When it was made.")
    expires_at: datetime | None = fields.attribute(description="When it ends by itself, if ever.")
    revoked_at: datetime | None = fields.attribute(description="When it was revoked; null while it was not.")
    last_used_at: datetime | None = fields.attribute(description="When it last came, to the minute.")

    @fields.field(
        description="What it may do at this moment: of what it was given, that which its maker still may. "
        "Nothing, once it has ended.",
        annotate={"held": models.held_by_maker()},
        only=["permissions", "expires_at", "revoked_at"],
    )
    @staticmethod
    def permissions_now(root: strawberry.Parent[models.VendorApiKey]) -> list[VendorPermission]:
        return sorted(root.permissions_now)


@strawberry.type(description="The last move of a vendor between its states.")
class VendorDecision:
    status: models.VendorStatus = strawberry.field(description="What it became.")
    reason: models.VendorReason = strawberry.field(description="Why.")
    note: str = strawberry.field(description="What was said to it, if anything.")
    at: datetime = strawberry.field(description="When.")


LAST_MOVE = Subquery(
    AuditEntry.objects.filter(subject_type=models.Vendor._meta.label, subject_id=OuterRef("pk"), action=MOVED)
    .order_by("-pk")
    .values(facts=JSONObject(status="after__status", reason="reason", note="note", at="at"))[:1]
)


@strawberry_django.type(models.Vendor)
class Account(Presented):
    """The part of VendorAccount that this package provides."""

    email: str = fields.attribute(description="Where the platform writes to.")
    currency: str = fields.attribute(description="ISO 4217 code of the currency it sells in.")
    timezone: str = fields.attribute(description="IANA zone by which its reports cut their days.")
    status: models.VendorStatus = fields.attribute(description="Where it stands with the platform.")

    @fields.field(
        OwnTraderDetailsType | None,
        description="Who stands behind it, for its people and staff; null until somebody said.",
        prefetch_related=["trader"],
        only=["id"],
    )
    @staticmethod
    def trader(root: strawberry.Parent[models.Vendor], info: Info) -> models.TraderDetails | None:
        if not info.context.staff_who_may(VIEW_TRADERS):  # who verifies it has to see it
            demand(VendorPermission.CHANGE_VENDOR, root, info)
        return getattr(root, "trader", None)

    @fields.field(
        description="How it came to stand there; null while nothing was decided.",
        annotate={"last_move": LAST_MOVE},
        only=["id"],
    )
    @staticmethod
    def decision(root: strawberry.Parent[models.Vendor]) -> VendorDecision | None:
        move: dict[str, str] | None = root.last_move  # type: ignore[attr-defined]  # annotated above
        if move is None:
            return None
        return VendorDecision(
            status=models.VendorStatus(move["status"]),
            reason=models.VendorReason(move["reason"]),
            note=move["note"],
            at=datetime.fromisoformat(move["at"]),
        )

    @fields.field(
        list[StepStateType] | None, description="What it has to do before it sells, for its people and staff."
    )
    @staticmethod
    def onboarding(root: strawberry.Parent[models.Vendor], info: Info) -> list[StepState]:
        if not info.context.staff_who_may(VIEW_VENDORS):
            demand(VendorPermission.VIEW_VENDOR, root, info)
        return selectors.onboarding_of(root)

    @fields.field(description="What you may do here.", only=["id"])
    @staticmethod
    def permissions(root: strawberry.Parent[models.Vendor], info: Info) -> list[VendorPermission]:
        return sorted(held(root, info))

    @fields.connection(VendorMemberType, description="Who works here.", only=["id"], is_guarded=True)
    @staticmethod
    def members(root: strawberry.Parent[models.Vendor], info: Info) -> "QuerySet[models.VendorMember]":
        demand(VendorPermission.VIEW_VENDOR, root, info)
        return models.VendorMember.objects.filter(vendor=root)

    @fields.connection(
        VendorInvitationType,
        description="Who is asked to work here and has not answered, newest first.",
        only=["id"],
        is_guarded=True,
    )
    @staticmethod
    def invitations(
        root: strawberry.Parent[models.Vendor], info: Info
    ) -> "QuerySet[models.VendorInvitation]":
        demand(VendorPermission.MANAGE_MEMBERS, root, info)
        return selectors.open_invitations(root)

    @fields.connection(
        VendorAppealType, description="What was said against decisions.", only=["id"], is_guarded=True
    )
    @staticmethod
    def appeals(root: strawberry.Parent[models.Vendor], info: Info) -> "QuerySet[models.VendorAppeal]":
        demand(VendorPermission.VIEW_VENDOR, root, info)
        return models.VendorAppeal.objects.filter(vendor=root)

    @fields.connection(
        VendorApiKeyType,
        description="The keys of its programs, revoked ones too, newest first.",
        only=["id"],
        is_guarded=True,
    )
    @staticmethod
    def api_keys(root: strawberry.Parent[models.Vendor], info: Info) -> "QuerySet[models.VendorApiKey]":
        demand(VendorPermission.MANAGE_API_KEYS, root, info)
        return selectors.api_keys_of(root)


def held(vendor: models.Vendor, info: Info) -> frozenset[VendorPermission]:
    """What the viewer may do on the vendor; asked once a request, for all vendors together."""
    return info.context.permissions.get(vendor.pk, frozenset())


def demand(permission: VendorPermission, vendor: models.Vendor, info: Info) -> None:
    """Raise NotPermitted where the viewer's role lacks the permission."""
    if permission not in held(vendor, info):
        raise NotPermitted(permission=permission)


def own_vendor(identifier: str, permission: VendorPermission, info: Info) -> models.Vendor:
    """The vendor of this VendorAccount id, for something its role must allow.

    Raises NotFound for a stranger as for a vendor that does not exist, NotPermitted for a member who may not.
    """
    key = decode_key(identifier, "VendorAccount", field="vendor")
    vendor = selectors.vendors_of(info.context.visitor).filter(pk=key).first()
    if vendor is None:
        raise NotFound(thing="vendor", field="vendor")
    selectors.require(info.context.visitor, permission, vendor)
    return vendor
