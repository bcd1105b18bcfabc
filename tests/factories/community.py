"""What was bought and has arrived, and what was written of it."""

from typing import Final

from catalog.models import Variant
from checkout.models import Fulfillment, FulfillmentLine, OrderLine
from marketplace.accounts.models import User
from marketplace.community.models import Review
from marketplace.community.operations.reviews import Written, review_product
from marketplace.kernel import clock
from tests.factories.checkout import Bought, buyable, paid_order

ADDRESS: Final = {
    "name": "Ada",
    "line1": "Main St 1",
    "line2": "",
    "city": "Berlin",
    "state": "",
    "postal_code": "10117",
    "country": "DE",
    "phone": "",
}


def bought(variant: Variant | None = None, *, user: User | None = None) -> OrderLine:
    """The line of a paid order, of a guest or a user: nothing of it has been sent. Nothing is published."""
    order = paid_order(Bought(variant=variant or buyable()))
    order.billing_address = dict(ADDRESS)
    order.save()
    if user is not None:
        order.billing_profile, order.email = user.billing_profile, user.email
        order.save()
    lines = OrderLine.objects.select_related("vendor_order__order", "product")
    return lines.get(vendor_order__order=order)


def delivered(variant: Variant | None = None, *, user: User | None = None) -> OrderLine:
    """The same, in a parcel that has arrived."""
    line = bought(variant, user=user)
    now = clock.now()
    parcel = Fulfillment.objects.create(
        vendor_order=line.vendor_order,
        number=f"{line.vendor_order.number}-F1",
        shipped_at=now,
        delivered_at=now,
    )
    FulfillmentLine.objects.create(
        fulfillment=parcel, order_line=line, variant=line.variant, quantity=line.quantity
    )
    return line


def reviewed(
    variant: Variant | None = None, *, stars: int = 4, user: User | None = None, text: str = "Good."
) -> Review:
    """A review of such a line, with all that follows from it."""
    written = Written.cleaned(stars=stars, text=text)
    return review_product(line=delivered(variant, user=user), user=user, written=written)
