"""Accounts in the admin: to look at and to close, not to make up."""

from django.conf import settings
from django.contrib import admin
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.forms import CharField, Form, ModelForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_POST
from typing_extensions import override
from unfold.decorators import action
from unfold.widgets import UnfoldAdminTextareaWidget

from marketplace.accounts.models import Address, BillingProfile, GuestEmail, User
from marketplace.accounts.operations import sessions
from marketplace.accounts.operations.viewing import BY_BUTTON, LONGEST_REASON, begin_view, end_view
from marketplace.accounts.viewing import COOKIE, PERMISSION, of_own_session
from marketplace.kernel.console import ReadOnlyAdmin, RecordedAdmin
from marketplace.kernel.errors import Refusal


def sign_in(request: HttpRequest, extra_context: object = None) -> HttpResponse:  # noqa: ARG001  # Django's name
    """The admin has no way in of its own: everybody's asks for the verified address and the second factor."""
    after = request.GET.get(REDIRECT_FIELD_NAME, reverse("admin:index"))
    return redirect_to_login(after, login_url=settings.LOGIN_URL)


admin.site.login = sign_in  # type: ignore[method-assign]  # the site's own would ask for a password only


class ReasonForm(Form):
    """Why somebody looks as a user."""

    reason = CharField(max_length=LONGEST_REASON, widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}))


@admin.register(User)
class UserAdmin(RecordedAdmin):
    """Who has an account. It can be closed and given a role; its address and password are the user's own."""

    list_display = ("email", "name", "is_active", "is_staff", "created_at", "last_login")
    list_filter = ("is_active", "is_staff")
    search_fields = ("email", "name")
    ordering = ("-created_at",)
    fields = ("email", "name", "is_active", "is_staff", "is_superuser", "groups", "created_at", "last_login")
    readonly_fields = ("email", "created_at", "last_login")
    filter_horizontal = ("groups",)
    unrecorded = ("name",)
    actions_detail = ("view_as",)

    @override
    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        # Who may edit users could otherwise make themselves a superuser.
        kept = () if request.user.is_superuser else ("is_staff", "is_superuser", "groups")
        return (*self.readonly_fields, *kept)

    @override
    def save_model(self, request: HttpRequest, obj: User, form: "ModelForm[User]", change: bool) -> None:
        with transaction.atomic():
            super().save_model(request, obj, form, change)
            # Who becomes staff signs in anew, with a second factor; who is closed is out.
            if {"is_staff", "is_superuser", "is_active"} & set(form.changed_data):
                sessions.end_all(user=obj)

    @override
    def get_urls(self) -> list[URLPattern]:
        back = of_own_session(require_POST(self.end_view))
        ours = path("end-view/", self.admin_site.admin_view(back), name="accounts_user_end_view")
        return [ours, *super().get_urls()]

    def has_view_as_permission(self, request: HttpRequest, obj: object = None) -> bool:  # noqa: ARG002  # unfold's call
        """By a method: unfold looks up the name of a permission in the database before `migrate` has run."""
        return bool(request.user.has_perm(PERMISSION))

    @action(description="View as", url_path="view-as", permissions=["view_as"])  # type: ignore[untyped-decorator]  # unfold is not typed
    def view_as(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask for the reason; then lead to the user's account, as the user sees it."""
        user = self.get_object(request, object_id)
        if user is None:
            raise Http404
        form = ReasonForm(request.POST if request.method == "POST" else None)
        if form.is_valid() and isinstance(request.user, User):
            reason = form.cleaned_data["reason"]
            try:
                begin_view(request=request, actor=request.user, user=user, reason=reason)
            except Refusal as refusal:
                form.add_error(None, refusal.message)
            else:
                response = redirect("web:account")
                response.set_cookie(COOKIE, "1", secure=settings.IS_HTTPS, httponly=True, samesite="Lax")
                return response
        return render(
            request,
            "accounts/view_as.html",
            {
                **self.admin_site.each_context(request),
                "title": f"View as {user}",
                "opts": self.opts,
                "original": user,
                "form": form,
                "minutes": settings.VIEW_AS_MINUTES,
            },
            status=422 if form.errors else 200,
        )

    def end_view(self, request: HttpRequest) -> HttpResponse:
        """Lead back to the user's page in the console."""
        viewed = end_view(request=request, reason=BY_BUTTON)
        if viewed is None:
            return redirect("admin:index")
        return redirect("admin:accounts_user_change", viewed)

    @override
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    @override
    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return False


@admin.register(GuestEmail)
class GuestEmailAdmin(ReadOnlyAdmin):
    list_display = ("email", "created_at")
    search_fields = ("email",)


@admin.register(BillingProfile)
class BillingProfileAdmin(ReadOnlyAdmin):
    list_display = ("email", "user", "guest", "is_active", "created_at")
    search_fields = ("email",)
    list_select_related = ("user", "guest")


@admin.register(Address)
class AddressAdmin(ReadOnlyAdmin):
    list_display = ("name", "address_type", "city", "country", "is_default")
    list_filter = ("address_type",)
    search_fields = ("name", "postal_code", "billing_profile__email")
