from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from guardian.shortcuts import assign_perm
from pytest_django import DjangoAssertNumQueries

from catalog.models import Product, ProductChange, ProductImage, ProductStatus
from catalog.permissions import PRODUCT_GRANTS
from catalog.selectors import sellers
from marketplace.accounts.models import User
from marketplace.kernel import clock
from marketplace.kernel.errors import NotFound
from tests.factories.accounts import UserFactory
from tests.factories.catalog import ProductFactory, listed
from tests.factories.vendors import VendorFactory, member_of
from vendors.errors import NotPermitted
from vendors.permissions import VendorPermission, VendorRole

pytestmark = pytest.mark.django_db

Lookup = Callable[[User, int, VendorPermission], object]


def _keys(product: Product) -> dict[Lookup, int]:
    """Each way to look something up, and a key with which it leads to the product."""
    image = ProductImage.objects.create(product=product, width=1, height=1)
    return {
        sellers.listing_of: product.pk,
        sellers.variant_of: product.variants.get().pk,
        sellers.image_of: image.pk,
    }


def test_a_vendors_listings_are_its_own_in_any_state() -> None:
    draft = ProductFactory.create(status=ProductStatus.DRAFT)
    ProductFactory.create()
    assert list(sellers.listings_for_vendor(draft.vendor)) == [draft]


def test_what_awaits_review_comes_in_the_order_it_was_submitted() -> None:
    waiting = [ProductFactory.create(status=ProductStatus.PROPOSED) for _ in range(2)]
    ProductFactory.create(status=ProductStatus.DRAFT)
    assert list(sellers.listings_awaiting_review()) == waiting


def test_a_listing_whose_change_waits_stands_among_them_by_its_age() -> None:
    now = clock.now()
    old, new = (
        ProductFactory.create(status=ProductStatus.PROPOSED, proposed_at=now + timedelta(days=days))
        for days in (-1, 1)
    )
    live = ProductFactory.create()
    ProductChange.objects.create(product=live, title="Pot")
    ProductChange.objects.create(product=live, status="withdrawn", decided_at=now)
    assert list(sellers.listings_awaiting_review()) == [old, live, new]


def test_a_member_finds_what_its_role_lets_it_work_on() -> None:
    product = listed()
    member = member_of(product.vendor, VendorRole.CATALOGUE)
    for look_up, key in _keys(product).items():
        assert look_up(member, key, VendorPermission.CHANGE_STOCK)


def test_a_member_whose_role_lacks_the_permission_is_told_so() -> None:
    product = listed()
    member = member_of(product.vendor, VendorRole.SUPPORT)
    for look_up, key in _keys(product).items():
        with pytest.raises(NotPermitted):
            look_up(member, key, VendorPermission.CHANGE_LISTINGS)


@pytest.mark.parametrize("kind", ["member elsewhere", "nobody", "anonymous", "superuser"])
def test_a_foreign_thing_looks_like_one_that_does_not_exist(kind: str) -> None:
    users: dict[str, Any] = {
        "member elsewhere": member_of(VendorFactory.create()),
        "nobody": UserFactory.create(),
        "anonymous": AnonymousUser(),
        "superuser": UserFactory.create(is_superuser=True),
    }
    for look_up, key in _keys(listed()).items():
        answers = []
        for asked in (key, 0):
            with pytest.raises(NotFound) as caught:
                look_up(users[kind], asked, VendorPermission.VIEW_LISTINGS)
            answers.append(vars(caught.value))
        assert answers[0] == answers[1]


def test_a_grant_on_one_product_counts_for_it_and_for_no_other() -> None:
    product, other = listed(), listed()
    helper = UserFactory.create()
    assign_perm("catalog.change_product", helper, product)
    assert sellers.permissions_for(helper, product) == set(PRODUCT_GRANTS)
    assert sellers.permissions_for(helper, other) == set()
    assert sellers.listing_of(helper, product.pk, VendorPermission.CHANGE_LISTINGS) == product
    assert list(sellers.listings_of(helper, VendorPermission.CHANGE_STOCK)) == [product]
    with pytest.raises(NotPermitted):
        sellers.listing_of(helper, product.pk, VendorPermission.VIEW_ORDERS)


def test_a_grant_to_look_is_none_to_change() -> None:
    product, helper = listed(), UserFactory.create()
    assign_perm("catalog.view_product", helper, product)
    assert sellers.permissions_for(helper, product) == {VendorPermission.VIEW_LISTINGS}
    assert list(sellers.listings_of(helper, VendorPermission.CHANGE_LISTINGS)) == []


def test_a_user_who_was_locked_out_has_no_grant() -> None:
    product, helper = listed(), UserFactory.create()
    assign_perm("catalog.change_product", helper, product)
    helper.is_active = False
    assert sellers.permissions_for(helper, product) == set()
    assert list(sellers.listings_of(helper, VendorPermission.VIEW_LISTINGS)) == []


@pytest.mark.parametrize("count", [1, 3])
def test_the_listings_of_a_user_take_one_statement(
    count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    vendor = VendorFactory.create()
    member = member_of(vendor)
    for _ in range(count):
        ProductFactory.create(vendor=vendor)
    with django_assert_num_queries(1):
        assert len(sellers.listings_of(member, VendorPermission.VIEW_LISTINGS)) == count


def test_a_lookup_takes_three_statements(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    product = listed()
    member = member_of(product.vendor)
    for look_up, key in _keys(product).items():
        with django_assert_num_queries(3):
            look_up(member, key, VendorPermission.CHANGE_LISTINGS)
