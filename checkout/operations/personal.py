"""What orders and carts know about a person: told to the person, and taken out when the person goes."""

from collections.abc import Iterator
from typing import Any, Final

from django.db.models import Q

from checkout.models import (
    OPEN_ORDERS,
    TO_SHIP,
    Cart,
    CartStatus,
    CaseMessage,
    Order,
    OrderLine,
    PromotionUse,
    Return,
    ReturnLine,
    VendorOrderStatus,
)
from checkout.models.cart import CART_MOVES
from checkout.operations.return_photos import forget_photos
from marketplace.accounts.errors import AccountInUse
from marketplace.accounts.models import User
from marketplace.accounts.selectors import profiles_of
from marketplace.kernel.locking import lock

ROWS_AT_ONCE: Final = 500
# Where goods went decides which tax was due, so this much of an address stays for the books.
KEPT_OF_AN_ADDRESS: Final = ("state", "postal_code", "country")
UNDONE: Final = (VendorOrderStatus.PENDING, *TO_SHIP)


def orders_in_full(user: User) -> Iterator[dict[str, Any]]:
    """Each order of the user with all that stands on it, the oldest first. A few statements for every 500."""
    orders = Order.objects.filter(billing_profile__in=profiles_of(user)).order_by("pk")
    for order in orders.prefetch_related(
        "vendor_orders__lines",
        "vendor_orders__vendor",
        "vendor_orders__returns__lines",
        "vendor_orders__returns__photos",
        "vendor_orders__cases__messages",
    ).iterator(ROWS_AT_ONCE):
        yield {
            "number": order.number,
            "placed_at": order.placed_at,
            "status": order.payment_state,
            "email": order.email,
            "mark_of_connection": order.client_site,
            "shipping_address": order.shipping_address,
            "billing_address": order.billing_address,
            "total": str(order.total),
            "parts": [
                {
                    "vendor": part.vendor.name,
                    "status": part.status,
                    "lines": [_line_in_full(line) for line in part.lines.all()],
                    "returns": [
                        {
                            "number": each.number,
                            "status": each.status,
                            "requested_at": each.requested_at,
                            "notes": [line.note for line in each.lines.all() if line.note],
                            "answer": each.answer,
                            "photos": [photo.file.name for photo in each.photos.all()],
                        }
                        for each in part.returns.all()
                    ],
                    "cases": [
                        {
                            "number": case.number,
                            "topic": case.topic,
                            "opened_at": case.opened_at,
                            "messages": [
                                {"from_vendor": message.is_from_vendor, "text": message.text}
                                for message in case.messages.all()
                            ],
                        }
                        for case in part.cases.all()
                    ],
                }
                for part in order.vendor_orders.all()
            ],
        }


def _line_in_full(line: OrderLine) -> dict[str, Any]:
    return {
        "title": line.title,
        "sku": line.sku,
        "options": line.options,
        "characteristics": line.characteristics,
        "quantity": line.quantity,
        "amount": str(line.amount),
    }


def refuse_open_orders_of(user: User) -> None:
    """Raises AccountInUse while an order waits for its payment or a part of it to be shipped.

    Locks the user's carts, so that none is ordered meanwhile.
    """
    lock(_carts(user))
    mine = Order.objects.filter(billing_profile__in=profiles_of(user))
    undone = Q(payment_state__in=OPEN_ORDERS) | Q(paid_at__isnull=False, vendor_orders__status__in=UNDONE)
    count = mine.filter(undone).distinct().count()
    if count:
        raise AccountInUse(use=f"{count} open order{'s' if count > 1 else ''}")


def erase_buyer(user: User) -> None:
    """Take the user out of carts and orders: amounts, dates and goods stay, and where they went by region.

    Locks the user's carts; an open one is given up.
    """
    for cart in lock(_carts(user)):
        if cart.status == CartStatus.ACTIVE:
            CART_MOVES.move(cart, CartStatus.ABANDONED, actor=user, reason="account deleted")
    _carts(user).update(email="", shipping_address=None, billing_address=None)
    orders = Order.objects.filter(billing_profile__in=profiles_of(user))
    for order in orders.iterator(ROWS_AT_ONCE):
        order.email = order.client_site = ""
        order.shipping_address = _region(order.shipping_address)
        order.billing_address = _region(order.billing_address)
        order.save(update_fields=["email", "client_site", "shipping_address", "billing_address"])
    PromotionUse.objects.filter(order__in=orders).update(email="")
    # What is engraved or written on a card is about people.
    OrderLine.objects.filter(vendor_order__order__in=orders).update(characteristics={})
    # So is what the buyer wrote to vendors.
    ReturnLine.objects.filter(return_request__vendor_order__order__in=orders).update(note="")
    forget_photos(Return.objects.filter(vendor_order__order__in=orders))
    written = CaseMessage.objects.filter(case__vendor_order__order__in=orders, is_from_vendor=False)
    written.update(text="", author=None)


def _carts(user: User) -> Any:
    return Cart.objects.filter(Q(user=user) | Q(billing_profile__in=profiles_of(user)))


def _region(address: dict[str, Any]) -> dict[str, Any]:
    return {name: value if name in KEPT_OF_AN_ADDRESS else "" for name, value in address.items()}
