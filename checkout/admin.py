"""Carts in the admin, to look at when a buyer asks for help; and how vendors ship, to be set."""

from django.contrib import admin
from unfold.admin import ModelAdmin, TabularInline

from checkout.models import (
    Cart,
    CartLine,
    CartShipping,
    ShippedProduct,
    ShippingMethod,
    ShippingProfile,
    ShippingRate,
    ShippingZone,
    TaxRule,
)


class ReadOnly:
    """A cart is its buyer's: nobody else puts anything in."""

    def has_add_permission(self, *_: object) -> bool:
        return False

    def has_change_permission(self, *_: object) -> bool:
        return False

    def has_delete_permission(self, *_: object) -> bool:
        return False


class CartLineInline(ReadOnly, TabularInline):  # type: ignore[misc]  # unfold is not typed
    model = CartLine
    fields = readonly_fields = ["variant", "characteristics", "quantity", "asked", "seen_price"]


class CartShippingInline(ReadOnly, TabularInline):  # type: ignore[misc]  # unfold is not typed
    model = CartShipping
    fields = readonly_fields = ["vendor", "method"]


@admin.register(Cart)
class CartAdmin(ReadOnly, ModelAdmin):  # type: ignore[misc]  # unfold is not typed
    # Not the token: whoever has it has the guest's cart.
    list_display = ["pk", "status", "user", "email", "currency", "version", "updated_at"]
    list_filter = ["status", "currency"]
    list_select_related = ["user"]
    search_fields = ["email", "user__email"]
    show_full_result_count = False
    fields = readonly_fields = [
        "status",
        "user",
        "billing_profile",
        "email",
        "shipping_address",
        "billing_address",
        "currency",
        "version",
        "created_at",
        "updated_at",
    ]
    inlines = [CartLineInline, CartShippingInline]


@admin.register(ShippingMethod)
class ShippingMethodAdmin(ModelAdmin):  # type: ignore[misc]  # unfold is not typed
    list_display = ["name", "vendor", "price", "is_active", "position"]
    list_filter = ["is_active", "currency"]
    list_select_related = ["vendor"]
    search_fields = ["name", "vendor__name"]
    autocomplete_fields = ["vendor"]
    fields = [
        "vendor",
        "name",
        "price_minor",
        "currency",
        "is_pickup",
        "min_days",
        "max_days",
        "position",
        "is_active",
    ]

    def has_delete_permission(self, *_: object) -> bool:
        """Orders name the way they were shipped: one that is no longer offered becomes inactive."""
        return False


class ShippedProductInline(TabularInline):  # type: ignore[misc]  # unfold is not typed
    model = ShippedProduct
    autocomplete_fields = ["product"]
    extra = 0


@admin.register(ShippingProfile)
class ShippingProfileAdmin(ModelAdmin):  # type: ignore[misc]  # unfold is not typed
    list_display = ["name", "vendor", "origin", "is_default"]
    list_select_related = ["vendor"]
    search_fields = ["name", "vendor__name"]
    autocomplete_fields = ["vendor"]
    inlines = [ShippedProductInline]


class ShippingRateInline(TabularInline):  # type: ignore[misc]  # unfold is not typed
    model = ShippingRate
    autocomplete_fields = ["method"]
    extra = 0


@admin.register(ShippingZone)
class ShippingZoneAdmin(ModelAdmin):  # type: ignore[misc]  # unfold is not typed
    list_display = ["name", "profile", "countries"]
    list_select_related = ["profile"]
    search_fields = ["name", "profile__vendor__name"]
    autocomplete_fields = ["profile"]
    inlines = [ShippingRateInline]


@admin.register(TaxRule)
class TaxRuleAdmin(ModelAdmin):  # type: ignore[misc]  # unfold is not typed
    list_display = ["name", "country", "region", "postal_prefix", "category", "rate_bps", "is_included"]
    list_filter = ["country", "is_included", "remitter"]
    search_fields = ["name", "country", "region"]
