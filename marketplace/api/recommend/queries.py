"""What is proposed: to whoever asks, and to everyone."""

from collections.abc import Sequence

import strawberry
from strawberry_django.optimizer import optimize

from catalog.models import Product
from marketplace.accounts.models import BillingProfile
from marketplace.accounts.operations.billing import GUEST
from marketplace.api import fields
from marketplace.api.catalog.types import RankedProducts
from marketplace.api.context import Info
from recommend import selectors


def buyer_of(info: Info) -> int | None:
    """The key of the billing profile of who asks: the user's, else the session's guest's, else None."""
    user, guest = info.context.user, info.context.session.get(GUEST)
    if user is None and guest is None:
        return None
    profiles = (
        BillingProfile.objects.filter(user=user) if user else BillingProfile.objects.filter(guest=guest)
    )
    return profiles.values_list("pk", flat=True).first()


def in_order(keys: Sequence[int], info: Info) -> list[Product]:
    """The products of these keys in this order, with what the selection below needs."""
    found = {product.pk: product for product in optimize(Product.objects.filter(pk__in=keys), info)}
    return [found[key] for key in keys if key in found]


@strawberry.type
class Query:
    @fields.connection(
        RankedProducts,
        description="For whoever asks: what buyers alike have bought, then what is most bought, then what is "
        "newest; never what they have bought themselves. Twenty at most.",
    )
    def recommended_products(self, info: Info) -> list[Product]:
        return in_order(selectors.recommended(buyer_of(info)), info)

    @fields.connection(
        RankedProducts,
        description="What most people have first bought in the last thirty days: twenty at most.",
    )
    def trending_products(self, info: Info) -> list[Product]:
        return in_order(selectors.trending(), info)


@strawberry.type
class Viewer:
    """The part of `viewer` that this package provides."""

    @fields.connection(RankedProducts, description="For you: the same as the field of this name at the root.")
    def recommended_products(self, info: Info) -> list[Product]:
        return in_order(selectors.recommended(buyer_of(info)), info)
