"""Prices, stock and sale of many variants of a vendor at once: each row as a whole, or not at all."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Final

from django.db import IntegrityError, transaction

from catalog.drafting import MOST_VARIANTS, refuse_price
from catalog.errors import NegativeStock, OptionsMismatch, OptionsTaken, RowProblem, SkuTaken, TooManyVariants
from catalog.events import StockAdjusted
from catalog.models import Product, StockMovement, StockReason, Variant
from catalog.operations.index import reindex
from catalog.operations.offers import refresh_offers
from catalog.operations.stock import MOST_ON_HAND
from marketplace.accounts.models import User
from marketplace.kernel import clock
from marketplace.kernel.errors import InvalidInput, NotFound, Refusal
from marketplace.kernel.events import publish_all
from marketplace.kernel.idempotency import Outcome, once
from marketplace.kernel.locking import lock
from marketplace.kernel.money import Money
from marketplace.kernel.texts import line
from vendors.models import Vendor

MOST_AT_ONCE: Final = 100
WRITTEN: Final = ("price_minor", "compare_at_minor", "on_hand", "is_active", "updated_at")


@dataclass(frozen=True, kw_only=True)
class Edit:
    """What shall change of a variant, by its key; what is None stays.

    Attributes:
        price, compare_at: in major units of the vendor's currency.
        is_compared: False takes the price away that it is compared with.
        delta: how many more units are on hand.
    """

    variant: int
    price: Decimal | None = None
    compare_at: Decimal | None = None
    is_compared: bool | None = None
    delta: int = 0
    is_active: bool | None = None


@dataclass(frozen=True, kw_only=True)
class Undo:
    """What a row changed, as it was; None for what it did not change. `delta` takes the units back."""

    index: int
    variant_id: int
    price: Money | None = None
    compare_at: Money | None = None
    is_compared: bool | None = None
    delta: int = 0
    is_active: bool | None = None


@dataclass(frozen=True, kw_only=True)
class Edited:
    """What came of many edits: how to undo each, and which rows were refused."""

    undo: tuple[Undo, ...]
    problems: tuple[RowProblem, ...]


def update_variants(
    *,
    vendor: Vendor,
    edits: Sequence[Edit],
    actor: User | None,
    reason: StockReason = StockReason.CORRECTION,
    note: str = "",
    idempotency_key: str | None = None,
) -> Edited:
    """Change prices, stock and sale of the vendor's variants, at most a hundred at once.

    A row that cannot be changed stays as it is, all of it, and the others go on. What is answered, given to
    this operation, undoes it. The same key again changes nothing and answers the same.

    Locks the products and the variants. As many statements for a hundred rows as for one. Records what moved.
    Raises InvalidInput, IdempotencyKeyReused, RequestInProgress, and SkuTaken where another request takes a
    number at the same moment. Refreshes offers and words; publishes StockAdjusted for each that moved.
    """
    note = line(note, field="note", longest=200, shortest=0)
    if not 0 < len(edits) <= MOST_AT_ONCE:
        raise InvalidInput(field="rows", reason=f"Name 1 to {MOST_AT_ONCE} variants.")
    movement = StockMovement(reason=reason, note=note, actor=actor)
    with transaction.atomic():
        outcome = once(
            scope=f"updateVariants:vendor:{vendor.pk}",
            key=idempotency_key,
            payload={"rows": [asdict(each) for each in edits], "reason": reason.value, "note": note},
            run=lambda: _kept(_Bench(vendor, [each.variant for each in edits]).work(edits, movement)),
        )
    return _told(outcome, vendor.currency)


class _Bench:
    """Variants of a vendor that are locked, with their products."""

    def __init__(self, vendor: Vendor, keys: Sequence[int]) -> None:
        own = Variant.objects.filter(pk__in=set(keys), vendor=vendor)
        self.vendor = vendor
        self.products = {row.pk: row for row in lock(Product.objects.filter(pk__in=own.values("product")))}
        self.variants = {row.pk: row for row in lock(own)}
        self.live: list[Variant] = []
        self.skus: set[str] = set()
        self.undo: list[Undo] = []
        self.problems: list[RowProblem] = []

    def work(self, edits: Sequence[Edit], movement: StockMovement) -> Edited:
        if any(each.is_active for each in edits):
            self._look_around()
        seen: set[int] = set()
        for index, edit in enumerate(edits):
            try:
                if edit.variant in seen:
                    raise InvalidInput(field="variant", reason="The variant is named twice.")  # as one
                seen.add(edit.variant)
                self.undo.append(self._edit(index, edit))
            except Refusal as refusal:
                self.problems.append(RowProblem.of(index, refusal))
        self._write(movement)
        return Edited(undo=tuple(self.undo), problems=tuple(self.problems))

    def _look_around(self) -> None:
        """What else is on sale that a variant coming back could collide with. Two statements."""
        live = Variant.objects.filter(vendor=self.vendor, is_active=True)
        self.live = list(live.filter(product__in=self.products).only("product", "options"))
        skus = live.filter(sku__in={row.sku for row in self.variants.values()})
        self.skus = set(skus.values_list("sku", flat=True))

    def _edit(self, index: int, edit: Edit) -> Undo:
        """Set what an edit changes; raises a Refusal, and then nothing of it is set."""
        row = self.variants.get(edit.variant)
        if row is None:
            raise NotFound(thing="variant", field="variant")
        price = row.price_minor if edit.price is None else _minor(edit.price, row, field="price")
        compare_at = row.compare_at_minor
        if edit.compare_at is not None:
            compare_at = _minor(edit.compare_at, row, field="compareAtPrice")
        elif edit.is_compared is False:
            compare_at = None
        refuse_price(price, compare_at)
        self._refuse_stock(row, edit.delta)
        is_active = row.is_active if edit.is_active is None else edit.is_active
        if is_active and not row.is_active:
            self._put_on_sale(row)
        undo = Undo(
            index=index,
            variant_id=row.pk,
            price=row.price if price != row.price_minor else None,
            compare_at=row.compare_at_price if compare_at != row.compare_at_minor else None,
            is_compared=row.compare_at_minor is not None if compare_at != row.compare_at_minor else None,
            delta=-edit.delta,
            is_active=row.is_active if is_active != row.is_active else None,
        )
        row.price_minor, row.compare_at_minor, row.is_active = price, compare_at, is_active
        row.on_hand += edit.delta
        return undo

    def _refuse_stock(self, row: Variant, delta: int) -> None:
        if delta and row.available + delta < 0:
            raise NegativeStock(sku=row.sku, delta=delta, available=row.available, field="stockDelta")
        if row.on_hand + delta > MOST_ON_HAND:
            raise InvalidInput(field="stockDelta", reason=f"At most {MOST_ON_HAND:,} units can be on hand.")

    def _put_on_sale(self, row: Variant) -> None:
        product = self.products[row.product_id]
        beside = [each for each in self.live if each.product_id == row.product_id]
        if set(row.options) != set(product.option_names):
            raise OptionsMismatch(expected=", ".join(product.option_names) or "none")
        if any(each.options == row.options for each in beside):
            raise OptionsTaken
        if row.sku in self.skus:
            raise SkuTaken(sku=row.sku)
        if len(beside) >= MOST_VARIANTS:
            raise TooManyVariants(limit=MOST_VARIANTS)
        self.live.append(row)
        self.skus.add(row.sku)

    def _write(self, movement: StockMovement) -> None:
        changed = [self.variants[each.variant_id] for each in self.undo]
        now = clock.now()
        for row in changed:
            row.updated_at = now
        try:
            with transaction.atomic():
                Variant.objects.bulk_update(changed, WRITTEN)
        except IntegrityError as fault:
            if "a_live_sku_is_unique_in_its_vendor" not in str(fault):
                raise
            raise SkuTaken(sku="one of these", field="rows") from fault
        moved = {each.variant_id: -each.delta for each in self.undo if each.delta}
        StockMovement.objects.bulk_create(
            StockMovement(
                variant=self.variants[key],
                delta=delta,
                reason=movement.reason,
                note=movement.note,
                actor=movement.actor,
            )
            for key, delta in moved.items()
        )
        products = [self.products[key] for key in sorted({row.product_id for row in changed})]
        refresh_offers(products)
        turned = {
            self.variants[each.variant_id].product_id for each in self.undo if each.is_active is not None
        }
        if turned:
            reindex(Product.objects.filter(variants__in=turned))
        publish_all(
            StockAdjusted(variant_id=key, delta=delta, available=self.variants[key].available)
            for key, delta in moved.items()
        )


def _minor(amount: Decimal, row: Variant, *, field: str) -> int:
    return Money.from_decimal(amount, row.currency, field=field).minor


# How a row is kept with its key: by its place, in columns of whole numbers.
_COLUMNS: Final = ("variant", "price", "compareAt", "isCompared", "delta", "isActive")


def _kept(edited: Edited) -> Outcome:
    ids: dict[str, int] = {}
    for each in edited.undo:
        values = (
            each.variant_id,
            None if each.price is None else each.price.minor,
            None if each.compare_at is None else each.compare_at.minor,
            each.is_compared,
            each.delta,
            each.is_active,
        )
        ids |= {
            f"{each.index}.{name}": int(value)
            for name, value in zip(_COLUMNS, values, strict=True)
            if value is not None
        }
    words = {str(each.index): json.dumps(asdict(each)) for each in edited.problems}
    return Outcome("updated", ids, words)


def _told(outcome: Outcome, currency: str) -> Edited:
    rows: dict[int, dict[str, int]] = {}
    for name, value in outcome.ids.items():
        index, _, column = name.partition(".")
        rows.setdefault(int(index), {})[column] = value
    problems = [RowProblem(**json.loads(text)) for text in outcome.words.values()]
    return Edited(
        undo=tuple(_undo(index, rows[index], currency) for index in sorted(rows)),
        problems=tuple(sorted(problems, key=lambda each: each.index)),
    )


def _undo(index: int, row: Mapping[str, int], currency: str) -> Undo:
    return Undo(
        index=index,
        variant_id=row["variant"],
        price=Money(row["price"], currency) if "price" in row else None,
        compare_at=Money(row["compareAt"], currency) if "compareAt" in row else None,
        is_compared=bool(row["isCompared"]) if "isCompared" in row else None,
        delta=row["delta"],
        is_active=bool(row["isActive"]) if "isActive" in row else None,
    )
