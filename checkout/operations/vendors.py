"""What the end of a vendor asks of the checkout."""

from typing import Final

from checkout.models import VendorOrder, VendorOrderStatus
from vendors.errors import OpenObligations
from vendors.events import VendorClosed

# Any other state, one that is yet to come too, is taken for open.
SETTLED: Final = (VendorOrderStatus.COMPLETED, VendorOrderStatus.CANCELLED)


def refuse_open_orders(event: VendorClosed) -> None:
    """Keep a vendor open while buyers wait for it; a reaction in the transaction of its closing.

    An order that waits for its payment counts. Raises OpenObligations.
    """
    count = VendorOrder.objects.filter(vendor=event.vendor_id).exclude(status__in=SETTLED).count()
    if count:
        raise OpenObligations(what="an open order" if count == 1 else f"{count} open orders")
