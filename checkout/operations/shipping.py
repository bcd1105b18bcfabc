"""How a vendor ships, as its people set it: its ways, the profiles of its goods, and which ships by which.

The vendor's row guards all of it. Orders keep what they were quoted, whatever changes here. The same again
changes nothing, and leaves no record.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypeVar

from django.db import models, transaction

from catalog.models import Product
from checkout.errors import ShippingProfileInUse
from checkout.models import ShippedProduct, ShippingMethod, ShippingProfile
from marketplace.accounts.models import User
from marketplace.kernel import audit
from marketplace.kernel.errors import CurrencyMismatch, InvalidInput, NotFound
from marketplace.kernel.idempotency import Outcome, once
from marketplace.kernel.locking import lock_one
from marketplace.kernel.money import Money
from marketplace.kernel.texts import line
from vendors.models import Vendor

# What a cart may have to choose among, and is told with each line.
MOST_METHODS: Final = 50
MOST_PROFILES: Final = 50
MOST_DAYS: Final = 365
MOST_POSITION: Final = 10_000
LONGEST_NAME: Final = 80

Row = TypeVar("Row", bound=models.Model)


@dataclass(frozen=True, kw_only=True)
class MethodDraft:
    """A way of shipping as its vendor wishes it; see models.ShippingMethod."""

    name: str
    price: Money | None = None
    is_pickup: bool = False
    min_days: int | None = None
    max_days: int | None = None
    position: int = 0
    is_active: bool = True


@dataclass(frozen=True, kw_only=True)
class ProfileDraft:
    """A profile as its vendor wishes it; see models.ShippingProfile."""

    name: str
    origin: str = ""
    is_default: bool = False


def save_shipping_method(
    *,
    vendor: Vendor,
    draft: MethodDraft,
    actor: User | None,
    method_id: int | None = None,
    idempotency_key: str | None = None,
) -> ShippingMethod:
    """Make a way of shipping in the vendor's currency, or let one be as the draft says.

    Locks the vendor. Audited. Raises NotFound for a way that is not the vendor's, InvalidInput,
    CurrencyMismatch for a price of another currency and for a way whose rates are, IdempotencyKeyReused,
    RequestInProgress.
    """
    columns = _checked_method(vendor, draft)

    def run() -> Outcome:
        mine = ShippingMethod.objects.filter(vendor=hold(vendor))
        if method_id is None:
            refuse_more(mine, most=MOST_METHODS)
            method = ShippingMethod(vendor=vendor)
        else:
            method = found(mine, method_id, field="method", thing="way of shipping")
            _refuse_lost_rates(method, draft, vendor.currency)
            _refuse_last(method, draft)
        write(method, columns, actor=actor, action="checkout.shipping_method_saved")
        return Outcome("saved", {"method": method.pk})

    with transaction.atomic():
        outcome = once(
            scope=f"saveShippingMethod:vendor:{vendor.pk}",
            key=idempotency_key,
            payload={"method": method_id, **columns},
            run=run,
        )
    return ShippingMethod.objects.get(pk=outcome.ids["method"])


def save_shipping_profile(
    *,
    vendor: Vendor,
    draft: ProfileDraft,
    actor: User | None,
    profile_id: int | None = None,
    idempotency_key: str | None = None,
) -> ShippingProfile:
    """Make a profile, or let one be as the draft says. One that becomes the default takes another's place.

    Locks the vendor. Audited. Raises NotFound for a profile that is not the vendor's, or is gone by now,
    InvalidInput, ShippingProfileInUse for the default one while goods ship by it and no other takes its
    place, IdempotencyKeyReused, RequestInProgress.
    """
    columns: dict[str, object] = {
        "name": line(draft.name, field="name", longest=LONGEST_NAME),
        "origin": line(draft.origin, field="origin", longest=LONGEST_NAME, shortest=0),
        "is_default": draft.is_default,
    }

    def run() -> Outcome:
        mine = ShippingProfile.objects.filter(vendor=hold(vendor))
        if profile_id is None:
            refuse_more(mine, most=MOST_PROFILES)
            profile = ShippingProfile(vendor=vendor)
        else:
            profile = profile_of(vendor, profile_id)
        if draft.is_default:
            mine.filter(is_default=True).exclude(pk=profile.pk).update(is_default=False)
        elif profile.is_default:
            _refuse_use(profile)
        write(profile, columns, actor=actor, action="checkout.shipping_profile_saved")
        return Outcome("saved", {"profile": profile.pk})

    with transaction.atomic():
        outcome = once(
            scope=f"saveShippingProfile:vendor:{vendor.pk}",
            key=idempotency_key,
            payload={"profile": profile_id, **columns},
            run=run,
        )
    return profile_of(vendor, outcome.ids["profile"])


def delete_shipping_profile(*, vendor: Vendor, profile_id: int, actor: User | None) -> None:
    """Delete a profile with its zones and rates.

    Locks the vendor. Audited. Raises NotFound, ShippingProfileInUse while goods ship by it.
    """
    with transaction.atomic():
        hold(vendor)
        profile = profile_of(vendor, profile_id)
        _refuse_use(profile)
        facts = {"name": profile.name, "zones": profile.zones.count()}
        audit.record(actor=actor, action="checkout.shipping_profile_deleted", subject=profile, before=facts)
        profile.delete()


def ship_by(*, product: Product, profile_id: int) -> None:
    """Let a product ship by a profile of its vendor; by the default one it ships wherever that is.

    Locks the vendor. Raises NotFound for a profile that is not the vendor's.
    """
    with transaction.atomic():
        vendor = lock_one(Vendor.objects.filter(pk=product.vendor_id))
        profile = profile_of(vendor, profile_id, field="shippingProfile")
        ShippedProduct.objects.filter(product=product).delete()
        if not profile.is_default:
            ShippedProduct.objects.create(product=product, profile=profile)


def hold(vendor: Vendor) -> Vendor:
    """The vendor, locked: how it ships changes under this lock only."""
    return lock_one(Vendor.objects.filter(pk=vendor.pk))


def profile_of(vendor: Vendor, key: int, *, field: str = "profile") -> ShippingProfile:
    """The profile, if it is the vendor's. Raises NotFound."""
    mine = ShippingProfile.objects.filter(vendor=vendor)
    return found(mine, key, field=field, thing="shipping profile")


