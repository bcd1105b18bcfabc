"""Which promotions may apply to a cart, told with its lines (selectors/terms.py); and those there are.

What is told of promotions does not depend on the line, so the database finds it once for a cart, however many
lines it has; of each line is told by which of them it is promoted.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import (
    BooleanField,
    Case,
    Count,
    Exists,
    ExpressionWrapper,
    F,
    Func,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, JSONObject

from catalog.models import Category
from checkout.models import (
    COUNTED_USES,
    OPEN_ORDERS,
    AppliedPromotion,
    Cart,
    CartCoupon,
    CartLine,
    Order,
    PaymentState,
    Promotion,
    PromotionConsent,
    PromotionKind,
    PromotionUse,
)
from checkout.promotions import NoDiscount, Rules, Terms
from marketplace.kernel import clock
from marketplace.kernel.money import BASIS_POINTS
from vendors.models import Vendor, VendorMember

# The names under which a line is told of it.
TOLD: Final = ("promotions", "promoted", "is_own")
# What is told of a promotion as it stands in its columns.
COLUMNS: Final = (
    "kind",
    "title",
    "vendor",
    "rate_bps",
    "amount_minor",
    "buy_units",
    "get_units",
    "platform_share_bps",
    "minimum_minor",
    "is_exclusive",
    "priority",
)
LIMITED: Final = (
    Q(total_cap__isnull=False)
    | Q(person_cap__isnull=False)
    | Q(is_for_first_orders=True)
    | Q(coupons__cap__isnull=False)
)


def told_of_promotions(
    cart: Cart | None, *, path: str = "", currency: OuterRef | None = None
) -> dict[str, Combinable]:
    """What is told of variants or, with the `path` to the variant, of the lines of a cart."""
    vendor = f"{path}vendor"
    selling: Any = OuterRef(vendor)
    among = Q(vendor__in=CartLine.objects.filter(cart=cart).values("variant__vendor")) if path else Q()
    offered = _may_apply(cart, currency)
    theirs = offered.filter(Q(vendor=None) | (among or Q(vendor=selling)))
    here = offered.filter(Q(vendor=None) | Q(vendor=selling))
    return {
        "promotions": ArraySubquery(theirs.order_by("pk").values(terms=_facts(cart))),
        "promoted": ArraySubquery(here.filter(_covers(vendor, f"{path}product")).order_by("pk").values("pk")),
        "is_own": _is_own(cart, vendor),
    }


def rules_of(lines: Iterable[CartLine], *, currency: str) -> Rules:
    """The promotions that may apply to these lines, as they were told."""
    lines = list(lines)
    found: dict[int, Terms] = {}
    for line in lines:
        for facts in line.promotions:  # type: ignore[attr-defined]  # told
            if facts["key"] not in found:
                found[facts["key"]] = _terms(facts, currency)
    return Rules(
        terms=tuple(found.values()),
        promoted={line.pk: frozenset(line.promoted) for line in lines},  # type: ignore[attr-defined]  # told
    )


def own_goods(lines: Iterable[CartLine]) -> list[str]:
    """The titles of what the buyer sells, in the name of a vendor, to themselves."""
    return [line.variant.product.title for line in lines if line.is_own]  # type: ignore[attr-defined]  # told


def limited(cart: str) -> Combinable:
    """The keys of the promotions that may apply and can be used up: a column of a query of carts."""
    inside: Any = OuterRef(OuterRef(cart))
    vendors = CartLine.objects.filter(cart=inside).values("variant__vendor")
    asked = CartCoupon.objects.filter(cart=inside).values("coupon__promotion")
    automatic = Q(is_automatic=True) & (Q(vendor=None) | Q(vendor__in=vendors))
    rows = Promotion.objects.filter(LIMITED, Q(pk__in=asked) | (_in_force() & automatic))
    return ArraySubquery(rows.order_by("pk").values("pk").distinct())


def promotions_of(vendor: Vendor | None) -> "QuerySet[Promotion]":
    """Those of a vendor, or of the platform; the newest first."""
    return Promotion.objects.filter(vendor=vendor).order_by("-pk")


def promotions_to_join(vendor: Vendor) -> "QuerySet[Promotion]":
    """The platform's promotions that vendors pay a part of, which the vendor has joined or may join."""
    shared = Promotion.objects.filter(vendor=None, platform_share_bps__lt=BASIS_POINTS, archived_at=None)
    joined = PromotionConsent.objects.filter(promotion=OuterRef("pk"), vendor=vendor)
    return shared.annotate(is_joined=Exists(joined)).order_by("-pk")


