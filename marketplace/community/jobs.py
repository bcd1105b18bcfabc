"""What is done about reviews and lists by the clock."""

from marketplace.community.operations.wishlists import forget_guest_lists
from marketplace.community.tallies import settle_prior
from marketplace.kernel.jobs import periodic


@periodic("17 3 * * *")
def settle_ratings() -> None:
    """Every night: scores are drawn towards the mean of all reviews there are by then."""
    settle_prior()


@periodic("27 3 * * *")
def forget_old_lists() -> None:
    """Every night: guests' lists that nobody touches end with their carts."""
    forget_guest_lists()
