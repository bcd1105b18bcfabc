"""The catalogue in the admin: to look at, and to decide on by the operations."""

from collections.abc import Callable

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin, TabularInline

from catalog.models import Category, Product, ProductImage, RejectionReason, StockMovement, Variant
from catalog.operations import products
from marketplace.accounts.models import User
from marketplace.kernel.errors import Refusal


class ReadOnly:
    """Writes go through the operations, which keep paths, offers, words and records."""

    def has_add_permission(self, *_: object) -> bool:
        return False

    def has_delete_permission(self, *_: object) -> bool:
        return False


@admin.register(Category)
class CategoryAdmin(ReadOnly, ModelAdmin):  # type: ignore[misc]  # unfold is not typed
    list_display = ["path", "name", "position"]
    search_fields = ["name", "slug"]
    fields = readonly_fields = ["parent", "name", "slug", "path", "position"]
    ordering = ["path"]


class VariantInline(ReadOnly, TabularInline):  # type: ignore[misc]  # unfold is not typed
    model = Variant
    fk_name = "product"
    fields = readonly_fields = ["sku", "options", "price", "on_hand", "reserved", "is_active"]


class ProductImageInline(ReadOnly, TabularInline):  # type: ignore[misc]  # unfold is not typed
    model = ProductImage
    fields = readonly_fields = ["file", "alt", "width", "height", "position"]


@admin.register(Product)
class ProductAdmin(ReadOnly, ModelAdmin):  # type: ignore[misc]  # unfold is not typed
    list_display = ["title", "vendor", "category", "status", "price", "is_in_stock", "updated_at"]
    list_filter = ["status", "is_in_stock", "currency"]
    list_select_related = ["vendor", "category"]
    search_fields = ["title", "slug", "vendor__name"]
    show_full_result_count = False
    fields = readonly_fields = [
        "vendor",
        "category",
        "title",
        "slug",
        "description",
        "option_names",
        "status",
        "price",
        "is_in_stock",
        "published_at",
        "created_at",
    ]
    inlines = [VariantInline, ProductImageInline]
    actions = ["approve", "reject", "archive"]

    @admin.action(description="Approve", permissions=["change"])
    def approve(self, request: HttpRequest, queryset: QuerySet[Product]) -> None:
        self._decide(
            request, queryset, lambda product, actor: products.approve_product(product=product, actor=actor)
        )

    @admin.action(description="Reject", permissions=["change"])
    def reject(self, request: HttpRequest, queryset: QuerySet[Product]) -> None:
        self._decide(
            request,
            queryset,
            lambda product, actor: products.reject_product(
                product=product, actor=actor, reason=RejectionReason.OTHER
            ),
        )

    @admin.action(description="Archive", permissions=["change"])
    def archive(self, request: HttpRequest, queryset: QuerySet[Product]) -> None:
        self._decide(
            request, queryset, lambda product, actor: products.archive_product(product=product, actor=actor)
        )

    def _decide(
        self, request: HttpRequest, queryset: QuerySet[Product], decide: Callable[[Product, User], Product]
    ) -> None:
        """Run one operation a product; each that is refused says why, and the others go on."""
        if not isinstance(request.user, User):
            return
        for product in queryset:
            try:
                decide(product, request.user)
            except Refusal as refusal:
                self.message_user(request, f"{product}: {refusal.message}", messages.ERROR)
            else:
                self.message_user(request, f"{product}: done.", messages.SUCCESS)


@admin.register(StockMovement)
class StockMovementAdmin(ReadOnly, ModelAdmin):  # type: ignore[misc]  # unfold is not typed
    list_display = ["created_at", "variant", "delta", "reason", "note", "actor"]
    list_filter = ["reason"]
    list_select_related = ["variant", "actor"]
    search_fields = ["variant__sku"]
    show_full_result_count = False
    fields = readonly_fields = list_display
