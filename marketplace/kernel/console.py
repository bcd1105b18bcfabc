"""What the pages of the console have in common: they show everything, and change nothing but by operations.

A decision is a page of its own: what is about to be decided on, what will come of it, and what the one who
decides has to say, such as a reason. It calls one operation a row; a refusal is shown, and the others go on.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, cast

from django.contrib import messages
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Model, QuerySet
from django.forms import BaseModelFormSet, CharField, Form, ModelForm, model_to_dict
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from typing_extensions import override
from unfold.admin import ModelAdmin, TabularInline
from unfold.widgets import UnfoldAdminTextareaWidget

from marketplace.kernel import audit
from marketplace.kernel.errors import Refusal

MOST_AT_ONCE: Final = 100


class Unwritable:
    """Nothing here is written by hand."""

    def has_add_permission(self, *_: object) -> bool:
        return False

    def has_change_permission(self, *_: object) -> bool:
        return False

    def has_delete_permission(self, *_: object) -> bool:
        return False


class ReadOnlyAdmin(Unwritable, ModelAdmin):  # type: ignore[misc]  # unfold is not typed
    """Rows that only operations write."""

    show_full_result_count = False
    list_per_page = 50


class RecordedAdmin(ModelAdmin):  # type: ignore[misc]  # unfold is not typed
    """Rows that staff set by hand, alone or on the page of another: what changes is in the audit table.

    Attributes:
        unrecorded: fields whose values an entry does not tell, such as what is personal.
    """

    unrecorded: Sequence[str] = ()

    @override
    def save_model(self, request: HttpRequest, obj: Any, form: "ModelForm[Any]", change: bool) -> None:
        super().save_model(request, obj, form, change)
        if form.changed_data or not change:
            self._record_form(request, form, "changed" if change else "added")

    @override
    def save_formset(
        self, request: HttpRequest, form: object, formset: "BaseModelFormSet[Any, Any]", change: bool
    ) -> None:
        for each in formset.deleted_forms:
            if each.instance.pk is not None:
                self._record(request, each.instance, "removed", before=each.initial)
        super().save_formset(request, form, formset, change)
        changed = [row for row, _ in formset.changed_objects]
        for each in formset.forms:
            for verb, rows in (("added", formset.new_objects), ("changed", changed)):
                if any(row is each.instance for row in rows):
                    self._record_form(request, each, verb)

    @override
    def delete_model(self, request: HttpRequest, obj: Model) -> None:
        self._record(request, obj, "removed", before=model_to_dict(obj))
        super().delete_model(request, obj)

    @override
    @transaction.atomic
    def delete_queryset(self, request: HttpRequest, queryset: "QuerySet[Any]") -> None:
        for row in queryset:
            self._record(request, row, "removed", before=model_to_dict(row))
        super().delete_queryset(request, queryset)

    def _record_form(self, request: HttpRequest, form: "ModelForm[Any]", verb: str) -> None:
        # Django takes a list for changed that was typed as it was.
        after = {
            name: form.cleaned_data[name]
            for name in form.changed_data
            if name not in self.unrecorded and form.cleaned_data[name] != form.initial.get(name)
        }
        before = {name: form.initial.get(name) for name in after} if verb == "changed" else None
        self._record(request, form.instance, verb, before=before, after=after)

    def _record(
        self,
        request: HttpRequest,
        row: Model,
        verb: str,
        *,
        before: Mapping[str, Any] | None = None,
        after: Mapping[str, Any] | None = None,
    ) -> None:
        """Write an entry, in the transaction that Django's pages for a row have."""
        audit.record(
            actor=cast("AbstractBaseUser", request.user),  # nobody else comes this far
            action=f"{row._meta.app_label}.{row._meta.model_name}_{verb}",
            subject=row,
            before=None if before is None else _plain(before),
            after=None if after is None else _plain(after),
        )


def _plain(facts: Mapping[str, Any]) -> Mapping[str, object]:
    """What a form holds as JSON can: a row by its key, several by what they are called."""
    return {
        name: value.pk
        if isinstance(value, Model)
        else [str(each) for each in value]
        if isinstance(value, list | QuerySet)
        else value
        for name, value in facts.items()
    }


class ReadOnlyTab(Unwritable, TabularInline):  # type: ignore[misc]  # unfold is not typed
    """Rows of another table as a tab of a page, twenty at a time."""

    tab = True
    extra = 0
    per_page = 20

    @override
    def get_ordering(self, request: HttpRequest) -> Sequence[Any]:
        return super().get_ordering(request) or self.model._meta.ordering or ["pk"]


class Words(Form):
    """What most decisions ask for: a note."""

    note = CharField(
        required=False,
        max_length=4000,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 4}),
        help_text="The vendor reads it.",
    )


