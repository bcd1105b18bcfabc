"""Units that come and go, each change with its record."""

from typing import Final

from django.db import transaction

from catalog.errors import NegativeStock
from catalog.events import StockAdjusted
from catalog.models import Product, StockMovement, StockReason, Variant
from catalog.operations.offers import refresh_offers
from marketplace.accounts.models import User
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.events import publish
from marketplace.kernel.idempotency import Outcome, once
from marketplace.kernel.locking import lock_one
from marketplace.kernel.texts import line

MOST_ON_HAND: Final = 1_000_000_000


def adjust_stock(
    *,
    variant: Variant,
    delta: int,
    reason: StockReason,
    actor: User | None,
    note: str = "",
    idempotency_key: str | None = None,
) -> Variant:
    """Change a variant's units on hand and record why; None as the actor is the system.

    The same key again changes nothing; the variant is returned as it is then.
    Locks the product and the variant. Raises NegativeStock where fewer would be on hand than buyers are
    promised, InvalidInput, IdempotencyKeyReused, RequestInProgress. Refreshes the product's offer when the
    last unit goes or the first one comes. Publishes StockAdjusted.
    """
    note = line(note, field="note", longest=200, shortest=0)
    if not 0 < abs(delta) <= MOST_ON_HAND:
        raise InvalidInput(
            field="delta", reason=f"This must be between 1 and {MOST_ON_HAND:,}, or as far below 0."
        )
    movement = StockMovement(delta=delta, reason=reason, note=note, actor=actor)
    with transaction.atomic():
        once(
            scope=f"adjustStock:variant:{variant.pk}",
            key=idempotency_key,
            payload={"delta": delta, "reason": reason.value, "note": note},
            run=lambda: _adjust(variant, movement),
        )
        return Variant.objects.get(pk=variant.pk)


def _adjust(variant: Variant, movement: StockMovement) -> Outcome:
    product = lock_one(Product.objects.filter(pk=variant.product_id))
    variant = lock_one(Variant.objects.filter(pk=variant.pk))
    was_available = variant.available > 0
    if variant.available + movement.delta < 0:
        raise NegativeStock(sku=variant.sku, delta=movement.delta, available=variant.available)
    if variant.on_hand + movement.delta > MOST_ON_HAND:
        raise InvalidInput(field="delta", reason=f"At most {MOST_ON_HAND:,} units can be on hand.")
    variant.on_hand += movement.delta
    variant.save(update_fields=["on_hand", "updated_at"])
    movement.variant = variant
    movement.save()
    if was_available != (variant.available > 0):
        refresh_offers([product])
    publish(StockAdjusted(variant_id=variant.pk, delta=movement.delta, available=variant.available))
    return Outcome("adjusted", {"movement": movement.pk})
