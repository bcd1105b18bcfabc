"""What may be done to listings, by the vendor's people and by the platform."""

from decimal import Decimal
from typing import Annotated

import strawberry
from django.db import transaction

from catalog.errors import (
    AttributesRefused,
    ListingChanged,
    ListingIncomplete,
    NegativeStock,
    OptionsMismatch,
    OptionsTaken,
    SkuTaken,
    TooManyImages,
    TooManyVariants,
)
from catalog.models import STANDARD, Category, ChangePicture, Product, ProductImage, Variant
from catalog.operations import delivery_notes, images, products, stock, variants
from catalog.permissions import MODERATE_PRODUCTS
from catalog.selectors import sellers
from checkout.operations.shipping import profile_of, ship_by
from checkout.selectors.terms import tax_categories
from marketplace.accounts.models import User
from marketplace.api import fields
from marketplace.api.catalog.inputs import (
    AdjustStockInput,
    ApproveProductInput,
    ArchiveProductInput,
    CreateProductInput,
    RejectProductInput,
    RemoveProductImageInput,
    ReorderProductImagesInput,
    SaveVariantInput,
    SetDeliveryNoteInput,
    SubmitProductInput,
    UpdateProductInput,
    UploadProductImageInput,
)
from marketplace.api.catalog.types import ListingType, ListingVariantType
from marketplace.api.context import Info
from marketplace.api.fields import INPUT
from marketplace.api.moderation.inputs import faults_of
from marketplace.api.scalars import decode_id, decode_key
from marketplace.api.vendors.types import own_vendor
from marketplace.kernel.errors import (
    CurrencyMismatch,
    IdempotencyKeyReused,
    InvalidInput,
    NotFound,
    RequestInProgress,
    TransitionNotAllowed,
    UnusableImage,
)
from marketplace.kernel.money import Money
from vendors.errors import NotPermitted, TermsNotAccepted
from vendors.models import Vendor
from vendors.permissions import VendorPermission


@strawberry.type(description="The listing as it is now.")
class ListingSuccess:
    row: strawberry.Private[Product]

    @fields.field(ListingType, description="The listing as it is now.")
    def listing(self, info: Info) -> Product:
        return fields.refetch(self.row, info)


@strawberry.type(description="The variant as it is now.")
class VariantSuccess:
    row: strawberry.Private[Variant]

    @fields.field(ListingVariantType, description="The variant as it is now.")
    def variant(self, info: Info) -> Variant:
        return fields.refetch(self.row, info)


