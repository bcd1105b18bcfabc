"""What is done to listings: written by their vendor, reviewed by the platform.

Authority is decided where the product is looked up (`product_of` in catalog/selectors/listings.py, or the
platform's scope for its staff); an operation trusts the product it is given.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from django.db import transaction

from catalog import drafting
from catalog.answering import Answer
from catalog.errors import ListingChanged, ListingIncomplete
from catalog.events import (
    ProductArchived,
    ProductPublished,
    ProductRejected,
    ProductScheduled,
    ProductSubmitted,
)
from catalog.models import (
    PRODUCT_MOVES,
    STANDARD,
    Category,
    Product,
    ProductSlug,
    ProductStatus,
    RejectionReason,
    Variant,
)
from catalog.operations.answers import answer, refuse_unanswered
from catalog.operations.changes import keep_back, withdraw_pending
from catalog.operations.index import reindex
from catalog.operations.rejections import Fault, as_facts, reject, verdict
from catalog.operations.writing import write
from catalog.tags import tags_of
from marketplace.accounts.models import User
from marketplace.kernel import clock
from marketplace.kernel.errors import InvalidInput, TransitionNotAllowed
from marketplace.kernel.events import publish
from marketplace.kernel.locking import lock_one
from marketplace.kernel.slugs import insert_with_slug
from marketplace.kernel.snippets import Snippet, snippet_as_kept
from marketplace.kernel.texts import line, prose
from vendors.models import Vendor
from vendors.operations.onboarding import require_current_terms

LONGEST_NOTE: Final = 4000


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
        product = insert_with_slug(ProductSlug.objects.all(), text=title, fallback="product", insert=insert)
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
    tags: Sequence[str] | None = None,
    snippet: Snippet | None = None,
    actor: User | None = None,
) -> Product:
    """Change a listing; what is None stays. Its state stays too, and what it says of attributes that the
    answers do not name; its slug follows its title.

    Of a listing that the platform has agreed to, what is risky waits for it in a change (changes.py); the
    rest is written at once. Locks the product. Raises AttributesRefused, and InvalidInput, also for option
    names that its live variants do not answer. Publishes what a change does.
    """
    with transaction.atomic():
        product = lock_one(Product.objects.filter(pk=product.pk))
        wanted: dict[str, Any] = {
            "category": category,
            "title": None if title is None else line(title, field="title", longest=200),
            "description": None
            if description is None
            else prose(description, field="description", longest=20_000),
            "option_names": None if option_names is None else drafting.option_names(option_names),
            "is_shipped": is_shipped,
            "tax_category": tax_category,
            "tags": None if tags is None else tags_of(tags),
            **({} if snippet is None else snippet_as_kept(snippet).as_columns()),
        }
        given = {name: value for name, value in wanted.items() if value is not None}
        if option_names is not None:
            _refuse_other_options(product, given["option_names"])
        write(product, keep_back(product, given, author=actor))
        if answers:
            answer(product, answers)
            product.save(update_fields=["choice_keys"])
            reindex(Product.objects.filter(pk=product.pk))
    return product


def submit_product(*, product: Product, actor: User) -> Product:
    """Ask the platform to review a listing. Dates of a schedule that have passed are forgotten.

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
        now = clock.now()
        dates = {name: getattr(product, name) for name in ("publish_at", "ends_at")}
        passed = {name: None for name, at in dates.items() if at is not None and at <= now}
        also = {"proposed_at": now, **passed}
        PRODUCT_MOVES.move(product, ProductStatus.PROPOSED, actor=actor, also=also)
        publish(ProductSubmitted(product_id=product.pk))
    return product


