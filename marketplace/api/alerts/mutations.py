"""Waiting for a product, and no more."""

from typing import Annotated

import strawberry

from marketplace.accounts.errors import SignInRequired
from marketplace.api import fields, rates
from marketplace.api.alerts.inputs import SubscribeToProductInput, UnsubscribeFromProductInput
from marketplace.api.alerts.types import ProductAlertType
from marketplace.api.context import Info
from marketplace.api.fields import INPUT
from marketplace.api.scalars import decode_key
from marketplace.community.errors import TooManyAlerts
from marketplace.community.models import ProductAlert
from marketplace.community.operations import alerts
from marketplace.community.selectors.alerts import alerts_of
from marketplace.kernel.errors import InvalidInput, NotFound, RateLimited


@strawberry.type(description="You wait for it.")
class SubscribeToProductSuccess:
    row: strawberry.Private[ProductAlert]

    @fields.field(ProductAlertType, description="For what.")
    def alert(self, info: Info) -> ProductAlert:
        return fields.refetch(self.row, info)


@strawberry.type(description="You wait for it no more.")
class UnsubscribeFromProductSuccess:
    left: int = strawberry.field(description="How many things you still wait for.")


@strawberry.type
class Mutation:
    @fields.mutation(
        RateLimited,
        SignInRequired,
        NotFound,
        InvalidInput,
        TooManyAlerts,
        description="Have mail when a product is back in stock, or costs less: one a day at most, each with "
        "a link that ends all of it.",
    )
    def subscribe_to_product(
        self, info: Info, input: Annotated[SubscribeToProductInput, INPUT]
    ) -> SubscribeToProductSuccess:
        user = info.context.demand_user()
        rates.count_cart_change(info)
        variant = None if input.variant is None else decode_key(input.variant, "Variant", field="variant")
        alert = alerts.subscribe_to_product(
            user=user,
            product_id=decode_key(input.product, "Product", field="product"),
            variant_id=variant,
            is_for_stock=input.is_for_stock,
            is_for_price=input.is_for_price,
        )
        return SubscribeToProductSuccess(row=alert)

    @fields.mutation(NotFound, description="Wait for a product no more.")
    def unsubscribe_from_product(
        self, info: Info, input: Annotated[UnsubscribeFromProductInput, INPUT]
    ) -> UnsubscribeFromProductSuccess:
        key = decode_key(input.alert, "ProductAlert", field="alert")
        user = info.context.user
        alert = None if user is None else alerts_of(user).filter(pk=key).first()
        if user is None or alert is None:
            raise NotFound(thing="alert", field="alert")
        alerts.unsubscribe_from_product(alert=alert)
        return UnsubscribeFromProductSuccess(left=alerts_of(user).count())
