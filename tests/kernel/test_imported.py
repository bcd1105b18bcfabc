"""What was brought along is known again by its source and its reference there."""

import pytest
from django.db import IntegrityError, transaction

from tests.factories.vendors import VendorFactory
from vendors.models import Vendor

pytestmark = pytest.mark.django_db


def test_a_reference_stands_for_one_row_of_its_source() -> None:
    VendorFactory.create(source="old shop", reference="7")
    with pytest.raises(IntegrityError, match="a_vendor_of_a_source_comes_once"), transaction.atomic():
        VendorFactory.create(source="old shop", reference="7")
    assert Vendor.objects.count() == 1


def test_another_source_may_use_the_same_reference() -> None:
    VendorFactory.create(source="old shop", reference="7")
    VendorFactory.create(source="older shop", reference="7")
    assert Vendor.objects.count() == 2


def test_what_was_made_here_has_neither() -> None:
    vendors = VendorFactory.create_batch(2)
    assert {(vendor.source, vendor.reference) for vendor in vendors} == {("", "")}
