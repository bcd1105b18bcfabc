"""The checklist before a vendor sells: each step computed, attested by the vendor, or verified by an admin.

What only apps above know, such as whether there is a listing or a payout account, they are asked by the
functions that the setting ONBOARDING_CHECKS names: from the vendor's key to yes, no, or None for "an admin
says". A step without one waits for an admin. The setting ONBOARDING_STEPS names the steps that are asked for.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.utils.module_loading import import_string

from marketplace.kernel import adjustable, clock
from vendors.models import (
    OnboardingMark,
    OnboardingStep,
    PlatformTerms,
    StepStatus,
    StepVerdict,
    TermsAcceptance,
    TraderDetails,
    Vendor,
    VendorPolicy,
    missing_kinds,
)

# What an admin can judge; the others are computed and can only be waived.
JUDGED: Final = frozenset({OnboardingStep.TAX, OnboardingStep.PAYOUT_ACCOUNT})
SUBMITTABLE: Final = frozenset({StepStatus.COMPLETE, StepStatus.WAIVED, StepStatus.PENDING})
APPROVABLE: Final = frozenset({StepStatus.COMPLETE, StepStatus.WAIVED})

Check = Callable[[int], bool | None]


@dataclass(frozen=True, kw_only=True)
class StepState:
    """How a step stands, and what an admin said of it."""

    step: OnboardingStep
    status: StepStatus
    note: str = ""


def checklist(vendor: Vendor) -> list[StepState]:
    """How each step that is asked for stands. At most one statement a step, and one for the marks."""
    marks = {mark.step: mark for mark in OnboardingMark.objects.filter(vendor=vendor)}
    steps = [OnboardingStep(name) for name in adjustable.words("ONBOARDING_STEPS")]
    return [_state(vendor, step, marks.get(step)) for step in steps]


def lacking(states: Iterable[StepState], enough: frozenset[StepStatus]) -> list[StepState]:
    """The steps that do not stand as they should."""
    return [state for state in states if state.status not in enough]


def current_terms() -> PlatformTerms | None:
    """The version that is asked for at this moment; None while the platform has none."""
    return PlatformTerms.objects.filter(effective_at__lte=clock.now()).order_by("version").last()


def has_accepted(vendor_id: int, terms: PlatformTerms | None) -> bool:
    """Whether the vendor has accepted this version; there is nothing to accept where there are no terms."""
    return terms is None or TermsAcceptance.objects.filter(vendor=vendor_id, terms=terms).exists()


def _state(vendor: Vendor, step: OnboardingStep, mark: OnboardingMark | None) -> StepState:
    if mark is not None and not _is_overtaken(vendor, mark):
        status = StepStatus.COMPLETE if mark.verdict == StepVerdict.VERIFIED else StepStatus(mark.verdict)
        return StepState(step=step, status=status, note=mark.note)
    known = _known(vendor, step)
    if known is None:
        return StepState(step=step, status=StepStatus.PENDING)
    return StepState(step=step, status=StepStatus.COMPLETE if known else StepStatus.INCOMPLETE)


def _is_overtaken(vendor: Vendor, mark: OnboardingMark) -> bool:
    """Whether what an admin said no longer stands.

    What was rejected about the tax data is open again once the vendor has attested it anew; whether it can be
    paid is the payment provider's to say, once that knows the vendor.
    """
    if mark.step == OnboardingStep.PAYOUT_ACCOUNT and mark.verdict != StepVerdict.WAIVED:
        return _known(vendor, OnboardingStep.PAYOUT_ACCOUNT) is not None
    if mark.step != OnboardingStep.TAX or mark.verdict != StepVerdict.REJECTED:
        return False
    return TraderDetails.objects.filter(vendor=vendor, attested_at__gt=mark.decided_at).exists()


def _known(vendor: Vendor, step: OnboardingStep) -> bool | None:
    """Whether the step is done; None where only a person or the payment provider can say."""
    if step == OnboardingStep.PROFILE:
        return bool(vendor.about)
    if step == OnboardingStep.POLICIES:
        return not missing_kinds(VendorPolicy.objects.filter(vendor=vendor).current())
    if step == OnboardingStep.TAX:
        return TraderDetails.objects.filter(vendor=vendor, attested_at__isnull=False).exists()
    if step == OnboardingStep.TERMS:
        return has_accepted(vendor.pk, current_terms())
    path = settings.ONBOARDING_CHECKS.get(step.value)
    if path is None:
        return None
    check: Check = import_string(path)
    return check(vendor.pk)
