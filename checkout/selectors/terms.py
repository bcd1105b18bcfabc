"""What each line of a cart is told along with itself: how many units it can have, how they ship, which tax.

All of it comes as columns of the one statement that reads the lines, so that neither vendors nor zones nor
rules add statements.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BigIntegerField, CharField, Exists, F, OuterRef, Q, Subquery, Sum, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Coalesce, Concat, JSONObject

from catalog.models import STANDARD, Reservation, ReservationState
from checkout.models import (
    OPEN_ORDERS,
    Cart,
    CartLine,
    CartShipping,
    Order,
    RateKind,
    Remitter,
    ShippedProduct,
    ShippingMethod,
    ShippingProfile,
    ShippingRate,
    TaxRule,
)
from checkout.selectors import promotions
from checkout.shipping import Place, Rate, Shipper, Way
from checkout.tax import Rule, Taxes, TaxTable
from marketplace.accounts.models import Address
from marketplace.kernel import clock

# The names under which a line is told of it.
TOLD: Final = ("units_held", "parcel", "ways", "taxes", *promotions.TOLD)
# What a rate is told of itself and of its zone.
RATE: Final = {
    "key": "pk",
    "profile": "zone__profile",
    "origin": "zone__profile__origin",
    "zone": "zone__name",
    "countries": "zone__countries",
    "regions": "zone__regions",
    "postal_prefixes": "zone__postal_prefixes",
    "kind": "kind",
    "price_minor": "price_minor",
    "extra_minor": "extra_minor",
    "free_from_minor": "free_from_minor",
    "tiers": "tiers",
}
RULE: Final = (
    "name",
    "rate_bps",
    "country",
    "region",
    "postal_prefix",
    "category",
    "is_included",
    "is_on_shipping",
    "remitter",
)


def told(
    cart: Cart | None, *, path: str = "", buyer: Cart | None = None, currency: OuterRef | None = None
) -> dict[str, Combinable]:
    """What is told of variants or, with the `path` to the variant, of lines: annotations by their names.

    Args:
        cart: whose address and choices count; None for one that is to come.
        buyer: the cart into which the lines shall go, where that is another.
        currency: a field of the query where it is not the cart's.
    """
    vendor, product = f"{path}vendor", f"{path}product"
    holder = buyer or cart
    return {
        "units_held": Value(0) if holder is None else _held(holder, variant=f"{path}pk"),
        "parcel": _parcel(vendor, product),
        "ways": _ways(cart, vendor, currency),
        "taxes": _taxes(cart, vendor),
        **promotions.told_of_promotions(cart, path=path, currency=currency),
    }


def destination(cart: Cart | None, *, is_digital: bool = False) -> Place | None:
    """Where the cart goes, as far as is known; what goes nowhere goes where the bill does."""
    if cart is None:
        return None
    to_bill = cart.billing_address if is_digital else None
    return _place(cart.shipping_address or to_bill)


def shipper_of(lines: Iterable[CartLine]) -> Shipper:
    """How a vendor ships these lines, which are all of its own, as they were told."""
    found: dict[int, dict[str, Any]] = {}
    rates: dict[int, dict[int, Rate]] = {}
    home = None
    for line in lines:
        home = Place(country=line.variant.product.vendor.country)
        for columns in line.ways:  # type: ignore[attr-defined]  # told
            key = columns["key"]
            found.setdefault(key, columns)
            rates.setdefault(key, {}).update({each["key"]: _rate(each) for each in columns["rates"]})
    ways = (
        Way(**{**columns, "rates": tuple(rates[key][each] for each in sorted(rates[key]))})
        for key, columns in found.items()
    )
    return Shipper(ways=tuple(ways), home=home)


def choose(line: CartLine, method_id: int) -> None:
    """Let a line in hand know the way that its cart has chosen now for the vendor."""
    for columns in line.ways:  # type: ignore[attr-defined]  # told
        columns["is_chosen"] = columns["key"] == method_id


def taxes_of(lines: Iterable[CartLine], places: Iterable[Place | None]) -> Taxes:
    """The rules of tax for these lines, as they were told; where none is for a country, its simple rate."""
    rules = {
        tuple(columns.values()): Rule(**{**columns, "remitter": Remitter(columns["remitter"])})
        for line in lines
        for columns in line.taxes  # type: ignore[attr-defined]  # told
    }
    named = {rule.country for rule in rules.values()}
    simple = [
        Rule(name="Tax", rate_bps=settings.TAX_RATES[place.country], country=place.country)
        for place in places
        if place is not None and place.country in settings.TAX_RATES and place.country not in named
    ]
    return TaxTable(rules=(*rules.values(), *dict.fromkeys(simple)))


def _held(cart: Cart, *, variant: str) -> Combinable:
    """How many units of the variant the cart's own open orders hold."""
    orders = Order.objects.filter(cart=cart, payment_state__in=OPEN_ORDERS)
    held = Reservation.objects.filter(
        variant=OuterRef(variant),
        holder__in=orders.values(holder=Concat(Value("order:"), Cast("pk", CharField()))),
        state=ReservationState.HELD,
    )
    units = held.order_by().values("variant").annotate(units=Sum("quantity")).values("units")
    return Coalesce(Subquery(units), 0)