@strawberry.type
class Mutation:
    @fields.mutation(
        NotFound,
        NotPermitted,
        InvalidInput,
        AttributesRefused,
        description="Begin a listing, as a draft.",
        is_for_keys=True,
    )
    def create_product(self, info: Info, input: Annotated[CreateProductInput, INPUT]) -> ListingSuccess:
        vendor = own_vendor(input.vendor, VendorPermission.CHANGE_LISTINGS, info)
        profile = _profile(input.shipping_profile, vendor)
        with transaction.atomic():
            product = products.create_product(
                vendor=vendor,
                category=_category(input.category),
                title=input.title,
                description=input.description,
                option_names=input.option_names,
                is_shipped=input.is_shipped,
                tax_category=_tax_category(input.tax_category) or STANDARD,
                answers=[each.to_domain() for each in input.attributes],
            )
            if input.tags or input.seo:
                snippet = None if input.seo is None else input.seo.to_domain()
                product = products.update_product(product=product, tags=input.tags, snippet=snippet)
            if profile is not None:
                ship_by(product=product, profile_id=profile)
        return ListingSuccess(row=product)

    @fields.mutation(
        NotFound,
        NotPermitted,
        InvalidInput,
        AttributesRefused,
        description="Change a listing.",
        is_for_keys=True,
    )
    def update_product(self, info: Info, input: Annotated[UpdateProductInput, INPUT]) -> ListingSuccess:
        listing = _own_listing(input.listing, VendorPermission.CHANGE_LISTINGS, info)
        profile = _profile(input.shipping_profile, listing.vendor)
        with transaction.atomic():
            if profile is not None:
                ship_by(product=listing, profile_id=profile)
            product = products.update_product(
                product=listing,
                category=None if input.category is None else _category(input.category),
                title=input.title,
                description=input.description,
                option_names=input.option_names,
                is_shipped=input.is_shipped,
                tax_category=_tax_category(input.tax_category),
                answers=[each.to_domain() for each in input.attributes],
                tags=input.tags,
                snippet=None if input.seo is None else input.seo.to_domain(),
                actor=info.context.actor,
            )
        return ListingSuccess(row=product)

    @fields.mutation(
        NotFound,
        NotPermitted,
        InvalidInput,
        CurrencyMismatch,
        OptionsMismatch,
        OptionsTaken,
        SkuTaken,
        TooManyVariants,
        description="Add a variant to a listing, or change one of its own.",
        is_for_keys=True,
    )
    def save_variant(self, info: Info, input: Annotated[SaveVariantInput, INPUT]) -> VariantSuccess:
        listing = _own_listing(input.listing, VendorPermission.CHANGE_LISTINGS, info)
        variant = variants.save_variant(
            product=listing,
            variant=None if input.variant is None else _own_variant(listing, input.variant),
            sku=input.sku,
            price=Money.from_decimal(input.price, listing.currency, field="price"),
            compare_at=_optional_money(input.compare_at_price, listing.currency),
            options={option.name: option.value for option in input.options},
            weight_g=input.weight_g,
            position=input.position,
            is_active=input.is_active,
            image=None if input.image is None else decode_key(input.image, "ProductImage", field="image"),
        )
        return VariantSuccess(row=variant)

    @fields.mutation(
        NotFound,
        NotPermitted,
        InvalidInput,
        NegativeStock,
        IdempotencyKeyReused,
        RequestInProgress,
        description="Change the units on hand, with a reason.",
        is_for_keys=True,
    )
    def adjust_stock(self, info: Info, input: Annotated[AdjustStockInput, INPUT]) -> VariantSuccess:
        key = decode_key(input.variant, "ListingVariant", field="variant")
        variant = sellers.variant_of(info.context.visitor, key, VendorPermission.CHANGE_STOCK)
        changed = stock.adjust_stock(
            variant=variant,
            delta=input.delta,
            reason=input.reason,
            actor=info.context.actor,
            note=input.note,
            idempotency_key=input.idempotency_key,
        )
        return VariantSuccess(row=changed)

    @fields.mutation(
        NotFound,
        NotPermitted,
        InvalidInput,
        description="Say what who has bought a digital variant reads once it is paid.",
        is_for_keys=True,
    )
    def set_delivery_note(self, info: Info, input: Annotated[SetDeliveryNoteInput, INPUT]) -> VariantSuccess:
        key = decode_key(input.variant, "ListingVariant", field="variant")
        variant = sellers.variant_of(info.context.visitor, key, VendorPermission.CHANGE_LISTINGS)
        return VariantSuccess(row=delivery_notes.set_delivery_note(variant=variant, note=input.note))

    @fields.mutation(
        NotFound, NotPermitted, UnusableImage, TooManyImages, description="Add a picture to a listing."
    )
    def upload_product_image(
        self, info: Info, input: Annotated[UploadProductImageInput, INPUT]
    ) -> ListingSuccess:
        listing = _own_listing(input.listing, VendorPermission.CHANGE_LISTINGS, info)
        content = input.image.take(field="image")
        images.add_product_image(product=listing, content=content, alt=input.alt, actor=info.context.actor)
        return ListingSuccess(row=listing)

    @fields.mutation(NotFound, NotPermitted, description="Put the pictures of a listing in another order.")
    def reorder_product_images(
        self, info: Info, input: Annotated[ReorderProductImagesInput, INPUT]
    ) -> ListingSuccess:
        listing = _own_listing(input.listing, VendorPermission.CHANGE_LISTINGS, info)
        keys = [_picture_key(each, field="images") for each in input.images]
        images.reorder_product_images(product=listing, image_ids=keys, actor=info.context.actor)
        return ListingSuccess(row=listing)

    @fields.mutation(NotFound, NotPermitted, description="Take a picture off a listing.")
    def remove_product_image(
        self, info: Info, input: Annotated[RemoveProductImageInput, INPUT]
    ) -> ListingSuccess:
        listing = _own_listing(input.listing, VendorPermission.CHANGE_LISTINGS, info)
        key = _picture_key(input.image, field="image")
        image: ProductImage | ChangePicture | None = (
            ChangePicture.objects.filter(change__product=listing, pk=-key).first()
            if key < 0
            else listing.images.filter(pk=key).first()
        )
        if image is None:
            raise NotFound(thing="picture", field="image")
        images.remove_product_image(image=image, actor=info.context.actor)
        return ListingSuccess(row=listing)

    @fields.mutation(
        NotFound,
        NotPermitted,
        ListingIncomplete,
        TermsNotAccepted,
        TransitionNotAllowed,
        description="Ask the platform to review a listing.",
        is_for_keys=True,
    )
    def submit_product(self, info: Info, input: Annotated[SubmitProductInput, INPUT]) -> ListingSuccess:
        product = _own_listing(input.listing, VendorPermission.CHANGE_LISTINGS, info)
        return ListingSuccess(row=products.submit_product(product=product, actor=info.context.demand_actor()))

    @fields.mutation(
        NotFound,
        NotPermitted,
        InvalidInput,
        TransitionNotAllowed,
        description="Take a listing off sale.",
        is_for_keys=True,
    )
    def archive_product(self, info: Info, input: Annotated[ArchiveProductInput, INPUT]) -> ListingSuccess:
        product = _own_listing(input.listing, VendorPermission.CHANGE_LISTINGS, info)
        actor = info.context.demand_actor()
        return ListingSuccess(row=products.archive_product(product=product, actor=actor, note=input.note))

    @fields.mutation(
        NotFound,
        InvalidInput,
        ListingChanged,
        TransitionNotAllowed,
        description="Platform: approve a listing; it is published, or waits for its day.",
    )
    def approve_product(self, info: Info, input: Annotated[ApproveProductInput, INPUT]) -> ListingSuccess:
        actor, product = _as_staff(input.listing, info)
        approved = products.approve_product(
            product=product, actor=actor, note=input.note, version=input.version
        )
        return ListingSuccess(row=approved)

    @fields.mutation(
        NotFound,
        InvalidInput,
        ListingChanged,
        TransitionNotAllowed,
        description="Platform: send a listing back, with what is wrong with which field.",
    )
    def reject_product(self, info: Info, input: Annotated[RejectProductInput, INPUT]) -> ListingSuccess:
        actor, product = _as_staff(input.listing, info)
        changed = products.reject_product(
            product=product,
            actor=actor,
            reason=input.reason,
            note=input.note,
            faults=faults_of(input.faults),
            version=input.version,
        )
        return ListingSuccess(row=changed)


