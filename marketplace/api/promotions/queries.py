"""Who may see which promotion: its vendor's people who may change them, and the platform."""

from typing import Annotated

import strawberry
from django.db.models import QuerySet

from catalog.models import Variant
from checkout import models
from checkout.operations.promotions import Draft, checked
from checkout.permissions import VIEW_PROMOTIONS
from checkout.promotions import Terms
from checkout.selectors import promotions as selectors
from checkout.selectors.simulation import KEY, Scope, simulate_on_basket, simulate_on_orders
from marketplace.api import fields
from marketplace.api.context import Info
from marketplace.api.fields import INPUT
from marketplace.api.nodes import visible
from marketplace.api.promotions.inputs import BasketLineInput, SimulatePromotionInput, draft_of
from marketplace.api.promotions.types import PromotionSimulation, PromotionType
from marketplace.api.scalars import decode_key
from marketplace.kernel.errors import CurrencyMismatch, InvalidInput, NotFound
from vendors.permissions import VendorPermission
from vendors.selectors import vendors_of

MOST_DAYS = 365
MOST_LINES = 100


@visible("Promotion")
def visible_promotions(info: Info) -> "QuerySet[models.Promotion]":
    if info.context.staff_who_may(VIEW_PROMOTIONS):
        return models.Promotion.objects.all()
    mine = vendors_of(info.context.visitor, VendorPermission.CHANGE_PROMOTIONS)
    return models.Promotion.objects.filter(vendor__in=mine)


@strawberry.type
class Platform:
    """The part of `platform` that this package provides."""

    @fields.connection(
        PromotionType, description="The platform's own promotions, newest first.", is_guarded=True
    )
    def promotions(self, info: Info) -> "QuerySet[models.Promotion]":
        info.context.demand_staff(VIEW_PROMOTIONS)
        return selectors.promotions_of(None)

    @fields.field(description="What a promotion of the platform would take off, before it is saved.")
    def simulate_promotion(
        self, info: Info, input: Annotated[SimulatePromotionInput, INPUT]
    ) -> PromotionSimulation | None:
        info.context.demand_staff(VIEW_PROMOTIONS)
        draft = draft_of(input.terms, currency=None, platform_share=input.platform_share)
        checked(None, draft)
        terms, scope = _terms(draft), _scope(draft)
        if input.basket:
            basket = _basket(input.basket)
            _refuse_currency(draft, basket[0][0].currency)
            return PromotionSimulation.of(simulate_on_basket(terms, scope, basket=basket))
        if not 1 <= input.days <= MOST_DAYS:
            raise InvalidInput(field="days", reason=f"This must be between 1 and {MOST_DAYS}.")
        currency = input.terms.currency or ""
        if not currency:
            raise InvalidInput(field="currency", reason="Say of which currency the orders are.")
        return PromotionSimulation.of(
            simulate_on_orders(terms, scope, days=input.days, currency=currency.upper())
        )


def _terms(draft: Draft) -> Terms:
    return Terms(
        key=KEY,
        kind=draft.kind,
        title=draft.title,
        rate_bps=draft.rate_bps,
        amount_minor=draft.amount.minor if draft.amount else 0,
        buy_units=draft.buy_units,
        get_units=draft.get_units,
        platform_share_bps=draft.platform_share_bps,
        minimum_minor=draft.minimum.minor if draft.minimum else 0,
    )


def _scope(draft: Draft) -> Scope:
    return Scope(
        is_for_everything=draft.is_for_everything,
        products=draft.products,
        categories=draft.categories,
        is_limited=draft.ends_at is not None or draft.total_cap is not None,
        is_for_first_orders=draft.is_for_first_orders,
    )


def _basket(lines: list[BasketLineInput]) -> list[tuple[Variant, int]]:
    """Raises NotFound for a variant there is none of, InvalidInput, CurrencyMismatch for two currencies."""
    if len(lines) > MOST_LINES or any(not 1 <= each.quantity <= MOST_LINES**2 for each in lines):
        raise InvalidInput(field="basket", reason=f"{MOST_LINES} lines at most, of at least one unit.")
    keys = [decode_key(each.variant, "Variant", field="basket") for each in lines]
    found = Variant.objects.select_related("product__vendor").in_bulk(keys)
    if len(found) < len(set(keys)):
        raise NotFound(thing="variant", field="basket")
    basket = [(found[key], each.quantity) for key, each in zip(keys, lines, strict=True)]
    for variant, _ in basket:
        if variant.currency != basket[0][0].currency:
            raise CurrencyMismatch(expected=basket[0][0].currency, given=variant.currency, field="basket")
    return basket


def _refuse_currency(draft: Draft, currency: str) -> None:
    for amount in (draft.amount, draft.minimum):
        if amount is not None and amount.currency != currency:
            raise CurrencyMismatch(expected=currency, given=amount.currency, field="currency")
