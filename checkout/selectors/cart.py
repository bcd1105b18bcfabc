"""Carts as they stand at this moment: whose they are, what is in them, and what that costs now.

Nothing here writes: a cart that nobody filled does not exist.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.sessions.backends.base import SessionBase
from django.db.models import CharField, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Coalesce, Concat, JSONObject

from catalog.models import Reservation, ReservationState
from checkout.cart_warnings import BLOCKING, CartWarning, warnings_of
from checkout.costing import CostedCart, CostedPart, Priced, cost
from checkout.models import OPEN_ORDERS, Cart, CartLine, CartShipping, CartStatus, Order, ShippingMethod
from checkout.tax import tax_rates
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
    def total(self) -> Money:
        return Money(self.costed.total_minor, self.currency)


@dataclass(frozen=True, kw_only=True)
class CartGroup(InMoney[CostedPart]):
    """One vendor's part. `lines` and `costed.lines` stand in the same order; the latter's key is the pk."""

    vendor: Vendor
    lines: tuple[CartLine, ...]
    shipping_options: tuple[ShippingMethod, ...]
    selected_shipping: ShippingMethod | None

    @property
    def lacks_shipping(self) -> bool:
        """Whether the buyer has yet to choose. A vendor that names no way ships for nothing."""
        return bool(self.shipping_options) and self.selected_shipping is None


@dataclass(frozen=True, kw_only=True)
class CartContents(InMoney[CostedCart]):
    """All of a cart, by vendor in the order of their first lines."""

    cart: Cart
    groups: tuple[CartGroup, ...]
    warnings: tuple[CartWarning, ...]

    @property
    def lines(self) -> tuple[CartLine, ...]:
        """The lines of all groups."""
        return tuple(line for group in self.groups for line in group.lines)

    @property
    def item_count(self) -> int:
        """Units, not lines."""
        return sum(line.quantity for line in self.lines)

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

    `units_held` is what the unpaid order of the cart holds of the variant, or that of the `buyer`, into which
    the lines shall go: still to be had by that cart. `ways` are how the vendor ships, for `ways_of`.
    """
    lines = CartLine.objects.filter(cart=cart).select_related("variant__product__vendor")
    held = units_held(buyer or cart, variant="variant")
    return lines.annotate(units_held=held, ways=ways(cart, vendor="variant__vendor")).order_by("pk")


def units_held(cart: Cart, *, variant: str) -> Combinable:
    """How many units of the variant (a field of the outer query) the cart's own open orders hold."""
    orders = Order.objects.filter(cart=cart, payment_state__in=OPEN_ORDERS)
    held = Reservation.objects.filter(
        variant=OuterRef(variant),
        holder__in=orders.values(holder=Concat(Value("order:"), Cast("pk", CharField()))),
        state=ReservationState.HELD,
    )
    units = held.order_by().values("variant").annotate(units=Sum("quantity")).values("units")
    return Coalesce(Subquery(units), 0)


def available_to(line: CartLine) -> int:
    """Units of the line's variant that its cart can have, in all its lines; the line is one of `lines_of`."""
    held: int = line.units_held  # type: ignore[attr-defined]  # annotated by lines_of
    return line.variant.available + held


def ways(cart: Cart | None, *, vendor: str, currency: OuterRef | None = None) -> Combinable:
    """How a vendor (a field of the outer query) ships this cart, or one that is to come, in its own order.

    `currency` is a field of the outer query where it is not the cart's.
    """
    paid_in = currency or (cart.currency if cart else None)
    offered = ShippingMethod.objects.filter(vendor=OuterRef(vendor), currency=paid_in, is_active=True)
    chosen = CartShipping.objects.filter(cart=cart and cart.pk, method=OuterRef("pk"))
    columns = JSONObject(
        id="pk", name="name", price_minor="price_minor", position="position", is_chosen=Exists(chosen)
    )
    return ArraySubquery(offered.order_by("position", "pk").values(way=columns))


def ways_of(line: CartLine) -> list[ShippingMethod]:
    """How the line's vendor ships; the line is one of `lines_of`. `is_chosen` tells which the cart has."""
    vendor = line.variant.vendor_id
    found: list[dict[str, Any]] = line.ways  # type: ignore[attr-defined]  # annotated by lines_of
    methods = []
    for columns in found:
        chosen = columns["is_chosen"]
        rest = {name: value for name, value in columns.items() if name != "is_chosen"}
        method = ShippingMethod(vendor_id=vendor, currency=line.variant.currency, **rest)
        method.is_chosen = chosen  # type: ignore[attr-defined]  # as an annotation
        methods.append(method)
    return methods


def is_chosen(method: ShippingMethod) -> bool:
    """Whether the cart has chosen this way, which is one of its `ways_of`."""
    chosen: bool = method.is_chosen  # type: ignore[attr-defined]  # told by ways_of
    return chosen


def choose(line: CartLine, method_id: int) -> None:
    """Let a line in hand know the way that its cart has chosen now for the vendor."""
    for columns in line.ways:  # type: ignore[attr-defined]  # annotated by lines_of
        columns["is_chosen"] = columns["id"] == method_id


def costed_cart(cart: Cart) -> CartContents:
    """What is in the cart, by vendor, at the prices, stock, shipping and tax of this moment.

    One statement, one more where the cart came without its shipping address; as many for a large cart as for
    a small one. Whoever orders by it holds the cart and its variants locked.
    """
    return costed_lines(cart, list(lines_of(cart)))


def costed_lines(cart: Cart, lines: Sequence[CartLine]) -> CartContents:
    """The same of the cart's lines in hand, which are those of `lines_of`."""
    options = {line.variant.vendor_id: ways_of(line) for line in lines}
    selected = {vendor: _selected(ways) for vendor, ways in options.items()}
    costed = cost(
        [_priced(line) for line in lines],
        shipping_minor={vendor: way.price_minor for vendor, way in selected.items() if way},
        tax_bps=tax_rates().bps(cart.shipping_address.country) if cart.shipping_address else 0,
    )
    rows = {line.pk: line for line in lines}
    return CartContents(
        cart=cart,
        costed=costed,
        currency=cart.currency,
        groups=tuple(
            _group(cart, part, rows=rows, options=options, selected=selected) for part in costed.parts
        ),
        warnings=warnings_of(lines, available={line.variant_id: available_to(line) for line in lines}),
    )


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
    )


def _group(
    cart: Cart,
    part: CostedPart,
    *,
    rows: Mapping[int, CartLine],
    options: Mapping[int, Sequence[ShippingMethod]],
    selected: Mapping[int, ShippingMethod | None],
) -> CartGroup:
    lines = tuple(rows[each.line.key] for each in part.lines)
    return CartGroup(
        costed=part,
        currency=cart.currency,
        vendor=lines[0].variant.product.vendor,
        lines=lines,
        shipping_options=tuple(options.get(part.vendor, ())),
        selected_shipping=selected.get(part.vendor),
    )


def _selected(options: Sequence[ShippingMethod]) -> ShippingMethod | None:
    """The way chosen, as long as it is offered; where there is only one, that."""
    if len(options) == 1:
        return options[0]
    return next((way for way in options if is_chosen(way)), None)
