"""The cart of whoever asks, and nobody else's."""

import strawberry
from django.db.models import QuerySet

from checkout import models
from checkout.selectors import cart as carts
from marketplace.api import fields
from marketplace.api.checkout.types import CartType
from marketplace.api.context import Info
from marketplace.api.nodes import visible


@visible("Cart")
def visible_carts(info: Info) -> "QuerySet[models.Cart]":
    return carts.carts_of(session=info.context.session, user=info.context.user)


@visible("CartLine")
def visible_cart_lines(info: Info) -> "QuerySet[models.CartLine]":
    return models.CartLine.objects.filter(cart__in=visible_carts(info).order_by())


@strawberry.type
class Query:
    @fields.field(
        CartType | None, description="The cart of this session, or yours; null while nothing was put in."
    )
    def cart(self, info: Info) -> models.Cart | None:
        return carts.cart_for(session=info.context.session, user=info.context.user)
