"""What is done to variants: one alone, or the whole matrix of a product at once."""

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from django.db import IntegrityError, transaction

from catalog.drafting import MOST_VARIANTS, VariantDraft, columns, combinations, option_names, sku_of
from catalog.errors import OptionsTaken, RowProblem, SkuTaken, TooManyVariants, VariantsRefused
from catalog.models import Product, ProductImage, Variant
from catalog.operations.index import reindex
from catalog.operations.offers import refresh_offers
from marketplace.kernel import clock
from marketplace.kernel.errors import InvalidInput, NotFound, Refusal
from marketplace.kernel.locking import lock, lock_one
from marketplace.kernel.money import Money
from marketplace.kernel.texts import line

WRITTEN: Final = (
    "sku",
    "options",
    "price_minor",
    "compare_at_minor",
    "weight_g",
    "position",
    "is_active",
    "image",
    "updated_at",
)
LONGEST_PREFIX: Final = 40


def save_variant(
    *,
    product: Product,
    variant: Variant | None = None,
    sku: str,
    price: Money,
    options: Mapping[str, str],
    compare_at: Money | None = None,
    weight_g: int = 0,
    position: int = 0,
    is_active: bool = True,
    image: int | None = None,
) -> Variant:
    """Add a variant to a product, or change one of its own; its stock stays (see adjust_stock).

    Args: see VariantDraft.

    Locks the product and the variant. Raises InvalidInput, CurrencyMismatch, OptionsMismatch, OptionsTaken,
    SkuTaken, TooManyVariants, and NotFound for another product's variant or picture. Refreshes the product's
    offer and words.
    """
    draft = VariantDraft(
        sku=sku,
        price=price,
        options=options,
        compare_at=compare_at,
        weight_g=weight_g,
        position=position,
        is_active=is_active,
        image=image,
    )
    with transaction.atomic():
        product = lock_one(Product.objects.filter(pk=product.pk))
        changed = _new(product) if variant is None else _lock_own(product, variant)
        images = [] if image is None else _images(product)
        was_active = variant is not None and changed.is_active
        _set(changed, columns(draft, names=product.option_names, currency=product.currency, images=images))
        if is_active and not was_active:
            _refuse_too_many(Variant.objects.filter(product=product, is_active=True).count() + 1)
        _write(changed)
        refresh_offers([product])
        reindex(Product.objects.filter(pk=product.pk))
    return changed


def save_variants(
    *,
    product: Product,
    drafts: Sequence[VariantDraft],
    names: Sequence[str] | None = None,
    is_complete: bool = False,
) -> Product:
    """Add and change any number of variants of a product: all of them, or none.

    A draft that names no variant is about the one with its options, live or not, so the same drafts again
    change nothing.

    Args:
        names: the product's option names from now on; None keeps them.
        is_complete: whether what the drafts do not name is taken off sale.

    Locks the product and its variants. As many statements for a hundred drafts as for one. Raises
    VariantsRefused with all that cannot be, TooManyVariants, InvalidInput. Refreshes the product's offer and
    words.
    """
    with transaction.atomic():
        product = lock_one(Product.objects.filter(pk=product.pk))
        if names is not None:
            product.option_names = option_names(names)
        _Matrix(product).save(drafts, is_complete=is_complete)
    return product


def generate_variants(
    *,
    product: Product,
    axes: Sequence[tuple[str, Sequence[str]]],
    price: Money,
    compare_at: Money | None = None,
    weight_g: int = 0,
    prefix: str = "",
) -> Product:
    """Have a variant on sale for every combination of these axes, and none beside them.

    Those that are on sale already stay as they are, but for their place; the others get this price and
    weight, and a SKU made of the prefix (of the product's slug, if there is none) and their options.

    Locks, statements, and what it raises and refreshes: see `save_variants`.
    """
    prefix = line(prefix, field="skuPrefix", longest=LONGEST_PREFIX, shortest=0)
    wanted = combinations(axes)
    with transaction.atomic():
        product = lock_one(Product.objects.filter(pk=product.pk))
        product.option_names = [*wanted[0]]
        matrix = _Matrix(product)
        stem = prefix or product.slug[:LONGEST_PREFIX].strip("-").upper()
        theirs = Variant.objects.filter(vendor=product.vendor_id, sku__startswith=stem)
        taken = set(theirs.values_list("sku", flat=True))
        drafts = []
        for position, options in enumerate(wanted):
            found = matrix.with_options(options)
            if found is not None and found.is_active:
                drafts.append(_as_it_is(found, position))
                continue
            sku = sku_of(stem, options, taken=taken)
            taken.add(sku)
            drafts.append(
                VariantDraft(
                    sku=sku,
                    price=price,
                    options=options,
                    compare_at=compare_at,
                    weight_g=weight_g,
                    position=position,
                )
            )
        matrix.save(drafts, is_complete=True)
    return product


