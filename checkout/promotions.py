"""What promotions take off a cart, and why one takes nothing. No database, no clock.

Promotions speak one after the other: vendors' own before the platform's, then by priority, the lower number
first, then the older. Each takes off what those before it have left, never more. A percentage is reckoned on
each vendor's goods by itself, an amount once for the whole; both are shared out over the lines by largest
remainder, the earlier line first. What is bought of others never counts for a vendor's promotion: it looks
at the lines it is about, and these are the vendor's own, less what that vendor has taken off itself.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from django.db.models import TextChoices

from checkout.models import PromotionKind
from checkout.pricing import Off, Priced
from marketplace.kernel.money import BASIS_POINTS, Money, allocate, basis_points


class NoDiscount(TextChoices):
    """Why a promotion takes nothing off; the label describes it in the schema."""

    ENDED = "ended", "It is over"
    USED_UP = "used_up", "It was used as often as it may be"
    USED_BEFORE = "used_before", "The buyer has used it as often as one may"
    NOT_FIRST_ORDER = "not_first_order", "It is for first orders, and the buyer has ordered before"
    OTHER_CURRENCY = "other_currency", "It is for carts of another currency"
    NOTHING_PROMOTED = "nothing_promoted", "Nothing in the cart is promoted by it"
    MINIMUM_NOT_REACHED = "minimum_not_reached", "What it is about has to come to more"
    TOO_FEW_UNITS = "too_few_units", "More units of one vendor have to be bought"
    NOT_COMBINABLE = "not_combinable", "It goes with no other promotion, or another one that applies does not"
    NOTHING_LEFT = "nothing_left", "There is nothing left to take off"


USED_UP: Final = frozenset({NoDiscount.USED_UP, NoDiscount.USED_BEFORE, NoDiscount.NOT_FIRST_ORDER})
WHY: Final[Mapping[NoDiscount, str]] = MappingProxyType(
    {
        NoDiscount.ENDED: "{coupon} is over.",
        NoDiscount.USED_UP: "{coupon} was used as often as it may be.",
        NoDiscount.USED_BEFORE: "You have used {coupon} before.",
        NoDiscount.NOT_FIRST_ORDER: "{coupon} is for a first order.",
        NoDiscount.OTHER_CURRENCY: "{coupon} is for another currency.",
        NoDiscount.NOTHING_PROMOTED: "{coupon} is not for what is in the cart.",
        NoDiscount.MINIMUM_NOT_REACHED: "{coupon} takes {missing} more of what it is for.",
        NoDiscount.TOO_FEW_UNITS: "{coupon} takes more units of what it is for.",
        NoDiscount.NOT_COMBINABLE: "{coupon} does not go with another discount of the cart.",
        NoDiscount.NOTHING_LEFT: "{coupon} finds nothing left to take off.",
    }
)


@dataclass(frozen=True, kw_only=True)
class Terms:
    """A promotion as it stands for one cart. See models.Promotion for the columns.

    Attributes:
        hindrance: what is known already to keep it from the buyer.
        is_limited: whether it can be used up, in all or by one person.
        coupon, code: by which it was asked for; None and empty where it came by itself.
    """

    key: int
    kind: PromotionKind
    title: str = ""
    vendor: int | None = None
    rate_bps: int = 0
    amount_minor: int = 0
    buy_units: int = 0
    get_units: int = 0
    platform_share_bps: int = 0
    minimum_minor: int = 0
    is_exclusive: bool = False
    priority: int = 100
    hindrance: NoDiscount | None = None
    is_limited: bool = False
    coupon: int | None = None
    code: str = ""

    @property
    def turn(self) -> tuple[bool, int, int]:
        """When it speaks."""
        return self.vendor is None, self.priority, self.key


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What became of a promotion: what it takes off, or why nothing; `missing_minor` is what would do."""

    terms: Terms
    offs: tuple[Off, ...] = ()
    reason: NoDiscount | None = None
    missing_minor: int = 0

    @property
    def amount_minor(self) -> int:
        """What it takes off in all."""
        return sum(off.amount_minor for off in self.offs)

    @property
    def waits(self) -> bool:
        """Whether it may yet take something off: free shipping, until there is something to ship."""
        is_free_shipping = self.terms.kind == PromotionKind.FREE_SHIPPING
        return is_free_shipping and self.reason == NoDiscount.NOTHING_LEFT

    def sentence(self, currency: str) -> str:
        """Why it takes nothing off, for people; empty where it does."""
        if self.reason is None:
            return ""
        missing = Money(self.missing_minor, currency)
        return WHY[self.reason].format(coupon=self.terms.code or self.terms.title, missing=missing)


