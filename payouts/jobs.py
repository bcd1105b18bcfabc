"""What is done about money by the clock: books compared with the providers', vendors reminded."""

from marketplace.kernel.jobs import periodic
from payouts.operations import disputes, reconcile, statements


@periodic("37 2 * * *")
def reconcile_every_night() -> None:
    """Every night: what differs is settled or listed."""
    reconcile.reconcile_all()


@periodic("41 * * * *")
def remind_of_disputes() -> None:
    """Once an hour: of disputes whose time to answer is nearly over."""
    disputes.remind_of_due()


@periodic("23 * * * *")
def make_statements() -> None:
    """Once an hour, for months end at another hour in each zone: the statements of those that are over."""
    statements.make_statements()
