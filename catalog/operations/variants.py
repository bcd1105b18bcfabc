"""What is done to variants: their price and options."""

from collections.abc import Mapping
from typing import Final

from django.db import IntegrityError, transaction

from catalog.errors import OptionsMismatch, OptionsTaken, SkuTaken
from catalog.models import Product, Variant
from catalog.operations.index import reindex
from catalog.operations.offers import refresh_offers
from marketplace.kernel.errors import CurrencyMismatch, InvalidInput, NotFound, Refusal
from marketplace.kernel.locking import lock_one
from marketplace.kernel.money import Money
from marketplace.kernel.texts import line

HEAVIEST_G: Final = 10_000_000
LAST_POSITION: Final = 10_000


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
) -> Variant:
    """Add a variant to a product, or change one of its own; its stock stays (see adjust_stock).

    Args:
        options: a value for each of the product's option names, and for no other.
        compare_at: the higher price shown struck through.
        is_active: whether it is for sale. A variant is never deleted.

    Locks the product and the variant. Raises InvalidInput, CurrencyMismatch, OptionsMismatch, OptionsTaken,
    SkuTaken, and NotFound for another product's variant. Refreshes the product's offer and words.
    """
    sku = line(sku, field="sku", longest=64)
    _refuse_out_of_range(weight_g, HEAVIEST_G, field="weightG")
    _refuse_out_of_range(position, LAST_POSITION, field="position")
    with transaction.atomic():
        product = lock_one(Product.objects.filter(pk=product.pk))
        changed = _new(product) if variant is None else _lock_own(product, variant)
        _refuse_price(price, compare_at, currency=product.currency)
        changed.sku = sku
        changed.options = _options(product, options)
        changed.price_minor = price.minor
        changed.compare_at_minor = None if compare_at is None else compare_at.minor
        changed.weight_g, changed.position, changed.is_active = weight_g, position, is_active
        _write(changed)
        refresh_offers([product])
        reindex(Product.objects.filter(pk=product.pk))
    return changed


def _new(product: Product) -> Variant:
    return Variant(product=product, vendor_id=product.vendor_id, currency=product.currency)


def _lock_own(product: Product, variant: Variant) -> Variant:
    try:
        return lock_one(Variant.objects.filter(pk=variant.pk, product=product))
    except Variant.DoesNotExist as fault:
        raise NotFound(thing="variant", field="variant") from fault


def _options(product: Product, options: Mapping[str, str]) -> dict[str, str]:
    """The options in the product's own order."""
    if set(options) != set(product.option_names):
        raise OptionsMismatch(expected=", ".join(product.option_names) or "none")
    return {name: line(options[name], field="options", longest=100) for name in product.option_names}


def _refuse_price(price: Money, compare_at: Money | None, *, currency: str) -> None:
    for field, money in (("price", price), ("compareAtPrice", compare_at)):
        if money is not None and money.currency != currency:
            raise CurrencyMismatch(expected=currency, given=money.currency, field=field)
    if price.minor < 0:
        raise InvalidInput(field="price", reason="A price is not negative.")
    if compare_at is not None and compare_at.minor <= price.minor:
        raise InvalidInput(field="compareAtPrice", reason="It must be above the price.")


def _refuse_out_of_range(number: int, most: int, *, field: str) -> None:
    if not 0 <= number <= most:
        raise InvalidInput(field=field, reason=f"This must be between 0 and {most:,}.")


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
