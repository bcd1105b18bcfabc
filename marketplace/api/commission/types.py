"""Commission as vendors see it, line by line, and its rules as the platform's staff do."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, cast

import strawberry
import strawberry_django

from catalog.models import Product
from checkout.models import OrderLine
from marketplace.api import fields
from marketplace.api.catalog.types import CategoryType
from marketplace.api.choices import enum_of
from marketplace.api.context import Info
from marketplace.api.nodes import Node
from marketplace.api.scalars import MoneyType, decode_key, encode_id, percent_of
from marketplace.api.vendors.types import VendorType, demand
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.money import Money
from payouts import models, selectors
from payouts.explaining import Explained
from payouts.permissions import VIEW_COMMISSIONS
from payouts.simulating import Affected, Quoted, Resold, RuleWarning, Simulation, Warned
from vendors.errors import NotPermitted
from vendors.models import Vendor
from vendors.permissions import VendorPermission

MOST_SHOWN = 200
MOST_UNITS = 100_000

enum_of(models.RuleScope, description="A kind of condition of a rule of commission.")
enum_of(RuleWarning, description="What to think of before a rule of commission is saved.")


def _shown(minor: int | None, currency: str) -> Any:
    return None if minor is None else Money(minor, currency)


@strawberry.type(description="What a rule takes in one currency, each for a unit.")
class CommissionAmounts:
    fixed: MoneyType = strawberry.field(description="A fee on top of the rate.")
    floor: MoneyType = strawberry.field(description="The least of rate and fee together.")
    cap: MoneyType | None = strawberry.field(description="The most of both together.")


@strawberry.type(description="A product that a rule is about, published or not.")
class RuledProduct:
    id: strawberry.ID = strawberry.field(description="Names it to the mutations on rules.")
    title: str = strawberry.field(description="What it is called.")


@strawberry_django.type(
    models.CommissionRule,
    name="CommissionRule",
    description="What the platform keeps of certain sales, or of all that no other rule is about.",
)
class CommissionRuleType(Node):
    name: str = fields.attribute(description="What it is called; vendors read it.")
    position: int = fields.attribute(
        description="Of two rules that are equally specific the lower one decides."
    )
    is_active: bool = fields.attribute(description="Whether it decides at all.")
    starts_at: datetime | None = fields.attribute(description="Since when it decides.")
    ends_at: datetime | None = fields.attribute(description="Until when.")
    archived_at: datetime | None = fields.attribute(description="When it was put away for good.")
    is_for_everything: bool = fields.attribute(description="Whether it is about everything.")
    scopes: list[models.RuleScope] = fields.attribute(
        description="Its kinds of condition: one that names nothing is met by nothing."
    )
    categories = fields.related(CategoryType, description="What it is about, with all that is below them.")
    vendors = fields.related(VendorType, description="Whose sales it is about.")

    @fields.field(description="The products that it is about.", prefetch_related=["products"])
    @staticmethod
    def products(root: strawberry.Parent[models.CommissionRule]) -> list[RuledProduct]:
        return [
            RuledProduct(id=encode_id("Product", each.pk), title=each.title) for each in root.products.all()
        ]

    @fields.field(
        MoneyType | None,
        description="It is about prices of a unit from this on.",
        only=["price_from_minor", "price_currency"],
    )
    @staticmethod
    def from_price(root: strawberry.Parent[models.CommissionRule]) -> Money | None:
        return cast("Money | None", _shown(root.price_from_minor, root.price_currency))

    @fields.field(
        MoneyType | None,
        description="It is about prices of a unit below this.",
        only=["price_to_minor", "price_currency"],
    )
    @staticmethod
    def below_price(root: strawberry.Parent[models.CommissionRule]) -> Money | None:
        return cast("Money | None", _shown(root.price_to_minor, root.price_currency))

    @fields.field(description="In percent of the base.", only=["rate_bps"])
    @staticmethod
    def rate(root: strawberry.Parent[models.CommissionRule]) -> Decimal:
        return percent_of(root.rate_bps)

    @fields.field(description="In percent, on top of the commission.", only=["tax_bps"])
    @staticmethod
    def tax_rate(root: strawberry.Parent[models.CommissionRule]) -> Decimal:
        return percent_of(root.tax_bps)

    @fields.field(
        description="What it takes of a unit; in any other currency the rate alone counts.",
        prefetch_related=["amounts"],
    )
    @staticmethod
    def amounts(root: strawberry.Parent[models.CommissionRule]) -> list[CommissionAmounts]:
        return [
            CommissionAmounts(
                fixed=_shown(each.fixed_minor, each.currency),
                floor=_shown(each.floor_minor, each.currency),
                cap=_shown(each.cap_minor, each.currency),
            )
            for each in root.amounts.all()
        ]


@strawberry.type(description="The rule that decided, by the name that it had then.")
class DecidingRule:
    name: str = strawberry.field(description="What it was called.")


@strawberry.type(description="What the platform keeps of a line, and why.")
class LineCommission:
    amount: MoneyType = strawberry.field(description="What it keeps, before tax.")
    tax: MoneyType = strawberry.field(description="The tax on that, which the vendor pays on top.")
    base: MoneyType = strawberry.field(description="What it is taken of.")
    net: MoneyType = strawberry.field(description="What of the base is left to the vendor.")
    rate: Decimal = strawberry.field(description="In percent of the base.")
    tax_rate: Decimal = strawberry.field(description="In percent of the amount.")
    fixed: MoneyType = strawberry.field(description="A fee for each unit.")
    floor: MoneyType = strawberry.field(description="The least for each unit.")
    cap: MoneyType | None = strawberry.field(description="The most for each unit.")
    rule: DecidingRule | None = strawberry.field(
        description="The rule that decides; null where it is the marketplace's rate."
    )
    why: str = strawberry.field(description="The rule, what of the line met it, and the sum, in words.")

    @classmethod
    def of(cls, found: Explained) -> "LineCommission":
        terms, decided, currency = found.terms, found.decided, found.currency
        return cls(
            amount=_shown(decided.amount_minor, currency),
            tax=_shown(decided.tax_minor, currency),
            base=_shown(decided.base_minor, currency),
            net=_shown(decided.left_minor, currency),
            rate=percent_of(terms.rate_bps),
            tax_rate=percent_of(terms.tax_bps),
            fixed=_shown(terms.fixed_minor, currency),
            floor=_shown(terms.floor_minor, currency),
            cap=_shown(terms.cap_minor, currency),
            rule=DecidingRule(name=found.rule) if found.rule else None,
            why=found.why,
        )


@strawberry_django.type(OrderLine)
class Kept:
    """The part of OrderLine that this package provides: its vendor's affair and the platform's only."""

    @fields.field(
        description="What the platform keeps of it, and why; null until it is paid.",
        select_related=["vendor_order", "commission"],
        only=[
            "quantity",
            "reference",
            "vendor_order__vendor_id",
            *(
                f"commission__{name}"
                for name in (
                    "rule_name",
                    "matched",
                    "currency",
                    "rate_bps",
                    "fixed_minor",
                    "floor_minor",
                    "cap_minor",
                    "tax_bps",
                    "base_minor",
                    "amount_minor",
                    "tax_minor",
                )
            ),
        ],
    )
    @staticmethod
    def commission(root: strawberry.Parent[OrderLine], info: Info) -> LineCommission | None:
        is_its_vendors = root.vendor_order.vendor_id in info.context.finance_vendors
        if not is_its_vendors and not info.context.staff_who_may(VIEW_COMMISSIONS):
            raise NotPermitted(permission=VendorPermission.VIEW_FINANCES)
        kept: models.Commission | None = getattr(root, "commission", None)
        return None if kept is None else LineCommission.of(Explained.of(kept, root))


@strawberry_django.type(Vendor)
class Account:
    """The part of VendorAccount that this package provides."""

    @fields.field(
        description="What would be kept of a product that were sold now, without a discount, and why; null "
        "where it is none of the vendor's, or has no price.",
        only=["id"],
    )
    @staticmethod
    def commission_for(
        root: strawberry.Parent[Vendor],
        info: Info,
        *,
        product: Annotated[strawberry.ID, strawberry.argument(description="The product.")],
        price: Annotated[
            Decimal | None,
            strawberry.argument(description="Of a unit; that of the product where it is left out."),
        ] = None,
        quantity: Annotated[int, strawberry.argument(description="How many units.")] = 1,
    ) -> LineCommission | None:
        demand(VendorPermission.VIEW_FINANCES, root, info)
        key = decode_key(product, "Product", field="product")
        if not 1 <= quantity <= MOST_UNITS:
            raise InvalidInput(field="quantity", reason=f"This must be between 1 and {MOST_UNITS:,}.")
        row = Product.objects.for_vendor(root).select_related("category", "vendor").filter(pk=key).first()
        if row is None:
            return None
        named = None if price is None else Money.from_decimal(price, row.currency, field="price").minor
        minor = row.price_minor if named is None else named
        if minor is None:
            return None
        if minor < 0:
            raise InvalidInput(field="price", reason="This must not be below zero.")
        return LineCommission.of(selectors.commission_on(row, unit_minor=minor, units=quantity))


@strawberry.type(description="What to think of before a rule is saved.")
class CommissionWarning:
    code: RuleWarning = strawberry.field(description="What it is.")
    message: str = strawberry.field(description="The same in words.")
    rules: list[str] = strawberry.field(description="The names of the other rules that it is about.")

    @classmethod
    def of(cls, found: Warned) -> "CommissionWarning":
        about = [*(rule.name for rule in found.rules), *found.examples]
        words = f"{found.warning.label}: {', '.join(about)}." if about else f"{found.warning.label}."
        return cls(code=found.warning, message=words, rules=[rule.name for rule in found.rules])


@strawberry.type(description="A variant that is for sale, of which something else would be kept.")
class AffectedVariant:
    sku: str = strawberry.field(description="The vendor's own number of the variant.")
    title: str = strawberry.field(description="The product.")
    vendor: str = strawberry.field(description="Who sells it.")
    price: MoneyType = strawberry.field(description="What a unit costs now.")
    kept: MoneyType = strawberry.field(description="What is kept of a unit now, with tax.")
    would_keep: MoneyType = strawberry.field(description="What would be.")
    rule: str | None = strawberry.field(description="The rule that decides now; null: it is the rate of all.")
    would_be_rule: str | None = strawberry.field(description="The one that would.")

    @classmethod
    def of(cls, found: Affected) -> "AffectedVariant":
        currency, seller = found.variant.currency, cast("Any", found.variant).seller  # annotated
        return cls(
            sku=found.variant.sku,
            title=found.variant.product.title,
            vendor=seller,
            price=_shown(found.variant.price_minor, currency),
            kept=_shown(found.now.kept_minor, currency),
            would_keep=_shown(found.then.kept_minor, currency),
            rule=_name(found.now),
            would_be_rule=_name(found.then),
        )


def _name(quoted: Quoted) -> str | None:
    return quoted.rule.name if quoted.rule else None


@strawberry.type(description="What was sold in the last thirty days that a change is about, in one currency.")
class ResoldGoods:
    lines: int = strawberry.field(description="How many lines.")
    kept: MoneyType = strawberry.field(description="What was kept of them, with tax.")
    would_keep_now: MoneyType = strawberry.field(description="What would be by the rules as they are.")
    would_keep: MoneyType = strawberry.field(description="What would be with the change.")

    @classmethod
    def of(cls, found: Resold) -> "ResoldGoods":
        return cls(
            lines=found.lines,
            kept=_shown(found.kept_minor, found.currency),
            would_keep_now=_shown(found.now_minor, found.currency),
            would_keep=_shown(found.then_minor, found.currency),
        )


@strawberry.type(description="What a rule would change, before it is saved.")
class CommissionSimulation:
    affected_count: int = strawberry.field(description="Of how many variants something else would be kept.")
    affected: list[AffectedVariant] = strawberry.field(
        description=f"These, the oldest first; {MOST_SHOWN} at most."
    )
    sold: list[ResoldGoods] = strawberry.field(description="The last thirty days, currency by currency.")
    is_capped: bool = strawberry.field(
        description="Whether there was more than is looked at: the numbers are the least then."
    )
    warnings: list[CommissionWarning] = strawberry.field(description="What to think of.")

    @classmethod
    def of(cls, found: Simulation) -> "CommissionSimulation":
        return cls(
            affected_count=len(found.affected),
            affected=[AffectedVariant.of(each) for each in found.affected[:MOST_SHOWN]],
            sold=[ResoldGoods.of(each) for each in found.resold],
            is_capped=found.is_capped,
            warnings=[CommissionWarning.of(each) for each in found.warnings],
        )
