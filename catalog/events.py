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
class ProductScheduled:
    """It was approved, and goes on sale later."""

    product_id: int


@dataclass(frozen=True)
class ProductChangeProposed:
    change_id: int


@dataclass(frozen=True)
class ProductChangeApproved:
    change_id: int


@dataclass(frozen=True)
class ProductChangeDeclined:
    change_id: int


@dataclass(frozen=True)
class StockAdjusted:
    """Units came or went; `available` are left to sell."""

    variant_id: int
    delta: int
    available: int


@dataclass(frozen=True)
class PriceChanged:
    """The price a product offers first became another one, in minor units of the product's currency.

    A product that had no price, or has none any more, says nothing.
    """

    product_id: int
    was_minor: int
    now_minor: int


@dataclass(frozen=True)
class ListingImportStarted:
    import_id: int


@dataclass(frozen=True)
class ListingImportEnded:
    import_id: int
