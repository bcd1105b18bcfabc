"""What the demo's worker does for it while somebody already looks around."""

from marketplace.demo import enrolling
from marketplace.kernel.jobs import job


@job()
def open_payout_accounts() -> None:
    """The demo's vendors can be paid."""
    enrolling.open_payout_accounts()
