"""What is done to listings: written by their vendor, reviewed by the platform.

Authority is decided where the product is looked up (`product_of` in catalog/selectors/listings.py, or the
platform's scope for its staff); an operation trusts the product it is given.
"""

from collections.abc import Callable, Sequence
from typing import Final

from django.db import transaction

from catalog import drafting
from catalog.answering import Answer
from catalog.errors import ListingIncomplete
from catalog.events import ProductArchived, ProductPublished, ProductRejected, ProductSubmitted
from catalog.models import (
    PRODUCT_MOVES,
    STANDARD,
    Category,
    Product,
    ProductStatus,
    RejectionReason,
    Variant,
)
from catalog.operations.answers import answer, refuse_unanswered
from catalog.operations.index import reindex
from marketplace.accounts.models import User
from marketplace.kernel import clock
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.events import publish
from marketplace.kernel.locking import lock_one
from marketplace.kernel.slugs import insert_with_slug
from marketplace.kernel.texts import line, prose
from vendors.models import Vendor
from vendors.operations.onboarding import require_current_terms

CHANGED: Final = (
    "category",
    "title",
    "description",
    "option_names",
    "is_shipped",
    "tax_category",
    "choice_keys",
)


def create_product(
    *,
    vendor: Vendor,
    category: Category,
    title: str,
    description: str = "",
    option_names: Sequence[str] = (),
    is_shipped: bool = True,
    tax_category: str = STANDARD,
    answers: Sequence[Answer] = (),
) -> Product:
    """Begin a listing, as a draft in the vendor's currency.

    Args:
        option_names: the axes on which its variants differ, such as Colour and Size; three at most.
        tax_category: the word by which rules of tax know it, which is known to be one.
        answers: what it says of the attributes that its category asks for.

    Raises InvalidInput, AttributesRefused.
    """
    title = line(title, field="title", longest=200)
    description = prose(description, field="description", longest=20_000)
    names = drafting.option_names(option_names)

    def insert(slug: str) -> Product:
        return Product.objects.create(
            vendor=vendor,
            category=category,
            title=title,
            slug=slug,
            description=description,
            option_names=names,
            currency=vendor.currency,
            is_shipped=is_shipped,
            tax_category=tax_category,
        )

    with transaction.atomic():
        product = insert_with_slug(Product.objects.all(), text=title, fallback="product", insert=insert)
        if answers:
            answer(product, answers)
            product.save(update_fields=["choice_keys"])
        reindex(Product.objects.filter(pk=product.pk))
    return product


def update_product(
    *,
    product: Product,
    category: Category | None = None,
    title: str | None = None,
    description: str | None = None,
    option_names: Sequence[str] | None = None,
    is_shipped: bool | None = None,
    tax_category: str | None = None,
    answers: Sequence[Answer] = (),
) -> Product:
    """Change a listing; what is None stays. Its slug and its state stay too, and what it says of attributes
    that `answers` do not name.

    Locks the product. Raises AttributesRefused, and InvalidInput, also for option names that its live
    variants do not answer.
    """
    with transaction.atomic():
        product = lock_one(Product.objects.filter(pk=product.pk))
        if category is not None:
            product.category = category
        if title is not None:
            product.title = line(title, field="title", longest=200)
        if description is not None:
            product.description = prose(description, field="description", longest=20_000)
        if option_names is not None:
            product.option_names = drafting.option_names(option_names)
            _refuse_other_options(product)
        if is_shipped is not None:
            product.is_shipped = is_shipped
        if tax_category is not None:
            product.tax_category = tax_category
        if answers:
            answer(product, answers)
        product.save(update_fields=[*CHANGED, "updated_at"])
        reindex(Product.objects.filter(pk=product.pk))
    return product


def submit_product(*, product: Product, actor: User) -> Product:
    """Ask the platform to review a listing.

    Locks the product. Raises ListingIncomplete without a live variant, or without an answer that its category
    requires, TermsNotAccepted while the vendor has yet to accept the platform's present terms,
    TransitionNotAllowed. Publishes ProductSubmitted.
    """
    with transaction.atomic():
        product = lock_one(Product.objects.filter(pk=product.pk))
        require_current_terms(product.vendor_id)
        if not Variant.objects.filter(product=product, is_active=True).exists():
            raise ListingIncomplete(missing="a variant with a price", field="variants")
        refuse_unanswered(product)
        PRODUCT_MOVES.move(product, ProductStatus.PROPOSED, actor=actor)
        publish(ProductSubmitted(product_id=product.pk))
    return product


def approve_product(*, product: Product, actor: User, note: str = "") -> Product:
    """Put a reviewed listing on sale; the day it first was stays its date.

    Locks the product. Raises TransitionNotAllowed. Publishes ProductPublished.
    """
    with transaction.atomic():
        product = lock_one(Product.objects.filter(pk=product.pk))
        if product.published_at is None:
            product.published_at = clock.now()
            product.save(update_fields=["published_at"])
        PRODUCT_MOVES.move(product, ProductStatus.PUBLISHED, actor=actor, note=note)
        publish(ProductPublished(product_id=product.pk))
    return product


def reject_product(*, product: Product, actor: User, reason: RejectionReason, note: str = "") -> Product:
    """Send a listing back to its vendor, who may mend and submit it again.

    Locks the product. Raises TransitionNotAllowed. Publishes ProductRejected.
    """
    return _move(product, ProductStatus.REJECTED, ProductRejected, actor=actor, reason=reason, note=note)


def archive_product(*, product: Product, actor: User, note: str = "") -> Product:
    """Take a listing off sale; submitted again, it is reviewed again.

    Locks the product. Raises TransitionNotAllowed. Publishes ProductArchived.
    """
    return _move(product, ProductStatus.ARCHIVED, ProductArchived, actor=actor, reason="", note=note)


def _move(
    product: Product,
    to: ProductStatus,
    event: Callable[[int], object],
    *,
    actor: User,
    reason: str,
    note: str,
) -> Product:
    with transaction.atomic():
        product = lock_one(Product.objects.filter(pk=product.pk))
        PRODUCT_MOVES.move(product, to, actor=actor, reason=reason, note=note)
        publish(event(product.pk))
    return product


def _refuse_other_options(product: Product) -> None:
    live = Variant.objects.filter(product=product, is_active=True)
    if any(set(options) != set(product.option_names) for options in live.values_list("options", flat=True)):
        raise InvalidInput(field="optionNames", reason="Variants that are for sale answer other options.")