def _parcel(vendor: str, product: str) -> Combinable:
    """The profile by which a product ships."""
    named = ShippedProduct.objects.filter(product=OuterRef(product))
    others = ShippingProfile.objects.filter(vendor=OuterRef(vendor), is_default=True)
    return Coalesce(
        Subquery(named.values("profile")), Subquery(others.values("pk")), output_field=BigIntegerField()
    )


def _ways(cart: Cart | None, vendor: str, currency: OuterRef | None) -> Combinable:
    """How the vendor ships, in its own order, with the rates of the parcel that may be good there."""
    paid_in = currency or (cart.currency if cart else None)
    offered = ShippingMethod.objects.filter(vendor=OuterRef(vendor), currency=paid_in, is_active=True)
    chosen = CartShipping.objects.filter(cart=cart and cart.pk, method=OuterRef("pk"))
    rates = ShippingRate.objects.filter(
        method=OuterRef("pk"), zone__profile=OuterRef(OuterRef("parcel"))
    ).order_by("pk")
    to = destination(cart)
    if to is None:
        # That there is one is all that is asked.
        rates = rates[:1]
    else:
        rates = rates.filter(Q(zone__countries=[]) | Q(zone__countries__contains=[to.country]))
    columns = JSONObject(
        key="pk",
        name="name",
        flat_minor="price_minor",
        is_pickup="is_pickup",
        min_days="min_days",
        max_days="max_days",
        is_chosen=Exists(chosen),
        rates=ArraySubquery(rates.values(rate=JSONObject(**RATE))),
    )
    return ArraySubquery(offered.order_by("position", "pk").values(way=columns))


def _taxes(cart: Cart | None, vendor: str) -> Combinable:
    """The rules of this day for where the cart may go: its addresses, and the vendor's own country."""
    today = clock.now().date()
    there = Q(country=OuterRef(f"{vendor}__country"), region="", postal_prefix="")
    for to in {destination(cart), destination(cart, is_digital=True)} - {None}:
        assert to is not None  # noqa: S101  # taken out
        prefixes = [to.postal_code[:length] for length in range(len(to.postal_code) + 1)]
        there |= Q(country=to.country, region__in=["", to.region], postal_prefix__in=prefixes)
    good = Q(starts_on=None) | Q(starts_on__lte=today), Q(ends_on=None) | Q(ends_on__gt=today)
    rules = TaxRule.objects.filter(there, *good).order_by("pk")
    return ArraySubquery(rules.values(rule=JSONObject(**{name: F(name) for name in RULE})))


def tax_categories() -> list[str]:
    """The words by which rules of tax know goods, and that of all goods first. One statement."""
    named = TaxRule.objects.exclude(category="").order_by("category")
    return [STANDARD, *named.exclude(category=STANDARD).values_list("category", flat=True).distinct()]


def _place(address: Address | None) -> Place | None:
    if address is None:
        return None
    return Place(country=address.country, region=address.state, postal_code=address.postal_code)


def _rate(columns: Mapping[str, Any]) -> Rate:
    kept = {"kind": RateKind(columns["kind"]), "tiers": tuple(map(tuple, columns["tiers"]))}
    listed = {name: tuple(columns[name]) for name in ("countries", "regions", "postal_prefixes")}
    return Rate(**{**columns, **kept, **listed})