@dataclass(frozen=True, kw_only=True)
class Decision:
    """Something that staff may do to rows of a table.

    Attributes:
        name: names its page and its action.
        label: what its button says.
        permission: the Django permission it takes.
        run: calls the operation: the row, who acts, and what the form gave.
        form: what is asked before.
        outlook: sentences about what will come of it for a row.
        fits: whether the page of a row offers it.
        version: counts the changes of a row; `run` is given that of the row which the page showed.
    """

    name: str
    label: str
    permission: str
    run: Callable[[Any, Any, Mapping[str, Any]], object]
    form: type[Form] = Words
    outlook: Callable[[Any], Iterable[str]] = lambda _: ()
    fits: Callable[[Any], bool] = lambda _: True
    version: Callable[[Any], int | None] = lambda _: None
    is_grave: bool = False
    in_bulk: bool = True


class DecidingAdmin(ReadOnlyAdmin):
    """A read-only table with decisions: as buttons on the page of a row, and as actions on the list."""

    decisions: Sequence[Decision] = ()
    change_form_outer_before_template = "kernel/console/overview.html"

    def overview(self, request: HttpRequest, row: Any) -> Mapping[str, Any]:  # noqa: ARG002  # for those below
        """More for the template `overview_template` of a page."""
        return {}

    overview_template = ""

    @override
    def get_urls(self) -> list[URLPattern]:
        mine = [
            path(
                f"decide/{each.name}/",
                self.admin_site.admin_view(partial(self.decide, decision=each)),
                name=f"{self._table}_{each.name}",
            )
            for each in self.decisions
        ]
        return [*mine, *super().get_urls()]

    @override
    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        actions: dict[str, Any] = super().get_actions(request)
        for each in self.decisions:
            if each.in_bulk and request.user.has_perm(each.permission):
                actions[each.name] = (partial(_go, decision=each), each.name, each.label)
        return actions

    @override
    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        row = self.get_object(request, object_id)
        more = {} if row is None else self._offered(request, row)
        response: HttpResponse = super().change_view(
            request, object_id, form_url, {**(extra_context or {}), **more}
        )
        return response

    def decide(self, request: HttpRequest, *, decision: Decision) -> HttpResponse:
        """Show what a decision will do and ask for what it takes; on POST, do it row by row."""
        if not request.user.has_perm(decision.permission):
            raise PermissionDenied
        keys = [key for key in request.GET.get("ids", "").split(",") if key.isdecimal()]
        rows = list(self.get_queryset(request).filter(pk__in=keys[:MOST_AT_ONCE]))
        if not rows:
            raise Http404
        form = decision.form(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            for row in rows:
                seen = request.POST.get(f"version-{row.pk}", "")
                version = int(seen) if seen.isdecimal() else None
                self._run(request, decision, row, {**form.cleaned_data, "version": version})
            return HttpResponseRedirect(self._after(rows))
        context = {
            **self.admin_site.each_context(request),
            "title": decision.label,
            "opts": self.model._meta,  # Django's templates ask for it under this name
            "decision": decision,
            "form": form,
            "rows": [(row, list(decision.outlook(row)), decision.version(row)) for row in rows],
            "back": self._after(rows),
        }
        return TemplateResponse(request, "kernel/console/decide.html", context)

    def _run(self, request: HttpRequest, decision: Decision, row: Model, given: Mapping[str, Any]) -> None:
        try:
            decision.run(row, request.user, given)
        except Refusal as refusal:
            self.message_user(request, f"{row}: {refusal.message}", messages.ERROR)
        else:
            self.message_user(request, f"{row}: done.", messages.SUCCESS)

    def _offered(self, request: HttpRequest, row: Model) -> dict[str, Any]:
        buttons = [
            (each, f"{self.address(each)}?ids={row.pk}")
            for each in self.decisions
            if request.user.has_perm(each.permission) and each.fits(row)
        ]
        return {
            "decisions": buttons,
            "overview": self.overview_template,
            **self.overview(request, row),
        }

    def address(self, decision: Decision) -> str:
        """Where a decision is asked about."""
        return reverse(f"admin:{self._table}_{decision.name}")

    @property
    def _table(self) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}"

    def _after(self, rows: Sequence[Model]) -> str:
        if len(rows) == 1:
            return reverse(f"admin:{self._table}_change", args=[rows[0].pk])
        return reverse(f"admin:{self._table}_changelist")


def _go(
    admin: DecidingAdmin, _: HttpRequest, queryset: "QuerySet[Any]", *, decision: Decision
) -> HttpResponseRedirect:
    keys = ",".join(str(key) for key in queryset.values_list("pk", flat=True)[:MOST_AT_ONCE])
    return HttpResponseRedirect(f"{admin.address(decision)}?ids={keys}")
