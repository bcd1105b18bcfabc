"""What the catalogue has done by the clock."""

from catalog.operations import ranks
from marketplace.kernel.jobs import periodic


@periodic("11 * * * *")
def count_sales() -> None:
    """Every hour: what sells well is known from the stock that went."""
    ranks.count_sales()
