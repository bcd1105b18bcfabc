"""What of the API staff may set: how often one may ask for what costs us most."""

from functools import partial
from typing import Final

from django.db.models import Count, Max, Q

from marketplace.api.rates import BUYERS_AT_AN_ADDRESS
from marketplace.kernel import clock
from marketplace.kernel.adjustable import Adjustable, Number, counted
from marketplace.kernel.models import RateWindow
from vendors.models import VendorApiKey

TIMES: Final = Number(least=0, most=100_000, unit="a minute")


def _by_buyer(old: int, new: int, *, rule: str) -> list[str]:
    """Two statements."""
    together = new * BUYERS_AT_AN_ADDRESS
    return [
        _one(f"{rule}_by_buyer", new, ("buyer", "buyers")),
        _one(f"{rule}_by_address", together, ("address", "addresses")),
        f"One buyer: {_shown(new)}; up to now {_shown(old)}. All of an address: {_shown(together)}.",
    ]


def _by_key(old: int, new: int) -> list[str]:
    """Two statements."""
    live = VendorApiKey.objects.filter(revoked_at=None)
    keys = live.filter(Q(expires_at=None) | Q(expires_at__gt=clock.now())).count()
    return [
        f"{counted(keys, 'API key is', 'API keys are')} live.",
        _one("requests_by_key", new, ("API key", "API keys")),
        f"One key: {_shown(new)}; up to now {_shown(old)}.",
    ]


def _one(rule: str, limit: int, who: tuple[str, str]) -> str:
    """What the minute that runs would look like under a limit."""
    over = Q(hits__gt=limit) if limit else Q(pk=None)
    seen = RateWindow.objects.filter(rule=rule, ends_at__gt=clock.now()).aggregate(
        all=Count("pk"), over=Count("pk", filter=over), most=Max("hits")
    )
    return (
        f"In this minute {counted(seen['all'], *who)} came, at most {seen['most'] or 0:,} times; "
        f"{seen['over']:,} of them would be refused."
    )


def _shown(limit: int) -> str:
    return TIMES.show(limit) if limit else "any number"


CART_CHANGES: Final = Adjustable(
    name="CART_CHANGES_A_MINUTE",
    label="Changes of a cart",
    description="How often one buyer may change the cart and what a checkout says beside it. 0: any number.",
    kind=TIMES,
    impact=partial(_by_buyer, rule="cart"),
)
ORDERS: Final = Adjustable(
    name="ORDERS_A_MINUTE",
    label="Orders of a buyer",
    description="How often one buyer may place an order. 0: any number.",
    kind=TIMES,
    impact=partial(_by_buyer, rule="order"),
)
KEY_REQUESTS: Final = Adjustable(
    name="KEY_REQUESTS_A_MINUTE",
    label="Requests of an API key",
    description="How often one API key of a vendor may ask. 0: any number.",
    kind=TIMES,
    impact=_by_key,
)
