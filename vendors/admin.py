"""The console's pages about vendors: a queue with tabs, a page with everything, decisions by the life."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.contrib.admin import SimpleListFilter
from django.db.models import F, Min, OuterRef, Q, QuerySet, Subquery
from django.forms import CharField, ChoiceField
from django.http import HttpRequest
from django.utils.module_loading import import_string
from typing_extensions import override
from unfold.contrib.inlines.admin import NonrelatedTabularInline
from unfold.decorators import display
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget

from marketplace.accounts.models import User
from marketplace.kernel import audit
from marketplace.kernel.console import DecidingAdmin, Decision, ReadOnlyAdmin, ReadOnlyTab, Unwritable, Words
from marketplace.kernel.errors import NotFound
from marketplace.kernel.models import AuditEntry
from marketplace.kernel.states import moves_of
from vendors.models import (
    OnboardingStep,
    PlatformTerms,
    StepVerdict,
    TraderDetails,
    Vendor,
    VendorAppeal,
    VendorInvitation,
    VendorMember,
    VendorPolicy,
    VendorReason,
    VendorStatus,
)
from vendors.onboarding import JUDGED, checklist
from vendors.operations import life, onboarding
from vendors.outlook import outlook
from vendors.permissions import MODERATE_VENDORS, VIEW_TRADERS
from vendors.scopes import scope_of

APPEALED = "appeals"
HISTORY = 20

QUEUES = {
    "applications": Q(status=VendorStatus.UNDER_REVIEW),
    "approved": Q(status=VendorStatus.APPROVED),
    "suspended": Q(status=VendorStatus.SUSPENDED),
    "rejected": Q(status=VendorStatus.REJECTED),
    APPEALED: Q(appealed_at__isnull=False),
    "all": Q(),
}
STATUS_COLOURS = {
    VendorStatus.UNDER_REVIEW.label: "info",
    VendorStatus.APPROVED.label: "success",
    VendorStatus.SUSPENDED.label: "danger",
    VendorStatus.REJECTED.label: "warning",
}


class Because(Words):
    """A reason, from the list, and a note."""

    reason = ChoiceField(
        choices=[
            each
            for each in VendorReason.choices
            if each[0] not in {VendorReason.CHECKED, VendorReason.RESOLVED}
        ],
        widget=UnfoldAdminSelectWidget,
    )
    field_order = ["reason", "note"]


class AboutStep(Words):
    """Which step of the checklist, and what of it."""

    step = ChoiceField(choices=OnboardingStep.choices, widget=UnfoldAdminSelectWidget)
    verdict = ChoiceField(
        choices=StepVerdict.choices,
        widget=UnfoldAdminSelectWidget,
        help_text=f"Only {' and '.join(sorted(step.value for step in JUDGED))} can be verified or rejected; "
        "the others are computed, and can be waived.",
    )
    field_order = ["step", "verdict", "note"]


class Answer(Words):
    """What the platform says to an appeal."""

    note = CharField(label="Answer", max_length=4000, widget=UnfoldAdminTextareaWidget(attrs={"rows": 6}))


def _reject(vendor: Vendor, actor: User, given: Mapping[str, Any]) -> Vendor:
    return life.reject(vendor=vendor, actor=actor, reason=VendorReason(given["reason"]), note=given["note"])


def _suspend(vendor: Vendor, actor: User, given: Mapping[str, Any]) -> Vendor:
    return life.suspend(vendor=vendor, actor=actor, reason=VendorReason(given["reason"]), note=given["note"])


def _close(vendor: Vendor, actor: User, given: Mapping[str, Any]) -> Vendor:
    return life.close(vendor=vendor, actor=actor, reason=VendorReason(given["reason"]), note=given["note"])


def _approve(vendor: Vendor, actor: User, given: Mapping[str, Any]) -> Vendor:
    return life.approve(vendor=vendor, actor=actor, note=given["note"])


def _reinstate(vendor: Vendor, actor: User, given: Mapping[str, Any]) -> Vendor:
    return life.reinstate(vendor=vendor, actor=actor, note=given["note"])


def _review(vendor: Vendor, actor: User, given: Mapping[str, Any]) -> object:
    return onboarding.review_step(
        vendor=vendor,
        step=OnboardingStep(given["step"]),
        verdict=StepVerdict(given["verdict"]),
        actor=actor,
        note=given["note"],
    )


def _answer(vendor: Vendor, actor: User, given: Mapping[str, Any]) -> object:
    appeal = _open_appeals(vendor).first()
    if appeal is None:
        raise NotFound(thing="open appeal")
    return life.answer_appeal(appeal=appeal, actor=actor, answer=given["note"])


def _open_appeals(vendor: Vendor) -> "QuerySet[VendorAppeal]":
    return VendorAppeal.objects.filter(vendor=vendor, answered_at=None).order_by("pk")


def _appeals(vendor: Vendor) -> Iterable[str]:
    return [f"{appeal.created_at:%d %B %Y}: {appeal.message}" for appeal in _open_appeals(vendor)[:1]]


def _steps(vendor: Vendor) -> Iterable[str]:
    return [f"{each.step.label}: {each.status.label.lower()}." for each in checklist(vendor)]


def _is(*statuses: VendorStatus) -> Callable[[Vendor], bool]:
    return lambda vendor: vendor.status in statuses


def _becoming(to: VendorStatus) -> Callable[[Vendor], Iterable[str]]:
    return lambda vendor: outlook(vendor, to)


_decided = partial(Decision, permission=MODERATE_VENDORS)


class QueueFilter(SimpleListFilter):
    """The queues as tabs (marketplace/console.py)."""

    title = "queue"
    parameter_name = "queue"

    @override
    def lookups(self, request: HttpRequest, model_admin: object) -> Sequence[tuple[str, str]]:
        return [(name, name.capitalize()) for name in QUEUES]

    @override
    def queryset(self, request: HttpRequest, queryset: "QuerySet[Any]") -> "QuerySet[Any]":
        return queryset.filter(QUEUES.get(self.value() or "all", Q()))


class VendorMemberTab(ReadOnlyTab):
    model = VendorMember
    verbose_name_plural = "Members"
    fields = readonly_fields = ["user", "role", "created_at"]

    @override
    def get_queryset(self, request: HttpRequest) -> "QuerySet[Any]":
        rows: QuerySet[Any] = super().get_queryset(request).select_related("user")
        return rows


class VendorInvitationTab(ReadOnlyTab):
    model = VendorInvitation
    verbose_name_plural = "Invitations"
    fields = readonly_fields = ["email", "role", "created_at", "expires_at", "accepted_at", "revoked_at"]


class VendorPolicyTab(ReadOnlyTab):
    model = VendorPolicy
    verbose_name_plural = "Policies"
    fields = readonly_fields = ["kind", "version", "published_at", "text"]


class VendorAuditTab(Unwritable, NonrelatedTabularInline):  # type: ignore[misc]  # unfold is not typed
    """The last of what happened to the vendor and to all that is its own."""

    model = AuditEntry
    tab = True
    extra = 0
    verbose_name_plural = "Audit"
    fields = readonly_fields = ["at", "who", "action", "what", "changed", "reason", "note"]

    def get_form_queryset(self, obj: Vendor) -> "QuerySet[AuditEntry]":
        recent = audit.log_of(scope_of(obj)).values("pk")[:HISTORY]
        return named(AuditEntry.objects.filter(pk__in=list(recent.values_list("pk", flat=True)))).order_by(
            "-pk"
        )

    def save_new_instance(self, parent: Vendor, instance: AuditEntry) -> None:
        """Nothing: it is never called."""

    def who(self, entry: AuditEntry) -> str:
        who = getattr(entry, "actor_email", None) or "the system"
        return who if entry.key_id is None else f"{who}, by API key {entry.key_id}"

    def what(self, entry: AuditEntry) -> str:
        return f"{entry.subject_type} {entry.subject_id}"

    def changed(self, entry: AuditEntry) -> str:
        return audit.told(entry)


def named(entries: "QuerySet[AuditEntry]") -> "QuerySet[AuditEntry]":
    """Entries with `actor_email`."""
    return entries.annotate(
        actor_email=Subquery(User.objects.filter(pk=OuterRef("actor_id")).values("email")[:1])
    )


@admin.register(Vendor)
class VendorAdmin(DecidingAdmin):
    list_display = ["name", "state", "country", "currency", "waiting_since", "created_at"]
    list_filter = [QueueFilter, "country", "currency"]
    search_fields = ["name", "slug", "email"]
    overview_template = "vendors/console/overview.html"
    fields = readonly_fields = [
        "name",
        "slug",
        "status",
        "email",
        "country",
        "currency",
        "timezone",
        "about",
        "handling_days",
        "closed_from_at",
        "closed_to_at",
        "uuid",
        "created_at",
        "updated_at",
    ]
    decisions = [
        _decided(
            name="approve",
            label="Approve",
            run=_approve,
            outlook=_becoming(VendorStatus.APPROVED),
            fits=_is(VendorStatus.UNDER_REVIEW),
        ),
        _decided(
            name="reject",
            label="Reject",
            run=_reject,
            form=Because,
            outlook=_becoming(VendorStatus.REJECTED),
            fits=_is(VendorStatus.UNDER_REVIEW),
            is_grave=True,
        ),
        _decided(
            name="review_step",
            label="Decide about a step",
            run=_review,
            form=AboutStep,
            outlook=_steps,
            in_bulk=False,
        ),
        _decided(
            name="suspend",
            label="Suspend",
            run=_suspend,
            form=Because,
            outlook=_becoming(VendorStatus.SUSPENDED),
            fits=_is(VendorStatus.APPROVED),
            is_grave=True,
        ),
        _decided(
            name="reinstate",
            label="Reinstate",
            run=_reinstate,
            outlook=_becoming(VendorStatus.APPROVED),
            fits=_is(VendorStatus.SUSPENDED),
        ),
        _decided(
            name="answer_appeal",
            label="Answer the appeal",
            run=_answer,
            form=Answer,
            outlook=_appeals,
            fits=lambda vendor: _open_appeals(vendor).exists(),
            in_bulk=False,
        ),
        _decided(
            name="close",
            label="Close for good",
            run=_close,
            form=Because,
            outlook=_becoming(VendorStatus.CLOSED),
            fits=_is(
                VendorStatus.INVITED, VendorStatus.APPLIED, VendorStatus.SUSPENDED, VendorStatus.REJECTED
            ),
            is_grave=True,
        ),
    ]

    @override
    def get_queryset(self, request: HttpRequest) -> "QuerySet[Any]":
        waiting = VendorAppeal.objects.filter(vendor=OuterRef("pk"), answered_at=None).order_by()
        since = waiting.values("vendor").annotate(since=Min("created_at")).values("since")
        rows: QuerySet[Any] = super().get_queryset(request).annotate(appealed_at=Subquery(since))
        return rows

    @override
    def get_ordering(self, request: HttpRequest) -> list[Any]:
        """The longest waiting first, where somebody waits."""
        queue = request.GET.get("queue")
        if queue == "applications":
            return ["updated_at", "pk"]
        return [F("appealed_at").asc(), "pk"] if queue == APPEALED else ["name", "pk"]

    @override
    def get_inlines(self, request: HttpRequest, obj: Vendor | None) -> list[Any]:
        above = [import_string(name) for name in settings.VENDOR_TABS]
        return [*above, VendorMemberTab, VendorInvitationTab, VendorPolicyTab, VendorAuditTab]

    @override
    def overview(self, request: HttpRequest, row: Vendor) -> Mapping[str, Any]:
        may_see_trader = request.user.has_perm(VIEW_TRADERS)
        return {
            "steps": checklist(row),
            "history": list(named(moves_of(row)).order_by("-pk")[:HISTORY]),
            "trader": TraderDetails.objects.filter(vendor=row).first() if may_see_trader else None,
            "appeals": VendorAppeal.objects.filter(vendor=row).order_by("-pk")[:HISTORY],
        }

    @display(description="status", ordering="status", label=STATUS_COLOURS)  # type: ignore[untyped-decorator]  # unfold is not typed
    def state(self, vendor: Vendor) -> str:
        return VendorStatus(vendor.status).label

    @admin.display(description="waits since")
    def waiting_since(self, vendor: Any) -> object:
        is_applicant = vendor.status == VendorStatus.UNDER_REVIEW
        return vendor.updated_at if is_applicant else vendor.appealed_at


@admin.register(PlatformTerms)
class PlatformTermsAdmin(ReadOnlyAdmin):
    list_display = ["version", "published_at", "effective_at", "published_by"]
    list_select_related = ["published_by"]
    fields = readonly_fields = [*list_display, "text"]
