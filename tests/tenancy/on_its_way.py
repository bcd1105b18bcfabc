"""Money of a shop that is on its way to its vendor, or was given."""

from checkout.models import VendorOrder
from marketplace.accounts.models import User
from marketplace.api.scalars import encode_id
from payouts.models import Adjustment, LedgerEntry, Reversal, Transfer
from payouts.operations.following import plan


def on_its_way(part: VendorOrder, entry: LedgerEntry, actor: User) -> tuple[dict[str, str], str]:
    """A transfer of a part, something that came back, and something that was given; their ids, and why."""
    plan(order_id=part.order_id)
    transfer = Transfer.objects.get(vendor_order=part)
    back = {"asked_minor": 1, "amount_minor": 0, "short_minor": 1, "status": "short"}
    reversal = Reversal.objects.create(transfer=transfer, occasion=entry.transaction, **back)
    given = Adjustment.objects.create(
        vendor=part.vendor,
        currency=part.currency,
        amount_minor=1,
        reason=f"For {part.number}",
        actor=actor,
    )
    rows = {"Transfer": transfer, "Reversal": reversal, "Adjustment": given}
    return {name.lower(): encode_id(name, row.pk) for name, row in rows.items()}, given.reason
