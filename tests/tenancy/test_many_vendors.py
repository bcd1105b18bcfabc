"""What a request costs does not depend on how many vendors there are, nor on for how many somebody works."""

from typing import Final

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext

from marketplace.accounts.models import User
from tests.factories.accounts import PASSWORD, UserFactory
from tests.factories.checkout import ShippingMethodFactory, buyable
from tests.factories.vendors import VendorFactory
from tests.support.checkout import fill, mutate, place
from tests.support.graphql import GraphQL
from vendors.models import Vendor, VendorMember, VendorUserObjectPermission
from vendors.permissions import VendorRole

VENDORS: Final = "{ viewer { vendors { edges { node { slug status permissions } } } } }"
CART: Final = "{ cart { itemCount groups { vendor { slug } } total { amount } } }"
# Statements, those that count how often somebody tries among them.
COSTS: Final = {"logIn": 27, "viewer.vendors": 4, "cart": 4, "checkout": 18}


def found_vendors(count: int, user: User) -> None:
    """So many vendors that sell, for each of which the user works, in a few statements."""
    vendors = Vendor.objects.bulk_create(VendorFactory.build_batch(count))
    VendorMember.objects.bulk_create(
        VendorMember(vendor=vendor, user=user, role=VendorRole.SUPPORT) for vendor in vendors
    )
    sees = Permission.objects.get(content_type__app_label="vendors", codename="view_vendor")
    VendorUserObjectPermission.objects.bulk_create(
        VendorUserObjectPermission(user=user, content_object=vendor, permission=sees) for vendor in vendors
    )


@pytest.mark.django_db
@pytest.mark.parametrize("count", [10, pytest.param(10_000, marks=pytest.mark.deep)])
def test_statements_do_not_depend_on_the_number_of_vendors(count: int) -> None:
    user = UserFactory.create()
    found_vendors(count, user)
    variant = buyable()
    ShippingMethodFactory.create(vendor=variant.vendor)
    client, costs = GraphQL(), {}

    with CaptureQueriesContext(connection) as asked:
        signed_in = mutate(client, "logIn", "__typename", email=user.email, password=PASSWORD)
    costs["logIn"] = len(asked)
    with CaptureQueriesContext(connection) as asked:
        edges = client.ask(VENDORS)["viewer"]["vendors"]["edges"]
    costs["viewer.vendors"] = len(asked)
    fill(client, variant)
    with CaptureQueriesContext(connection) as asked:
        cart = client.ask(CART)["cart"]
    costs["cart"] = len(asked)
    with CaptureQueriesContext(connection) as asked:
        placed = place(client)
    costs["checkout"] = len(asked)

    assert (signed_in["__typename"], cart["itemCount"]) == ("LogInSuccess", 1)
    assert [len(edges), Vendor.objects.count()] == [min(count, 20), count + 1]
    assert placed["order"]["status"] == "PENDING"
    assert costs == COSTS
