"""What vendors and the platform make of promotions."""

from dataclasses import replace
from datetime import timedelta

import pytest

from checkout.errors import CouponTaken
from checkout.models import Coupon, Promotion, PromotionKind
from checkout.operations.promotions import (
    Code,
    Draft,
    archive_promotion,
    join_promotion,
    leave_promotion,
    save_promotion,
)
from marketplace.kernel import clock
from marketplace.kernel.errors import InvalidInput, NotFound, TransitionNotAllowed
from marketplace.kernel.money import Money
from tests.factories.checkout import buyable
from tests.factories.vendors import VendorFactory

pytestmark = pytest.mark.django_db

SALE = Draft(
    title="Sale", kind=PromotionKind.PERCENTAGE, rate_bps=1000, is_for_everything=True, is_automatic=True
)


def test_a_vendor_makes_a_promotion_and_pays_for_it() -> None:
    vendor = VendorFactory.create()
    made = save_promotion(vendor=vendor, draft=SALE, actor=None)
    assert (made.vendor, made.platform_share_bps, made.is_automatic) == (vendor, 0, True)
    by_code = replace(SALE, is_automatic=False, codes=(Code(code="welcome-10", cap=5), Code(code="other")))
    save_promotion(vendor=vendor, draft=by_code, actor=None, promotion_id=made.pk)
    save_promotion(
        vendor=vendor, draft=replace(by_code, codes=(Code(code="other"),)), actor=None, promotion_id=made.pk
    )
    assert list(Coupon.objects.values_list("code", "cap", "is_active")) == [
        ("OTHER", None, True),
        ("WELCOME-10", 5, False),
    ]


def test_h30_it_is_about_everything_only_where_it_says_so() -> None:
    tea = buyable()
    named = replace(SALE, is_for_everything=False, products=(tea.product_id,))
    made = save_promotion(vendor=tea.vendor, draft=named, actor=None)
    with pytest.raises(InvalidInput) as refused:
        save_promotion(vendor=tea.vendor, draft=replace(named, products=()), actor=None, promotion_id=made.pk)
    assert refused.value.field == "isForEverything"
    assert list(made.products.all()) == [tea.product]
    with pytest.raises(NotFound):
        save_promotion(vendor=VendorFactory.create(), draft=named, actor=None)


@pytest.mark.parametrize(
    ("draft", "field"),
    [
        (replace(SALE, rate_bps=0), "rate"),
        (replace(SALE, rate_bps=10_001), "rate"),
        (replace(SALE, buy_units=1), "buyUnits"),
        (replace(SALE, amount=Money(100, "EUR")), "amount"),
        (replace(SALE, kind=PromotionKind.AMOUNT, rate_bps=0), "amount"),
        (replace(SALE, is_automatic=False), "codes"),
        (replace(SALE, codes=(Code(code="CODE"),)), "codes"),
        (replace(SALE, is_automatic=False, codes=(Code(code="a"),)), "codes"),
        (replace(SALE, total_cap=0), "totalCap"),
        (replace(SALE, title=""), "title"),
        (replace(SALE, starts_at=clock.now(), ends_at=clock.now() - timedelta(days=1)), "endsAt"),
        (replace(SALE, minimum=Money(-1, "EUR")), "minimum"),
    ],
)
def test_what_cannot_be_kept_is_refused(draft: Draft, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        save_promotion(vendor=None, draft=draft, actor=None)
    assert (refused.value.field, Promotion.objects.count()) == (field, 0)


def test_a_code_stands_for_one_promotion() -> None:
    draft = replace(SALE, is_automatic=False, codes=(Code(code="SAME"),))
    save_promotion(vendor=None, draft=draft, actor=None)
    with pytest.raises(CouponTaken):
        save_promotion(vendor=VendorFactory.create(), draft=draft, actor=None)
    assert Promotion.objects.count() == 1


def test_what_was_put_away_stays_away_and_others_cannot_touch_it() -> None:
    vendor, other = VendorFactory.create(), VendorFactory.create()
    made = save_promotion(vendor=vendor, draft=SALE, actor=None)
    for stranger in (other, None):
        with pytest.raises(NotFound):
            archive_promotion(vendor=stranger, promotion_id=made.pk, actor=None)
    assert archive_promotion(vendor=vendor, promotion_id=made.pk, actor=None).archived_at is not None
    with pytest.raises(TransitionNotAllowed):
        save_promotion(vendor=vendor, draft=SALE, actor=None, promotion_id=made.pk)


def test_a_vendor_agrees_to_the_terms_as_they_are() -> None:
    vendor = VendorFactory.create()
    shared = replace(SALE, platform_share_bps=5000)
    made = save_promotion(vendor=None, draft=shared, actor=None)
    join_promotion(vendor=vendor, promotion_id=made.pk, actor=None)
    save_promotion(vendor=None, draft=replace(shared, title="Other"), actor=None, promotion_id=made.pk)
    assert made.consents.count() == 1
    save_promotion(vendor=None, draft=replace(shared, rate_bps=2000), actor=None, promotion_id=made.pk)
    assert made.consents.count() == 0
    join_promotion(vendor=vendor, promotion_id=made.pk, actor=None)
    leave_promotion(vendor=vendor, promotion_id=made.pk, actor=None)
    assert made.consents.count() == 0
    own = save_promotion(vendor=None, draft=SALE, actor=None)
    with pytest.raises(NotFound):
        join_promotion(vendor=vendor, promotion_id=own.pk, actor=None)
