"""Carts and orders in the console, to look at when somebody asks for help; how vendors ship, to be set."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.forms import CharField, Form
from django.http import HttpRequest
from typing_extensions import override
from unfold.admin import TabularInline
from unfold.widgets import UnfoldAdminTextareaWidget

from checkout.models import (
    Cart,
    CartLine,
    CartShipping,
    Order,
    OrderReview,
    OrderReviewFinding,
    OrderReviewStatus,
    Refund,
    RefundLine,
    ReturnPolicy,
    ShippedProduct,
    ShippingMethod,
    ShippingProfile,
    ShippingRate,
    ShippingZone,
    TaxRule,
    VendorOrder,
)
from checkout.operations.retry import retry_refund
from checkout.operations.reviews import reject_order, release_order
from checkout.permissions import DECIDE_REVIEWS, RETRY_REFUNDS
from checkout.selectors.refunds import failed_refunds
from marketplace.kernel.console import DecidingAdmin, Decision, ReadOnlyAdmin, ReadOnlyTab, RecordedAdmin


class CartLineInline(ReadOnlyTab):
    model = CartLine
    fields = readonly_fields = ["variant", "characteristics", "quantity", "asked", "seen_price"]


class CartShippingInline(ReadOnlyTab):
    model = CartShipping
    fields = readonly_fields = ["vendor", "method"]


@admin.register(Cart)
class CartAdmin(ReadOnlyAdmin):
    # Not the token: whoever has it has the guest's cart.
    list_display = ["pk", "status", "user", "email", "currency", "version", "updated_at"]
    list_filter = ["status", "currency"]
    list_select_related = ["user"]
    search_fields = ["email", "user__email"]
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


class VendorOrderTab(ReadOnlyTab):
    """A vendor's parts of orders, on its page and on the order's."""

    model = VendorOrder
    verbose_name_plural = "Orders"
    show_change_link = True
    fields = readonly_fields = ["number", "status", "subtotal", "total"]


@admin.register(Order)
class OrderAdmin(ReadOnlyAdmin):
    list_display = ["number", "payment_state", "total", "email", "placed_at", "paid_at"]
    list_filter = ["payment_state", "currency"]
    search_fields = ["number", "email"]
    ordering = ["-pk"]
    fields = readonly_fields = [
        "number",
        "payment_state",
        "email",
        "total",
        "subtotal",
        "shipping_address",
        "billing_address",
        "placed_at",
        "paid_at",
        "expires_at",
    ]
    inlines = [VendorOrderTab]


@admin.register(VendorOrder)
class VendorOrderAdmin(ReadOnlyAdmin):
    list_display = ["number", "vendor", "status", "total"]
    list_filter = ["status", "currency"]
    list_select_related = ["vendor"]
    search_fields = ["number", "vendor__name"]
    ordering = ["-pk"]
    fields = readonly_fields = ["number", "order", "vendor", "status", "subtotal", "total", "shipping_name"]


class RefundLineTab(ReadOnlyTab):
    model = RefundLine
    fields = readonly_fields = [
        "order_line",
        "kind",
        "quantity",
        "amount_minor",
        "shipping_minor",
        "tax_minor",
        "fee_minor",
    ]


class FailedFilter(admin.SimpleListFilter):
    """What somebody has to see to."""

    title = "to be seen to"
    parameter_name = "open"

    @override
    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, str]]:
        return [("failed", "Failed, and not tried again")]

    @override
    def queryset(self, request: HttpRequest, queryset: "QuerySet[Any]") -> "QuerySet[Any]":
        return failed_refunds(queryset) if self.value() == "failed" else queryset


@admin.register(Refund)
class RefundAdmin(DecidingAdmin):
    list_display = ["uuid", "order", "amount", "status", "reason", "version", "occurred_at"]
    list_filter = [FailedFilter, "status", "currency"]
    list_select_related = ["order"]
    search_fields = ["order__number", "provider_ref", "uuid"]
    ordering = ["-pk"]
    fields = readonly_fields = [
        "order",
        "vendor_order",
        "payment",
        "amount",
        "status",
        "reason",
        "version",
        "retry_of",
        "provider_ref",
        "occurred_at",
    ]
    inlines = [RefundLineTab]
    decisions = [
        Decision(
            name="retry",
            label="Try again",
            permission=RETRY_REFUNDS,
            run=lambda refund, actor, _: retry_refund(refund=refund, actor=actor),
            form=Form,
            outlook=lambda _: ["What is due of it by now is sent to the provider under a new key."],
            fits=lambda refund: failed_refunds(Refund.objects.filter(pk=refund.pk)).exists(),
        )
    ]


def _is_open(review: OrderReview) -> bool:
    return review.status == OrderReviewStatus.OPEN


class OrderReviewFindingTab(ReadOnlyTab):
    model = OrderReviewFinding
    fields = readonly_fields = ["cause", "facts", "found_at"]


class Noted(Form):
    note = CharField(
        required=False,
        max_length=4000,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 4}),
        help_text="Kept with the record, for good; neither vendors nor the buyer read it.",
    )


@admin.register(OrderReview)
class OrderReviewAdmin(DecidingAdmin):
    list_display = ["order", "status", "opened_at", "decided_at", "actor"]
    list_filter = ["status", "findings__cause"]
    list_select_related = ["order", "actor"]
    search_fields = ["order__number", "order__email"]
    ordering = ["-pk"]
    fields = readonly_fields = ["order", "status", "opened_at", "decided_at", "actor", "note"]
    inlines = [OrderReviewFindingTab]
    decisions = [
        Decision(
            name="release",
            label="Release",
            permission=DECIDE_REVIEWS,
            run=lambda review, actor, given: release_order(review=review, actor=actor, note=given["note"]),
            form=Noted,
            outlook=lambda _: ["Its vendors may send it, and are paid for it."],
            fits=_is_open,
        ),
        Decision(
            name="reject",
            label="Reject and pay back",
            permission=DECIDE_REVIEWS,
            run=lambda review, actor, given: reject_order(review=review, actor=actor, note=given["note"]),
            form=Noted,
            outlook=lambda _: [
                "What was not sent of it is cancelled, and all that is left of its payment goes back.",
                "What was sent is with the buyer: its vendor bears that, as of any refund.",
            ],
            fits=_is_open,
            is_grave=True,
        ),
    ]


@admin.register(ShippingMethod)
class ShippingMethodAdmin(RecordedAdmin):
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
class ShippingProfileAdmin(RecordedAdmin):
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
class ShippingZoneAdmin(RecordedAdmin):
    list_display = ["name", "profile", "countries"]
    list_select_related = ["profile"]
    search_fields = ["name", "profile__vendor__name"]
    autocomplete_fields = ["profile"]
    inlines = [ShippingRateInline]


@admin.register(ReturnPolicy)
class ReturnPolicyAdmin(RecordedAdmin):
    list_display = ["vendor", "days", "restocking_bps"]
    list_select_related = ["vendor"]
    search_fields = ["vendor__name"]
    autocomplete_fields = ["vendor"]


@admin.register(TaxRule)
class TaxRuleAdmin(RecordedAdmin):
    list_display = ["name", "country", "region", "postal_prefix", "category", "rate_bps", "is_included"]
    list_filter = ["country", "is_included", "remitter"]
    search_fields = ["name", "country", "region"]
