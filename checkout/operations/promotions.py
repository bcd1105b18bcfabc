"""What vendors and the platform take off prices: promotions, made, changed, joined, and put away."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import IntegrityError, transaction

from catalog.models import Category, Product
from checkout.errors import CouponTaken
from checkout.models import Coupon, Promotion, PromotionConsent, PromotionKind
from checkout.operations.coupons import CODE, spelled
from marketplace.accounts.models import User
from marketplace.kernel import audit, clock
from marketplace.kernel.errors import InvalidInput, NotFound, TransitionNotAllowed
from marketplace.kernel.locking import lock, lock_one
from marketplace.kernel.money import BASIS_POINTS, Money
from marketplace.kernel.texts import line
from vendors.models import Vendor

# All of them may be asked of one cart.
MOST_PROMOTIONS: Final = 100
MOST_CODES: Final = 100
MOST_NAMED: Final = 500
MOST_UNITS: Final = 1_000
LONGEST_TITLE: Final = 80
# What a vendor agrees to when it joins.
AGREED: Final = (
    "kind",
    "rate_bps",
    "amount_minor",
    "currency",
    "buy_units",
    "get_units",
    "platform_share_bps",
    "minimum_minor",
    "is_for_everything",
    "starts_at",
    "ends_at",
)


@dataclass(frozen=True, kw_only=True)
class Code:
    """A code that asks for a promotion, and how many orders may have it by this one."""

    code: str
    cap: int | None = None


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A promotion as somebody wishes it; see models.Promotion. Amounts are of one currency.

    `platform_share_bps` is for promotions of the platform; a vendor pays for its own.
    """

    title: str
    kind: PromotionKind
    rate_bps: int = 0
    amount: Money | None = None
    minimum: Money | None = None
    buy_units: int = 0
    get_units: int = 0
    platform_share_bps: int = BASIS_POINTS
    is_for_everything: bool = False
    products: tuple[int, ...] = ()
    categories: tuple[int, ...] = ()
    is_for_first_orders: bool = False
    is_automatic: bool = False
    codes: tuple[Code, ...] = ()
    is_exclusive: bool = False
    priority: int = 100
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    total_cap: int | None = None
    person_cap: int | None = None
    is_active: bool = True


def save_promotion(
    *, vendor: Vendor | None, draft: Draft, actor: User | None, promotion_id: int | None = None
) -> Promotion:
    """Make a promotion of a vendor, or of the platform (None), or let one be as the draft says.

    What was ordered under other terms stays as it was. A code that is not named any more is not good any
    more. Where the platform changes what vendors have agreed to, they have to join anew.

    Locks the promotion. Audited. Raises NotFound for a promotion, a product or a category that is not there
    for this vendor, InvalidInput, also where it would be about everything without saying so, CouponTaken,
    TransitionNotAllowed for one that was put away.
    """
    columns = checked(vendor, draft)
    with transaction.atomic():
        promotion = _locked(vendor, promotion_id)
        before = {name: getattr(promotion, name) for name in columns}
        for name, value in columns.items():
            setattr(promotion, name, value)
        promotion.save()
        is_about_others = _set_scope(promotion, draft)
        _set_codes(promotion, draft.codes)
        changed = sorted(name for name, value in columns.items() if before[name] != value)
        if is_about_others or set(changed) & set(AGREED):
            promotion.consents.all().delete()
        audit.record(
            actor=actor,
            action="checkout.promotion_saved",
            subject=promotion,
            before=_told(before, changed) if promotion_id else None,
            after=_told(columns, changed),
        )
    return promotion


def archive_promotion(*, vendor: Vendor | None, promotion_id: int, actor: User | None) -> Promotion:
    """Put a promotion away for good; its codes are good for nothing any more, and for no other promotion.

    Locks the promotion. Audited. Raises NotFound, and TransitionNotAllowed where it was put away before.
    """
    with transaction.atomic():
        promotion = _locked(vendor, promotion_id)
        promotion.archived_at = clock.now()
        promotion.save(update_fields=["archived_at"])
        audit.record(actor=actor, action="checkout.promotion_archived", subject=promotion)
    return promotion


