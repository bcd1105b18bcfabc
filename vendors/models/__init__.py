"""Who sells, who works there, and what the platform decided about it."""

from vendors.models.appeal import VendorAppeal as VendorAppeal
from vendors.models.onboarding import OnboardingMark as OnboardingMark
from vendors.models.onboarding import OnboardingStep as OnboardingStep
from vendors.models.onboarding import PlatformTerms as PlatformTerms
from vendors.models.onboarding import StepStatus as StepStatus
from vendors.models.onboarding import StepVerdict as StepVerdict
from vendors.models.onboarding import TermsAcceptance as TermsAcceptance
from vendors.models.profile import PolicyKind as PolicyKind
from vendors.models.profile import TraderDetails as TraderDetails
from vendors.models.profile import VendorPolicy as VendorPolicy
from vendors.models.profile import VendorSlug as VendorSlug
from vendors.models.profile import missing_kinds as missing_kinds
from vendors.models.staff import VendorGroupObjectPermission as VendorGroupObjectPermission
from vendors.models.staff import VendorInvitation as VendorInvitation
from vendors.models.staff import VendorMember as VendorMember
from vendors.models.staff import VendorUserObjectPermission as VendorUserObjectPermission
from vendors.models.vendor import VENDOR_MOVES as VENDOR_MOVES
from vendors.models.vendor import Vendor as Vendor
from vendors.models.vendor import VendorQuerySet as VendorQuerySet
from vendors.models.vendor import VendorReason as VendorReason
from vendors.models.vendor import VendorStatus as VendorStatus
from vendors.models.vendor import open_now as open_now
