"""Where a vendor ships to and what that costs: the zones of its profiles, and the rates of its ways in them.

Guarded and recorded like checkout/operations/shipping.py, in the record of the profile.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.db import transaction

from checkout.errors import ShippingZonesOverlap
from checkout.models import RateKind, ShippingMethod, ShippingProfile, ShippingRate, ShippingZone
from checkout.operations.shipping import (
    LONGEST_NAME,
    found,
    hold,
    not_negative,
    profile_of,
    refuse_more,
    write,
)
from checkout.shipping import normal, overlapping
from marketplace.accounts.models import User
from marketplace.kernel import audit
from marketplace.kernel.errors import CurrencyMismatch, InvalidInput, NotFound
from marketplace.kernel.idempotency import Outcome, once
from marketplace.kernel.money import Money
from marketplace.kernel.places import COUNTRIES
from marketplace.kernel.texts import line
from vendors.models import Vendor

MOST_ZONES: Final = 50
MOST_TIERS: Final = 20
MOST_GRAMS: Final = 100_000_000
MOST_CODES: Final = 250
POSTAL_PREFIX: Final = re.compile(r"[A-Z0-9-]{1,12}")
CODES: Final = ("countries", "regions", "postal_prefixes")
TIERED: Final = (RateKind.BY_WEIGHT, RateKind.BY_TOTAL)


@dataclass(frozen=True, kw_only=True)
class ZoneDraft:
    """A zone as its vendor wishes it; see models.ShippingZone."""

    name: str
    countries: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    postal_prefixes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Tier:
    """From so many grams, or minor units, on it costs so much."""

    bound: int
    price: Money


@dataclass(frozen=True, kw_only=True)
class RateDraft:
    """A rate as its vendor wishes it; see models.ShippingRate."""

    kind: RateKind
    price: Money
    extra: Money | None = None
    tiers: tuple[Tier, ...] = ()
    free_from: Money | None = None


def save_shipping_zone(
    *,
    vendor: Vendor,
    profile_id: int,
    draft: ZoneDraft,
    actor: User | None,
    zone_id: int | None = None,
    idempotency_key: str | None = None,
) -> ShippingZone:
    """Make a zone of a profile, or let one be as the draft says.

    Locks the vendor. Audited. Raises NotFound for a profile or a zone that is not the vendor's, or is gone by
    now, InvalidInput, ShippingZonesOverlap, IdempotencyKeyReused, RequestInProgress.
    """
    wanted = _checked_zone(draft)
    columns: dict[str, object] = {"name": wanted.name} | {name: list(getattr(wanted, name)) for name in CODES}

    def run() -> Outcome:
        hold(vendor)
        profile = profile_of(vendor, profile_id)
        if zone_id is None:
            refuse_more(profile.zones.all(), most=MOST_ZONES)
            zone = ShippingZone(profile=profile)
        else:
            zone = found(profile.zones.all(), zone_id, field="zone", thing="shipping zone")
        _refuse_overlap(profile.zones.exclude(pk=zone.pk or 0), wanted)
        action = "checkout.shipping_zone_saved"
        write(zone, columns, actor=actor, action=action, subject=profile, zone=wanted.name)
        return Outcome("saved", {"zone": zone.pk})

    with transaction.atomic():
        outcome = once(
            scope=f"saveShippingZone:profile:{profile_id}",
            key=idempotency_key,
            payload={"zone": zone_id, **columns},
            run=run,
        )
    return zone_of(vendor, outcome.ids["zone"])


def delete_shipping_zone(*, vendor: Vendor, zone_id: int, actor: User | None) -> ShippingProfile:
    """Delete a zone with its rates; its profile is answered. Locks the vendor. Audited. Raises NotFound."""
    with transaction.atomic():
        hold(vendor)
        zone = zone_of(vendor, zone_id)
        facts = {"zone": zone.name, "rates": zone.rates.count()}
        action = "checkout.shipping_zone_deleted"
        audit.record(actor=actor, action=action, subject=zone.profile, before=facts)
        zone.delete()
    return zone.profile


def save_shipping_rate(
    *, vendor: Vendor, zone_id: int, method_id: int, draft: RateDraft, actor: User | None
) -> ShippingZone:
    """Say what a way costs in a zone, whatever it has cost there before; the zone is answered.

    Locks the vendor. Audited. Raises NotFound for a zone or a way that is not the vendor's, InvalidInput,
    CurrencyMismatch for amounts, or a way, of another currency than the vendor's.
    """
    columns = _checked_rate(vendor, draft)
    with transaction.atomic():
        hold(vendor)
        zone, method = zone_of(vendor, zone_id), method_of(vendor, method_id)
        if method.is_pickup:
            raise InvalidInput(field="method", reason="What is fetched has no rates.")
        if method.currency != vendor.currency:
            raise CurrencyMismatch(expected=vendor.currency, given=method.currency, field="method")
        rate = zone.rates.filter(method=method).first() or ShippingRate(zone=zone, method=method)
        facts = {"zone": zone.name, "method": method.name}
        action = "checkout.shipping_rate_saved"
        write(rate, columns, actor=actor, action=action, subject=zone.profile, **facts)
    return zone


def delete_shipping_rate(*, vendor: Vendor, zone_id: int, method_id: int, actor: User | None) -> ShippingZone:
    """Let a way have no rate in a zone; the zone is answered. Locks the vendor. Audited. Raises NotFound."""
    with transaction.atomic():
        hold(vendor)
        zone, method = zone_of(vendor, zone_id), method_of(vendor, method_id)
        count, _ = zone.rates.filter(method=method).delete()
        if not count:
            raise NotFound(thing="shipping rate", field="method")
        facts = {"zone": zone.name, "method": method.name}
        action = "checkout.shipping_rate_deleted"
        audit.record(actor=actor, action=action, subject=zone.profile, before=facts)
    return zone


def zone_of(vendor: Vendor, key: int) -> ShippingZone:
    """The zone, if it is the vendor's. Raises NotFound."""
    mine = ShippingZone.objects.filter(profile__vendor=vendor).select_related("profile")
    return found(mine, key, field="zone", thing="shipping zone")


