"""The catalogue in the admin: to look at, and to decide on by the operations."""

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from django.contrib import admin
from django.forms import CheckboxSelectMultiple, ChoiceField, MultipleChoiceField
from unfold.widgets import UnfoldAdminSelectWidget

from catalog.models import (
    Attribute,
    AttributeChoice,
    Category,
    CategoryAttribute,
    ChangePicture,
    ChangeStatus,
    ListingField,
    Product,
    ProductChange,
    ProductImage,
    ProductStatus,
    RejectionReason,
    StockMovement,
    Variant,
)
from catalog.operations import changes, products
from catalog.operations.rejections import Fault, Verdict, verdict
from catalog.permissions import MODERATE_PRODUCTS
from catalog.selectors.changes import before_and_after
from marketplace.accounts.models import User
from marketplace.kernel.console import DecidingAdmin, Decision, ReadOnlyAdmin, ReadOnlyTab, Words


class Because(Words):
    """A reason, from the list, the fields it is about, and a note."""

    reason = ChoiceField(choices=RejectionReason.choices, widget=UnfoldAdminSelectWidget)
    fields_at_fault = MultipleChoiceField(
        choices=ListingField.choices, required=False, widget=CheckboxSelectMultiple
    )
    field_order = ["reason", "fields_at_fault", "note"]


def _verdict(given: Mapping[str, Any]) -> Verdict:
    reason = RejectionReason(given["reason"])
    named = [ListingField(name) for name in given["fields_at_fault"]]
    return verdict(reason, [Fault(field=name, reason=reason) for name in named])


def _approve(product: Product, actor: User, given: Mapping[str, Any]) -> Product:
    return products.approve_product(
        product=product, actor=actor, note=given["note"], version=given["version"]
    )


def _reject(product: Product, actor: User, given: Mapping[str, Any]) -> Product:
    found = _verdict(given)
    return products.reject_product(
        product=product,
        actor=actor,
        reason=found.reason,
        note=given["note"],
        faults=found.faults,
        version=given["version"],
    )


def _approve_change(change: ProductChange, actor: User, given: Mapping[str, Any]) -> ProductChange:
    return changes.approve_change(
        change=change, version=given["version"] or 0, actor=actor, note=given["note"]
    )


def _decline_change(change: ProductChange, actor: User, given: Mapping[str, Any]) -> ProductChange:
    return changes.decline_change(
        change=change,
        version=given["version"] or 0,
        actor=actor,
        verdict=_verdict(given),
        note=given["note"],
    )


def _differences(change: ProductChange) -> Iterable[str]:
    """What is and what shall be, field by field."""
    for name, before, after in before_and_after(change):
        yield f"{ListingField(name).label}: {before or 'nothing'} → {after}"
    if change.picture_keys is not None and change.status == ChangeStatus.PENDING:
        shown = change.product.images.count()
        new = sum(key < 0 for key in change.picture_keys)
        yield f"Pictures: {shown} now, {len(change.picture_keys)} then, {new} of them new."


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
            version=lambda product: product.version,
        ),
        _decided(
            name="reject",
            label="Reject",
            run=_reject,
            form=Because,
            outlook=_facts,
            fits=lambda product: product.status == ProductStatus.PROPOSED,
            version=lambda product: product.version,
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


class ChangePictureInline(ReadOnlyTab):
    model = ChangePicture
    fields = readonly_fields = ["file", "alt", "width", "height"]


def _waits(change: ProductChange) -> bool:
    return change.status == ChangeStatus.PENDING


@admin.register(ProductChange)
class ProductChangeAdmin(DecidingAdmin):
    """What vendors ask to change of listings on sale, the longest waiting first."""

    list_display = ["product", "vendor", "status", "version", "created_at", "decided_at"]
    list_filter = ["status"]
    list_select_related = ["product__vendor"]
    search_fields = ["product__title", "product__vendor__name"]
    ordering = ["created_at", "pk"]
    fields = readonly_fields = [
        "product",
        "vendor",
        "status",
        "differences",
        "version",
        "author",
        "created_at",
        "decided_at",
    ]
    inlines = [ChangePictureInline]
    decisions = [
        _decided(
            name="approve",
            label="Approve",
            run=_approve_change,
            outlook=_differences,
            fits=_waits,
            version=lambda change: change.version,
        ),
        _decided(
            name="decline",
            label="Decline",
            run=_decline_change,
            form=Because,
            outlook=_differences,
            fits=_waits,
            version=lambda change: change.version,
            is_grave=True,
        ),
    ]

    @admin.display
    def vendor(self, change: ProductChange) -> str:
        return str(change.product.vendor)

    @admin.display
    def differences(self, change: ProductChange) -> str:
        return "; ".join(_differences(change))


@admin.register(StockMovement)
class StockMovementAdmin(ReadOnlyAdmin):
    list_display = ["created_at", "variant", "delta", "reason", "note", "actor"]
    list_filter = ["reason"]
    list_select_related = ["variant", "actor"]
    search_fields = ["variant__sku"]
    show_full_result_count = False
    fields = readonly_fields = list_display