def found(rows: models.QuerySet[Row], key: int, *, field: str, thing: str) -> Row:
    """The row of this key among these. Raises NotFound."""
    row = rows.filter(pk=key).first()
    if row is None:
        raise NotFound(thing=thing, field=field)
    return row


def refuse_more(rows: models.QuerySet[Row], *, most: int) -> None:
    """Raises InvalidInput where there are as many as may be."""
    if rows.count() >= most:
        raise InvalidInput(reason=f"There are {most} already: change or delete some.")


def not_negative(amount: Money | None, vendor: Vendor, *, field: str) -> int | None:
    """In minor units. Raises CurrencyMismatch for another currency than the vendor's, InvalidInput."""
    if amount is None:
        return None
    if amount.currency != vendor.currency:
        raise CurrencyMismatch(expected=vendor.currency, given=amount.currency, field=field)
    if amount.minor < 0:
        raise InvalidInput(field=field, reason="This must not be below zero.")
    return amount.minor


def write(
    row: models.Model,
    columns: Mapping[str, object],
    *,
    actor: User | None,
    action: str,
    subject: models.Model | None = None,
    **facts: object,
) -> None:
    """Store what is new of a row, if anything is, and record it with these facts.

    Args:
        subject: to whose record it belongs; its own where none is named.
    """
    is_new = row.pk is None
    changed = [name for name, value in columns.items() if is_new or getattr(row, name) != value]
    if not changed:
        return
    before = None if is_new else facts | {name: getattr(row, name) for name in changed}
    for name in changed:
        setattr(row, name, columns[name])
    row.save()
    after = facts | {name: columns[name] for name in changed}
    audit.record(actor=actor, action=action, subject=subject or row, before=before, after=after)


def _checked_method(vendor: Vendor, draft: MethodDraft) -> dict[str, object]:
    """The columns of a draft. Raises InvalidInput, CurrencyMismatch."""
    days = (draft.min_days, draft.max_days)
    if (days[0] is None) != (days[1] is None):
        raise InvalidInput(field="maxDays", reason="Say both, between how many days it takes, or neither.")
    if days[0] is not None and days[1] is not None and not 0 <= days[0] <= days[1] <= MOST_DAYS:
        raise InvalidInput(field="maxDays", reason=f"From 0 to {MOST_DAYS} days, the fewer first.")
    if not 0 <= draft.position <= MOST_POSITION:
        raise InvalidInput(field="position", reason=f"This must be between 0 and {MOST_POSITION:,}.")
    return {
        "name": line(draft.name, field="name", longest=LONGEST_NAME),
        "price_minor": not_negative(draft.price, vendor, field="price"),
        "currency": vendor.currency,
        "is_pickup": draft.is_pickup,
        "min_days": draft.min_days,
        "max_days": draft.max_days,
        "position": draft.position,
        "is_active": draft.is_active,
    }


def _refuse_lost_rates(method: ShippingMethod, draft: MethodDraft, currency: str) -> None:
    """Raises CurrencyMismatch, or InvalidInput, where rates of the way would mean nothing any more."""
    is_moved, is_fetched = method.currency != currency, draft.is_pickup and not method.is_pickup
    if not (is_moved or is_fetched) or not method.rates.exists():
        return
    if is_moved:
        raise CurrencyMismatch(expected=currency, given=method.currency, field="method")
    raise InvalidInput(field="isPickup", reason="Delete its rates first: what is fetched has none.")


def _refuse_last(method: ShippingMethod, draft: MethodDraft) -> None:
    """Raises InvalidInput where no way would be left: whoever names none ships for nothing."""
    if draft.is_active or not method.is_active:
        return
    others = ShippingMethod.objects.filter(vendor=method.vendor_id, is_active=True).exclude(pk=method.pk)
    if not others.exists():
        reason = "Without any way all would ship for nothing: make another one first."
        raise InvalidInput(field="isActive", reason=reason)


def _refuse_use(profile: ShippingProfile) -> None:
    """Raises ShippingProfileInUse where products ship by it: those that name it, or name none."""
    products = profile.products.count()
    if profile.is_default:
        products += Product.objects.filter(vendor=profile.vendor_id, shipping=None).count()
    if products:
        raise ShippingProfileInUse(profile=profile.name, products=products)
