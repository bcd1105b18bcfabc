"""Accounts in the admin: to look at and to close, not to make up."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from typing_extensions import override
from unfold.admin import ModelAdmin
from unfold.forms import AuthenticationForm

from marketplace.accounts import authentication
from marketplace.accounts.errors import SecondFactorRequired
from marketplace.accounts.models import Address, BillingProfile, GuestEmail, User
from marketplace.accounts.operations import access
from marketplace.kernel.errors import Refusal


class LogInForm(AuthenticationForm):  # type: ignore[misc]  # unfold is not typed
    """The admin's own way in, under everybody's rules: rate limits, verified address, second factor."""

    @override
    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = self.cleaned_data
        email, password = values.get("username"), values.get("password")
        if email and password:
            try:
                user = access.identify(request=self.request, email=email, password=password)
                if authentication.needs_second_factor(user):
                    raise SecondFactorRequired
            except Refusal as refusal:
                raise ValidationError(refusal.message, code=refusal.code) from refusal
            self.confirm_login_allowed(user)
            self.user_cache = user
        return values


admin.site.login_form = LogInForm


class ReadOnlyAdmin(ModelAdmin):  # type: ignore[misc]  # unfold is not typed
    """Rows that only operations write."""

    @override
    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    @override
    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    @override
    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


@admin.register(User)
class UserAdmin(ModelAdmin):  # type: ignore[misc]  # unfold is not typed
    """Who has an account. It can be closed and given a role; its address and password are the user's own."""

    list_display = ("email", "name", "is_active", "is_staff", "created_at", "last_login")
    list_filter = ("is_active", "is_staff")
    search_fields = ("email", "name")
    ordering = ("-created_at",)
    fields = ("email", "name", "is_active", "is_staff", "is_superuser", "groups", "created_at", "last_login")
    readonly_fields = ("email", "created_at", "last_login")
    filter_horizontal = ("groups",)

    @override
    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        # Who may edit users could otherwise make themselves a superuser.
        kept = () if request.user.is_superuser else ("is_staff", "is_superuser", "groups")
        return (*self.readonly_fields, *kept)

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
