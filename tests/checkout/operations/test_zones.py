"""Where vendors ship to and what it costs there, as they set it."""

from dataclasses import replace
from functools import partial

import pytest

from checkout.errors import ShippingZonesOverlap
from checkout.models import RateKind, ShippingRate, ShippingZone
from checkout.operations.zones import (
    RateDraft,
    Tier,
    ZoneDraft,
    delete_shipping_rate,
    delete_shipping_zone,
    save_shipping_rate,
    save_shipping_zone,
)
from marketplace.kernel import audit
from marketplace.kernel.errors import CurrencyMismatch, InvalidInput, NotFound
from marketplace.kernel.money import Money
from tests.factories.checkout import ShippingMethodFactory, zone_of
from tests.factories.vendors import VendorFactory

pytestmark = pytest.mark.django_db


def _eur(minor: int) -> Money:
    return Money(minor, "EUR")


HOME = ZoneDraft(name="Home", countries=("de",))
FLAT = RateDraft(kind=RateKind.FLAT, price=_eur(490))
HEAVY = RateDraft(
    kind=RateKind.BY_WEIGHT,
    price=_eur(490),
    tiers=(Tier(bound=2000, price=_eur(690)), Tier(bound=5000, price=_eur(990))),
)
COSTLY = replace(HEAVY, kind=RateKind.BY_TOTAL, free_from=_eur(9000))


def test_a_zone_is_made_once_for_a_key_changed_and_deleted_on_record() -> None:
    profile = zone_of(VendorFactory.create(), "FR").profile
    vendor = profile.vendor
    save = partial(save_shipping_zone, vendor=vendor, profile_id=profile.pk, actor=None)
    for _ in range(2):
        zone = save(draft=HOME, idempotency_key="one")
    assert (zone.countries, profile.zones.count()) == (["DE"], 2)
    parts = ZoneDraft(name="Home", countries=("DE",), postal_prefixes=("8 0", "81"))
    zone = save(draft=parts, zone_id=zone.pk)
    assert zone.postal_prefixes == ["80", "81"]
    delete_shipping_zone(vendor=vendor, zone_id=zone.pk, actor=None)
    assert [entry.action for entry in audit.log_of(f"vendor:{vendor.pk}")] == [
        "checkout.shipping_zone_deleted",
        "checkout.shipping_zone_saved",
        "checkout.shipping_zone_saved",
    ]
    with pytest.raises(NotFound):
        save(draft=HOME, idempotency_key="one")


@pytest.mark.parametrize(
    ("draft", "field"),
    [
        (replace(HOME, name=""), "name"),
        (replace(HOME, countries=("XX",)), "countries"),
        (replace(HOME, countries=("",)), "countries"),
        (replace(HOME, regions=("x" * 41,)), "regions"),
        (replace(HOME, postal_prefixes=("8_",)), "postalPrefixes"),
        (replace(HOME, countries=("DE", "AT"), postal_prefixes=("8",)), "countries"),
        (replace(HOME, countries=(), regions=("BAYERN",)), "countries"),
    ],
)
def test_a_zone_that_cannot_be_is_refused(draft: ZoneDraft, field: str) -> None:
    profile = zone_of(VendorFactory.create(), "FR").profile
    with pytest.raises(InvalidInput) as refused:
        save_shipping_zone(vendor=profile.vendor, profile_id=profile.pk, draft=draft, actor=None)
    assert (refused.value.field, ShippingZone.objects.count()) == (field, 1)


def test_no_two_zones_are_equally_close_around_a_place() -> None:
    zone = zone_of(VendorFactory.create(), "DE", "AT")
    save = partial(save_shipping_zone, vendor=zone.profile.vendor, profile_id=zone.profile_id, actor=None)
    with pytest.raises(ShippingZonesOverlap):
        save(draft=HOME)
    save(draft=replace(HOME, regions=("Bayern",)))
    same = ZoneDraft(name="Both", countries=("AT", "DE"))
    assert save(draft=same, zone_id=zone.pk).name == "Both"


def test_a_rate_is_what_was_said_last() -> None:
    method = ShippingMethodFactory.create()
    zone = zone_of(method.vendor)
    for draft in (FLAT, HEAVY, HEAVY):
        save_shipping_rate(
            vendor=method.vendor, zone_id=zone.pk, method_id=method.pk, draft=draft, actor=None
        )
    rate = ShippingRate.objects.get()
    assert (rate.kind, rate.price_minor, rate.tiers) == (RateKind.BY_WEIGHT, 490, [[2000, 690], [5000, 990]])
    delete_shipping_rate(vendor=method.vendor, zone_id=zone.pk, method_id=method.pk, actor=None)
    with pytest.raises(NotFound):
        delete_shipping_rate(vendor=method.vendor, zone_id=zone.pk, method_id=method.pk, actor=None)
    assert audit.log_of(f"vendor:{method.vendor_id}").count() == 3


@pytest.mark.parametrize(
    ("draft", "field"),
    [
        (replace(FLAT, price=_eur(-1)), "price"),
        (replace(FLAT, extra=_eur(1)), "extraPrice"),
        (replace(FLAT, free_from=_eur(0)), "freeFrom"),
        (replace(FLAT, tiers=HEAVY.tiers), "tiers"),
        (replace(HEAVY, tiers=()), "tiers"),
        (replace(HEAVY, tiers=HEAVY.tiers[::-1]), "tiers"),
        (replace(HEAVY, tiers=HEAVY.tiers[:1] * 2), "tiers"),
        (replace(HEAVY, tiers=(Tier(bound=0, price=_eur(1)),)), "tiers"),
        (replace(HEAVY, tiers=(Tier(bound=1, price=_eur(-1)),)), "tiers"),
        (replace(HEAVY, tiers=(Tier(bound=10**9, price=_eur(1)),)), "tiers"),
        (replace(COSTLY, free_from=_eur(5000)), "tiers"),
        (replace(HEAVY, tiers=tuple(Tier(bound=each, price=_eur(1)) for each in range(1, 22))), "tiers"),
    ],
)
def test_a_rate_that_cannot_be_is_refused(draft: RateDraft, field: str) -> None:
    method = ShippingMethodFactory.create()
    zone = zone_of(method.vendor)
    with pytest.raises(InvalidInput) as refused:
        save_shipping_rate(
            vendor=method.vendor, zone_id=zone.pk, method_id=method.pk, draft=draft, actor=None
        )
    assert (refused.value.field, ShippingRate.objects.count()) == (field, 0)


def test_a_rate_is_of_the_vendors_own_way_zone_and_currency() -> None:
    method, foreign = ShippingMethodFactory.create(), ShippingMethodFactory.create()
    zone, fetched = zone_of(method.vendor), ShippingMethodFactory.create(vendor=method.vendor, is_pickup=True)
    save = partial(save_shipping_rate, vendor=method.vendor, draft=FLAT, actor=None)
    for zone_id, method_id in ((zone.pk, foreign.pk), (zone_of(foreign.vendor).pk, method.pk)):
        with pytest.raises(NotFound):
            save(zone_id=zone_id, method_id=method_id)
    with pytest.raises(InvalidInput):
        save(zone_id=zone.pk, method_id=fetched.pk)
    dollars = replace(FLAT, price=Money(490, "USD"))
    with pytest.raises(CurrencyMismatch):
        save(zone_id=zone.pk, method_id=method.pk, draft=dollars)
    assert ShippingRate.objects.count() == 0
