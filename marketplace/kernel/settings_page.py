"""The marketplace's settings in the admin: what each is and since when, and what would follow from a change.

A change takes two steps. What is typed is answered by a page of sentences about its impact, and only there it
is saved: with what was seen at first, so that nobody undoes what somebody else has set meanwhile.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from typing_extensions import override
from unfold.admin import ModelAdmin
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from marketplace.kernel import adjusting
from marketplace.kernel.adjustable import Adjustable, Amounts, Number, Words
from marketplace.kernel.adjusting import LONGEST_REASON, Standing
from marketplace.kernel.errors import InvalidInput, NotFound, Refusal

LIST: Final = "kernel_adjustedsetting_changelist"
ONE: Final = "kernel_adjustedsetting_setting"
# What the forms say beside their fields.
RESET: Final = "reset"
CONFIRMED: Final = "confirmed"


class ChangeForm(forms.Form):
    """What is asked for every change; the value comes before it, unless the file's is to hold again."""

    reason = forms.CharField(
        max_length=LONGEST_REASON,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 2}),
        help_text="Kept with the change, for good: nothing personal.",
    )
    # What was seen when the page was opened. Not required, for an empty row of words counts as nothing.
    expected = forms.JSONField(widget=forms.HiddenInput, required=False)


@dataclass(frozen=True, kw_only=True)
class Past:
    """A change that was made."""

    at: datetime
    by: str
    before: str
    after: str
    note: str


class SettingsAdmin(ModelAdmin):  # type: ignore[misc]  # unfold is not typed
    """Two pages of our own instead of Django's: rows are written by operations alone."""

    @override
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    @override
    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    @override
    def get_urls(self) -> list[URLPattern]:
        guarded = self.admin_site.admin_view
        return [
            path("", guarded(self.changelist_view), name=LIST),
            path("<slug:name>/", guarded(self.setting_view), name=ONE),
        ]

    @override
    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """All settings. One statement, beside those of every page."""
        self._demand_sight(request)
        return self._page(
            request, "list", {"title": "Marketplace settings", "standings": adjusting.standings()}
        )

    def setting_view(self, request: HttpRequest, name: str) -> HttpResponse:
        """One setting: asked, shown what would follow, saved."""
        self._demand_sight(request)
        try:
            now = adjusting.standing(name)
        except NotFound as refusal:
            raise Http404 from refusal
        may = request.user.has_perm(adjusting.CHANGE)
        if request.method == "POST":
            if not may:
                raise PermissionDenied
            return self._asked(request, now)
        return self._form_page(request, now, _form(now) if may else None)

    def _asked(self, request: HttpRequest, now: Standing) -> HttpResponse:
        is_reset = RESET in request.POST
        form = _form(now, request, is_reset=is_reset)
        if not form.is_valid():
            return self._form_page(request, now, form, is_reset=is_reset)
        value = None if is_reset else form.cleaned_data["value"]
        if CONFIRMED in request.POST:
            return self._saved(request, now.declared, value, form.cleaned_data)
        try:
            sentences = adjusting.outlook(now, value)
        except InvalidInput as refusal:
            form.add_error("value", refusal.message)
            return self._form_page(request, now, form)
        shown = now.file_value if value is None else now.declared.kind.show(value)
        facts = {"now": now, "form": form, "is_reset": is_reset, "sentences": sentences, "shown": shown}
        return self._page(request, "impact", {"title": f"{now.declared.label}: {shown}?", **facts})

    def _saved(
        self, request: HttpRequest, declared: Adjustable[Any], value: object, given: dict[str, Any]
    ) -> HttpResponse:
        asked: dict[str, Any] = {
            "actor": request.user,
            "name": declared.name,
            "expected": given["expected"],
            "reason": given["reason"],
        }
        try:
            if value is None:
                adjusting.reset_setting(**asked)
            else:
                adjusting.adjust_setting(value=value, **asked)
        except Refusal as refusal:
            self.message_user(request, refusal.message, messages.ERROR)
        else:
            self.message_user(
                request,
                f"{declared.label} is {adjusting.standing(declared.name).shown} now. "
                "All processes know within seconds.",
                messages.SUCCESS,
            )
        return HttpResponseRedirect(reverse(f"admin:{ONE}", args=[declared.name]))

    def _form_page(
        self, request: HttpRequest, now: Standing, form: forms.Form | None, *, is_reset: bool = False
    ) -> HttpResponse:
        facts = {"now": now, "form": form, "is_reset": is_reset, "past": list(_past(now.declared))}
        return self._page(request, "setting", {"title": now.declared.label, **facts})

    def _page(self, request: HttpRequest, name: str, facts: dict[str, Any]) -> HttpResponse:
        context = {**self.admin_site.each_context(request), "opts": self.opts, **facts}
        return TemplateResponse(request, f"kernel/settings/{name}.html", context)

    def _demand_sight(self, request: HttpRequest) -> None:
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied


def _form(now: Standing, request: HttpRequest | None = None, *, is_reset: bool = False) -> forms.Form:
    form = ChangeForm(
        None if request is None else request.POST, initial={"value": now.value, "expected": now.value}
    )
    if not is_reset:
        form.fields = {"value": _field(now.declared), **form.fields}
    return form


def _field(declared: Adjustable[Any]) -> forms.Field:
    kind = declared.kind
    if isinstance(kind, Words):
        return forms.MultipleChoiceField(
            label="Value",
            required=False,
            choices=list(kind.choices.items()),
            widget=UnfoldAdminCheckboxSelectMultipleWidget,
        )
    if isinstance(kind, Amounts):
        return forms.CharField(
            label="Value",
            required=False,
            max_length=1000,
            help_text=kind.bounds,
            widget=UnfoldAdminTextInputWidget,
        )
    assert isinstance(kind, Number)  # noqa: S101  # there are no other kinds
    return forms.IntegerField(
        label="Value",
        min_value=kind.least,
        max_value=kind.most,
        help_text=kind.bounds,
        widget=UnfoldAdminIntegerFieldWidget,
    )


def _past(declared: Adjustable[Any]) -> Iterator[Past]:
    for entry in adjusting.history(declared.name):
        before, after = (facts[declared.name] for facts in (entry.before, entry.after))
        yield Past(
            at=entry.at,
            by=entry.actor_email or "an account that is gone",
            before=declared.kind.show(before),
            after=declared.kind.show(after),
            note=entry.note,
        )
