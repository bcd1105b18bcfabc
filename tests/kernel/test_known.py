"""Rows in hand need not be read again."""

import pytest
from pytest_django import DjangoAssertNumQueries

from marketplace.accounts.models import Address, BillingProfile
from marketplace.kernel.known import know, knows
from tests.factories.accounts import AddressFactory

pytestmark = pytest.mark.django_db


def test_what_a_row_knows_is_not_read(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    address = AddressFactory.create()
    profile = BillingProfile.objects.get()
    other = Address(billing_profile=profile, city="Ulm")
    assert not knows(profile, "addresses")
    know(profile, "addresses", [other, address])
    with django_assert_num_queries(0):
        assert list(profile.addresses.all()) == [other, address]
    assert knows(profile, "addresses")
    assert list(profile.addresses.filter(city="Ulm")) == []
