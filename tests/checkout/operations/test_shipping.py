"""What a vendor's people set of its ways and profiles."""

from dataclasses import replace

import pytest

from checkout.errors import ShippingProfileInUse
from checkout.models import ShippedProduct, ShippingMethod, ShippingProfile
from checkout.operations.shipping import (
    MethodDraft,
    ProfileDraft,
    delete_shipping_profile,
    save_shipping_method,
    save_shipping_profile,
    ship_by,
)
from marketplace.kernel import audit
from marketplace.kernel.errors import CurrencyMismatch, IdempotencyKeyReused, InvalidInput, NotFound
from marketplace.kernel.money import Money
from tests.factories.checkout import ShippingRateFactory, buyable
from tests.factories.vendors import VendorFactory

pytestmark = pytest.mark.django_db

POST = MethodDraft(name="Post", price=Money(490, "EUR"), min_days=1, max_days=3)


def test_a_way_is_made_once_for_a_key_and_changed_on_record() -> None:
    vendor = VendorFactory.create()
    for _ in range(2):
        made = save_shipping_method(vendor=vendor, draft=POST, actor=None, idempotency_key="one")
    with pytest.raises(IdempotencyKeyReused):
        save_shipping_method(vendor=vendor, draft=replace(POST, name="B"), actor=None, idempotency_key="one")
    for _ in range(2):
        free = replace(POST, price=Money(0, "EUR"))
        save_shipping_method(vendor=vendor, draft=free, actor=None, method_id=made.pk)
    assert ShippingMethod.objects.get() == made
    last, first = audit.log_of(f"vendor:{vendor.pk}")
    assert (last.before, last.after) == ({"price_minor": 490}, {"price_minor": 0})
    assert (first.action, first.before) == ("checkout.shipping_method_saved", None)


@pytest.mark.parametrize(
    ("draft", "field"),
    [
        (replace(POST, name=" "), "name"),
        (replace(POST, price=Money(-1, "EUR")), "price"),
        (replace(POST, max_days=None), "maxDays"),
        (replace(POST, min_days=4), "maxDays"),
        (replace(POST, max_days=366), "maxDays"),
        (replace(POST, position=-1), "position"),
    ],
)
def test_a_way_that_cannot_be_is_refused(draft: MethodDraft, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        save_shipping_method(vendor=VendorFactory.create(), draft=draft, actor=None)
    assert (refused.value.field, ShippingMethod.objects.count()) == (field, 0)


def test_another_currency_and_anothers_way_are_refused() -> None:
    rate = ShippingRateFactory.create()
    vendor = rate.method.vendor
    with pytest.raises(CurrencyMismatch):
        save_shipping_method(vendor=vendor, draft=replace(POST, price=Money(1, "USD")), actor=None)
    fetched, priceless = replace(POST, is_pickup=True), replace(POST, price=None)
    with pytest.raises(InvalidInput):
        save_shipping_method(vendor=vendor, draft=fetched, actor=None, method_id=rate.method_id)
    with pytest.raises(NotFound):
        save_shipping_method(vendor=VendorFactory.create(), draft=POST, actor=None, method_id=rate.method_id)
    vendor.currency = "USD"
    vendor.save()
    with pytest.raises(CurrencyMismatch):
        save_shipping_method(vendor=vendor, draft=priceless, actor=None, method_id=rate.method_id)


def test_one_profile_is_the_default_and_none_goes_while_goods_ship_by_it() -> None:
    tea = buyable()
    first, second = (
        save_shipping_profile(vendor=tea.vendor, draft=ProfileDraft(name=name, is_default=True), actor=None)
        for name in ("A", "B")
    )
    assert list(ShippingProfile.objects.filter(is_default=True)) == [second]
    ship_by(product=tea.product, profile_id=first.pk)
    with pytest.raises(ShippingProfileInUse) as refused:
        delete_shipping_profile(vendor=tea.vendor, profile_id=first.pk, actor=None)
    assert refused.value.products == 1
    ship_by(product=tea.product, profile_id=second.pk)
    assert ShippedProduct.objects.count() == 0
    draft = ProfileDraft(name="B")
    with pytest.raises(ShippingProfileInUse):
        save_shipping_profile(vendor=tea.vendor, draft=draft, actor=None, profile_id=second.pk)
    delete_shipping_profile(vendor=tea.vendor, profile_id=first.pk, actor=None)
    assert list(ShippingProfile.objects.all()) == [second]
    assert audit.log_of(f"vendor:{tea.vendor.pk}")[0].action == "checkout.shipping_profile_deleted"
    with pytest.raises(NotFound):
        ship_by(product=buyable().product, profile_id=second.pk)