def approve_product(*, product: Product, actor: User, note: str = "", version: int | None = None) -> Product:
    """Put a reviewed listing on sale, or let it wait for its day; the day it first was on sale is kept.

    With the `version` that was looked at, what was changed since is not approved unseen.
    Locks the product. Raises ListingChanged, TransitionNotAllowed, and InvalidInput where its end has passed.
    Publishes ProductPublished or ProductScheduled.
    """
    note = prose(note, field="note", longest=LONGEST_NOTE)
    with transaction.atomic():
        product = _looked_at(product, version)
        now = clock.now()
        if PRODUCT_MOVES.allows(product.status, ProductStatus.REJECTED):
            _refuse_over(product, now)
        if product.publish_at is not None and product.publish_at > now:
            PRODUCT_MOVES.move(product, ProductStatus.SCHEDULED, actor=actor, note=note)
            publish(ProductScheduled(product_id=product.pk))
        elif product.status == ProductStatus.SCHEDULED:
            raise TransitionNotAllowed(
                thing="product", current=product.status, asked=ProductStatus.PUBLISHED.value
            )
        else:
            put_on_sale(product, actor=actor, note=note)
    return product


def put_on_sale(product: Product, *, actor: User | None, note: str = "", reason: str = "") -> None:
    """Publish an agreed listing, in the caller's transaction, who holds it. Publishes ProductPublished.

    Raises TransitionNotAllowed.
    """
    also = {"published_at": product.published_at or clock.now()}
    PRODUCT_MOVES.move(product, ProductStatus.PUBLISHED, actor=actor, reason=reason, note=note, also=also)
    publish(ProductPublished(product_id=product.pk))


def reject_product(
    *,
    product: Product,
    actor: User,
    reason: RejectionReason | None = None,
    note: str = "",
    faults: Sequence[Fault] = (),
    version: int | None = None,
) -> Product:
    """Send a listing back to its vendor, with what is wrong with which field, to mend and submit it again.

    What was rejected, in the words it had, is kept. Locks the product. Raises ListingChanged,
    TransitionNotAllowed, InvalidInput. Publishes ProductRejected.
    """
    found = verdict(reason, faults)
    note = prose(note, field="note", longest=LONGEST_NOTE)
    with transaction.atomic():
        product = _looked_at(product, version)
        PRODUCT_MOVES.move(product, ProductStatus.REJECTED, actor=actor, reason=found.reason, note=note)
        reject(product, found, note=note, seen=as_facts(product))
        publish(ProductRejected(product_id=product.pk))
    return product


def archive_product(*, product: Product, actor: User, note: str = "") -> Product:
    """Take a listing off sale; submitted again, it is reviewed again. A change that waits is withdrawn.

    Locks the product. Raises TransitionNotAllowed, InvalidInput. Publishes ProductArchived.
    """
    note = prose(note, field="note", longest=LONGEST_NOTE)
    with transaction.atomic():
        product = lock_one(Product.objects.filter(pk=product.pk))
        take_off_sale(product, actor=actor, note=note)
    return product


def take_off_sale(product: Product, *, actor: User | None, note: str = "", reason: str = "") -> None:
    """Archive a listing, in the caller's transaction, who holds it. Publishes ProductArchived.

    Raises TransitionNotAllowed.
    """
    PRODUCT_MOVES.move(product, ProductStatus.ARCHIVED, actor=actor, reason=reason, note=note)
    withdraw_pending(product, actor=actor)
    publish(ProductArchived(product_id=product.pk))


def _looked_at(product: Product, version: int | None) -> Product:
    """The product, locked. Raises ListingChanged unless it waits as it was looked at."""
    product = lock_one(Product.objects.filter(pk=product.pk))
    if version not in {None, product.version} and product.status == ProductStatus.PROPOSED:
        raise ListingChanged(version=product.version)
    return product


def _refuse_over(product: Product, now: datetime) -> None:
    if product.ends_at is not None and product.ends_at <= now:
        raise InvalidInput(field="listing", reason="The day on which it shall go off sale has passed.")


def _refuse_other_options(product: Product, names: Sequence[str]) -> None:
    live = Variant.objects.filter(product=product, is_active=True)
    if any(set(options) != set(names) for options in live.values_list("options", flat=True)):
        raise InvalidInput(field="optionNames", reason="Variants that are for sale answer other options.")