def method_of(vendor: Vendor, key: int) -> ShippingMethod:
    """The way of shipping, if it is the vendor's. Raises NotFound."""
    mine = ShippingMethod.objects.filter(vendor=vendor)
    return found(mine, key, field="method", thing="way of shipping")


def _checked_zone(draft: ZoneDraft) -> ZoneDraft:
    """The draft, its codes as they are compared. Raises InvalidInput."""
    countries = _codes(draft.countries, field="countries")
    for each in countries:
        if each not in COUNTRIES:
            raise InvalidInput(field="countries", reason=f"{each[:20]} is not an ISO 3166-1 country code.")
    regions = _codes([line(each, field="regions", longest=40) for each in draft.regions], field="regions")
    prefixes = _codes(draft.postal_prefixes, field="postalPrefixes")
    for each in prefixes:
        if not POSTAL_PREFIX.fullmatch(each):
            raise InvalidInput(field="postalPrefixes", reason=f"{each[:20]} begins no postal code.")
    if (regions or prefixes) and len(countries) != 1:
        raise InvalidInput(field="countries", reason="Regions and postal codes are those of one country.")
    return ZoneDraft(
        name=line(draft.name, field="name", longest=LONGEST_NAME),
        countries=countries,
        regions=regions,
        postal_prefixes=prefixes,
    )


def _codes(codes: Iterable[str], *, field: str) -> tuple[str, ...]:
    """Each once, in order, as it is compared. Raises InvalidInput for too many, or an empty one."""
    listed = tuple(sorted({normal(each) for each in codes}))
    if len(listed) > MOST_CODES or "" in listed:
        raise InvalidInput(field=field, reason=f"{MOST_CODES} codes at most, none of them empty.")
    return listed


def _refuse_overlap(others: Iterable[ShippingZone], wanted: ZoneDraft) -> None:
    mine = (wanted.countries, wanted.regions, wanted.postal_prefixes)
    for other in others:
        if overlapping(mine, (other.countries, other.regions, other.postal_prefixes)):
            raise ShippingZonesOverlap(zone=other.name)


def _checked_rate(vendor: Vendor, draft: RateDraft) -> dict[str, object]:
    """The columns of a draft. Raises InvalidInput where they contradict each other, CurrencyMismatch."""
    free_from = not_negative(draft.free_from, vendor, field="freeFrom")
    if free_from == 0:
        raise InvalidInput(field="freeFrom", reason="What always costs nothing has a price of zero.")
    extra = not_negative(draft.extra, vendor, field="extraPrice")
    if extra is not None and draft.kind != RateKind.PER_ITEM:
        raise InvalidInput(field="extraPrice", reason="This is for rates that go by the item.")
    return {
        "kind": draft.kind.value,
        "price_minor": not_negative(draft.price, vendor, field="price"),
        "extra_minor": extra or 0,
        "tiers": _checked_tiers(vendor, draft, free_from),
        "free_from_minor": free_from,
    }


def _checked_tiers(vendor: Vendor, draft: RateDraft, free_from: int | None) -> list[list[int]]:
    """As they are stored. Raises InvalidInput for tiers that overlap, or that nothing ever reaches."""
    if bool(draft.tiers) != (draft.kind in TIERED):
        raise InvalidInput(
            field="tiers", reason="Tiers belong to rates by weight or by total, and only there."
        )
    if len(draft.tiers) > MOST_TIERS:
        raise InvalidInput(field="tiers", reason=f"There are {MOST_TIERS} tiers at most.")
    tiers = [[each.bound, not_negative(each.price, vendor, field="tiers") or 0] for each in draft.tiers]
    bounds = [bound for bound, _ in tiers]
    if any(later <= earlier for earlier, later in zip([0, *bounds], bounds, strict=False)):
        raise InvalidInput(
            field="tiers", reason="Each begins above the one before, and the first above zero."
        )
    if draft.kind == RateKind.BY_WEIGHT and bounds[-1] > MOST_GRAMS:
        raise InvalidInput(field="tiers", reason=f"Nothing weighs more than {MOST_GRAMS:,} grams.")
    if draft.kind == RateKind.BY_TOTAL and free_from is not None and bounds[-1] >= free_from:
        raise InvalidInput(field="tiers", reason="From what it costs nothing there are no more tiers.")
    return tiers
