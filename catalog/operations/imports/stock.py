"""A batch of rows of a file of stock: units that are on hand, or that came and went."""

from collections.abc import Mapping, Sequence

from catalog.events import StockAdjusted
from catalog.imports.cells import MOST_ON_HAND, text, whole
from catalog.imports.faults import Fault, FaultCode
from catalog.models import ListingImport, Product, StockMovement, StockReason, Variant
from catalog.operations.imports.arriving import Arrival
from catalog.operations.imports.lines import Line, Outcome, by_sku
from catalog.operations.offers import refresh_offers
from marketplace.kernel import clock, writes
from marketplace.kernel.events import publish_all
from marketplace.kernel.locking import lock

LONGEST_NOTE = 200


def apply_stock(file: ListingImport, lines: Sequence[Line], _: Mapping[str, Arrival]) -> None:
    """Move what the rows say, each with its movement, and tell each what has become of it.

    Locks the listings and the variants. Seven statements, however many rows. Publishes StockAdjusted for each
    variant that moved.
    """
    owned = by_sku(file, lines)
    keys, parents = ({pair[place] for pair in owned.values()} for place in (0, 1))
    products = {row.pk: row for row in lock(Product.objects.filter(pk__in=parents))}
    variants = {row.sku: row for row in lock(Variant.objects.filter(pk__in=keys))}
    was_available = {row.pk: row.available > 0 for row in variants.values()}
    moves = [move for each in lines if (move := _moved(each, variants, file)) is not None]
    if not moves:
        return
    moved = [move.variant for move in moves]
    writes.rewrite(moved, ["on_hand"], also={"updated_at": clock.now()})
    StockMovement.objects.bulk_create(moves)
    turned = {row.product_id for row in moved if was_available[row.pk] != (row.available > 0)}
    refresh_offers([products[key] for key in sorted(turned)])
    publish_all(
        StockAdjusted(variant_id=move.variant_id, delta=move.delta, available=move.variant.available)
        for move in moves
    )


def _moved(line: Line, variants: Mapping[str, Variant], file: ListingImport) -> StockMovement | None:
    """The movement of a row; its variant is changed with it."""
    try:
        variant, delta = _found(line, variants)
        reason = _reason(line)
        note = text(line.texts.get("note", ""), "note", longest=LONGEST_NOTE, is_needed=False)
    except Fault as fault:
        line.refuse(fault)
        return None
    if not delta:
        return None
    line.outcome = Outcome.UPDATED
    variant.on_hand += delta
    return StockMovement(
        variant=variant, delta=delta, reason=reason, note=note or f"Import {file.pk}", actor_id=file.actor_id
    )


def _found(line: Line, variants: Mapping[str, Variant]) -> tuple[Variant, int]:
    """The variant of a row, and by how much it changes. Raises Fault."""
    variant = variants.get(line.sku)
    if variant is None:
        raise Fault("sku", FaultCode.UNKNOWN_SKU)
    delta = _delta(line, variant)
    if variant.available + delta < 0:
        raise Fault("quantity", FaultCode.STOCK_PROMISED, f"{variant.reserved} are promised to buyers")
    if variant.on_hand + delta > MOST_ON_HAND:
        raise Fault("quantity", FaultCode.BAD_QUANTITY, f"at most {MOST_ON_HAND:,}")
    return variant, delta


def _delta(line: Line, variant: Variant) -> int:
    quantity = whole(line.texts.get("quantity", ""), "quantity", FaultCode.BAD_QUANTITY)
    delta = whole(line.texts.get("delta", ""), "delta", FaultCode.BAD_QUANTITY, lowest=-MOST_ON_HAND)
    if quantity is None and delta is None:
        raise Fault("quantity", FaultCode.MISSING_VALUE)
    if quantity is None:
        return delta or 0
    if delta is not None:
        raise Fault("delta", FaultCode.BAD_QUANTITY, "a quantity or a change, not both")
    return quantity - variant.on_hand


def _reason(line: Line) -> StockReason:
    word = line.texts.get("reason", "").strip().casefold()
    if word and word not in StockReason.values:
        raise Fault("reason", FaultCode.UNKNOWN_REASON, f"one of {', '.join(StockReason.values)}")
    return StockReason(word) if word else StockReason.CORRECTION
