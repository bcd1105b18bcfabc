"""The life of a vendor: from the application, or the platform's invitation, to its end.

Authority is decided where the vendor is looked up: by `vendor_of` in vendors/selectors.py, for the platform's
staff by its scope. An operation trusts the vendor it is given and keeps the rules that hold for everyone.
Every move is recorded with who, when, why and a note, and mailed to the vendor by the event it publishes.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Final

from django.db import transaction

from marketplace.accounts.models import User
from marketplace.kernel import audit, clock
from marketplace.kernel.errors import TransitionNotAllowed
from marketplace.kernel.events import publish
from marketplace.kernel.locking import lock_one
from marketplace.kernel.rates import Rule
from marketplace.kernel.slugs import insert_with_slug
from marketplace.kernel.states import moves_of
from marketplace.kernel.texts import prose
from vendors.errors import NothingToAppeal, OnboardingIncomplete
from vendors.events import (
    AppealAnswered,
    DecisionAppealed,
    VendorApplied,
    VendorApproved,
    VendorClosed,
    VendorReinstated,
    VendorRejected,
    VendorSubmitted,
    VendorSuspended,
)
from vendors.models import (
    VENDOR_MOVES,
    StepStatus,
    Vendor,
    VendorAppeal,
    VendorReason,
    VendorSlug,
    VendorStatus,
)
from vendors.onboarding import APPROVABLE, SUBMITTABLE, checklist, lacking
from vendors.operations.invitations import invite
from vendors.operations.members import found
from vendors.operations.profile import Profile
from vendors.permissions import VendorRole

# Counted by the API before it calls: a limit commits by itself, so no operation inside a transaction can ask.
APPLY_BY_USER: Final = Rule(name="vendor_apply_by_user", limit=5, period=timedelta(days=1))
LONGEST_NOTE: Final = 4000

APPEALABLE: Final = (VendorStatus.REJECTED, VendorStatus.SUSPENDED)


def apply(
    *, user: User, name: str, email: str, country: str, currency: str, timezone: str = "UTC", about: str = ""
) -> Vendor:
    """Begin an application: the user is the vendor's owner, and submits it when it is complete.

    Args:
        country: ISO 3166-1 alpha-2.
        currency: ISO 4217.
        timezone: an IANA name; reports cut their days by it.

    Raises InvalidInput. Publishes VendorApplied; audited.
    """
    profile = Profile.checked(
        name=name, email=email, country=country, currency=currency, timezone=timezone, about=about
    )
    with transaction.atomic():
        vendor = _insert(profile, VendorStatus.APPLIED)
        found(vendor=vendor, owner=user)
        audit.record(actor=user, action="vendors.applied", subject=vendor)
        publish(VendorApplied(vendor_id=vendor.pk))
    return vendor


def invite_vendor(*, name: str, email: str, country: str, currency: str, actor: User) -> Vendor:
    """Ask somebody to sell here: whoever accepts by the mail to this address becomes the vendor's owner.

    From then on it is an application like any other. Raises InvalidInput. Publishes MemberInvited; audited.
    """
    profile = Profile.checked(name=name, email=email, country=country, currency=currency)
    with transaction.atomic():
        vendor = _insert(profile, VendorStatus.INVITED)
        audit.record(actor=actor, action="vendors.invited", subject=vendor)
        invite(vendor=vendor, email=email, role=VendorRole.OWNER, actor=actor)
    return vendor


def submit(*, vendor: Vendor, actor: User, note: str = "") -> Vendor:
    """Ask the platform to decide, for the first time or after a rejection.

    Locks the vendor. Raises OnboardingIncomplete while the vendor has something to do, TransitionNotAllowed,
    InvalidInput. Publishes VendorSubmitted.
    """
    return _move(
        vendor,
        VendorStatus.UNDER_REVIEW,
        VendorSubmitted,
        actor=actor,
        reason=VendorReason.REQUESTED,
        note=note,
        asks_for=SUBMITTABLE,
    )


def approve(*, vendor: Vendor, actor: User, note: str = "") -> Vendor:
    """Let an applicant sell.

    Locks the vendor. Raises OnboardingIncomplete while a step is neither done nor waived,
    TransitionNotAllowed, InvalidInput. Publishes VendorApproved.
    """
    return _move(
        vendor,
        VendorStatus.APPROVED,
        VendorApproved,
        actor=actor,
        reason=VendorReason.CHECKED,
        note=note,
        only_from=VendorStatus.UNDER_REVIEW,
        asks_for=APPROVABLE,
    )


def reject(*, vendor: Vendor, actor: User, reason: VendorReason, note: str = "") -> Vendor:
    """Turn an applicant down; it may mend what was wrong and submit again.

    Locks the vendor. Raises TransitionNotAllowed, InvalidInput. Publishes VendorRejected.
    """
    return _move(vendor, VendorStatus.REJECTED, VendorRejected, actor=actor, reason=reason, note=note)


def suspend(*, vendor: Vendor, actor: User, reason: VendorReason, note: str = "") -> Vendor:
    """Take a vendor off sale: its listings stay as they are, unseen and unbuyable meanwhile.

    What was ordered before is still to be fulfilled. Locks the vendor. Raises TransitionNotAllowed,
    InvalidInput. Publishes VendorSuspended.
    """
    return _move(vendor, VendorStatus.SUSPENDED, VendorSuspended, actor=actor, reason=reason, note=note)


def reinstate(*, vendor: Vendor, actor: User, note: str = "") -> Vendor:
    """Let a suspended vendor sell again.

    Locks the vendor. Raises TransitionNotAllowed, InvalidInput. Publishes VendorReinstated.
    """
    return _move(
        vendor,
        VendorStatus.APPROVED,
        VendorReinstated,
        actor=actor,
        reason=VendorReason.RESOLVED,
        note=note,
        only_from=VendorStatus.SUSPENDED,
    )


def close(*, vendor: Vendor, actor: User, reason: VendorReason, note: str = "") -> Vendor:
    """End a vendor, for good: one that does not sell, and of which nothing is open.

    Locks the vendor. Raises TransitionNotAllowed, InvalidInput, and OpenObligations where an app above knows
    of open orders or money that is owed: they are asked by VendorClosed, in this transaction.
    """
    return _move(vendor, VendorStatus.CLOSED, VendorClosed, actor=actor, reason=reason, note=note)


def appeal(*, vendor: Vendor, author: User, message: str) -> VendorAppeal:
    """Speak against the rejection or suspension that stands; once for each.

    Locks the vendor. Raises NothingToAppeal, InvalidInput. Publishes DecisionAppealed.
    """
    message = prose(message, field="message", longest=4000, shortest=1)
    with transaction.atomic():
        vendor = lock_one(Vendor.objects.filter(pk=vendor.pk))
        decision = moves_of(vendor).last() if vendor.status in APPEALABLE else None
        if decision is None or VendorAppeal.objects.filter(vendor=vendor, decision=decision.pk).exists():
            raise NothingToAppeal
        made = VendorAppeal.objects.create(
            vendor=vendor, decision=decision.pk, status=vendor.status, message=message, author=author
        )
        publish(DecisionAppealed(appeal_id=made.pk))
    return made


def answer_appeal(*, appeal: VendorAppeal, actor: User, answer: str) -> VendorAppeal:
    """Say what the platform makes of an appeal; where it agrees it reinstates the vendor besides.

    Locks the vendor. Raises NothingToAppeal for one that was answered, InvalidInput. Publishes
    AppealAnswered; audited.
    """
    answer = prose(answer, field="answer", longest=4000, shortest=1)
    with transaction.atomic():
        vendor = lock_one(Vendor.objects.filter(pk=appeal.vendor_id))
        appeal = VendorAppeal.objects.get(pk=appeal.pk)
        if appeal.answered_at is not None:
            raise NothingToAppeal
        appeal.answer, appeal.answered_at = answer, clock.now()
        appeal.save(update_fields=["answer", "answered_at"])
        audit.record(
            actor=actor, action="vendors.appeal_answered", subject=vendor, after={"appeal": appeal.pk}
        )
        publish(AppealAnswered(appeal_id=appeal.pk))
    return appeal


def _insert(profile: Profile, status: VendorStatus) -> Vendor:
    """Under a slug that no vendor bears or ever bore."""

    def insert(slug: str) -> VendorSlug:
        vendor = Vendor.objects.create(slug=slug, status=status, **profile.columns)
        return VendorSlug.objects.select_related("vendor").get(vendor=vendor)

    slugs = VendorSlug.objects.all()
    return insert_with_slug(slugs, text=profile.name, fallback="vendor", insert=insert).vendor


def _move(
    vendor: Vendor,
    to: VendorStatus,
    event: Callable[[int], object],
    *,
    actor: User,
    reason: VendorReason,
    note: str,
    only_from: VendorStatus | None = None,
    asks_for: frozenset[StepStatus] | None = None,
) -> Vendor:
    """Move the vendor, record it, and say so.

    `only_from` tells apart what leads to the same state, `asks_for` is how each step must stand.
    """
    note = prose(note, field="note", longest=LONGEST_NOTE)
    with transaction.atomic():
        vendor = lock_one(Vendor.objects.filter(pk=vendor.pk))
        if only_from is not None and vendor.status != only_from:
            raise TransitionNotAllowed(thing="vendor", current=vendor.status, asked=to)
        if asks_for is not None and VENDOR_MOVES.allows(vendor.status, to):
            _refuse_incomplete(vendor, asks_for)
        VENDOR_MOVES.move(vendor, to, actor=actor, reason=reason, note=note)
        publish(event(vendor.pk))
    return vendor


def _refuse_incomplete(vendor: Vendor, enough: frozenset[StepStatus]) -> None:
    missing = lacking(checklist(vendor), enough)
    if missing:
        raise OnboardingIncomplete(missing=", ".join(state.step.value for state in missing))
