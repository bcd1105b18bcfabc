"""A batch of rows of a file of listings: decided in memory, one listing after the other (deciding.py), and
written here in a number of statements that does not depend on how many there are.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from catalog.events import ProductSubmitted, StockAdjusted
from catalog.imports.faults import Fault, FaultCode
from catalog.models import (
    PRODUCT_MOVES,
    ListingImport,
    Product,
    ProductImage,
    ProductSlug,
    ProductStatus,
    StockMovement,
    StockReason,
    Variant,
)
from catalog.operations.changes import PICTURES, add_picture, keep_back, waits
from catalog.operations.imports import answering
from catalog.operations.imports.answering import Questions
from catalog.operations.imports.arriving import Arrival, Picture
from catalog.operations.imports.deciding import Decider, Wanted
from catalog.operations.imports.finding import categories_named, groups_of
from catalog.operations.imports.lines import Line, Outcome
from catalog.operations.index import reindex
from catalog.operations.offers import refresh_offers
from marketplace.kernel import clock, writes
from marketplace.kernel.events import publish_all
from marketplace.kernel.slugs import free_slugs
from vendors.errors import TermsNotAccepted
from vendors.operations.onboarding import require_current_terms

# Listings that a row may ask to have reviewed.
SUBMITTABLE = (ProductStatus.DRAFT, ProductStatus.REJECTED)
VARIANT_COLUMNS = ("options", "price_minor", "compare_at_minor", "weight_g", "on_hand")


def apply_listings(file: ListingImport, lines: Sequence[Line], arrived: Mapping[str, Arrival]) -> None:
    """Apply the rows, and tell each what has become of it.

    Args:
        arrived: the pictures that the rows name by their addresses, or why they did not come.

    Of listings on sale what the platform looks at first waits for it, in their changes.
    Locks the listings and their live variants. Some twenty statements, however many rows; and some for each
    listing of which something waits. Raises
    IntegrityError where another transaction took a SKU or a slug meanwhile. Publishes StockAdjusted for
    variants that were there, PriceChanged, ProductSubmitted.
    """
    groups = groups_of(file, lines)
    categories = categories_named(lines)
    questions = Questions(lines, groups, categories)
    decider = Decider(file, categories, arrived, questions, no_submission=_terms(file, lines))
    decided = [decider.decide(each) for each in groups]
    _write([each for each in decided if not each.group.is_refused and each.group.live], file, arrived)


def _terms(file: ListingImport, lines: Sequence[Line]) -> Fault | None:
    """Why nothing can be submitted, if anything shall be."""
    if not any(each.texts.get("submit", "").strip() for each in lines):
        return None
    try:
        require_current_terms(file.vendor_id)
    except TermsNotAccepted as refusal:
        return Fault("submit", FaultCode.CANNOT_BE_SUBMITTED, refusal.message)
    return None


def _write(wanted: Sequence[Wanted], file: ListingImport, arrived: Mapping[str, Arrival]) -> None:
    new, changed = _products(wanted)
    variants = _variants(wanted)
    moved = _movements(wanted, file)
    for each in wanted:
        if each.group.waiting:
            keep_back(each.product, each.group.waiting, author=file.actor)
    answering.write([(each.product, each.answered) for each in wanted])
    _illustrate(wanted, arrived, file)
    touched = {each.product.pk: each.product for each in wanted if each.is_offer_touched}
    if touched:
        refresh_offers(list(touched.values()))
    worded = {product.pk for product in (*new, *changed)} | variants
    if worded:
        reindex(Product.objects.filter(pk__in=worded))
    publish_all(
        StockAdjusted(variant_id=variant.pk, delta=delta, available=variant.available)
        for variant, delta in moved
    )
    _submit([each for each in wanted if each.group.cells.is_submitted], file)
    for each in wanted:
        _tell(each)


def _products(wanted: Sequence[Wanted]) -> tuple[list[Product], list[Product]]:
    """Those that were made, and those whose words may have changed."""
    new = [each.product for each in wanted if each.group.product is None]
    slugs = (
        free_slugs(ProductSlug.objects.all(), [each.title for each in new], fallback="product") if new else []
    )
    for product, slug in zip(new, slugs, strict=True):
        product.slug = slug
    Product.objects.bulk_create(new)
    changed = [each.product for each in wanted if each.group.changed]
    columns = set().union(*(each.group.changed for each in wanted))
    writes.rewrite(changed, sorted(columns), also={"updated_at": clock.now()})
    return new, changed


def _variants(wanted: Sequence[Wanted]) -> set[int]:
    """The keys of the products that have new ones."""
    new = [variant for each in wanted for variant in each.new]
    for each in wanted:
        for variant in each.new:
            variant.product = each.product
    Variant.objects.bulk_create(new)
    changed = [variant for each in wanted for variant in each.changed]
    writes.rewrite(changed, VARIANT_COLUMNS, also={"updated_at": clock.now()})
    return {variant.product_id for variant in new}


def _movements(wanted: Sequence[Wanted], file: ListingImport) -> list[tuple[Variant, int]]:
    """Write down what came and went; the variants that were there before, with it."""
    moves = [(variant, delta) for each in wanted for variant, delta in each.moves]
    StockMovement.objects.bulk_create(
        StockMovement(
            variant=variant,
            delta=delta,
            reason=StockReason.CORRECTION,
            note=f"Import {file.pk}",
            actor_id=file.actor_id,
        )
        for variant, delta in moves
    )
    before = {id(variant) for each in wanted for variant in each.changed}
    return [(variant, delta) for variant, delta in moves if id(variant) in before]


def _illustrate(wanted: Sequence[Wanted], arrived: Mapping[str, Arrival], file: ListingImport) -> None:
    """Name the files that came, each by the one listing that owns it; of listings on sale they wait."""
    rows = []
    for each in wanted:
        for position, origin in enumerate(each.pictures, start=each.first_position):
            arrival = arrived[origin]
            assert isinstance(arrival, Picture)  # noqa: S101  # or the listing was refused
            columns = {**arrival.copies.pop(), "origin": origin}
            if each.group.product is not None and waits(each.product, PICTURES):
                add_picture(each.product, columns, author=file.actor)
            else:
                rows.append(ProductImage(product=each.product, position=position, **columns))
    ProductImage.objects.bulk_create(rows)


def _submit(wanted: Sequence[Wanted], file: ListingImport) -> None:
    asked = [each for each in wanted if each.product.status in SUBMITTABLE]
    products = [each.product for each in asked]
    now = clock.now()
    _forget_passed_dates(products, now)
    PRODUCT_MOVES.move_all(products, ProductStatus.PROPOSED, actor=file.actor, also={"proposed_at": now})
    for each in asked:
        each.is_submitted = True
    publish_all(ProductSubmitted(product_id=each.product.pk) for each in asked)


def _forget_passed_dates(products: Sequence[Product], now: datetime) -> None:
    dated = [each for each in products if min(each.publish_at or now, each.ends_at or now) < now]
    for each in dated:
        each.publish_at, each.ends_at = (
            None if at is None or at <= now else at for at in (each.publish_at, each.ends_at)
        )
    writes.rewrite(dated, ["publish_at", "ends_at"])


def _tell(wanted: Wanted) -> None:
    """What changed of the listing as a whole is told of the first of its rows."""
    for line, outcome in zip(wanted.rows, wanted.outcomes, strict=True):
        line.outcome = outcome
    if wanted.rows and wanted.is_changed and wanted.rows[0].outcome == Outcome.UNCHANGED:
        wanted.rows[0].outcome = Outcome.UPDATED