def join_promotion(*, vendor: Vendor, promotion_id: int, actor: User | None) -> Promotion:
    """Agree to pay the vendor's part of a promotion of the platform on its own goods, until it changes.

    Locks the promotion. Audited. Raises NotFound for one that no vendor pays a part of.
    """
    with transaction.atomic():
        promotion = _shared(promotion_id)
        _, is_new = PromotionConsent.objects.get_or_create(
            promotion=promotion, vendor=vendor, defaults={"given_by": actor}
        )
        if is_new:
            facts = {"vendor": vendor.pk, "platform_share_bps": promotion.platform_share_bps}
            audit.record(actor=actor, action="checkout.promotion_joined", subject=promotion, after=facts)
    return promotion


def leave_promotion(*, vendor: Vendor, promotion_id: int, actor: User | None) -> Promotion:
    """Agree no more; orders that have it keep it. Locks the promotion. Audited. Raises NotFound."""
    with transaction.atomic():
        promotion = _shared(promotion_id)
        count, _ = promotion.consents.filter(vendor=vendor).delete()
        if count:
            facts = {"vendor": vendor.pk}
            audit.record(actor=actor, action="checkout.promotion_left", subject=promotion, before=facts)
    return promotion


def _locked(vendor: Vendor | None, promotion_id: int | None) -> Promotion:
    """The promotion of this vendor, held; a new one without a key."""
    if promotion_id is None:
        if Promotion.objects.filter(vendor=vendor, archived_at=None).count() >= MOST_PROMOTIONS:
            raise InvalidInput(reason=f"There are {MOST_PROMOTIONS} promotions already: archive some.")
        return Promotion(vendor=vendor)
    rows = lock(Promotion.objects.filter(pk=promotion_id, vendor=vendor))
    if not rows:
        raise NotFound(thing="promotion", field="promotion")
    if rows[0].archived_at is not None:
        raise TransitionNotAllowed(thing="promotion", current="archived", asked="saved")
    return rows[0]


def _shared(promotion_id: int) -> Promotion:
    shared = Promotion.objects.filter(vendor=None, platform_share_bps__lt=BASIS_POINTS, archived_at=None)
    try:
        return lock_one(shared.filter(pk=promotion_id))
    except Promotion.DoesNotExist as fault:
        raise NotFound(thing="promotion", field="promotion") from fault


def checked(vendor: Vendor | None, draft: Draft) -> dict[str, object]:
    """The columns of a draft. Raises InvalidInput where they cannot be kept."""
    _refuse_kind(draft)
    _refuse_scope(draft)
    for field, cap in (("totalCap", draft.total_cap), ("personCap", draft.person_cap)):
        if cap is not None:
            _refuse_beyond(cap, field=field, least=1, most=10**9)
    _refuse_beyond(draft.priority, field="priority", least=0, most=1_000)
    if draft.starts_at and draft.ends_at and draft.ends_at <= draft.starts_at:
        raise InvalidInput(field="endsAt", reason="It has to begin before it ends.")
    if vendor is None:
        _refuse_beyond(draft.platform_share_bps, field="platformShare", least=0, most=BASIS_POINTS)
    return {
        "title": line(draft.title, field="title", longest=LONGEST_TITLE),
        "kind": draft.kind.value,
        "rate_bps": draft.rate_bps,
        "amount_minor": draft.amount.minor if draft.amount else 0,
        "minimum_minor": draft.minimum.minor if draft.minimum else 0,
        "currency": _currency(draft),
        "platform_share_bps": draft.platform_share_bps if vendor is None else 0,
        **{
            name: getattr(draft, name)
            for name in (
                "buy_units",
                "get_units",
                "is_for_everything",
                "is_for_first_orders",
                "is_automatic",
                "is_exclusive",
                "priority",
                "starts_at",
                "ends_at",
                "total_cap",
                "person_cap",
                "is_active",
            )
        },
    }


def _refuse_kind(draft: Draft) -> None:
    """Raises InvalidInput for what the kind has no use for, and for what it lacks."""
    has_rate = draft.kind in {PromotionKind.PERCENTAGE, PromotionKind.BUY_X_GET_Y}
    _refuse_beyond(draft.rate_bps, field="rate", least=int(has_rate), most=BASIS_POINTS if has_rate else 0)
    has_units = draft.kind == PromotionKind.BUY_X_GET_Y
    for field, units in (("buyUnits", draft.buy_units), ("getUnits", draft.get_units)):
        _refuse_beyond(units, field=field, least=int(has_units), most=MOST_UNITS if has_units else 0)
    if (draft.kind == PromotionKind.AMOUNT) != (draft.amount is not None and draft.amount.minor > 0):
        raise InvalidInput(field="amount", reason="An amount is what this kind takes off, and no other.")


