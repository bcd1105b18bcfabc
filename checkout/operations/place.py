"""From the cart to an order that waits for its payment."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Final

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.db import IntegrityError, transaction
from django.db.models import QuerySet, Subquery

from catalog.models import Variant
from catalog.operations import reservations
from checkout import split
from checkout.client_sites import mark_of
from checkout.errors import (
    CheckoutIncomplete,
    PaymentUnderWay,
    PriceChanged,
)
from checkout.events import OrderPlaced
from checkout.models import (
    OPEN_ORDERS,
    AgreedPolicy,
    AppliedPromotion,
    Cart,
    CartLine,
    Order,
    OrderLine,
    Payment,
    PaymentState,
    Promotion,
    PromotionUse,
    TaxLine,
    VendorOrder,
)
from checkout.operations.closing import end_order
from checkout.operations.coupons import refuse_unmet
from checkout.operations.open_carts import first_cart
from checkout.operations.paid import mark_paid
from checkout.operations.payments import demand_taken, start_payment
from checkout.operations.readiness import email_of, refuse_incomplete
from checkout.operations.uses import held_uses
from checkout.selectors.cart import PARTIES, CartContents, CartGroup, carts_of, costed_lines, lines_of
from checkout.selectors.promotions import limited
from checkout.selectors.returns import ReturnTerms, agreed, terms_now
from marketplace.accounts.models import PaymentMethod, User
from marketplace.accounts.selectors import customer_of, own_card
from marketplace.kernel import adjustable, clock, writes
from marketplace.kernel.events import publish
from marketplace.kernel.idempotency import Outcome, once
from marketplace.kernel.known import know
from marketplace.kernel.locking import lock
from marketplace.kernel.money import Money
from vendors.selectors import policies_now

# A number that is taken, and stock that ran low while we looked, are not met often in a row.
MOST_TRIES: Final = 5


def place_order(
    *,
    cart: Cart,
    expected_total: Money | None = None,
    idempotency_key: str | None = None,
    actor: User | None = None,
    saves_card: bool = False,
    card: PaymentMethod | None = None,
) -> Order:
    """Order what is in the cart, once for each version of it, and open the payment with its provider.

    With a card that the buyer keeps it is charged at once, and the order as it is then is answered: paid, or
    waiting for the buyer where the bank declines or asks for them.
    Without a change the order that waits for its payment is answered again. After a change, also of the card
    or whether it is to be kept, it is superseded (its stock goes over, its payment is cancelled by a job), so
    a cart never has two orders to be paid.

    Locks the cart, the promotions that can be used up, then the variants, and the products whose stock is
    near its end. Publishes OrderPlaced, and OrderReleased for an order that was superseded. An order of
    nothing to pay is paid at once. When the provider does not answer the order stands, and a job goes on
    asking. An order that is new knows its parts, lines and payment, so that nobody reads them again.
    Raises CheckoutIncomplete, NotForSale, NotShippedThere, SelfDealing, OutOfStock, PriceChanged above
    `expected_total` (with the new total), without one also CouponExpired, CouponUsedUp or CouponNotMet for a
    code that takes nothing off, PaymentUnderWay while the payment of an older order cannot be stopped any
    more, PaymentRefused where the provider takes no such payment, IdempotencyKeyReused, RequestInProgress,
    and RuntimeError inside a transaction.
    """
    request = _Request(
        carts=Cart.objects.filter(pk=cart.pk).select_related(*PARTIES),
        expected=lambda _: expected_total,
        key=idempotency_key,
        actor=actor,
        saves_card=saves_card,
        card=card,
    )
    return _started(request)


def place_order_of(
    *,
    session: SessionBase,
    user: User | None,
    expected_total: Decimal | None = None,
    idempotency_key: str | None = None,
    saves_card: bool = False,
    card_id: int | None = None,
    client: str = "",
) -> Order:
    """The same for the cart of the user or the session, and an amount in its currency.

    With `saves_card` the card that pays is kept where the buyer is a customer of the provider. `client` is
    the address that the request comes from, of which a mark is kept (checkout/client_sites.py).

    Raises CheckoutIncomplete where there is no cart, InvalidInput for an amount of another shape, NotFound
    for a card that the user does not keep.
    """

    def expected(cart: Cart) -> Money | None:
        if expected_total is None:
            return None
        return Money.from_decimal(expected_total, cart.currency, field="expectedTotal")

    request = _Request(
        carts=carts_of(session=session, user=user),
        expected=expected,
        key=idempotency_key,
        actor=user,
        saves_card=saves_card,
        card=None if card_id is None else own_card(user=user, method_id=card_id),
        client_site=mark_of(client),
    )
    return _started(request)


@dataclass(frozen=True, kw_only=True)
class _Request:
    """What is asked for: of the first of these carts, if there is one, for so much at most."""

    carts: QuerySet[Cart]
    expected: Callable[[Cart], Money | None]
    key: str | None
    actor: User | None
    saves_card: bool
    card: PaymentMethod | None = None
    client_site: str = ""

    @property
    def card_ref(self) -> str:
        """The kept card that pays, as the provider calls it."""
        return self.card.ref if self.card else ""


def _started(request: _Request) -> Order:
    order, payment = _placed(request)
    if payment is not None and order.is_open:
        start_payment(payment=payment, order=order)
        if payment.card_ref:
            return Order.objects.get(pk=order.pk)
    elif payment is not None:
        demand_taken(payment)
    return order


def _placed(request: _Request) -> tuple[Order, Payment | None]:
    """The order and its payment, stored; tried again where another order was in the way."""
    for _ in range(MOST_TRIES - 1):
        try:
            return _place_once(request)
        except (reservations.StockMoved, _PromotionsMoved):
            continue
        except IntegrityError as fault:
            if "checkout_order_number" not in str(fault):
                raise
    return _place_once(request)


def _place_once(request: _Request) -> tuple[Order, Payment | None]:
    with transaction.atomic():
        cart = first_cart(
            lock(request.carts.annotate(limited=limited("pk"), customer=customer_of("billing_profile")))
        )
        if cart is None:
            raise CheckoutIncomplete(missing="something in the cart")
        return _once(request, cart)


def _once(request: _Request, cart: Cart) -> tuple[Order, Payment | None]:
    made: list[tuple[Order, Payment | None]] = []
    expected = request.expected(cart)

    def run() -> Outcome:
        made.append(_place(cart, expected, request))
        return Outcome("placed", {"order": made[0][0].pk})

    with writes.together():
        outcome = once(
            scope=f"placeOrder:cart:{cart.pk}",
            key=request.key,
            payload={
                "version": cart.version,
                "expected_total": None if expected is None else str(expected),
                "saves_card": request.saves_card,
                "card": request.card_ref,
            },
            run=run,
            is_serial=True,
        )
    return made[0] if made else _with_payment(Order.objects.get(pk=outcome.ids["order"]))


def _place(cart: Cart, expected_total: Money | None, request: _Request) -> tuple[Order, Payment | None]:
    held = _held_promotions(cart)
    open_orders = Order.objects.filter(cart=cart.pk, payment_state__in=OPEN_ORDERS)
    lines = list(
        lines_of(cart).annotate(
            open_order=Subquery(open_orders.values("pk")[:1]),
            policies=policies_now("variant__vendor"),
            return_terms=terms_now("variant__vendor"),
        )
    )
    waiting = _waiting(open_orders, lines)
    if waiting is not None and waiting.payment_state == PaymentState.PROCESSING:
        raise PaymentUnderWay(number=waiting.number)
    if waiting is not None and waiting.cart_version == cart.version and waiting.expires_at > clock.now():
        order, payment = _with_payment(waiting)
        # Which card, and whether it is kept, is said when the payment is opened, and cannot be taken back.
        if payment is None or (payment.is_card_kept, payment.card_ref) == _card_terms(cart, request):
            _refuse_rise(order.total, expected_total)
            return order, payment
    contents = costed_lines(cart, lines)
    if any(each.terms.is_limited and each.terms.key not in held for each in contents.promotions):
        raise _PromotionsMoved
    refuse_incomplete(contents)
    _refuse_rise(contents.total, expected_total)
    if expected_total is None:
        refuse_unmet(contents)
    if waiting is not None:
        end_order(waiting, PaymentState.SUPERSEDED, actor=request.actor)
        # A cart has one open order at any moment, also within one statement.
        writes.flush()
    order = _order(contents, client_site=request.client_site)
    rows = _split(order, contents)
    payment = _payment(order, cart, request) if order.total_minor else None
    writes.number([order, *rows.parts, *rows.lines, *([payment] if payment else [])])
    reservations.hold(
        holder=order.holder,
        wanted=_wanted(contents),
        until=order.expires_at,
        instead_of=None if waiting is None else waiting.holder,
    )
    _write(order, rows, payment=payment)
    writes.then(partial(publish, OrderPlaced(order_id=order.pk)))
    if payment is None:
        writes.then(partial(mark_paid, order, parts=rows.parts, cart=cart, payment=None))
    return order, payment


class _PromotionsMoved(Exception):  # noqa: N818  # it says what happened
    """A promotion that can be used up has come to apply since we looked which ones to hold."""


def _held_promotions(cart: Cart) -> frozenset[int]:
    """The promotions that may apply and can be used up, held: now all of their uses can be counted."""
    keys: list[int] = cart.limited  # type: ignore[attr-defined]  # annotated where it was locked
    return frozenset(each.pk for each in lock(Promotion.objects.filter(pk__in=keys))) if keys else frozenset()


def _waiting(open_orders: QuerySet[Order], lines: Sequence[CartLine]) -> Order | None:
    """The order of the cart that waits for its payment; a statement only where there is one, or may be."""
    is_none = lines and lines[0].open_order is None  # type: ignore[attr-defined]  # annotated where it was read
    return None if is_none else open_orders.first()


@dataclass(frozen=True, kw_only=True)
class _Rows:
    """All of an order that is to be written beside itself and its payment."""

    parts: list[VendorOrder]
    lines: list[OrderLine]
    taxes: list[TaxLine]
    policies: list[AgreedPolicy]
    applied: list[AppliedPromotion]
    uses: list[PromotionUse]


def _split(order: Order, contents: CartContents) -> _Rows:
    rows = _Rows(
        parts=[], lines=[], taxes=[], policies=[], applied=[], uses=held_uses(order, contents.promotions)
    )
    terms = {verdict.terms.key: verdict.terms for verdict in contents.promotions}
    for position, group in enumerate(contents.groups, start=1):
        part = split.vendor_order(order, group.costed, vendor=group.vendor, position=position)
        terms_of_return = _return_terms(group)
        part.return_days, part.restocking_bps = terms_of_return.days, terms_of_return.restocking_bps
        lines = split.order_lines(part, group.costed, group.lines)
        rows.parts.append(part)
        rows.lines.extend(lines)
        rows.taxes.extend(split.tax_lines(part, group.costed, lines))
        rows.policies.extend(AgreedPolicy(vendor_order=part, policy_id=key) for key in _policies(group))
        rows.applied.extend(split.applied_promotions(part, group.costed, lines, terms=terms))
    return rows


def _policies(group: CartGroup) -> list[int]:
    """The keys of the policies the group's vendor sells under now."""
    keys: list[int] = group.lines[0].policies  # type: ignore[attr-defined]  # annotated where it was read
    return keys


