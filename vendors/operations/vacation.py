"""When a vendor is away: nothing of it can be bought meanwhile, and nobody has to switch it on again."""

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from marketplace.accounts.models import User
from marketplace.kernel import audit, clock
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.locking import lock_one
from marketplace.kernel.texts import line
from vendors.models import Vendor

LONGEST_VACATION: Final = timedelta(days=366)


def set_vacation(
    *, vendor: Vendor, closed_from: datetime, closed_to: datetime, message: str, actor: User | None
) -> Vendor:
    """Close the vendor from one moment to another, both included; it replaces the vacation there was.

    Locks the vendor. Raises InvalidInput for moments without a zone, in the wrong order, over already or more
    than a year apart. Audited.
    """
    for field, moment in (("closedFrom", closed_from), ("closedTo", closed_to)):
        if moment.utcoffset() is None:
            raise InvalidInput(field=field, reason="This names no time zone.")
    if closed_to <= closed_from:
        raise InvalidInput(field="closedTo", reason="This must be after the beginning.")
    if closed_to <= clock.now():
        raise InvalidInput(field="closedTo", reason="This is over already.")
    if closed_to - closed_from > LONGEST_VACATION:
        raise InvalidInput(field="closedTo", reason="This is more than a year after the beginning.")
    message = line(message, field="message", longest=200, shortest=0)
    return _write(vendor, closed_from, closed_to, message, actor=actor)


def end_vacation(*, vendor: Vendor, actor: User | None) -> Vendor:
    """Open the vendor at once, or take back a vacation to come. Locks the vendor. Audited."""
    return _write(vendor, None, None, "", actor=actor)


def _write(
    vendor: Vendor, begins: datetime | None, ends: datetime | None, message: str, *, actor: User | None
) -> Vendor:
    with transaction.atomic():
        vendor = lock_one(Vendor.objects.filter(pk=vendor.pk))
        before = _facts(vendor)
        vendor.closed_from_at, vendor.closed_to_at, vendor.closed_message = begins, ends, message
        vendor.save(update_fields=["closed_from_at", "closed_to_at", "closed_message", "updated_at"])
        audit.record(
            actor=actor, action="vendors.vacation_set", subject=vendor, before=before, after=_facts(vendor)
        )
    return vendor


def _facts(vendor: Vendor) -> dict[str, datetime | None]:
    return {"from": vendor.closed_from_at, "to": vendor.closed_to_at}
