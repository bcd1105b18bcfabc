"""What the checkout says will come of a decision about a vendor (vendors/outlook.py)."""

from collections.abc import Iterator
from typing import Final

from checkout.models import Cart, CartStatus, VendorOrder, VendorOrderStatus
from vendors.models import Vendor, VendorStatus
from vendors.outlook import counted

ENDED: Final = (VendorOrderStatus.COMPLETED, VendorOrderStatus.CANCELLED)


def outlook(vendor: Vendor, to: VendorStatus) -> Iterator[str]:
    """How many orders are under way, and how many carts hold what cannot be bought after it."""
    if to not in {VendorStatus.SUSPENDED, VendorStatus.CLOSED}:
        return
    orders = VendorOrder.objects.filter(vendor=vendor).exclude(status__in=ENDED).count()
    yield f"{counted(orders, 'order')} under way must still be fulfilled."
    carts = Cart.objects.filter(status=CartStatus.ACTIVE, lines__variant__product__vendor=vendor)
    yield f"{counted(carts.distinct().count(), 'cart')} hold its goods, and cannot be bought as they are."
