"""What happens to listings, for whoever stands above: frozen ids, published inside the transaction."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ProductSubmitted:
    product_id: int


@dataclass(frozen=True)
class ProductPublished:
    product_id: int


@dataclass(frozen=True)
class ProductRejected:
    product_id: int


@dataclass(frozen=True)
class ProductArchived:
    product_id: int


@dataclass(frozen=True)
class StockAdjusted:
    """Units came or went; `is_available` says whether any is left to sell."""

    variant_id: int
    delta: int
    is_available: bool
