"""Purchases, and paid orders that lead to them."""

from collections.abc import Mapping, Sequence

from django.db import connection
from django.utils import timezone
from factory.declarations import LazyAttribute, SubFactory
from factory.django import DjangoModelFactory

from catalog.models import Product
from checkout.models import Order
from marketplace.accounts.models import BillingProfile
from recommend.models import Purchase
from tests.factories.accounts import BillingProfileFactory
from tests.factories.catalog import CategoryFactory, listed
from tests.factories.checkout import Bought, paid_order
from tests.factories.vendors import VendorFactory


class PurchaseFactory(DjangoModelFactory[Purchase]):
    class Meta:
        model = Purchase

    billing_profile = SubFactory(BillingProfileFactory)
    product = LazyAttribute(lambda _: listed())
    first_bought_at = LazyAttribute(lambda _: timezone.now())


def history(
    bought: Mapping[str, Sequence[str]], known_buyers: Mapping[str, BillingProfile] | None = None
) -> dict[str, BillingProfile]:
    """Buyers by name, with purchases of buyable products of these slugs.

    Their UUIDs are in the order of their names, those of buyers who come later in that of theirs.
    """
    profiles = dict(known_buyers or {})
    slugs = sorted({slug for basket in bought.values() for slug in basket})
    known = {product.slug: product for product in Product.objects.filter(slug__in=slugs)}
    products = {slug: known.get(slug) or listed(slug=slug) for slug in slugs}
    for number, name in enumerate(sorted(set(bought) - set(profiles))):
        uuid = f"00000000-0000-4000-{8000 + len(known_buyers or {})}-{number:012}"
        profiles[name] = BillingProfileFactory.create(uuid=uuid)
    rows = [
        Purchase(billing_profile=profiles[name], product=products[slug], first_bought_at=timezone.now())
        for name, basket in bought.items()
        for slug in set(basket)
    ]
    Purchase.objects.bulk_create(rows, ignore_conflicts=True)
    return profiles


# The n-th product is the likelier the smaller n is; baskets have 16 products on the average, and a long tail.
_CROWD = (
    """INSERT INTO catalog_product (vendor_id, category_id, title, slug, description, option_names, status,
                                     price_minor, currency, is_in_stock, published_at, created_at, updated_at)
       SELECT %(vendor)s, %(category)s, 'Product ' || n, 'product-' || n, '', '{}', 'published',
              100 + n * 7919 %% 20000, 'EUR', true, now() - n * interval '1 minute', now(), now()
         FROM generate_series(1, %(products)s) n""",
    """INSERT INTO accounts_billingprofile (uuid, email, is_active, created_at, updated_at)
       SELECT md5(n::text)::uuid, '', true, now(), now() FROM generate_series(1, %(buyers)s) n""",
    "SELECT setseed(0.5)",
    """INSERT INTO recommend_purchase (billing_profile_id, product_id, first_bought_at)
       SELECT buyer.id, product.id, now() - random() * interval '365 days'
         FROM (SELECT id, 1 + floor(-15.5 * ln(1 - random()))::int AS size
                 FROM accounts_billingprofile) buyer
        CROSS JOIN LATERAL generate_series(1, buyer.size) place
        CROSS JOIN LATERAL (
           SELECT 1 + floor(%(products)s * power(random() + 0 * (place + buyer.id), 3))::int AS number
        ) choice
         JOIN catalog_product product ON product.slug = 'product-' || choice.number
           ON CONFLICT DO NOTHING""",
    "ANALYZE",
)


def crowd(*, buyers: int, products: int) -> None:
    """Many buyers and what they have bought, made inside the database."""
    numbers = {"buyers": buyers, "products": products}
    rows = {"vendor": VendorFactory.create().pk, "category": CategoryFactory.create().pk}
    with connection.cursor() as cursor:
        for statement in _CROWD:
            cursor.execute(statement, {**numbers, **rows})


def order_of(profile: BillingProfile, *products: Product) -> Order:
    """A paid order of one unit of each product; nothing has reacted to it yet."""
    order = paid_order(*(Bought(variant=product.variants.get()) for product in products))
    order.billing_profile = profile
    order.save(update_fields=["billing_profile"])
    return order