class _Tally:
    """A cart while promotions take turns: what is left of it, and which vendors' parts are touched."""

    def __init__(self, lines: Sequence[Priced], exclusive: frozenset[int]) -> None:
        self.left = {line.key: line.amount_minor for line in lines}
        # What thresholds look at: less only what the vendor pays for itself.
        self.counted = dict(self.left)
        self.shipping: dict[int, int] = {}
        self.touched: set[int] = set()
        self.shut: set[int] = set()
        self.exclusive = exclusive

    def take(self, offs: Iterable[Off]) -> None:
        for off in offs:
            if off.line is None:
                self.shipping[off.vendor] -= off.amount_minor
            else:
                self.left[off.line] -= off.amount_minor
                self.counted[off.line] -= off.vendor_minor
            if off.amount_minor:
                self.touched.add(off.vendor)
            if off.amount_minor and off.promotion in self.exclusive:
                self.shut.add(off.vendor)

    def is_open(self, vendor: int, terms: Terms) -> bool:
        return vendor not in self.shut and not (terms.is_exclusive and vendor in self.touched)


@dataclass(frozen=True, kw_only=True)
class Rules:
    """The promotions that may apply to a cart, and by the key of each line which of them it is promoted by.

    Knows what goes off (checkout/pricing.py: Promotions).
    """

    terms: tuple[Terms, ...] = ()
    promoted: Mapping[int, frozenset[int]]

    def before_shipping(self, lines: Sequence[Priced]) -> Sequence[Off]:
        """What goes off goods, whoever pays for it."""
        return [off for verdict in self._goods(lines, self._tally(lines)) for off in verdict.offs]

    def after_shipping(
        self, lines: Sequence[Priced], *, taken: Sequence[Off], shipping_minor: Mapping[int, int]
    ) -> Sequence[Off]:
        """What goes off shipping."""
        tally = self._tally(lines)
        tally.take(taken)
        return [off for verdict in self._shipping(lines, tally, shipping_minor) for off in verdict.offs]

    def verdicts(self, lines: Sequence[Priced], *, shipping_minor: Mapping[int, int]) -> list[Verdict]:
        """What becomes of each promotion, in the order of their turns; first of those that are on goods."""
        tally = self._tally(lines)
        return [*self._goods(lines, tally), *self._shipping(lines, tally, shipping_minor)]

    def _tally(self, lines: Sequence[Priced]) -> _Tally:
        return _Tally(lines, frozenset(terms.key for terms in self.terms if terms.is_exclusive))

    def _goods(self, lines: Sequence[Priced], tally: _Tally) -> Iterator[Verdict]:
        for terms in sorted(self.terms, key=lambda each: each.turn):
            if terms.kind == PromotionKind.FREE_SHIPPING:
                continue
            covered = self._covered(terms, lines)
            verdict = _refused(terms, covered, tally) or _of_goods(terms, covered, tally)
            tally.take(verdict.offs)
            yield verdict

    def _shipping(
        self, lines: Sequence[Priced], tally: _Tally, shipping_minor: Mapping[int, int]
    ) -> Iterator[Verdict]:
        tally.shipping = dict(shipping_minor)
        for terms in sorted(self.terms, key=lambda each: each.turn):
            if terms.kind != PromotionKind.FREE_SHIPPING:
                continue
            covered = self._covered(terms, lines)
            verdict = _refused(terms, covered, tally) or _of_shipping(terms, covered, tally)
            tally.take(verdict.offs)
            yield verdict

    def _covered(self, terms: Terms, lines: Sequence[Priced]) -> list[Priced]:
        return [
            line
            for line in lines
            if terms.key in self.promoted.get(line.key, ()) and terms.vendor in {None, line.vendor}
        ]


NO_RULES: Final = Rules(promoted={})


def _refused(terms: Terms, covered: Sequence[Priced], tally: _Tally) -> Verdict | None:
    """Why it does not apply, before anything is reckoned."""
    if terms.hindrance is not None:
        return Verdict(terms=terms, reason=terms.hindrance)
    if not covered:
        return Verdict(terms=terms, reason=NoDiscount.NOTHING_PROMOTED)
    missing = terms.minimum_minor - sum(tally.counted[line.key] for line in covered)
    if missing > 0:
        return Verdict(terms=terms, reason=NoDiscount.MINIMUM_NOT_REACHED, missing_minor=missing)
    if not any(tally.is_open(line.vendor, terms) for line in covered):
        return Verdict(terms=terms, reason=NoDiscount.NOT_COMBINABLE)
    return None


