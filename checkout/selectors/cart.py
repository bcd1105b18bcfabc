"""Carts as they stand at this moment: whose they are, what is in them, and what that costs now.

Nothing here writes: a cart that nobody filled does not exist.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar
from uuid import UUID

from django.contrib.sessions.backends.base import SessionBase
from django.db.models import F, Q, QuerySet

from checkout.cart_warnings import BLOCKING, CartWarning, warnings_of, warnings_of_coupons
from checkout.costing import CostedCart, CostedPart, cost
from checkout.models import Cart, CartLine, CartStatus
from checkout.pricing import Priced
from checkout.promotions import Verdict
from checkout.selectors.promotions import rules_of
from checkout.selectors.terms import destination, shipper_of, taxes_of, told
from checkout.shipping import Quote
from checkout.tax import TaxCharge
from marketplace.accounts.models import User
from marketplace.kernel.money import Money
from vendors.models import Vendor

# Who buys and where it goes: read with the cart.
PARTIES: Final = ("billing_profile", "shipping_address", "billing_address")
# What the session remembers: the token of its cart, and how many units are in it.
CART: Final = "cart_id"
ITEMS: Final = "cart_items"

Costed = TypeVar("Costed", CostedPart, CostedCart)


@dataclass(frozen=True, kw_only=True)
class InMoney(Generic[Costed]):
    """Costed amounts as money: subtotal - discount + shipping + tax = total."""

    costed: Costed
    currency: str

    @property
    def subtotal(self) -> Money:
        return Money(self.costed.subtotal_minor, self.currency)

    @property
    def discount(self) -> Money:
        return Money(self.costed.discount_minor, self.currency)

    @property
    def shipping(self) -> Money:
        return Money(self.costed.shipping_minor, self.currency)

    @property
    def tax(self) -> Money:
        return Money(self.costed.tax_minor, self.currency)

    @property
    def included_tax(self) -> Money:
        """What of it is tax that the prices contain."""
        return Money(self.costed.tax_included_minor, self.currency)

    @property
    def total(self) -> Money:
        return Money(self.costed.total_minor, self.currency)


@dataclass(frozen=True, kw_only=True)
class CartGroup(InMoney[CostedPart]):
    """One vendor's part. `lines` and `costed.lines` stand in the same order; the latter's key is the pk."""

    vendor: Vendor
    lines: tuple[CartLine, ...]
    # Title, code and amount of each promotion that takes something off.
    discounts: tuple[tuple[str, str, int], ...]

    @property
    def shipping_options(self) -> tuple[Quote, ...]:
        """The ways that are offered for what is bought, to where it goes."""
        return self.costed.offers

    @property
    def selected_shipping(self) -> Quote | None:
        """The way chosen, as long as it is offered."""
        return self.costed.quote

    @property
    def lacks_shipping(self) -> bool:
        """Whether the buyer has yet to choose. A vendor that names no way ships for nothing."""
        return bool(self.shipping_options) and self.selected_shipping is None

    @property
    def needs_address(self) -> bool:
        """Whether anything of it is sent: not what is digital, nor what the buyer fetches."""
        is_fetched = self.selected_shipping is not None and self.selected_shipping.way.is_pickup
        return not is_fetched and any(line.line.needs_shipping for line in self.costed.lines)

    @property
    def left_to_free_shipping(self) -> Money | None:
        """How much more from this vendor makes the chosen way cost nothing, where it ever does."""
        bound = None if self.selected_shipping is None else self.selected_shipping.free_from_minor
        return None if bound is None else Money(max(bound - self.costed.counted_minor, 0), self.currency)


@dataclass(frozen=True, kw_only=True)
class CartContents(InMoney[CostedCart]):
    """All of a cart, by vendor in the order of their first lines."""

    cart: Cart
    groups: tuple[CartGroup, ...]
    warnings: tuple[CartWarning, ...]
    # What became of each promotion that might apply.
    promotions: tuple[Verdict, ...]

    @property
    def lines(self) -> tuple[CartLine, ...]:
        """The lines of all groups."""
        return tuple(line for group in self.groups for line in group.lines)

    @property
    def discounts(self) -> tuple[tuple[str, str, int], ...]:
        """Title, code and amount of each promotion that takes something off."""
        return _discounts(self.promotions)

    @property
    def item_count(self) -> int:
        """Units, not lines."""
        return sum(line.quantity for line in self.lines)

    @property
    def needs_address(self) -> bool:
        """Whether it cannot be ordered before somebody says where it goes."""
        return any(group.needs_address for group in self.groups)

    @property
    def blocking(self) -> tuple[CartWarning, ...]:
        """The warnings that keep the cart from being ordered as it is."""
        return tuple(warning for warning in self.warnings if warning.code in BLOCKING)


def carts_of(*, session: SessionBase, user: User | None) -> QuerySet[Cart]:
    """The open cart of the user or the session, the user's own first; at most two rows, lazy.

    A token opens nobody's cart but a guest's: a user's cart is reached by its user only.
    """
    token = token_of(session)
    if token is None and user is None:
        return Cart.objects.none()
    theirs = Q(user=None, token=token)
    if user is not None:
        theirs |= Q(user=user)
    carts = Cart.objects.filter(theirs, status=CartStatus.ACTIVE).select_related(*PARTIES)
    return carts.order_by(F("user").asc(nulls_last=True))


def cart_for(*, session: SessionBase, user: User | None) -> Cart | None:
    """The open cart of the user or the session; None where there is none yet. One statement, or none."""
    return carts_of(session=session, user=user).first()


def token_of(session: SessionBase) -> UUID | None:
    """The token of the session's cart, if it has one."""
    try:
        return UUID(str(session[CART]))
    except (KeyError, ValueError):
        return None


