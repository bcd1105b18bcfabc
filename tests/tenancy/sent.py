"""What staff do about money on its way to vendors, and who reads of it: its rows of the matrix."""

from typing import Final

from tests.tenancy.acts import STAFF, Act, P, Ref, by_staff
from tests.tenancy.world import holding

SENT_ACTS: Final[list[Act]] = [
    by_staff(
        "adjustVendorBalance",
        vendor=Ref("account"),
        vendorOrder=Ref("vendor_order"),
        amount="1.00",
        reason="Because.",
        idempotencyKey="the-same-for-all",
    ),
    by_staff("retryTransfer", transfer=Ref("transfer")),
]
# What is read by its id, and by whom.
SENT_TYPES: Final = {"Transfer": "transfer", "Reversal": "reversal", "Adjustment": "adjustment"}
MAY_READ: Final = holding(P.VIEW_FINANCES) | STAFF