def _of_goods(terms: Terms, covered: Sequence[Priced], tally: _Tally) -> Verdict:
    lines = [line for line in covered if tally.is_open(line.vendor, terms)]
    left = [tally.left[line.key] for line in lines]
    if terms.kind == PromotionKind.AMOUNT:
        amounts = allocate(min(terms.amount_minor, sum(left)), left)
    elif terms.kind == PromotionKind.PERCENTAGE:
        amounts = _percentage(terms, lines, left)
    else:
        amounts = _cheapest(terms, lines, left)
        if not any(_free_units(terms, group) for group in _by_vendor(lines).values()):
            return Verdict(terms=terms, reason=NoDiscount.TOO_FEW_UNITS)
    off = {line.key: amount for line, amount in zip(lines, amounts, strict=True) if amount}
    if not off:
        return Verdict(terms=terms, reason=NoDiscount.NOTHING_LEFT)
    return Verdict(terms=terms, offs=tuple(_funded(terms, [line for line in lines if line.key in off], off)))


def _percentage(terms: Terms, lines: Sequence[Priced], left: Sequence[int]) -> list[int]:
    """Of each vendor's lines by itself, so that no cent of it depends on what others sell."""
    by_key = dict(zip((line.key for line in lines), left, strict=True))
    shares: dict[int, int] = {}
    for group in _by_vendor(lines).values():
        weights = [by_key[line.key] for line in group]
        off = allocate(basis_points(sum(weights), terms.rate_bps), weights)
        shares |= {line.key: share for line, share in zip(group, off, strict=True)}
    return [shares[line.key] for line in lines]


def _cheapest(terms: Terms, lines: Sequence[Priced], left: Sequence[int]) -> list[int]:
    """For every so many units of a vendor, the cheapest of them; of equal price those of the earlier line."""
    by_key = dict(zip((line.key for line in lines), left, strict=True))
    shares = dict.fromkeys(by_key, 0)
    for group in _by_vendor(lines).values():
        free = _free_units(terms, group)
        for line in sorted(group, key=lambda each: each.unit_minor):
            units = min(free, line.quantity)
            free -= units
            off = basis_points(line.unit_minor * units, terms.rate_bps)
            shares[line.key] = min(off, by_key[line.key])
    return list(shares.values())


def _free_units(terms: Terms, lines: Sequence[Priced]) -> int:
    units = sum(line.quantity for line in lines)
    return units // (terms.buy_units + terms.get_units) * terms.get_units


def _of_shipping(terms: Terms, covered: Sequence[Priced], tally: _Tally) -> Verdict:
    vendors = [vendor for vendor in _by_vendor(covered) if tally.is_open(vendor, terms)]
    costs = {vendor: tally.shipping.get(vendor, 0) for vendor in vendors}
    offs = tuple(
        Off(
            promotion=terms.key,
            vendor=vendor,
            line=None,
            amount_minor=amount,
            platform_minor=basis_points(amount, _share(terms)),
        )
        for vendor, amount in costs.items()
        if amount
    )
    return Verdict(terms=terms, offs=offs, reason=None if offs else NoDiscount.NOTHING_LEFT)


def _funded(terms: Terms, lines: Sequence[Priced], off: Mapping[int, int]) -> Iterator[Off]:
    """The discounts, and what of each the platform pays for: its share of what goes off a vendor's goods."""
    for vendor, group in _by_vendor(lines).items():
        amounts = [off[line.key] for line in group]
        parts = allocate(basis_points(sum(amounts), _share(terms)), amounts)
        for line, amount, part in zip(group, amounts, parts, strict=True):
            yield Off(
                promotion=terms.key, vendor=vendor, line=line.key, amount_minor=amount, platform_minor=part
            )


def _share(terms: Terms) -> int:
    return 0 if terms.vendor is not None else min(terms.platform_share_bps, BASIS_POINTS)


def _by_vendor(lines: Iterable[Priced]) -> dict[int, list[Priced]]:
    groups: dict[int, list[Priced]] = defaultdict(list)
    for line in lines:
        groups[line.vendor].append(line)
    return groups