def _category(identifier: str) -> Category:
    category = Category.objects.filter(pk=decode_key(identifier, "Category", field="category")).first()
    if category is None:
        raise NotFound(thing="category", field="category")
    return category


def _own_listing(identifier: str, permission: VendorPermission, info: Info) -> Product:
    key = decode_key(identifier, "Listing", field="listing")
    return sellers.listing_of(info.context.visitor, key, permission)


def _own_variant(listing: Product, identifier: str) -> Variant:
    key = decode_key(identifier, "ListingVariant", field="variant")
    variant = listing.variants.filter(pk=key).first()
    if variant is None:
        raise NotFound(thing="variant", field="variant")
    return variant


def _picture_key(identifier: str, *, field: str) -> int:
    """The key of a picture of a listing; below zero for one that waits. Raises InvalidInput."""
    kind, key = decode_id(identifier, field=field)
    if kind not in {"ProductImage", "ChangePicture"}:
        raise InvalidInput(field=field, reason="Expected the id of a picture.")
    return key if kind == "ProductImage" else -key


def _profile(identifier: str | None, vendor: Vendor) -> int | None:
    """The key of the vendor's profile that is named, if one is. Raises NotFound."""
    if identifier is None:
        return None
    key = decode_key(identifier, "ShippingProfile", field="shippingProfile")
    return profile_of(vendor, key, field="shippingProfile").pk


def _tax_category(word: str | None) -> str | None:
    """The word, if one is named. Raises InvalidInput for one by which no rule knows anything."""
    if word is not None and word not in (known := tax_categories()):
        raise InvalidInput(field="taxCategory", reason=f"This is none of {', '.join(known[:20])}.")
    return word


def _optional_money(amount: Decimal | None, currency: str) -> Money | None:
    return None if amount is None else Money.from_decimal(amount, currency, field="compareAtPrice")


def _as_staff(identifier: str, info: Info) -> tuple[User, Product]:
    """Who acts, if they may decide about listings, and the listing; raises NotFound where one is missing."""
    key = decode_key(identifier, "Listing", field="listing")
    actor = info.context.staff_who_may(MODERATE_PRODUCTS)
    product = Product.objects.filter(pk=key).first() if actor else None
    if actor is None or product is None:
        raise NotFound(thing="listing", field="listing")
    return actor, product
