"""What the books say, and whether they are right."""

from analytics import checking as sales
from checkout.models import VendorOrder
from payouts import checking as ledger
from payouts.models import AccountKind, LedgerAccount
from payouts.selectors import trial_balance


def faults() -> list[str]:
    """All that is wrong with the ledger and the sales entries: nothing."""
    return [fault for check in (ledger.check, sales.check) for _, found in check() for fault in found]


def owed(part: VendorOrder) -> int:
    """What the platform owes the vendor of a part, in minor units."""
    account = LedgerAccount.objects.get(vendor=part.vendor_id, kind=AccountKind.VENDOR_PAYABLE)
    return account.balance_minor or 0


def earned() -> int:
    """What the platform has earned by commission, in minor units."""
    return next((money.minor for kind, money in trial_balance() if kind == AccountKind.COMMISSION), 0)
