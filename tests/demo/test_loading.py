import dataclasses
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.models import Category, Product, ProductImage, ProductStatus, StockMovement, Variant
from checkout.models import Promotion, ShippingMethod, ShippingRate, TaxRule
from marketplace.accounts.models import BillingProfile, User
from marketplace.demo import catalogue, loading
from marketplace.demo.painting import Gallery
from marketplace.kernel.states import moves_of
from vendors.models import Vendor, VendorMember, VendorStatus
from vendors.permissions import VendorPermission

pytestmark = pytest.mark.django_db

WHOLE = catalogue.read()
SHOWN = {"Watch cap", "Tea chest for six", "Pica reading lamp"}
VENDORS = {"fell-knit", "kiln-row", "lantern-house", "paper-heron", "quiet-leaf"}
# A few of each kind: drawing all pictures would take seconds.
GOODS = dataclasses.replace(
    WHOLE,
    vendors=tuple(one for one in WHOLE.vendors if one.slug in VENDORS),
    products=tuple(one for one in WHOLE.products if one.title in SHOWN),
)
PEOPLE = dataclasses.replace(GOODS, products=())
MODELS = (
    BillingProfile, Category, Product, ProductImage, Promotion, ShippingMethod, ShippingRate, StockMovement,
    TaxRule, User, Variant, Vendor, VendorMember,
)  # fmt: skip


def load(goods: catalogue.Catalogue) -> None:
    """With a painter in this process."""
    with ThreadPoolExecutor(1) as pool:
        loading.load(goods, Gallery(pool))


def _counts() -> dict[str, int]:
    return {model.__name__: model.objects.count() for model in MODELS}


def test_loading_brings_everything_in_through_the_operations() -> None:
    load(GOODS)
    assert loading.missing_products(GOODS) == []
    assert Vendor.objects.filter(status=VendorStatus.APPROVED).count() == 4
    assert Product.objects.buyable().count() == 2
    assert Product.objects.get(status=ProductStatus.PROPOSED).title == "Tea chest for six"
    lamp = Product.objects.get(slug="pica-reading-lamp")
    assert (lamp.price, lamp.is_in_stock) == (lamp.default_variant.price, True)  # type: ignore[union-attr]
    assert [image.position for image in lamp.images.all()] == [0, 1]
    assert default_storage.exists(str(lamp.images.all()[0].file))
    assert [move.after for move in moves_of(lamp)] == [{"status": "proposed"}, {"status": "published"}]
    assert StockMovement.objects.filter(variant__product=lamp).count() == 1
    assert lamp.search is not None


def test_the_people_can_do_what_they_are_for() -> None:
    load(PEOPLE)
    staff = User.objects.get(email=loading.LOGINS["staff"])
    vendor = Vendor.objects.get(name=loading.LOGINS["vendor"])
    assert staff.check_password(loading.LOGINS["password"])
    assert staff.has_perm(f"vendors.{VendorPermission.CHANGE_LISTINGS}", vendor)
    assert not staff.has_perm(
        f"vendors.{VendorPermission.CHANGE_LISTINGS}", Vendor.objects.get(slug="kiln-row")
    )
    assert User.objects.get(email=loading.ADMIN).is_superuser
    assert not User.objects.get(email=loading.LOGINS["buyer"]).is_staff


def test_every_vendor_that_sells_ships() -> None:
    load(PEOPLE)
    ways = ShippingMethod.objects.filter(vendor__slug="fell-knit")
    assert [(way.name, way.price_minor) for way in ways] == [("Letter post", 420), ("Parcel", 900)]
    assert not Vendor.objects.filter(status=VendorStatus.APPROVED, shipping_methods=None).exists()


def test_a_second_load_changes_nothing() -> None:
    load(GOODS)
    before = _counts()
    Product.objects.filter(slug="watch-cap").update(title="Renamed meanwhile")
    with CaptureQueriesContext(
        connection,
    ) as queries:
        load(GOODS)
    assert _counts() == before
    assert Product.objects.filter(title="Renamed meanwhile").count() == 1
    assert [query["sql"] for query in queries if not query["sql"].startswith("SELECT")] == []


def test_a_load_that_was_interrupted_goes_on() -> None:
    load(dataclasses.replace(GOODS, products=GOODS.products[:1]))
    assert loading.missing_products(GOODS) == list(GOODS.products[1:])
    load(GOODS)
    assert Product.objects.count() == len(GOODS.products)
