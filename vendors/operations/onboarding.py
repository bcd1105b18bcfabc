"""What admins decide about steps of the checklist, and what vendors accept."""

from datetime import datetime

from django.db import transaction

from marketplace.accounts.models import User
from marketplace.kernel import audit, clock
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.locking import lock_one
from marketplace.kernel.texts import prose
from vendors.errors import TermsNotAccepted
from vendors.models import (
    OnboardingMark,
    OnboardingStep,
    PlatformTerms,
    StepStatus,
    StepVerdict,
    TermsAcceptance,
    Vendor,
)
from vendors.onboarding import JUDGED, checklist, current_terms, has_accepted


def review_step(
    *, vendor: Vendor, step: OnboardingStep, verdict: StepVerdict, actor: User, note: str = ""
) -> OnboardingMark:
    """Verify, reject or waive a step of one vendor; what was decided before is replaced.

    Locks the vendor. Raises InvalidInput for a verdict on what is computed: it can only be waived. Audited.
    """
    if verdict != StepVerdict.WAIVED and step not in JUDGED:
        raise InvalidInput(field="verdict", reason="This step is computed: it can only be waived.")
    note = prose(note, field="note", longest=4000)
    with transaction.atomic():
        vendor = lock_one(Vendor.objects.filter(pk=vendor.pk))
        known = OnboardingMark.objects.filter(vendor=vendor, step=step).first()
        mark = known or OnboardingMark(vendor=vendor, step=step)
        mark.verdict, mark.note, mark.decided_by, mark.decided_at = verdict, note, actor, clock.now()
        mark.save()
        audit.record(
            actor=actor,
            action="vendors.onboarding_reviewed",
            subject=vendor,
            after={"step": step.value, "verdict": verdict.value},
            note=note,
        )
    return mark


def waive_missing(*, vendor: Vendor, actor: User, note: str) -> None:
    """Waive each step that is not complete, for a vendor known from elsewhere. Audited, step by step."""
    for state in checklist(vendor):
        if state.status != StepStatus.COMPLETE:
            review_step(vendor=vendor, step=state.step, verdict=StepVerdict.WAIVED, actor=actor, note=note)


def publish_terms(*, text: str, actor: User, effective_at: datetime | None = None) -> PlatformTerms:
    """Ask every vendor to accept these words, from now on or from a moment to come.

    Raises InvalidInput. Two at once: the unique version lets one through. Audited.
    """
    text = prose(text, field="text", longest=100_000, shortest=1)
    effective_at = effective_at or clock.now()
    if effective_at.utcoffset() is None:
        raise InvalidInput(field="effectiveAt", reason="This names no time zone.")
    with transaction.atomic():
        last = PlatformTerms.objects.order_by("version").last()
        if last is not None and effective_at < last.effective_at:
            raise InvalidInput(field="effectiveAt", reason="This is before the last version.")
        terms = PlatformTerms.objects.create(
            version=1 if last is None else last.version + 1,
            text=text,
            effective_at=effective_at,
            published_by=actor,
        )
        audit.record(
            actor=actor, action="vendors.terms_published", subject=terms, after={"version": terms.version}
        )
    return terms


def accept_terms(*, vendor: Vendor, version: int, user: User) -> TermsAcceptance:
    """Accept a version for the vendor; a second time changes nothing.

    Locks the vendor. Raises InvalidInput for a version that is none, or an older one. Audited.
    """
    terms = PlatformTerms.objects.filter(version=version).first()
    asked = current_terms()
    if terms is None or (asked is not None and terms.version < asked.version):
        raise InvalidInput(field="version", reason="This is not a version to accept now.")
    with transaction.atomic():
        vendor = lock_one(Vendor.objects.filter(pk=vendor.pk))
        known = TermsAcceptance.objects.filter(vendor=vendor, terms=terms).first()
        if known is not None:
            return known
        made = TermsAcceptance.objects.create(vendor=vendor, terms=terms, user=user)
        audit.record(actor=user, action="vendors.terms_accepted", subject=vendor, after={"version": version})
    return made


def require_current_terms(vendor_id: int) -> None:
    """Raise TermsNotAccepted for a vendor that has yet to accept the present terms. Two statements."""
    terms = current_terms()
    if terms is not None and not has_accepted(vendor_id, terms):
        raise TermsNotAccepted(version=terms.version)
