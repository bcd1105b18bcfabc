"""The rules of commission as the database holds them now, as plain values. Nothing is remembered."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any, Final

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import JSONObject

from checkout.models import OrderLine
from payouts.models import CommissionAmount, CommissionRule, RuleScope
from payouts.rules import Amounts, Book, Rule, Sold

# What of an order line is to be told with it, so that rules can be asked about it.
ASKED: Final[dict[str, F]] = {
    "category_path": F("product__category__path"),
    "seller": F("vendor_order__vendor__name"),
}


def sold_as(line: OrderLine) -> Sold:
    """What rules look at of an order line, annotated with ASKED: its price as sold, its category of now."""
    told: Any = line
    return Sold(
        product=line.product_id,
        vendor=line.vendor_order.vendor_id,
        steps=steps_of(told.category_path),
        unit_minor=line.unit_price_minor,
        currency=line.currency,
        title=line.title,
        seller=told.seller,
    )


def steps_of(path: str) -> tuple[str, ...]:
    """The slugs of a category and of all above it, from the root, by the category's path."""
    return tuple(path.split("/"))


def book_for(lines: Iterable[Sold], *, at: datetime) -> Book:
    """The rules that may decide about these lines at a moment. One statement, however many rules or lines."""
    lines = list(lines)
    products = {line.product for line in lines}
    steps = {step for line in lines for step in line.steps}
    vendors = {line.vendor for line in lines}
    named = _Named(products=products, steps=steps, vendors=vendors)
    rows = CommissionRule.objects.in_force(at).filter(
        named.may_meet(), Q(price_currency="") | Q(price_currency__in={line.currency for line in lines})
    )
    return Book(told(rows, named))


def told(rows: "QuerySet[CommissionRule]", named: "_Named | None" = None) -> list[Rule]:
    """Rules with all that they name, or with what of it can be met. One statement."""
    named = named or _Named()
    amounts = CommissionAmount.objects.filter(rule=OuterRef("pk")).order_by("pk")
    rows = rows.annotate(
        named_products=ArraySubquery(named.in_products().values("product")),
        named_vendors=ArraySubquery(named.in_vendors().values("vendor")),
        named_categories=ArraySubquery(
            named.in_categories().values(facts=JSONObject(slug="category__slug", name="category__name"))
        ),
        told_amounts=ArraySubquery(
            amounts.values(
                facts=JSONObject(
                    currency="currency", fixed="fixed_minor", floor="floor_minor", cap="cap_minor"
                )
            )
        ),
    )
    return [_rule(row) for row in rows.order_by("pk")]


class _Named:
    """What a rule may name: everything, or what these lines can meet."""

    def __init__(
        self,
        *,
        products: Collection[int] | None = None,
        steps: Collection[str] | None = None,
        vendors: Collection[int] | None = None,
    ) -> None:
        self._product = Q() if products is None else Q(product__in=products)
        self._category = Q() if steps is None else Q(category__slug__in=steps)
        self._vendor = Q() if vendors is None else Q(vendor__in=vendors)

    def in_products(self) -> "QuerySet[Any]":
        rows = CommissionRule.products.through.objects.filter(self._product, commissionrule=OuterRef("pk"))
        return rows.order_by("pk")

    def in_categories(self) -> "QuerySet[Any]":
        rows = CommissionRule.categories.through.objects.filter(self._category, commissionrule=OuterRef("pk"))
        return rows.order_by("pk")

    def in_vendors(self) -> "QuerySet[Any]":
        rows = CommissionRule.vendors.through.objects.filter(self._vendor, commissionrule=OuterRef("pk"))
        return rows.order_by("pk")

    def may_meet(self) -> Q:
        """The rules each of whose kinds names one of these."""
        return (
            _unless(RuleScope.PRODUCTS, self.in_products())
            & _unless(RuleScope.CATEGORIES, self.in_categories())
            & _unless(RuleScope.VENDORS, self.in_vendors())
        )


def _unless(scope: RuleScope, named: "QuerySet[Any]") -> Q:
    return ~Q(scopes__contains=[scope.value]) | Q(Exists(named))


def _rule(row: Any) -> Rule:
    return Rule(
        key=row.pk,
        name=row.name,
        position=row.position,
        scopes=frozenset(RuleScope(scope) for scope in row.scopes),
        products=frozenset(row.named_products),
        categories={each["slug"]: each["name"] for each in row.named_categories},
        vendors=frozenset(row.named_vendors),
        price_from_minor=row.price_from_minor,
        price_to_minor=row.price_to_minor,
        price_currency=row.price_currency,
        rate_bps=row.rate_bps,
        tax_bps=row.tax_bps,
        amounts={
            each["currency"]: Amounts(
                fixed_minor=each["fixed"], floor_minor=each["floor"], cap_minor=each["cap"]
            )
            for each in row.told_amounts
        },
        starts_at=row.starts_at,
        ends_at=row.ends_at,
    )
