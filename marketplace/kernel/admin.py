"""The audit log in the console, to look through and to take along as CSV; the settings (settings_page.py)."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from django.contrib import admin
from django.contrib.auth import get_user_model
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest, StreamingHttpResponse
from typing_extensions import override
from unfold.contrib.filters.admin import RangeDateTimeFilter, TextFilter
from unfold.paginator import InfinitePaginator

from marketplace.kernel import audit, sheets
from marketplace.kernel.console import ReadOnlyAdmin
from marketplace.kernel.models import AdjustedSetting, AuditEntry
from marketplace.kernel.settings_page import SettingsAdmin

HEAD: Final = ("at", "actor", "api_key", "action", "subject", "before", "after", "reason", "note", "scope")
AT_A_TIME: Final = 2000

admin.site.register(AdjustedSetting, SettingsAdmin)


class ExactFilter(TextFilter):  # type: ignore[misc]  # unfold is not typed
    """What is typed, to the letter."""

    @override
    def queryset(self, request: HttpRequest, queryset: "QuerySet[AuditEntry]") -> "QuerySet[AuditEntry]":
        typed = self.value()
        return queryset.filter(**{self.parameter_name: typed.strip()}) if typed else queryset


class ScopeFilter(ExactFilter):
    title = "scope, such as vendor:12"
    parameter_name = "scope"


class ActionFilter(ExactFilter):
    title = "action"
    parameter_name = "action"


class SubjectFilter(ExactFilter):
    title = "kind of subject"
    parameter_name = "subject_type"


class ActorFilter(TextFilter):  # type: ignore[misc]  # unfold is not typed
    title = "actor's e-mail address"
    parameter_name = "actor"

    @override
    def queryset(self, request: HttpRequest, queryset: "QuerySet[AuditEntry]") -> "QuerySet[AuditEntry]":
        typed = self.value()
        if not typed:
            return queryset
        people = get_user_model().objects.filter(email=typed.strip().lower())
        return queryset.filter(actor_id__in=people.values("pk"))


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    list_display = ["at", "actor", "action", "subject", "changes", "reason", "scope"]
    list_filter = [ScopeFilter, ActorFilter, ActionFilter, SubjectFilter, ("at", RangeDateTimeFilter)]
    list_filter_submit = True
    ordering = ["-pk"]
    # Counting a log that only grows costs more with every day.
    paginator = InfinitePaginator
    actions = ["export"]
    fields = readonly_fields = [
        "at",
        "actor",
        "action",
        "subject",
        "changes",
        "reason",
        "note",
        "scope",
    ]

    @override
    def get_queryset(self, request: HttpRequest) -> "QuerySet[Any]":
        people = get_user_model().objects.filter(pk=OuterRef("actor_id"))
        rows: QuerySet[Any] = (
            super().get_queryset(request).annotate(actor_email=Subquery(people.values("email")[:1]))
        )
        return rows

    @admin.action(description="Export as CSV")
    def export(self, request: HttpRequest, queryset: "QuerySet[Any]") -> StreamingHttpResponse:  # noqa: ARG002
        lines = sheets.lines(HEAD, map(_row, queryset.iterator(AT_A_TIME)))
        response = StreamingHttpResponse(_encoded(lines), content_type="text/csv; charset=utf-8")
        response.headers["Content-Disposition"] = 'attachment; filename="audit.csv"'
        return response

    @admin.display(ordering="actor_id")
    def actor(self, entry: Any) -> str:
        who = str(entry.actor_email or ("deleted" if entry.actor_id else "the system"))
        return who if entry.key_id is None else f"{who}, by API key {entry.key_id}"

    @admin.display(description="subject")
    def subject(self, entry: AuditEntry) -> str:
        return f"{entry.subject_type} {entry.subject_id}"

    @admin.display(description="changes")
    def changes(self, entry: AuditEntry) -> str:
        return audit.told(entry)


def _row(entry: Any) -> Sequence[object]:
    changed = audit.changes(entry)
    return (
        entry.at.isoformat(),
        entry.actor_email or entry.actor_id,
        entry.key_id,
        entry.action,
        f"{entry.subject_type} {entry.subject_id}",
        "; ".join(f"{each.name}: {each.before}" for each in changed if each.before is not None),
        "; ".join(f"{each.name}: {each.after}" for each in changed if each.after is not None),
        entry.reason,
        entry.note,
        entry.scope,
    )


def _encoded(lines: Iterator[str]) -> Iterator[bytes]:
    return (line.encode() for line in lines)
