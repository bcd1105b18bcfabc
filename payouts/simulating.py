"""What a rule of commission would change, and what to think of before it is saved. Nothing is saved.

A draft is taken to be in force now, whatever its times are and whether it is active.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from django.db.models import F, Q, TextChoices

from catalog.models import Category, Product, ProductStatus, Variant
from checkout.models import OrderLine
from marketplace.kernel import adjustable, clock
from marketplace.kernel.money import BASIS_POINTS
from payouts.commission import Decision, decide
from payouts.models import CommissionRule, RuleScope
from payouts.rulebook import ASKED, sold_as, steps_of, told
from payouts.rules import Book, Rule, Sold, terms_for
from payouts.shadowing import Homes, never_met, shadowed, shadowing

# How much is looked at: the variants that are for sale, and the latest lines that were sold.
MOST_VARIANTS: Final = 5_000
MOST_LINES: Final = 10_000
MOST_EXAMPLES: Final = 3
LOOKED_BACK: Final = timedelta(days=30)


class RuleWarning(TextChoices):
    """What to think of before a rule is saved; the label describes it in the schema."""

    FOR_EVERYTHING = "for_everything", "It is about everything that no other rule is about"
    EMPTY_CONDITION = "empty_condition", "A kind of condition names nothing: it decides about nothing"
    SHADOWED = "shadowed", "Another rule decides about all that it is about: it never does"
    SHADOWS = "shadows", "It decides about all that another rule is about: that one never does any more"
    DECIDES_NOTHING = "decides_nothing", "It decides about nothing that is for sale now"
    FEE_ABOVE_PRICE = "fee_above_price", "It takes all of the price of something: the vendor would get 0.00"
    NO_AMOUNTS = "no_amounts", "It has amounts, but none in the currency of something that it decides about"


@dataclass(frozen=True, kw_only=True)
class Warned:
    """A warning; `rules` are the other rules that it is about, `examples` what else."""

    warning: RuleWarning
    rules: tuple[Rule, ...] = ()
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Quoted:
    """What would be kept of a line, and by which rule; None: by the marketplace's rate."""

    rule: Rule | None
    decided: Decision

    @property
    def kept_minor(self) -> int:
        """The commission with its tax."""
        return self.decided.amount_minor + self.decided.tax_minor


@dataclass(frozen=True, kw_only=True)
class Affected:
    """A variant of which something else would be kept, or by another rule: of one unit at its price."""

    variant: Variant
    now: Quoted
    then: Quoted


@dataclass(frozen=True, kw_only=True)
class Resold:
    """What was sold lately, in one currency: what was kept of it with tax, and what would be.

    `now_minor` is by the rules as they are, `then_minor` with the change; they may differ from what was kept.
    """

    currency: str
    lines: int
    kept_minor: int
    now_minor: int
    then_minor: int


@dataclass(frozen=True, kw_only=True)
class Simulation:
    """What a change would do. It is capped where there was more than is looked at."""

    affected: tuple[Affected, ...]
    resold: tuple[Resold, ...]
    warnings: tuple[Warned, ...]
    is_capped: bool


def simulate(*, draft: Rule | None, replaced: int | None = None) -> Simulation:
    """What would change if a draft stood in the place of the rule of that key, or beside all there are.

    Without a draft: if that rule were put away. Four statements, one less where the draft names no products.
    """
    change = _Change(draft, replaced)
    looked_at, has_more_variants = change.variants()
    resold, has_more_lines = change.resold()
    return Simulation(
        affected=tuple(each for each in looked_at if _what(each.now) != _what(each.then)),
        resold=resold,
        warnings=tuple(change.warnings(looked_at)),
        is_capped=has_more_variants or has_more_lines,
    )


def warnings_of(rule: Rule) -> tuple[Warned, ...]:
    """What to think of about a rule, saved or not. Three statements at most."""
    change = _Change(rule, rule.key)
    looked_at, _ = change.variants()
    return tuple(change.warnings(looked_at))


