"""Promotions and their codes."""

from factory.declarations import LazyAttribute, Sequence, SubFactory
from factory.django import DjangoModelFactory

from checkout.models import CartCoupon, Coupon, Promotion, PromotionKind


class PromotionFactory(DjangoModelFactory[Promotion]):
    """Ten percent of everything, by itself; the platform pays for its own."""

    class Meta:
        model = Promotion
        skip_postgeneration_save = True

    vendor = None
    title = Sequence(lambda number: f"Sale {number}")
    kind = PromotionKind.PERCENTAGE
    rate_bps = LazyAttribute(lambda it: 1000 if it.kind == PromotionKind.PERCENTAGE else 0)
    platform_share_bps = LazyAttribute(lambda it: 10_000 if it.vendor is None else 0)
    is_for_everything = True
    is_automatic = True


class CouponFactory(DjangoModelFactory[Coupon]):
    """A code for ten percent of everything."""

    class Meta:
        model = Coupon

    promotion = SubFactory(PromotionFactory, is_automatic=False)
    code = Sequence(lambda number: f"CODE-{number}")


class CartCouponFactory(DjangoModelFactory[CartCoupon]):
    class Meta:
        model = CartCoupon
