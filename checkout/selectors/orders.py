"""Orders as those see them whom they concern: who placed them, and each vendor its own part."""

from datetime import timedelta
from typing import Final

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.core import signing
from django.db.models import OuterRef, QuerySet
from django.db.models.functions import JSONObject

from checkout.models import Order, Payment, PaymentState, VendorOrder
from checkout.timeline import TOLD
from marketplace.accounts.models import User
from marketplace.accounts.selectors import profiles_of
from marketplace.kernel.known import know
from marketplace.kernel.models import AuditEntry
from vendors.models import Vendor

SALT: Final = "checkout.order"


def orders_of(user: User) -> QuerySet[Order]:
    """What the user has ordered, newest first; an order that a newer one replaced is not told of."""
    mine = Order.objects.filter(billing_profile__in=profiles_of(user))
    return mine.exclude(payment_state=PaymentState.SUPERSEDED).order_by("-pk")


def token_of(order: Order) -> str:
    """A key to this order for whoever bears it, such as a guest; it ends after ORDER_LINK_DAYS."""
    return signing.dumps(order.number, salt=SALT)


def number_of(token: str) -> str | None:
    """The number of the order that the token opens; None for one that is none of ours, or is over."""
    longest = timedelta(days=settings.ORDER_LINK_DAYS)
    try:
        return str(signing.loads(token, salt=SALT, max_age=longest))
    except signing.BadSignature:
        return None


def is_token_of(number: str, token: str) -> bool:
    """Whether the token is a key to the order of this number, and still good."""
    return number_of(token) == number


def order_by_number(*, number: str, token: str | None, user: User | None) -> QuerySet[Order]:
    """The order of this number, for who bears its token or placed it; no row for everyone else.

    Nothing is looked up for who may not see it: a right number and a random one look alike.
    """
    if token is not None and is_token_of(number, token):
        return Order.objects.filter(number=number)
    if user is not None:
        return Order.objects.filter(number=number, billing_profile__in=profiles_of(user))
    return Order.objects.none()


def with_last_payment(orders: QuerySet[Order]) -> Order | None:
    """The one order there is, with its cart and its last payment; one more statement where it has none."""
    payments = Payment.objects.filter(order__in=orders.order_by().values("pk"))
    payment = payments.select_related("order__cart").order_by("pk").last()
    order = payment.order if payment else orders.select_related("cart").first()
    if order is not None:
        know(order, "payments", [payment] if payment else [])
    return order


def vendor_orders(vendor: Vendor) -> QuerySet[VendorOrder]:
    """A vendor's parts of the orders that were paid, newest first."""
    return VendorOrder.objects.filter(vendor=vendor, order__paid_at__isnull=False).order_by("-pk")


def recorded() -> ArraySubquery:
    """What was recorded of a part and is told to its buyer, oldest first: see `checkout.timeline`."""
    entries = AuditEntry.objects.filter(
        subject_type=VendorOrder._meta.label, subject_id=OuterRef("pk"), action__in=TOLD
    )
    facts = JSONObject(action="action", at="at", before="before", after="after", reason="reason")
    return ArraySubquery(entries.order_by("pk").values(facts=facts))
