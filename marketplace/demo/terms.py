"""How the demo's vendors ship, what is taxed, and what goes off prices: only what is missing."""

from decimal import Decimal

from django.db import transaction

from checkout.models import Promotion, PromotionKind, RateKind, ShippingProfile, TaxRule
from checkout.operations.promotions import Code, save_promotion
from checkout.operations.promotions import Draft as PromotionDraft
from checkout.operations.shipping import (
    MethodDraft,
    ProfileDraft,
    save_shipping_method,
    save_shipping_profile,
)
from checkout.operations.zones import RateDraft, Tier, ZoneDraft, save_shipping_rate, save_shipping_zone
from marketplace.accounts.models import User
from marketplace.demo.catalogue import DemoPromotion, DemoRate, DemoTax, DemoVendor, DemoZone
from marketplace.kernel import audit
from marketplace.kernel.money import Money
from vendors.models import Vendor


def ship(facts: DemoVendor, vendor: Vendor, *, actor: User) -> None:
    """How the vendor ships, unless it has a way already."""
    if not facts.shipping or vendor.shipping_methods.exists():
        return
    with transaction.atomic(), audit.gathered():
        methods = {}
        for position, each in enumerate(facts.shipping):
            least, most = each.days or (None, None)
            draft = MethodDraft(
                name=each.name,
                price=_money(each.price, vendor),
                is_pickup=each.is_pickup,
                min_days=least,
                max_days=most,
                position=position,
            )
            methods[each.name] = save_shipping_method(vendor=vendor, draft=draft, actor=actor).pk
        if facts.zones:
            everything = ProfileDraft(name="Everything", origin=vendor.name, is_default=True)
            profile = save_shipping_profile(vendor=vendor, draft=everything, actor=actor)
            for zone in facts.zones:
                _zone(zone, profile, methods, actor=actor)


def _zone(facts: DemoZone, profile: ShippingProfile, methods: dict[str, int], *, actor: User) -> None:
    vendor = profile.vendor
    draft = ZoneDraft(name=facts.name, countries=facts.countries, postal_prefixes=facts.postal_prefixes)
    zone = save_shipping_zone(vendor=vendor, profile_id=profile.pk, draft=draft, actor=actor)
    for each in facts.rates:
        save_shipping_rate(
            vendor=vendor,
            zone_id=zone.pk,
            method_id=methods[each.method],
            draft=_rate(each, vendor),
            actor=actor,
        )


def _rate(facts: DemoRate, vendor: Vendor) -> RateDraft:
    return RateDraft(
        kind=RateKind.BY_WEIGHT if facts.tiers else RateKind.FLAT,
        price=Money.from_decimal(facts.price, vendor.currency),
        free_from=_money(facts.free_from, vendor),
        tiers=tuple(
            Tier(bound=grams, price=Money.from_decimal(price, vendor.currency))
            for grams, price in facts.tiers
        ),
    )


def tax(rules: tuple[DemoTax, ...]) -> None:
    """The rules, unless there are any."""
    if not TaxRule.objects.exists():
        TaxRule.objects.bulk_create(
            TaxRule(
                name=each.name,
                country=each.country,
                region=each.region,
                category=each.category,
                rate_bps=each.rate_bps,
                is_included=each.is_included,
            )
            for each in rules
        )


def promote(facts: DemoPromotion, vendor: Vendor | None, *, actor: User) -> None:
    """The promotion, unless there is one of its name."""
    if Promotion.objects.filter(title=facts.title, vendor=vendor).exists():
        return
    draft = PromotionDraft(
        title=facts.title,
        kind=PromotionKind.BUY_X_GET_Y if facts.buy_units else PromotionKind.PERCENTAGE,
        rate_bps=facts.rate_bps,
        buy_units=facts.buy_units,
        get_units=facts.get_units,
        is_for_everything=True,
        is_automatic=not facts.code,
        codes=(Code(code=facts.code),) if facts.code else (),
        person_cap=facts.person_cap,
    )
    save_promotion(vendor=vendor, draft=draft, actor=actor)


def _money(amount: Decimal | None, vendor: Vendor) -> Money | None:
    return None if amount is None else Money.from_decimal(amount, vendor.currency)
