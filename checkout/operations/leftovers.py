"""What an order leaves of its cart: all that the buyer put in since.

The caller holds the cart, and the lines are those of now.
"""

from collections import Counter
from collections.abc import Iterable

from checkout.models import Cart, CartLine, CartStatus, Order, OrderLine
from checkout.operations.open_carts import mark_changed

Identity = tuple[object, ...]


def identity(line: CartLine | OrderLine) -> Identity:
    """What makes two lines one: the variant and what is asked of it."""
    return line.variant_id, *sorted(line.characteristics.items())


def without(order: Order, lines: Iterable[CartLine]) -> list[CartLine]:
    """The lines that hold more than was ordered, with what is more; unsaved. One statement."""
    ordered: Counter[Identity] = Counter()
    for each in OrderLine.objects.filter(vendor_order__order=order):
        ordered[identity(each)] += each.quantity
    left = []
    for line in lines:
        units = ordered[identity(line)]
        if line.quantity > units:
            line.quantity -= units
            line.asked -= units
            left.append(line)
    return left


def take_out(order: Order, *, cart: Cart) -> bool:
    """Take what was ordered out of the cart; whether the buyer goes on with the rest.

    Nobody's cart but an active one has a rest, and only where it was changed since it was ordered. The same
    cart goes on, for a guest's session knows no other; it is another version then.
    """
    if cart.status != CartStatus.ACTIVE or cart.version == order.cart_version:
        return False
    left = without(order, cart.lines.all())
    if not left:
        return False
    cart.lines.exclude(pk__in=[line.pk for line in left]).delete()
    CartLine.objects.bulk_update(left, ["quantity", "asked"])
    mark_changed(cart)
    return True
