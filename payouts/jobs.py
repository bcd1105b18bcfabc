"""What is done about money by itself: the books are compared with the providers'."""

from marketplace.kernel.jobs import periodic
from payouts.operations import reconcile


@periodic("37 2 * * *")
def reconcile_every_night() -> None:
    """Every night: what differs is settled or listed."""
    reconcile.reconcile_all()