def discounts(rows: Iterable[AppliedPromotion]) -> list[tuple[str, str, int]]:
    """What was taken off an order or a part of it, summed by promotion: title, code and amount."""
    summed: dict[tuple[int, str, str], int] = {}
    for row in rows:
        kind = (row.promotion_id, row.title, row.code)
        summed[kind] = summed.get(kind, 0) + row.amount_minor
    return [(title, code, minor) for (_, title, code), minor in summed.items()]


def _in_force() -> Q:
    now = clock.now()
    return (
        Q(is_active=True, archived_at=None)
        & (Q(starts_at=None) | Q(starts_at__lte=now))
        & (Q(ends_at=None) | Q(ends_at__gt=now))
    )


def _may_apply(cart: Cart | None, currency: OuterRef | None) -> "QuerySet[Promotion]":
    """Those that come by themselves at this moment, and those that were asked for, whatever they are now."""
    paid_in = currency or (cart.currency if cart else "")
    automatic = _in_force() & Q(is_automatic=True) & (Q(currency="") | Q(currency=paid_in))
    asked = Q() if cart is None else Q(pk__in=_asked(cart).values("coupon__promotion"))
    return Promotion.objects.filter(automatic | asked if cart else automatic)


def _asked(cart: Cart | None) -> "QuerySet[CartCoupon]":
    """The codes on the cart."""
    return CartCoupon.objects.filter(cart=None if cart is None else cart.pk)


def _covers(vendor: str, product: str) -> Q:
    """Whether a promotion is about a product, and whoever pays for it agrees."""
    steps = Func(OuterRef(OuterRef(f"{product}__category__path")), Value("/"), function="string_to_array")
    products = Promotion.products.through.objects.filter(
        promotion=OuterRef("pk"), product=OuterRef(OuterRef(product))
    )
    # A slug is unique and holds no slash, so it stands in the path of all below it.
    is_above = Func(
        F("slug"), steps, template="%(expressions)s)", arg_joiner=" = ANY(", output_field=BooleanField()
    )
    categories = Category.objects.filter(is_above, promotions=OuterRef("pk"))
    consents = PromotionConsent.objects.filter(promotion=OuterRef("pk"), vendor=OuterRef(OuterRef(vendor)))
    is_about = Q(is_for_everything=True) | Exists(products) | Exists(categories)
    is_paid = Q(vendor__isnull=False) | Q(platform_share_bps__gte=BASIS_POINTS) | Exists(consents)
    return Q(is_about) & Q(is_paid)


