"""When a listing goes on sale and off again: dates that its vendor sets, and the moves that follow them."""

from datetime import datetime
from typing import Any

from django.db import transaction

from catalog.models import AGREED, Product, ProductStatus
from catalog.operations.products import put_on_sale, take_off_sale
from marketplace.accounts.models import User
from marketplace.kernel import audit, clock
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.locking import lock_one

BEGUN = "begun"
ENDED = "ended"


def schedule_product(
    *, product: Product, publish_at: datetime | None, ends_at: datetime | None, actor: User | None
) -> Product:
    """Say when a listing goes on sale once it is approved, and when it goes off; None: at once, and never.

    One that is approved and waits for its day goes on sale at once where it has none any more.
    Locks the product. Raises InvalidInput for dates that have passed or stand the wrong way round, and for a
    beginning of what is on sale already. Publishes ProductPublished where it goes on sale; audited.
    """
    with transaction.atomic(), audit.gathered():
        product = lock_one(Product.objects.filter(pk=product.pk))
        before = _dates(product)
        wanted = {"publish_at": publish_at, "ends_at": ends_at}
        if wanted == before:
            return product
        _refuse(product, before, wanted)
        if product.status == ProductStatus.SCHEDULED and publish_at is None:
            # Before its day is gone: what waits for one has one.
            put_on_sale(product, actor=actor)
        product.publish_at, product.ends_at = publish_at, ends_at
        product.save(update_fields=["publish_at", "ends_at", "updated_at"])
        audit.record(
            actor=actor,
            action="catalog.scheduled",
            subject=product,
            before=_told(before),
            after=_told(wanted),
        )
    return product


def follow_schedule(*, product_id: int) -> Product:
    """Move a listing to where its dates want it by now; nothing where it stands there already.

    Locks the product. Publishes ProductPublished or ProductArchived.
    """
    with transaction.atomic():
        product = lock_one(Product.objects.filter(pk=product_id))
        now = clock.now()
        if product.status in AGREED and _has_come(product.ends_at, now):
            take_off_sale(product, actor=None, reason=ENDED)
        elif product.status == ProductStatus.SCHEDULED and _has_come(product.publish_at, now):
            put_on_sale(product, actor=None, reason=BEGUN)
    return product


def _refuse(product: Product, before: dict[str, Any], wanted: dict[str, Any]) -> None:
    now = clock.now()
    publish_at, ends_at = wanted["publish_at"], wanted["ends_at"]
    is_new_start = publish_at is not None and publish_at != before["publish_at"]
    if is_new_start and product.status == ProductStatus.PUBLISHED:
        raise InvalidInput(field="publishAt", reason="It is on sale already.")
    if is_new_start and publish_at <= now:
        raise InvalidInput(field="publishAt", reason="This moment has passed.")
    if ends_at is not None and (ends_at <= now or (publish_at is not None and ends_at <= publish_at)):
        raise InvalidInput(field="endsAt", reason="It ends after it begins, and later than now.")


def _dates(product: Product) -> dict[str, Any]:
    return {"publish_at": product.publish_at, "ends_at": product.ends_at}


def _told(dates: dict[str, Any]) -> dict[str, Any]:
    return {name: at and at.isoformat() for name, at in dates.items()}


def _has_come(moment: datetime | None, now: datetime) -> bool:
    return moment is not None and moment <= now
