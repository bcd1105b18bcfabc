"""Accounts in the admin: to look at and to close, not to make up."""

from django.conf import settings
from django.contrib import admin
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from typing_extensions import override

from marketplace.accounts.models import Address, BillingProfile, GuestEmail, User
from marketplace.accounts.operations import sessions
from marketplace.kernel.console import ReadOnlyAdmin, RecordedAdmin


def sign_in(request: HttpRequest, extra_context: object = None) -> HttpResponse:  # noqa: ARG001  # Django's name
    """The admin has no way in of its own: everybody's asks for the verified address and the second factor."""
    after = request.GET.get(REDIRECT_FIELD_NAME, reverse("admin:index"))
    return redirect_to_login(after, login_url=settings.LOGIN_URL)


admin.site.login = sign_in  # type: ignore[method-assign]  # the site's own would ask for a password only


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