class _Matrix:
    """A product that is locked, with all its variants."""

    def __init__(self, product: Product) -> None:
        self.product = product
        self.variants = {row.pk: row for row in lock(Variant.objects.filter(product=product))}
        self.images = _images(product)
        # Of several with the same options a live one comes first, then the newest.
        ranked = sorted(self.variants.values(), key=lambda row: (row.is_active, row.pk))
        self.by_options = {frozenset(row.options.items()): row for row in ranked}

    def with_options(self, options: Mapping[str, str]) -> Variant | None:
        return self.by_options.get(frozenset(options.items()))

    def save(self, drafts: Sequence[VariantDraft], *, is_complete: bool) -> None:
        if len(drafts) > MOST_VARIANTS:
            raise TooManyVariants(limit=MOST_VARIANTS)
        live = {pk for pk, row in self.variants.items() if row.is_active}
        rows, problems = self._drafted(drafts)
        touched = {row.pk for row in rows.values()}
        left = [] if is_complete else [self.variants[pk] for pk in sorted(live - touched)]
        problems += self._taken(rows, left)
        if problems:
            raise VariantsRefused(problems=tuple(sorted(problems, key=lambda each: each.index)))
        if any(set(row.options) != set(self.product.option_names) for row in left):
            raise InvalidInput(field="optionNames", reason="Variants that are for sale answer other options.")
        _refuse_too_many(len(left) + sum(row.is_active for row in rows.values()))
        self._write(rows, off=live - {row.pk for row in left})

    def _drafted(self, drafts: Sequence[VariantDraft]) -> tuple[dict[int, Variant], list[RowProblem]]:
        """The variants as they shall be, by the place of their drafts."""
        rows: dict[int, Variant] = {}
        problems = []
        seen: set[int] = set()
        for index, draft in enumerate(drafts):
            try:
                given = columns(
                    draft,
                    names=self.product.option_names,
                    currency=self.product.currency,
                    images=self.images,
                )
                row = self._meant(draft)
                if row.pk in seen:
                    raise OptionsTaken  # collected with the others
                if row.pk in self.variants:
                    seen.add(row.pk)
                _set(row, given)
                rows[index] = row
            except Refusal as refusal:
                problems.append(RowProblem.of(index, refusal))
        return rows, problems

    def _meant(self, draft: VariantDraft) -> Variant:
        if draft.variant is None:
            return self.with_options(draft.options) or _new(self.product)
        if draft.variant not in self.variants:
            raise NotFound(thing="variant", field="variant")
        return self.variants[draft.variant]

    def _taken(self, rows: Mapping[int, Variant], left: Sequence[Variant]) -> list[RowProblem]:
        """What two variants on sale would have in common, told of the later one."""
        elsewhere = Variant.objects.filter(vendor=self.product.vendor_id, is_active=True)
        wanted = [row.sku for row in rows.values()]
        skus = set(
            elsewhere.filter(sku__in=wanted).exclude(product=self.product).values_list("sku", flat=True)
        ) | {row.sku for row in left}
        options = {frozenset(row.options.items()) for row in left}
        problems = []
        for index, row in rows.items():
            if not row.is_active:
                continue
            own = frozenset(row.options.items())
            if row.sku in skus:
                problems.append(RowProblem.of(index, SkuTaken(sku=row.sku)))
            if own in options:
                problems.append(RowProblem.of(index, OptionsTaken()))
            skus.add(row.sku)
            options.add(own)
        return problems

    def _write(self, rows: Mapping[int, Variant], *, off: Collection[int]) -> None:
        """All that was on sale and does not stay so as it was goes off sale first: so that variants may swap
        their SKUs, for the index looks at them row by row.
        """
        kept = [row for row in rows.values() if row.pk in self.variants]
        new = [row for row in rows.values() if row.pk not in self.variants]
        now = clock.now()
        for row in kept:
            row.updated_at = now
        try:
            with transaction.atomic():
                Variant.objects.filter(pk__in=off).update(is_active=False, updated_at=now)
                Variant.objects.bulk_update(kept, WRITTEN)
                Variant.objects.bulk_create(new)
        except IntegrityError as fault:
            # Another product of the vendor took it at this moment: its row can be seen now.
            problems = self._taken(rows, [])
            if not problems:
                raise
            raise VariantsRefused(problems=tuple(problems)) from fault
        self.product.save(update_fields=["option_names", "updated_at"])
        refresh_offers([self.product])
        reindex(Product.objects.filter(pk=self.product.pk))


def _as_it_is(row: Variant, position: int) -> VariantDraft:
    return VariantDraft(
        variant=row.pk,
        sku=row.sku,
        price=row.price,
        options=row.options,
        compare_at=row.compare_at_price,
        weight_g=row.weight_g,
        position=position,
        image=row.image_id,
    )


def _new(product: Product) -> Variant:
    return Variant(product=product, vendor_id=product.vendor_id, currency=product.currency)


def _images(product: Product) -> set[int]:
    return set(ProductImage.objects.filter(product=product).values_list("pk", flat=True))


def _set(row: Variant, given: Mapping[str, object]) -> None:
    for name, value in given.items():
        setattr(row, name, value)


def _lock_own(product: Product, variant: Variant) -> Variant:
    try:
        return lock_one(Variant.objects.filter(pk=variant.pk, product=product))
    except Variant.DoesNotExist as fault:
        raise NotFound(thing="variant", field="variant") from fault


def _refuse_too_many(count: int) -> None:
    if count > MOST_VARIANTS:
        raise TooManyVariants(limit=MOST_VARIANTS)


def _write(variant: Variant) -> None:
    """Save, and read the database's refusal: another variant may take the SKU at the same moment."""
    try:
        with transaction.atomic():
            variant.save()
    except IntegrityError as fault:
        refusal = _refusal(str(fault), variant)
        if refusal is None:
            raise
        raise refusal from fault


def _refusal(message: str, variant: Variant) -> Refusal | None:
    if "a_live_sku_is_unique_in_its_vendor" in message:
        return SkuTaken(sku=variant.sku)
    if "live_variants_of_a_product_differ_in_options" in message:
        return OptionsTaken()
    return None
