"""The catalogue in the admin: to look at, and to decide on by the operations."""

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from django.contrib import admin
from django.forms import ChoiceField
from unfold.widgets import UnfoldAdminSelectWidget

from catalog.models import (
    Attribute,
    AttributeChoice,
    Category,
    CategoryAttribute,
    Product,
    ProductImage,
    ProductStatus,
    RejectionReason,
    StockMovement,
    Variant,
)
from catalog.operations import products
from catalog.permissions import MODERATE_PRODUCTS
from marketplace.accounts.models import User
from marketplace.kernel.console import DecidingAdmin, Decision, ReadOnlyAdmin, ReadOnlyTab, Words


class Because(Words):
    """A reason, from the list, and a note."""

    reason = ChoiceField(choices=RejectionReason.choices, widget=UnfoldAdminSelectWidget)
    field_order = ["reason", "note"]


def _approve(product: Product, actor: User, given: Mapping[str, Any]) -> Product:
    return products.approve_product(product=product, actor=actor, note=given["note"])


def _reject(product: Product, actor: User, given: Mapping[str, Any]) -> Product:
    reason = RejectionReason(given["reason"])
    return products.reject_product(product=product, actor=actor, reason=reason, note=given["note"])


def _archive(product: Product, actor: User, given: Mapping[str, Any]) -> Product:
    return products.archive_product(product=product, actor=actor, note=given["note"])


def _facts(product: Product) -> Iterable[str]:
    variants = product.variants.filter(is_active=True).count()
    yield f"{product.vendor} sells it, in {product.category}, from {product.price or 'no price yet'}."
    yield f"It has {variants} variants on offer and {product.images.count()} pictures."


_decided = partial(Decision, permission=MODERATE_PRODUCTS)


class CategoryAttributeInline(ReadOnlyTab):
    model = CategoryAttribute
    fields = readonly_fields = ["attribute", "is_required", "is_filterable", "position"]
    ordering = ["position", "pk"]


@admin.register(Category)
class CategoryAdmin(ReadOnlyAdmin):
    inlines = [CategoryAttributeInline]
    list_display = ["path", "name", "position"]
    search_fields = ["name", "slug"]
    fields = readonly_fields = ["parent", "name", "slug", "path", "position"]
    ordering = ["path"]


class AttributeChoiceInline(ReadOnlyTab):
    model = AttributeChoice
    fields = readonly_fields = ["name", "slug", "position", "is_active"]


@admin.register(Attribute)
class AttributeAdmin(ReadOnlyAdmin):
    list_display = ["name", "slug", "kind", "unit", "is_active"]
    list_filter = ["kind", "is_active"]
    search_fields = ["name", "slug"]
    fields = readonly_fields = list_display
    inlines = [AttributeChoiceInline]


class VariantInline(ReadOnlyTab):
    model = Variant
    fk_name = "product"
    fields = readonly_fields = ["sku", "options", "price", "on_hand", "reserved", "is_active"]


class ProductImageInline(ReadOnlyTab):
    model = ProductImage
    fields = readonly_fields = ["file", "alt", "width", "height", "position"]


class ProductTab(ReadOnlyTab):
    """The listings of a vendor, on its page."""

    model = Product
    verbose_name_plural = "Products"
    show_change_link = True
    fields = readonly_fields = ["title", "status", "price", "is_in_stock", "published_at"]


@admin.register(Product)
class ProductAdmin(DecidingAdmin):
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
    decisions = [
        _decided(
            name="approve",
            label="Approve",
            run=_approve,
            outlook=_facts,
            fits=lambda product: product.status == ProductStatus.PROPOSED,
        ),
        _decided(
            name="reject",
            label="Reject",
            run=_reject,
            form=Because,
            outlook=_facts,
            fits=lambda product: product.status == ProductStatus.PROPOSED,
            is_grave=True,
        ),
        _decided(
            name="archive",
            label="Take off sale",
            run=_archive,
            outlook=_facts,
            fits=lambda product: product.status != ProductStatus.ARCHIVED,
            is_grave=True,
        ),
    ]


@admin.register(StockMovement)
class StockMovementAdmin(ReadOnlyAdmin):
    list_display = ["created_at", "variant", "delta", "reason", "note", "actor"]
    list_filter = ["reason"]
    list_select_related = ["variant", "actor"]
    search_fields = ["variant__sku"]
    show_full_result_count = False
    fields = readonly_fields = list_display