def _refuse_scope(draft: Draft) -> None:
    """Raises InvalidInput unless it says what it is about, and how one comes by it."""
    is_named = bool(draft.products or draft.categories)
    if not is_named and not draft.is_for_everything:
        reason = "Name products or categories, or say that it is about everything."
        raise InvalidInput(field="isForEverything", reason=reason)
    if is_named and draft.is_for_everything:
        reason = "It is about everything, or about what is named, not both."
        raise InvalidInput(field="isForEverything", reason=reason)
    if draft.is_automatic == bool(draft.codes):
        raise InvalidInput(field="codes", reason="It comes by itself, or by a code, not both.")
    if len(draft.codes) > MOST_CODES or len(draft.products) + len(draft.categories) > MOST_NAMED:
        raise InvalidInput(reason=f"{MOST_CODES} codes and {MOST_NAMED} products and categories at most.")


def _refuse_beyond(value: int, *, field: str, least: int, most: int) -> None:
    if not least <= value <= most:
        raise InvalidInput(field=field, reason=f"This must be between {least} and {most:,}.")


def _currency(draft: Draft) -> str:
    """Of its amounts. Raises InvalidInput where they are of two, or below zero."""
    amounts = [each for each in (draft.amount, draft.minimum) if each is not None and each.minor]
    if any(each.minor < 0 for each in amounts):
        raise InvalidInput(field="minimum", reason="This must not be below zero.")
    if len({each.currency for each in amounts}) > 1:
        raise InvalidInput(field="minimum", reason="This is of another currency.")
    return amounts[0].currency if amounts else ""


def _set_scope(promotion: Promotion, draft: Draft) -> bool:
    """Let it be about these products and categories; whether it was about others."""
    before = [set(rows.values_list("pk", flat=True)) for rows in (promotion.products, promotion.categories)]
    promotion.products.set(_products(promotion.vendor, draft.products))
    promotion.categories.set(_categories(draft.categories))
    return before != [set(draft.products), set(draft.categories)]


def _products(vendor: Vendor | None, keys: Iterable[int]) -> list[Product]:
    """Raises NotFound unless all are there; for a vendor those of others are not."""
    keys = set(keys)
    rows = Product.objects.filter(pk__in=keys)
    found = list(rows if vendor is None else rows.filter(vendor=vendor))
    if len(found) < len(keys):
        raise NotFound(thing="product", field="products")
    return found


def _categories(keys: Iterable[int]) -> list[Category]:
    keys = set(keys)
    found = list(Category.objects.filter(pk__in=keys))
    if len(found) < len(keys):
        raise NotFound(thing="category", field="categories")
    return found


def _set_codes(promotion: Promotion, codes: Iterable[Code]) -> None:
    """Let these be its codes; others of it are not good any more. Raises InvalidInput, CouponTaken."""
    wanted = {spelled(each.code): each.cap for each in codes}
    for code, cap in wanted.items():
        if not CODE.fullmatch(code):
            raise InvalidInput(field="codes", reason="A code is 3 to 40 letters, digits and dashes.")
        if cap is not None:
            _refuse_beyond(cap, field="codes", least=1, most=10**9)
    known = {coupon.code: coupon for coupon in promotion.coupons.all()}
    for code, coupon in known.items():
        coupon.is_active, coupon.cap = code in wanted, wanted.get(code, coupon.cap)
    Coupon.objects.bulk_update(known.values(), ["is_active", "cap"])
    names = wanted.keys() - known.keys()
    new = [Coupon(promotion=promotion, code=code, cap=wanted[code]) for code in sorted(names)]
    try:
        with transaction.atomic():
            Coupon.objects.bulk_create(new)
    except IntegrityError as fault:
        taken = Coupon.objects.filter(code__in=[coupon.code for coupon in new]).order_by("pk").first()
        raise CouponTaken(coupon=taken.code if taken else "") from fault


def _told(columns: dict[str, object], changed: Iterable[str]) -> dict[str, object]:
    """The changed columns as the record holds them."""
    facts = {name: columns[name] for name in changed}
    return {
        name: value.isoformat() if isinstance(value, datetime) else value for name, value in facts.items()
    }
