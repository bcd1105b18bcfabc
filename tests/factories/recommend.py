"""Purchases, and paid orders that lead to them."""

from collections.abc import Mapping, Sequence

from django.utils import timezone
from factory.declarations import LazyAttribute, SubFactory
from factory.django import DjangoModelFactory

from catalog.models import Product
from checkout.models import Order
from marketplace.accounts.models import BillingProfile
from recommend.models import Purchase
from tests.factories.accounts import BillingProfileFactory
from tests.factories.catalog import listed
from tests.factories.checkout import Bought, paid_order


class PurchaseFactory(DjangoModelFactory[Purchase]):
    class Meta:
        model = Purchase

    billing_profile = SubFactory(BillingProfileFactory)
    product = LazyAttribute(lambda _: listed())
    first_bought_at = LazyAttribute(lambda _: timezone.now())


def history(bought: Mapping[str, Sequence[str]]) -> dict[str, BillingProfile]:
    """Buyers by name, in whose order their UUIDs are, with purchases of buyable products of these slugs."""
    slugs = sorted({slug for basket in bought.values() for slug in basket})
    known = {product.slug: product for product in Product.objects.filter(slug__in=slugs)}
    products = {slug: known.get(slug) or listed(slug=slug) for slug in slugs}
    profiles = {
        name: BillingProfileFactory.create(uuid=f"00000000-0000-4000-8000-{number:012}")
        for number, name in enumerate(sorted(bought))
    }
    Purchase.objects.bulk_create(
        Purchase(billing_profile=profiles[name], product=products[slug], first_bought_at=timezone.now())
        for name, basket in bought.items()
        for slug in set(basket)
    )
    return profiles


def order_of(profile: BillingProfile, *products: Product) -> Order:
    """A paid order of one unit of each product; nothing has reacted to it yet."""
    order = paid_order(*(Bought(variant=product.variants.get()) for product in products))
    order.billing_profile = profile
    order.save(update_fields=["billing_profile"])
    return order