def _facts(cart: Cart | None) -> JSONObject:
    """What is told of a promotion: its columns, and as far as it depends on them, who has used it."""
    asked = _asked(cart).filter(coupon__promotion=OuterRef("pk")).order_by("pk")
    uses = PromotionUse.objects.filter(promotion=OuterRef("pk"), state__in=COUNTED_USES)
    if cart is not None:
        # What the unpaid order of the cart itself holds, the next one of it will have.
        uses = uses.exclude(order__cart=cart.pk, order__payment_state__in=OPEN_ORDERS)
    by_coupon = uses.filter(coupon__cap__isnull=False, coupon__in=_asked(cart).values("coupon"))
    is_personal = Q(person_cap__isnull=False) | Q(is_for_first_orders=True)
    return JSONObject(
        key=F("pk"),
        currency=F("currency"),
        is_in_force=ExpressionWrapper(_in_force(), BooleanField()),
        total_cap=F("total_cap"),
        person_cap=F("person_cap"),
        is_for_first_orders=F("is_for_first_orders"),
        coupon=Subquery(asked.values("coupon")[:1]),
        code=Subquery(asked.values("coupon__code")[:1]),
        coupon_cap=Subquery(asked.values("coupon__cap")[:1]),
        is_coupon_good=Subquery(asked.values("coupon__is_active")[:1]),
        used=_if(Q(total_cap__isnull=False), _count(uses)),
        used_by_coupon=_count(by_coupon),
        used_by_person=_if(is_personal, _count(uses.filter(_by_person(cart)))),
        has_ordered=_if(Q(is_for_first_orders=True), _count(_paid_by_person(cart))),
        **{name: F(name) for name in COLUMNS},
    )


def _if(condition: Q, count: Combinable) -> Combinable:
    """A count that is made only where somebody needs it."""
    return Case(When(condition, then=count), default=Value(0))


def _count(rows: "QuerySet[Any]") -> Combinable:
    one: Any = Value(1)
    counted = rows.order_by().annotate(one=one).values("one").annotate(rows=Count("*")).values("rows")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def _by_person(cart: Cart | None) -> Q:
    """Of whoever buys: the profile, its user, and who gave the same address; nobody's where there is none."""
    person = Q(pk__in=[])
    if cart is not None and cart.billing_profile_id is not None:
        person |= Q(billing_profile=cart.billing_profile_id)
    if cart is not None and cart.user_id is not None:
        person |= Q(billing_profile__user=cart.user_id)
    if cart is not None and cart.email:
        person |= Q(email=cart.email)
    return person


def _paid_by_person(cart: Cart | None) -> "QuerySet[Order]":
    return Order.objects.filter(_by_person(cart), payment_state=PaymentState.PAID)


def _is_own(cart: Cart | None, vendor: str) -> Combinable:
    """Whether the buyer works for the vendor: as a user, as that user's profile, or by the address."""
    if cart is None:
        return Value(value=False)
    person = Q(pk__in=[])
    if cart.user_id is not None:
        person |= Q(user=cart.user_id)
    if cart.billing_profile_id is not None:
        person |= Q(user__billing_profile=cart.billing_profile_id)
    if cart.email:
        person |= Q(user__email=cart.email.lower())
    return Exists(VendorMember.objects.filter(person, vendor=OuterRef(vendor)))


def _terms(facts: Mapping[str, Any], currency: str) -> Terms:
    caps = (facts["total_cap"], facts["person_cap"], facts["coupon_cap"])
    return Terms(
        key=facts["key"],
        hindrance=_hindrance(facts, currency),
        is_limited=facts["is_for_first_orders"] or any(cap is not None for cap in caps),
        coupon=facts["coupon"],
        code=facts["code"] or "",
        **{name: facts[name] for name in COLUMNS if name != "kind"},
        kind=PromotionKind(facts["kind"]),
    )


def _hindrance(facts: Mapping[str, Any], currency: str) -> NoDiscount | None:
    if not facts["is_in_force"] or facts["is_coupon_good"] is False:
        return NoDiscount.ENDED
    if facts["currency"] not in {"", currency}:
        return NoDiscount.OTHER_CURRENCY
    used_up = ((facts["used"], facts["total_cap"]), (facts["used_by_coupon"], facts["coupon_cap"]))
    if any(cap is not None and used >= cap for used, cap in used_up):
        return NoDiscount.USED_UP
    if facts["is_for_first_orders"] and (facts["has_ordered"] or facts["used_by_person"]):
        return NoDiscount.NOT_FIRST_ORDER
    if facts["person_cap"] is not None and facts["used_by_person"] >= facts["person_cap"]:
        return NoDiscount.USED_BEFORE
    return None
