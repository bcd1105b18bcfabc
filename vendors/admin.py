"""Vendors in the admin: to look at, and to decide on by the life."""

from collections.abc import Callable

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from typing_extensions import override
from unfold.admin import ModelAdmin, TabularInline

from marketplace.accounts.models import User
from marketplace.kernel.errors import Refusal
from vendors.models import Vendor, VendorMember, VendorReason
from vendors.operations import life


class VendorMemberInline(TabularInline):  # type: ignore[misc]  # unfold is not typed
    """Members change through the operations, which grant and revoke their permissions."""

    model = VendorMember
    fields = readonly_fields = ["user", "role", "created_at"]
    extra = 0
    can_delete = False

    @override
    def has_add_permission(self, request: HttpRequest, obj: Vendor | None = None) -> bool:
        return False


@admin.register(Vendor)
class VendorAdmin(ModelAdmin):  # type: ignore[misc]  # unfold is not typed
    list_display = ["name", "status", "country", "currency", "created_at"]
    list_filter = ["status", "country", "currency"]
    search_fields = ["name", "slug", "email"]
    fields = [
        "name",
        "slug",
        "status",
        "email",
        "country",
        "currency",
        "timezone",
        "about",
        "uuid",
        "created_at",
    ]
    readonly_fields = fields
    inlines = [VendorMemberInline]
    actions = ["approve", "reject", "suspend", "reinstate"]

    @override
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    @override
    def has_delete_permission(self, request: HttpRequest, obj: Vendor | None = None) -> bool:
        return False

    @admin.action(description="Approve", permissions=["change"])
    def approve(self, request: HttpRequest, queryset: QuerySet[Vendor]) -> None:
        self._decide(request, queryset, lambda vendor, actor: life.approve(vendor=vendor, actor=actor))

    @admin.action(description="Reject", permissions=["change"])
    def reject(self, request: HttpRequest, queryset: QuerySet[Vendor]) -> None:
        self._decide(
            request,
            queryset,
            lambda vendor, actor: life.reject(vendor=vendor, actor=actor, reason=VendorReason.OTHER),
        )

    @admin.action(description="Suspend", permissions=["change"])
    def suspend(self, request: HttpRequest, queryset: QuerySet[Vendor]) -> None:
        self._decide(
            request,
            queryset,
            lambda vendor, actor: life.suspend(vendor=vendor, actor=actor, reason=VendorReason.OTHER),
        )

    @admin.action(description="Reinstate", permissions=["change"])
    def reinstate(self, request: HttpRequest, queryset: QuerySet[Vendor]) -> None:
        self._decide(request, queryset, lambda vendor, actor: life.reinstate(vendor=vendor, actor=actor))

    def _decide(
        self, request: HttpRequest, queryset: QuerySet[Vendor], decide: Callable[[Vendor, User], Vendor]
    ) -> None:
        """Run one operation a vendor; each that is refused says why, and the others go on."""
        if not isinstance(request.user, User):
            return
        for vendor in queryset:
            try:
                decide(vendor, request.user)
            except Refusal as refusal:
                self.message_user(request, f"{vendor}: {refusal.message}", messages.ERROR)
            else:
                self.message_user(request, f"{vendor}: done.", messages.SUCCESS)
