"""Three vendors with a listing each, and what must have become of them once a buyer has paid."""

import itertools
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from analytics.periods import Granularity, Window
from analytics.selectors import income
from catalog.models import Product, Variant
from catalog.operations.images import add_product_image
from catalog.operations.index import reindex
from catalog.operations.offers import refresh_offers
from checkout.models import Order, OrderLine, PaymentState
from marketplace.kernel.money import Money
from marketplace.kernel.pictures import WIDE
from marketplace.kernel.rendering import render
from payouts.selectors import trial_balance
from tests.factories.catalog import ProductFactory, VariantFactory, picture
from tests.factories.checkout import ShippingMethodFactory
from tests.factories.vendors import VendorFactory
from vendors.models import Vendor

ON_HAND = 10
COMMISSION_PERCENT = 10
_numbers = itertools.count(1)


@dataclass(frozen=True, kw_only=True)
class Good:
    """A variant on sale; `option` is the one to choose where the listing has several."""

    variant: Variant
    title: str
    price_minor: int
    option: str = ""

    @property
    def vendor(self) -> Vendor:
        return self.variant.vendor


@dataclass(frozen=True, kw_only=True)
class Shop:
    """What this test's vendors sell: a mug in two glazes, a cap, candles."""

    mug: Good
    cap: Good
    candles: Good

    @property
    def goods(self) -> list[Good]:
        return [self.mug, self.cap, self.candles]


def open_shop() -> Shop:
    """Three approved vendors; the first ships in two ways, the others in one."""
    number = next(_numbers)
    mug = _good("Kiln Row", f"Mug of the {number}th morning", 2400, glazes=("Lake", "Moss"))
    ShippingMethodFactory.create(vendor=mug.vendor, name="Express", price_minor=1450)
    return Shop(
        mug=mug,
        cap=_good("Fell Knit", f"Cap of the {number}th watch", 3600),
        candles=_good("Lantern House", f"Candles of the {number}th night", 1850),
    )


def sold(shop: Shop, number: str, quantities: dict[str, int], *, shipping: dict[str, int]) -> None:
    """Assert that an order took exactly so many of each title, and paid exactly so much shipping to each.

    Stock, parts, every vendor's income and the platform's books agree.
    """
    order = Order.objects.get(number=number)
    assert order.payment_state == PaymentState.PAID
    lines = OrderLine.objects.filter(vendor_order__order=order)
    assert dict(lines.values_list("title", "quantity")) == quantities
    assert order.vendor_orders.count() == len(quantities)
    assert Variant.objects.filter(product__title__in=quantities).exclude(reserved=0).count() == 0
    for good in shop.goods:
        count = quantities.get(good.title, 0)
        good.variant.refresh_from_db()
        assert good.variant.on_hand == ON_HAND - count
        others = Variant.objects.filter(product=good.variant.product).exclude(pk=good.variant.pk)
        assert {each.on_hand for each in others} <= {ON_HAND}
        assert _earned(good.vendor) == _due(good, count, shipping.get(good.title, 0))
    assert sum(balance.minor for _, balance in trial_balance()) == 0


def _good(vendor: str, title: str, price_minor: int, *, glazes: tuple[str, ...] = ()) -> Good:
    seller = VendorFactory.create(name=vendor)
    product = ProductFactory.create(
        vendor=seller,
        title=title,
        description="Thrown, glazed and fired twice.\n\nSlightly different each time.",
        option_names=["Glaze"] if glazes else [],
    )
    variants = [
        VariantFactory.create(
            product=product,
            options={"Glaze": glaze} if glaze else {},
            price_minor=price_minor,
            on_hand=ON_HAND,
            position=position,
        )
        for position, glaze in enumerate(glazes or ("",))
    ]
    add_product_image(product=product, content=render(picture(width=640, height=480), WIDE), alt=title)
    refresh_offers([product])
    reindex(Product.objects.filter(pk=product.pk))
    ShippingMethodFactory.create(vendor=seller, name="Parcel", price_minor=490)
    return Good(
        variant=variants[-1], title=title, price_minor=price_minor, option=glazes[-1] if glazes else ""
    )


def _earned(vendor: Vendor) -> dict[str, Money | int]:
    today = datetime.now(UTC).date()
    window = Window(
        by=Granularity.DAY,
        first_on=today - timedelta(days=1),
        end_on=today + timedelta(days=2),
        timezone=vendor.timezone,
    )
    totals = income(vendor, window, currency="EUR").totals
    names = ("gross", "shipping", "commission", "net", "orders", "units")
    return {name: getattr(totals, name) for name in names}


def _due(good: Good, count: int, shipping: int) -> dict[str, Money | int]:
    gross = good.price_minor * count
    commission = gross * COMMISSION_PERCENT // 100
    return {
        "gross": Money(gross, "EUR"),
        "shipping": Money(shipping, "EUR"),
        "commission": Money(-commission, "EUR"),
        "net": Money(gross + shipping - commission, "EUR"),
        "orders": 1 if count else 0,
        "units": count,
    }
