"""What shipping costs: a vendor's ways, its goods as parcels, and where they go. No database, no clock.

What ships together is a parcel, and each parcel has its own price: goods of two origins pay both. A way has
a price for a parcel by the rate of the most specific zone around the destination; where no zone of the
parcel's profile says anything of it, the way's own flat price counts, once for all such parcels. A way that
has none is offered only where every parcel has a rate.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from checkout.models import RateKind


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where goods go, as far as prices and tax depend on it."""

    country: str
    region: str = ""
    postal_code: str = ""

    def __post_init__(self) -> None:
        for name in ("country", "region", "postal_code"):
            object.__setattr__(self, name, normal(getattr(self, name)))

    def rank(self, countries: Sequence[str], regions: Sequence[str], prefixes: Sequence[str]) -> int | None:
        """How closely an area surrounds it: more is closer, None is not at all. An empty list is anywhere.

        A postal prefix is closer than a region, a longer one closer than a shorter; a region is closer than
        its country, and that than the rest of the world.
        """
        if (countries and self.country not in countries) or (regions and self.region not in regions):
            return None
        matching = [len(prefix) for prefix in prefixes if self.postal_code.startswith(prefix)]
        if prefixes and not matching:
            return None
        return 4 * max(matching, default=0) + 2 * bool(regions) + bool(countries)


Area = tuple[Sequence[str], Sequence[str], Sequence[str]]


def overlapping(one: Area, other: Area) -> bool:
    """Whether two areas, as `Place.rank` takes them, are equally close around some place."""
    return all(
        bool(set(mine) & set(theirs)) or not (mine or theirs) for mine, theirs in zip(one, other, strict=True)
    )


def normal(code: str) -> str:
    """A code of a country, a region or a postal code as it is compared: without spaces, in capitals."""
    return "".join(code.upper().split())


@dataclass(frozen=True, kw_only=True)
class Parcel:
    """What goes together: of one profile, or of none."""

    profile: int | None
    amount_minor: int
    weight_g: int
    units: int


@dataclass(frozen=True, kw_only=True)
class Rate:
    """What a way costs for a profile's parcels in one zone.

    `tiers` are pairs of a bound and a price, ascending: by weight in grams or by the parcel's total.
    """

    key: int
    profile: int
    origin: str = ""
    zone: str = ""
    countries: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    postal_prefixes: tuple[str, ...] = ()
    kind: RateKind = RateKind.FLAT
    price_minor: int = 0
    extra_minor: int = 0
    free_from_minor: int | None = None
    tiers: tuple[tuple[int, int], ...] = ()

    def price(self, parcel: Parcel, *, whole_minor: int) -> int:
        """What the parcel costs; `whole_minor` is what the vendor's goods come to."""
        if self.free_from_minor is not None and whole_minor >= self.free_from_minor:
            return 0
        if self.kind == RateKind.PER_ITEM:
            return self.price_minor + self.extra_minor * (parcel.units - 1)
        if self.kind == RateKind.FLAT:
            return self.price_minor
        reached = parcel.weight_g if self.kind == RateKind.BY_WEIGHT else parcel.amount_minor
        return next((price for least, price in reversed(self.tiers) if reached >= least), self.price_minor)


@dataclass(frozen=True, kw_only=True)
class Way:
    """A way a vendor ships; `flat_minor` is its price wherever no zone says otherwise, None for none."""

    key: int
    name: str = ""
    flat_minor: int | None = None
    is_pickup: bool = False
    min_days: int | None = None
    max_days: int | None = None
    rates: tuple[Rate, ...] = ()
    is_chosen: bool = False


@dataclass(frozen=True, kw_only=True)
class QuotedParcel:
    """A parcel's share of a quote; one without a rate goes at the way's own flat price."""

    origin: str
    zone: str
    price_minor: int


@dataclass(frozen=True, kw_only=True)
class Quote:
    """A way that is offered for these goods to this place, and what it costs.

    `free_from_minor` is what the vendor's goods have to come to for it to cost nothing, where it can.
    """

    way: Way
    price_minor: int
    parcels: tuple[QuotedParcel, ...]
    free_from_minor: int | None = None


@dataclass(frozen=True, kw_only=True)
class Shipper:
    """How a vendor ships, and where it is itself: there is what is picked up."""

    ways: tuple[Way, ...] = ()
    home: Place | None = None


def flat(price_minor: int) -> Shipper:
    """Whoever ships everything everywhere, in one way."""
    return Shipper(ways=(Way(key=0, flat_minor=price_minor),))


def offers(
    ways: Iterable[Way], parcels: Sequence[Parcel], *, whole_minor: int, to: Place | None
) -> tuple[Quote, ...]:
    """The ways offered, in their order.

    Args:
        parcels: none for goods that need no shipping: then no way is offered, for none is needed.
        whole_minor: what the vendor's goods come to, less the discounts it pays for itself.
        to: None while nobody knows; then only prices that do not depend on it are offered.
    """
    if not parcels:
        return ()
    quoted = (_quote(way, parcels, whole_minor=whole_minor, to=to) for way in ways)
    return tuple(quote for quote in quoted if quote is not None)


def chosen(quotes: Sequence[Quote]) -> Quote | None:
    """The way chosen, as long as it is offered; where there is only one, that."""
    if len(quotes) == 1:
        return quotes[0]
    return next((quote for quote in quotes if quote.way.is_chosen), None)


def _quote(way: Way, parcels: Sequence[Parcel], *, whole_minor: int, to: Place | None) -> Quote | None:
    if way.is_pickup:
        return Quote(way=way, price_minor=way.flat_minor or 0, parcels=())
    quoted, rates, is_flat = [], [], False
    for parcel in parcels:
        of_profile = [rate for rate in way.rates if rate.profile == parcel.profile]
        if of_profile and to is None:
            return None
        rate = _closest(of_profile, to)
        if rate is None and way.flat_minor is None:
            return None
        if rate is not None:
            price = rate.price(parcel, whole_minor=whole_minor)
            quoted.append(QuotedParcel(origin=rate.origin, zone=rate.zone, price_minor=price))
            rates.append(rate)
        elif way.flat_minor is not None and not is_flat:
            quoted.append(QuotedParcel(origin="", zone="", price_minor=way.flat_minor))
            is_flat = True
    bounds = [rate.free_from_minor for rate in rates if rate.free_from_minor is not None]
    return Quote(
        way=way,
        price_minor=sum(each.price_minor for each in quoted),
        parcels=tuple(quoted),
        free_from_minor=max(bounds) if len(bounds) == len(quoted) else None,
    )


def _closest(rates: Iterable[Rate], to: Place | None) -> Rate | None:
    """The rate of the most specific zone around the place; the older of two that are equally so."""
    if to is None:
        return None
    ranked = [
        (rank, -rate.key, rate)
        for rate in rates
        if (rank := to.rank(rate.countries, rate.regions, rate.postal_prefixes)) is not None
    ]
    return max(ranked, key=lambda each: each[:2])[2] if ranked else None