def lines_of(cart: Cart, *, buyer: Cart | None = None) -> QuerySet[CartLine]:
    """The lines of a cart in their order, with variant, product and vendor; one statement.

    With each comes what selectors/terms.py tells of it. `buyer` is the cart into which the lines shall go:
    what the unpaid order of that one holds is to be had by it.
    """
    lines = CartLine.objects.filter(cart=cart).select_related("variant__product__vendor")
    return lines.annotate(**told(cart, path="variant__", buyer=buyer)).order_by("pk")


def available_to(line: CartLine) -> int:
    """Units of the line's variant that its cart can have, in all its lines; the line is one of `lines_of`."""
    held: int = line.units_held  # type: ignore[attr-defined]  # annotated by lines_of
    return line.variant.available + held


def costed_cart(cart: Cart) -> CartContents:
    """What is in the cart, by vendor, at the prices, stock, shipping and tax of this moment.

    One statement, one more where the cart came without its shipping address; as many for a large cart as for
    a small one. Whoever orders by it holds the cart and its variants locked.
    """
    return costed_lines(cart, list(lines_of(cart)))


def costed_lines(cart: Cart, lines: Sequence[CartLine]) -> CartContents:
    """The same of the cart's lines in hand, which are those of `lines_of`."""
    to = destination(cart, is_digital=not any(line.variant.product.is_shipped for line in lines))
    by_vendor: dict[int, list[CartLine]] = defaultdict(list)
    for line in lines:
        by_vendor[line.variant.vendor_id].append(line)
    shippers = {vendor: shipper_of(of_vendor) for vendor, of_vendor in by_vendor.items()}
    homes = [shipper.home for shipper in shippers.values()]
    rules, priced = rules_of(lines, currency=cart.currency), [_priced(line) for line in lines]
    costed = cost(priced, to=to, shippers=shippers, taxes=taxes_of(lines, [to, *homes]), promotions=rules)
    verdicts = rules.verdicts(
        priced, shipping_minor={part.vendor: part.shipping_minor for part in costed.parts}
    )
    groups = tuple(
        CartGroup(
            costed=part,
            currency=cart.currency,
            vendor=by_vendor[part.vendor][0].variant.product.vendor,
            lines=tuple(by_vendor[part.vendor]),
            discounts=_discounts(verdicts, vendor=part.vendor),
        )
        for part in costed.parts
    )
    return CartContents(
        cart=cart,
        costed=costed,
        currency=cart.currency,
        groups=groups,
        promotions=tuple(verdicts),
        warnings=(
            *warnings_of(
                lines,
                available={line.variant_id: available_to(line) for line in lines},
                out_of_reach=frozenset(part.vendor for part in costed.parts if part.is_out_of_reach),
            ),
            *warnings_of_coupons(verdicts, currency=cart.currency),
        ),
    )


def charges_of(part: CostedPart) -> Iterator[TaxCharge]:
    """The taxes on a part: on each line, then on its shipping."""
    for line in part.lines:
        yield from line.taxes
    yield from part.shipping_taxes


def keep_contents(cart: Cart, lines: Sequence[CartLine]) -> None:
    """Let a cart in hand know its contents: these lines, as an operation leaves them."""
    vars(cart)["contents"] = costed_lines(cart, lines)


def contents_of(cart: Cart) -> CartContents:
    """What is in the cart, read once for each row in hand, or as an operation has left it."""
    known: dict[str, Any] = vars(cart)
    if "contents" not in known:
        known["contents"] = costed_cart(cart)
    contents: CartContents = known["contents"]
    return contents


def _priced(line: CartLine) -> Priced:
    return Priced(
        key=line.pk,
        vendor=line.variant.vendor_id,
        quantity=line.quantity,
        unit_minor=line.variant.price_minor,
        weight_g=line.variant.weight_g * line.quantity,
        needs_shipping=line.variant.product.is_shipped,
        parcel=line.parcel,  # type: ignore[attr-defined]  # told
        category=line.variant.product.tax_category,
    )


def _discounts(verdicts: Iterable[Verdict], *, vendor: int | None = None) -> tuple[tuple[str, str, int], ...]:
    """What promotions take off a vendor's part, or off all; by promotion, without those that take nothing."""
    summed = (
        (each.terms, sum(off.amount_minor for off in each.offs if vendor in {None, off.vendor}))
        for each in verdicts
    )
    return tuple((terms.title, terms.code, minor) for terms, minor in summed if minor)
