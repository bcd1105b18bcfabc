"""Units promised to buyers: held, sold or given back.

A variant's `reserved` is the sum of what is held of it; both change under the variant's lock. What happens to
one holder happens one transaction after the other: the caller sees to it by a lock of its own (an order's is
its cart).
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from functools import partial
from typing import Final, Self

from django.db.models import F, Q

from catalog.errors import OutOfStock, Shortage
from catalog.events import StockAdjusted
from catalog.models import Product, Reservation, ReservationState, StockMovement, StockReason, Variant
from catalog.operations.offers import refresh_offers
from marketplace.kernel import writes
from marketplace.kernel.events import publish
from marketplace.kernel.locking import lock

HELD: Final = ReservationState.HELD
# A product is locked only where the end of its stock is near, so that its buyers need not queue before that.
NEAR_THE_END: Final = 25

Key = int


class StockMoved(Exception):  # noqa: N818  # what happened
    """More was sold between a look at the stock and its lock than NEAR_THE_END allows for."""


def hold(
    *, holder: str, wanted: Mapping[Variant, int], until: datetime, instead_of: str | None = None
) -> None:
    """Promise units to a holder until a moment: all that is asked for, or nothing.

    Args:
        wanted: units by variant; the rows may be stale, they only tell whose stock is near its end.
        instead_of: a holder whose units are given back first, and may be promised anew.

    Locks the variants, and before them the products whose stock is near its end. Refreshes the offers of
    products that sell out or come back. Raises OutOfStock naming every variant that is short or no longer for
    sale, and StockMoved, after which the transaction must be run anew.
    """
    asked = {variant.pk: units for variant, units in wanted.items()}
    returned = _held_by(instead_of) if instead_of else {}
    scarce = {row.product_id for row, units in wanted.items() if row.available - units <= NEAR_THE_END}
    stock = _Stock.locked({**asked, **returned}, products=scarce, of_variants=returned)
    with writes.together():
        if instead_of:
            stock.give_back(instead_of, returned)
        stock.promise(asked)
        stock.save()
        writes.insert(
            [
                Reservation(variant_id=key, holder=holder, quantity=units, expires_at=until)
                for key, units in sorted(asked.items())
            ]
        )


def extend(*, holder: str, until: datetime) -> None:
    """Keep the promise until then at least."""
    Reservation.objects.filter(holder=holder, state=HELD, expires_at__lt=until).update(expires_at=until)


def consume(*, holder: str) -> None:
    """Sell what the holder is promised: fewer units are on hand, and a movement says so.

    What is for sale stays the same, for these units were not. Locks the variants. Publishes StockAdjusted for
    each. A holder of nothing sells nothing.
    """
    held = Variant.objects.filter(reservations__holder=holder, reservations__state=HELD)
    variants = lock(held.annotate(units=F("reservations__quantity")))
    if not variants:
        return
    sold: dict[int, int] = {row.pk: row.units for row in variants}  # type: ignore[attr-defined]  # annotated
    for variant in variants:
        variant.on_hand -= sold[variant.pk]
        variant.reserved -= sold[variant.pk]
    with writes.together():
        writes.save(variants, ["on_hand", "reserved"])
        held_now = Reservation.objects.filter(holder=holder, state=HELD)
        writes.update(held_now, {"state": ReservationState.CONSUMED})
        writes.insert(
            [
                StockMovement(variant=variant, delta=-sold[variant.pk], reason=StockReason.SOLD, note=holder)
                for variant in variants
            ]
        )
        for variant in variants:
            event = StockAdjusted(variant_id=variant.pk, delta=-sold[variant.pk], available=variant.available)
            writes.then(partial(publish, event))


def release(*, holder: str) -> None:
    """Give back what the holder is promised. Locks the variants and their products; refreshes offers."""
    returned = _held_by(holder)
    if not returned:
        return
    stock = _Stock.locked(returned, of_variants=returned)
    with writes.together():
        stock.give_back(holder, returned)
        stock.save()


def retake(*, holder: str, until: datetime) -> None:
    """Promise anew what was given back: all of it, or nothing. Locks and raises like `hold`."""
    lapsed = Reservation.objects.filter(holder=holder, state=ReservationState.RELEASED)
    wanted = {row.variant: row.quantity for row in lapsed.select_related("variant")}
    lapsed.delete()
    hold(holder=holder, wanted=wanted, until=until)


def _held_by(holder: str) -> dict[int, int]:
    """Units by variant."""
    held = Reservation.objects.filter(holder=holder, state=HELD)
    return dict(held.values_list("variant", "quantity"))


class _Stock:
    """Variants that are locked, with as many of their products as need be."""

    def __init__(self, products: list[Product], variants: list[Variant]) -> None:
        self.products = {product.pk: product for product in products}
        self.variants = {variant.pk: variant for variant in variants}
        self.was_available = {variant.pk: variant.available > 0 for variant in variants}

    @classmethod
    def locked(
        cls,
        keys: Collection[int],
        *,
        products: Collection[int] = (),
        of_variants: Collection[int] = (),
    ) -> Self:
        """Lock the variants; before them these products, and those that these variants are of."""
        theirs = Q(pk__in=products)
        if of_variants:
            theirs |= Q(pk__in=Variant.objects.filter(pk__in=of_variants).values("product"))
        return cls(
            lock(Product.objects.filter(theirs)) if products or of_variants else [],
            lock(Variant.objects.filter(pk__in=keys).select_related("product")),
        )

    def give_back(self, holder: str, units: Mapping[int, int]) -> None:
        held = Reservation.objects.filter(holder=holder, state=HELD)
        writes.update(held, {"state": ReservationState.RELEASED})
        for key, quantity in units.items():
            self.variants[key].reserved -= quantity

    def promise(self, units: Mapping[int, int]) -> None:
        """Raises OutOfStock."""
        shortages = tuple(
            Shortage(
                variant_id=key,
                title=variant.product.title,
                sku=variant.sku,
                asked=units[key],
                left=variant.available if variant.is_active else 0,
            )
            for key, variant in self.variants.items()
            if key in units and (not variant.is_active or variant.available < units[key])
        )
        if shortages:
            raise OutOfStock(shortages=shortages)
        for key, quantity in units.items():
            self.variants[key].reserved += quantity

    def save(self) -> None:
        """Write the variants, and the offers of products that sold out or came back. Raises StockMoved."""
        writes.save(list(self.variants.values()), ["on_hand", "reserved"])
        turned = {
            variant.product_id
            for key, variant in self.variants.items()
            if self.was_available[key] != (variant.available > 0)
        }
        if not turned <= set(self.products):
            raise StockMoved
        if turned:
            products = [self.products[key] for key in sorted(turned)]
            writes.then(partial(refresh_offers, products))