def _return_terms(group: CartGroup) -> ReturnTerms:
    """Under which terms the group's vendor takes things back now."""
    return agreed(group.lines[0].return_terms)  # type: ignore[attr-defined]  # annotated where it was read


def _write(order: Order, rows: _Rows, *, payment: Payment | None) -> None:
    """Write the order with all that belongs to it, which it knows from then on."""
    payments = [] if payment is None else [payment]
    for each in (
        [order],
        rows.parts,
        rows.lines,
        rows.taxes,
        rows.policies,
        rows.applied,
        rows.uses,
        payments,
    ):
        writes.insert(each)
    know(order, "vendor_orders", rows.parts)
    know(order, "payments", payments)
    for part in rows.parts:
        know(part, "lines", [line for line in rows.lines if line.vendor_order is part])
        know(part, "tax_lines", [tax for tax in rows.taxes if tax.vendor_order is part])
        know(part, "applied_promotions", [each for each in rows.applied if each.vendor_order is part])


def _refuse_rise(total: Money, expected: Money | None) -> None:
    if expected is not None and total > expected:
        raise PriceChanged(total=total)


def _order(contents: CartContents, *, client_site: str) -> Order:
    cart = contents.cart
    assert cart.billing_profile is not None  # noqa: S101  # a step that is not missing any more
    now = clock.now()
    return Order(
        number=split.new_number(),
        billing_profile=cart.billing_profile,
        cart=cart,
        cart_version=cart.version,
        email=email_of(cart),
        client_site=client_site,
        shipping_address=split.snapshot(cart.shipping_address),
        billing_address=split.snapshot(cart.billing_address),
        placed_at=now,
        expires_at=now + timedelta(minutes=adjustable.number("ORDER_MINUTES")),
        **split.amounts(contents.costed, contents.currency),
    )


def _payment(order: Order, cart: Cart, request: _Request) -> Payment:
    is_card_kept, card_ref = _card_terms(cart, request)
    return Payment(
        order=order,
        provider=settings.PAYMENT_PROVIDER,
        customer_ref=request.card.customer.ref if request.card else _customer(cart),
        is_card_kept=is_card_kept,
        card_ref=card_ref,
        amount_minor=order.total_minor,
        currency=order.currency,
    )


def _customer(cart: Cart) -> str:
    customer: str | None = cart.customer  # type: ignore[attr-defined]  # annotated where it was locked
    return customer or ""


def _card_terms(cart: Cart, request: _Request) -> tuple[bool, str]:
    """Whether the card that pays is to be kept, and the one that is and pays."""
    is_new = not request.card_ref
    return is_new and request.saves_card and bool(_customer(cart)), request.card_ref


def _wanted(contents: CartContents) -> Counter[Variant]:
    """Units by variant: two engravings of one mug come from the same shelf."""
    wanted: Counter[Variant] = Counter()
    for line in contents.lines:
        wanted[line.variant] += line.quantity
    return wanted


def _with_payment(order: Order) -> tuple[Order, Payment | None]:
    return order, order.payments.order_by("pk").last()