class _Change:
    """The rules as they are, and as they would be."""

    def __init__(self, draft: Rule | None, replaced: int | None) -> None:
        """One statement."""
        at = clock.now()
        rows = CommissionRule.objects.kept().filter(Q(ends_at=None) | Q(ends_at__gt=at), is_active=True)
        known = told(rows)
        present = [rule for rule in known if rule.starts_at is None or rule.starts_at <= at]
        others = [rule for rule in present if rule.key != replaced]
        drafts = [] if draft is None else [draft]
        self._draft = draft
        self._others = [rule for rule in known if rule.key != replaced]
        self._touched = [*drafts, *(rule for rule in present if rule.key == replaced)]
        self._before = Book(present)
        self._after = Book([*others, *drafts])
        self._rate_bps = adjustable.number("COMMISSION_BPS")

    def variants(self) -> tuple[list[Affected], bool]:
        """What is for sale and meets the draft or the rule that it replaces, and whether there is more.

        One statement.
        """
        rows = Variant.objects.filter(
            _meeting(self._touched, _OF_VARIANTS), is_active=True, product__status=ProductStatus.PUBLISHED
        )
        rows = (
            rows.select_related("product")
            .defer("product__description", "product__search")
            .annotate(category_path=F("product__category__path"), seller=F("vendor__name"))
        )
        found = list(rows.order_by("pk")[: MOST_VARIANTS + 1])
        looked_at = []
        for variant in found[:MOST_VARIANTS]:
            line = _as_sold(variant)
            worth = _Worth(amount_minor=variant.price_minor)
            now, then = self._quoted(self._before, line, worth), self._quoted(self._after, line, worth)
            looked_at.append(Affected(variant=variant, now=now, then=then))
        return looked_at, len(found) > MOST_VARIANTS

    def resold(self) -> tuple[tuple[Resold, ...], bool]:
        """What was sold lately and meets them, by currency, and whether there is more. One statement.

        Imported sales are left out: no rule decided about them.
        """
        since = clock.now() - LOOKED_BACK
        rows = OrderLine.objects.filter(
            _meeting(self._touched, _OF_LINES),
            vendor_order__order__paid_at__gte=since,
            vendor_order__order__source="",
            commission__isnull=False,
        )
        rows = rows.select_related("vendor_order", "commission").annotate(**ASKED)
        found = list(rows.order_by("-pk")[: MOST_LINES + 1])
        sums: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
        for line in found[:MOST_LINES]:
            worth = _Worth(
                amount_minor=line.amount_minor,
                vendor_discount_minor=line.discount_minor - line.platform_discount_minor,
                units=line.quantity,
            )
            kept = line.commission.amount_minor + line.commission.tax_minor
            now, then = (
                self._quoted(book, sold_as(line), worth).kept_minor for book in (self._before, self._after)
            )
            sums[line.currency] = [
                sum(pair) for pair in zip(sums[line.currency], (1, kept, now, then), strict=True)
            ]
        resold = tuple(
            Resold(currency=currency, lines=lines, kept_minor=kept, now_minor=now, then_minor=then)
            for currency, (lines, kept, now, then) in sorted(sums.items())
        )
        return resold, len(found) > MOST_LINES

    def warnings(self, looked_at: Iterable[Affected]) -> Iterator[Warned]:
        """What to think of about the draft. One statement where it names products."""
        draft = self._draft
        if draft is None:
            return
        if not draft.scopes:
            yield Warned(warning=RuleWarning.FOR_EVERYTHING)
        empty = never_met(draft)
        if empty:
            yield Warned(warning=RuleWarning.EMPTY_CONDITION, examples=tuple(scope.value for scope in empty))
        homes = _homes(draft.products)
        for warning, found in (
            (RuleWarning.SHADOWED, shadowing(draft, self._others, homes)),
            (RuleWarning.SHADOWS, shadowed(draft, self._others, homes)),
        ):
            if found:
                yield Warned(warning=warning, rules=tuple(found))
        yield from _of_goods(draft, [each for each in looked_at if each.then.rule == draft])

    def _quoted(self, book: Book, line: Sold, worth: "_Worth") -> Quoted:
        rule = book.strongest(line)
        decided = decide(
            amount_minor=worth.amount_minor,
            vendor_discount_minor=worth.vendor_discount_minor,
            units=worth.units,
            terms=terms_for(rule, line, rate_bps=self._rate_bps),
        )
        return Quoted(rule=rule, decided=decided)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Worth:
    amount_minor: int
    vendor_discount_minor: int = 0
    units: int = 1


