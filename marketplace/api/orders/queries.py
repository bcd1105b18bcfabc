"""Who may see which order: its buyer, the bearer of its token, and each vendor its own part."""

from typing import Annotated

import strawberry
from django.db.models import Q, QuerySet

from checkout import models
from checkout.operations.open_carts import remember_paid
from checkout.selectors import orders as selectors
from marketplace.api import fields
from marketplace.api.context import Info
from marketplace.api.nodes import visible
from marketplace.api.orders.types import OrderType
from vendors import selectors as vendors
from vendors.permissions import VendorPermission


@visible("Order")
def visible_orders(info: Info) -> "QuerySet[models.Order]":
    user = info.context.user
    return selectors.orders_of(user) if user else models.Order.objects.none()


@visible("Payment")
def visible_payments(info: Info) -> "QuerySet[models.Payment]":
    return models.Payment.objects.filter(order__in=visible_orders(info).order_by())


@visible("VendorOrder")
def visible_vendor_orders(info: Info) -> "QuerySet[models.VendorOrder]":
    """The buyer's, and those that a vendor's people see as theirs."""
    mine = vendors.vendors_of(info.context.visitor, VendorPermission.VIEW_ORDERS)
    sold = Q(vendor__in=mine, order__paid_at__isnull=False)
    return models.VendorOrder.objects.filter(sold | Q(order__in=visible_orders(info).order_by()))


@visible("OrderLine")
def visible_lines(info: Info) -> "QuerySet[models.OrderLine]":
    return models.OrderLine.objects.filter(vendor_order__in=visible_vendor_orders(info))


@strawberry.type
class Query:
    @fields.field(
        OrderType | None,
        description="The order of this number, for who ordered it signed in or bears its token; "
        "null for everyone else.",
    )
    def order(
        self,
        info: Info,
        number: Annotated[str, strawberry.argument(description="The order's number.")],
        token: Annotated[
            str | None, strawberry.argument(description="What placeOrder handed out with it.")
        ] = None,
    ) -> models.Order | None:
        context = info.context
        rows = selectors.order_by_number(number=number, token=token, user=context.user)
        order = selectors.with_last_payment(rows)
        if order is None:
            return None
        remember_paid(context.session, order)
        return fields.filled([order], info)[0]


@strawberry.type
class Viewer:
    """The part of `viewer` that this package provides."""

    @fields.connection(OrderType, description="What you have ordered, newest first.")
    def orders(self, info: Info) -> "QuerySet[models.Order]":
        return selectors.orders_of(info.context.demand_user())
