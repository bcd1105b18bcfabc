"""What of vendors staff may set: the checklist before they sell."""

from typing import Final

from django.db.models import Count, Q

from marketplace.kernel.adjustable import Adjustable, Words, counted
from vendors.models import OnboardingStep, Vendor, VendorStatus

STEPS: Final = Words(choices=dict(OnboardingStep.choices))


def _impact(old: tuple[str, ...], new: tuple[str, ...]) -> list[str]:
    """One statement."""
    vendors = Vendor.objects.aggregate(
        preparing=Count("pk", filter=Q(status__in=[VendorStatus.APPLIED, VendorStatus.REJECTED])),
        waiting=Count("pk", filter=Q(status=VendorStatus.UNDER_REVIEW)),
        selling=Count("pk", filter=Q(status=VendorStatus.APPROVED)),
    )
    added = STEPS.show([step for step in new if step not in old])
    removed = STEPS.show([step for step in old if step not in new])
    preparing = counted(vendors["preparing"], "vendor prepares", "vendors prepare")
    waiting = counted(vendors["waiting"], "application waits", "applications wait")
    selling = counted(vendors["selling"], "vendor sells", "vendors sell")
    return [
        f"Asked for from now on: {added}. Not asked for any more: {removed}.",
        f"{preparing} an application, to be submitted by the new checklist.",
        f"{waiting} for a decision, which the new checklist may hold up.",
        f"{selling} already and will not be asked.",
    ]


ONBOARDING: Final = Adjustable(
    name="ONBOARDING_STEPS",
    label="Checklist of vendors",
    description="What a vendor must have done before it submits its application and before it is approved.",
    kind=STEPS,
    impact=_impact,
)
