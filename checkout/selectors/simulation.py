"""What a promotion would take off a basket, or off what was ordered; nothing is saved.

It is tried alone, on prices as they are or were, without whatever else goes off. Vendors are taken to have
joined, and every buyer to be new to it.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.db.models import Q, TextChoices

from catalog.models import Category, Product, Variant
from checkout.models import Order, OrderLine, PaymentState, PromotionKind
from checkout.pricing import Priced
from checkout.promotions import Rules, Terms
from marketplace.kernel import clock
from marketplace.kernel.money import BASIS_POINTS

MOST_ORDERS: Final = 1_000
MOST_SHOWN: Final = 200
KEY: Final = 0


class SimulationWarning(TextChoices):
    """What to think of before a promotion is saved; the label describes it in the schema."""

    FOR_EVERYTHING = "for_everything", "It is about all goods of all vendors that may have it"
    NOTHING_AFFECTED = "nothing_affected", "It takes nothing off any of this"
    NO_LIMIT = "no_limit", "It has neither an end nor a cap"
    VENDORS_PAY = "vendors_pay", "Vendors pay a part of it: it is given on the goods of those that join only"
    WHOLE_PRICE = "whole_price", "Something would cost nothing"
    FIRST_ORDERS_ONLY = "first_orders_only", "What was ordered is taken as if every order were a first one"
    NO_SHIPPING = "no_shipping", "Shipping is not simulated"


@dataclass(frozen=True, kw_only=True)
class Affected:
    """A variant on which it would take something off; amounts in minor units."""

    variant: Variant
    orders: int
    amount_minor: int
    platform_minor: int


@dataclass(frozen=True, kw_only=True)
class Simulation:
    """What it would have come to."""

    currency: str
    orders: int
    affected: tuple[Affected, ...]
    warnings: tuple[SimulationWarning, ...]

    @property
    def amount_minor(self) -> int:
        """What it takes off in all."""
        return sum(each.amount_minor for each in self.affected)

    @property
    def platform_minor(self) -> int:
        """What of it the platform pays."""
        return sum(each.platform_minor for each in self.affected)


@dataclass(frozen=True, kw_only=True)
class Scope:
    """What a promotion is about."""

    is_for_everything: bool
    products: tuple[int, ...] = ()
    categories: tuple[int, ...] = ()
    is_limited: bool = False
    is_for_first_orders: bool = False


@dataclass(frozen=True, kw_only=True)
class _Line:
    variant: Variant
    quantity: int
    unit_minor: int


def simulate_on_basket(terms: Terms, scope: Scope, *, basket: Sequence[tuple[Variant, int]]) -> Simulation:
    """On units of variants at their prices of now, all of one currency. Two statements."""
    lines = [
        _Line(variant=variant, quantity=units, unit_minor=variant.price_minor) for variant, units in basket
    ]
    currency = basket[0][0].currency if basket else ""
    return _simulated(terms, scope, baskets=[lines], currency=currency)


def simulate_on_orders(terms: Terms, scope: Scope, *, days: int, currency: str) -> Simulation:
    """On the orders of the last days that were paid, the latest thousand at most. Four statements."""
    since = clock.now() - timedelta(days=days)
    orders = Order.objects.filter(payment_state=PaymentState.PAID, paid_at__gte=since, currency=currency)
    keys = list(orders.order_by("-paid_at").values_list("pk", flat=True)[:MOST_ORDERS])
    rows = OrderLine.objects.filter(
        vendor_order__order__in=keys, amount_minor__gte=0, unit_price_minor__gte=0
    )
    rows = rows.select_related("variant__product__vendor", "vendor_order").order_by("pk")
    baskets: dict[int, list[_Line]] = defaultdict(list)
    for row in rows.filter(quantity__gt=0):
        line = _Line(variant=row.variant, quantity=row.quantity, unit_minor=row.unit_price_minor)
        baskets[row.vendor_order.order_id].append(line)
    return _simulated(terms, scope, baskets=baskets.values(), currency=currency)


def _simulated(terms: Terms, scope: Scope, *, baskets: Iterable[list[_Line]], currency: str) -> Simulation:
    baskets = list(baskets)
    variants = {line.variant.pk: line.variant for lines in baskets for line in lines}
    about = _about(scope, {variant.product_id for variant in variants.values()})
    sums: dict[int, list[int]] = defaultdict(lambda: [0, 0, 0])
    is_whole = False
    for lines in baskets:
        priced = [
            Priced(key=key, vendor=line.variant.vendor_id, quantity=line.quantity, unit_minor=line.unit_minor)
            for key, line in enumerate(lines)
        ]
        promoted = {
            key: frozenset([KEY]) for key, line in enumerate(lines) if line.variant.product_id in about
        }
        for off in Rules(terms=(terms,), promoted=promoted).before_shipping(priced):
            assert off.line is not None  # noqa: S101  # goods only
            found = sums[lines[off.line].variant.pk]
            found[0] += 1
            found[1] += off.amount_minor
            found[2] += off.platform_minor
            is_whole = is_whole or off.amount_minor == priced[off.line].amount_minor
    affected = [
        Affected(variant=variants[key], orders=orders, amount_minor=amount, platform_minor=platform)
        for key, (orders, amount, platform) in sums.items()
    ]
    affected.sort(key=lambda each: (-each.amount_minor, each.variant.pk))
    return Simulation(
        currency=currency,
        orders=len(baskets),
        affected=tuple(affected),
        warnings=tuple(_warnings(terms, scope, is_affected=bool(affected), is_whole=is_whole)),
    )


def _about(scope: Scope, products: set[int]) -> set[int]:
    """Which of the products it is about."""
    if scope.is_for_everything:
        return products
    slugs = Category.objects.filter(pk__in=scope.categories).values_list("slug", flat=True)
    within = Q(category__in=Category.objects.within(list(slugs)))
    rows = Product.objects.filter(within | Q(pk__in=scope.products), pk__in=products)
    return set(rows.values_list("pk", flat=True))


def _warnings(
    terms: Terms, scope: Scope, *, is_affected: bool, is_whole: bool
) -> Iterable[SimulationWarning]:
    if scope.is_for_everything:
        yield SimulationWarning.FOR_EVERYTHING
    if terms.kind == PromotionKind.FREE_SHIPPING:
        yield SimulationWarning.NO_SHIPPING
    elif not is_affected:
        yield SimulationWarning.NOTHING_AFFECTED
    if not scope.is_limited:
        yield SimulationWarning.NO_LIMIT
    if terms.vendor is None and terms.platform_share_bps < BASIS_POINTS:
        yield SimulationWarning.VENDORS_PAY
    if is_whole:
        yield SimulationWarning.WHOLE_PRICE
    if scope.is_for_first_orders:
        yield SimulationWarning.FIRST_ORDERS_ONLY
