"""Letters about what was decided on listings."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.utils.timezone import localtime

from catalog.models import (
    ListingField,
    Product,
    ProductChange,
    ProductRejection,
    ProductStatus,
    RejectionReason,
)

Context = dict[str, object]
Facts = Mapping[str, Any]
Letter = Callable[[Facts], Context | None]


def published(facts: Facts) -> Context:
    """Which listing."""
    return _about(_product(facts))


def scheduled(facts: Facts) -> Context | None:
    """From when it is on sale; nothing where it is by now."""
    product = _product(facts)
    if product.status != ProductStatus.SCHEDULED or product.publish_at is None:
        return None
    return {**_about(product), "on": localtime(product.publish_at, ZoneInfo(product.vendor.timezone)).date()}


def rejected(facts: Facts) -> Context | None:
    """What is wrong with which field; nothing where it was submitted again meanwhile."""
    product = _product(facts)
    rejection = ProductRejection.objects.filter(product=product, change=None).last()
    if rejection is None or product.status != ProductStatus.REJECTED:
        return None
    return {**_about(product), **_why(rejection)}


def change_approved(facts: Facts) -> Context:
    """Which listing."""
    return _about(_change(facts).product)


def change_declined(facts: Facts) -> Context:
    """What is wrong with which field."""
    change = _change(facts)
    return {**_about(change.product), **_why(ProductRejection.objects.get(change=change))}


def _product(facts: Facts) -> Product:
    return Product.objects.select_related("vendor").get(pk=facts["product_id"])


def _change(facts: Facts) -> ProductChange:
    return ProductChange.objects.select_related("product__vendor").get(pk=facts["change_id"])


def _about(product: Product) -> Context:
    return {"vendor": product.vendor.name, "title": product.title}


def _why(rejection: ProductRejection) -> Context:
    return {
        "reason": RejectionReason(rejection.reason).label,
        "note": rejection.note,
        "faults": tuple(_sentences(rejection.faults)),
    }


def _sentences(faults: Iterable[Mapping[str, str]]) -> Iterable[str]:
    for each in faults:
        field, reason = ListingField(each["field"]).label, RejectionReason(each["reason"]).label
        yield f"{field}: {reason}. {each['note']}".strip()


LETTERS: Final[Mapping[str, Letter]] = {
    "listing_published": published,
    "listing_scheduled": scheduled,
    "listing_rejected": rejected,
    "change_approved": change_approved,
    "change_declined": change_declined,
}