def _of_goods(draft: Rule, decided: list[Affected]) -> Iterator[Warned]:
    """What to think of about what the draft would decide, of what is for sale now."""
    if not decided:
        yield Warned(warning=RuleWarning.DECIDES_NOTHING)
    whole = [each for each in decided if each.variant.price_minor and not each.then.decided.left_minor]
    # A rate of the whole is meant; a fee that comes to it may not be.
    if whole and draft.rate_bps < BASIS_POINTS:
        examples = (f"{each.variant.sku} at {each.variant.price}" for each in whole[:MOST_EXAMPLES])
        yield Warned(warning=RuleWarning.FEE_ABOVE_PRICE, examples=tuple(examples))
    currencies = {each.variant.currency for each in decided} - draft.amounts.keys()
    if draft.amounts and currencies:
        yield Warned(warning=RuleWarning.NO_AMOUNTS, examples=tuple(sorted(currencies)))


def _what(quoted: Quoted) -> tuple[int | None, Decision]:
    return quoted.rule.key if quoted.rule else None, quoted.decided


_OF_VARIANTS: Final = {
    "product": "product",
    "category": "product__category",
    "vendor": "vendor",
    "price": "price_minor",
}
_OF_LINES: Final = {
    "product": "product",
    "category": "product__category",
    "vendor": "vendor_order__vendor",
    "price": "unit_price_minor",
}


def _meeting(rules: Iterable[Rule], paths: dict[str, str]) -> Q:
    """The rows that meet one of the rules, by where they name what rules look at."""
    met = Q(pk__in=[])
    for rule in rules:
        met |= Q(*(_meets(scope, rule, paths) for scope in rule.scopes), pk__isnull=False)
    return met


def _meets(scope: RuleScope, rule: Rule, paths: dict[str, str]) -> Q:
    match scope:
        case RuleScope.PRODUCTS:
            return Q(**{f"{paths['product']}__in": rule.products})
        case RuleScope.CATEGORIES:
            return Q(**{f"{paths['category']}__in": Category.objects.within(rule.categories)})
        case RuleScope.VENDORS:
            return Q(**{f"{paths['vendor']}__in": rule.vendors})
        case RuleScope.PRICES:
            bounds: dict[str, Any] = {"currency": rule.price_currency}
            if rule.price_from_minor is not None:
                bounds[f"{paths['price']}__gte"] = rule.price_from_minor
            if rule.price_to_minor is not None:
                bounds[f"{paths['price']}__lt"] = rule.price_to_minor
            return Q(**bounds)


def _as_sold(variant: Any) -> Sold:
    """A unit of a variant, annotated, at its price of now."""
    return Sold(
        product=variant.product_id,
        vendor=variant.vendor_id,
        steps=steps_of(variant.category_path),
        unit_minor=variant.price_minor,
        currency=variant.currency,
        title=variant.product.title,
        seller=variant.seller,
    )


def _homes(products: Iterable[int]) -> Homes:
    """Whose these products are and where they stand. One statement, none for no products."""
    keys = list(products)
    if not keys:
        return {}
    rows = Product.objects.filter(pk__in=keys).values_list("pk", "vendor", "category__path")
    return {key: (vendor, steps_of(path)) for key, vendor, path in rows}
