"""Units that come back to the shelf after they were sold, and units that leave it without a sale.

Stock is locked before the orders it belongs to, so a caller takes hold of it first and says later what moves:

    shelf = Shelf.hold_of(variants)
    ... lock the order, decide ...
    shelf.put_back({variant: 2}, note="...", actor=user)
"""

from collections.abc import Collection, Mapping
from typing import Self

from catalog.errors import OutOfStock, Shortage
from catalog.events import StockAdjusted
from catalog.models import Product, StockMovement, StockReason, Variant
from catalog.operations.offers import refresh_offers
from marketplace.accounts.models import User
from marketplace.kernel.events import publish_all
from marketplace.kernel.locking import lock


class Shelf:
    """Variants that are locked, with their products."""

    def __init__(self, products: list[Product], variants: list[Variant]) -> None:
        self.products = {product.pk: product for product in products}
        self.variants = {variant.pk: variant for variant in variants}

    @classmethod
    def hold_of(cls, keys: Collection[int]) -> Self:
        """Lock the products of these variants, and then these. Two statements; none where there are none."""
        if not keys:
            return cls([], [])
        products = lock(Product.objects.filter(variants__in=set(keys)))
        return cls(products, lock(Variant.objects.filter(pk__in=set(keys)).select_related("product")))

    def put_back(self, units: Mapping[int, int], *, note: str, actor: User | None) -> None:
        """Have units on hand again, by the variant's key. Publishes StockAdjusted for each variant."""
        self._move(units, reason=StockReason.RETURNED, note=note, actor=actor)

    def send_out(self, units: Mapping[int, int], *, note: str, actor: User | None) -> None:
        """Let units go that nobody has reserved. Raises OutOfStock naming every variant that is short."""
        shortages = tuple(
            Shortage(
                variant_id=key,
                title=self.variants[key].product.title,
                sku=self.variants[key].sku,
                asked=quantity,
                left=self.variants[key].available,
            )
            for key, quantity in units.items()
            if self.variants[key].available < quantity
        )
        if shortages:
            raise OutOfStock(shortages=shortages)
        less = {key: -quantity for key, quantity in units.items()}
        self._move(less, reason=StockReason.SOLD, note=note, actor=actor)

    def _move(self, deltas: Mapping[int, int], *, reason: StockReason, note: str, actor: User | None) -> None:
        moved = {self.variants[key]: delta for key, delta in sorted(deltas.items()) if delta}
        was_available = {variant.pk: variant.available > 0 for variant in moved}
        for variant, delta in moved.items():
            variant.on_hand += delta
        Variant.objects.bulk_update(moved, ["on_hand"])
        StockMovement.objects.bulk_create(
            StockMovement(variant=variant, delta=delta, reason=reason, note=note, actor=actor)
            for variant, delta in moved.items()
        )
        turned = {row.product_id for row in moved if was_available[row.pk] != (row.available > 0)}
        if turned:
            refresh_offers([self.products[key] for key in sorted(turned)])
        publish_all(
            StockAdjusted(variant_id=variant.pk, delta=delta, available=variant.available)
            for variant, delta in moved.items()
        )
