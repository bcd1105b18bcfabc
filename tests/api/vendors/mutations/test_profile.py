"""What a vendor's people change of what it says about itself."""

import pytest

from marketplace.api.scalars import encode_id
from tests.factories.vendors import VendorFactory, member_of
from tests.support.graphql import GraphQL
from vendors.permissions import VendorRole

pytestmark = pytest.mark.django_db

UPDATE = """mutation($input: UpdateVendorProfileInput!) { updateVendorProfile(input: $input) {
  ... on VendorSuccess { vendor { name about } } ... on Error { code field } } }"""


def test_a_role_decides_who_may_change_the_profile() -> None:
    vendor = VendorFactory.create(name="Before", about="We brew.")
    change = {"vendor": encode_id("VendorAccount", vendor.pk), "name": "After"}
    refused = GraphQL(member_of(vendor, VendorRole.CATALOGUE)).ask(UPDATE, input=change)
    assert refused == {"updateVendorProfile": {"code": "NOT_PERMITTED", "field": None}}
    stranger = GraphQL(member_of(VendorFactory.create())).ask(UPDATE, input=change)
    assert stranger == {"updateVendorProfile": {"code": "NOT_FOUND", "field": "vendor"}}
    changed = GraphQL(member_of(vendor, VendorRole.MANAGER)).ask(UPDATE, input=change)
    assert changed == {"updateVendorProfile": {"vendor": {"name": "After", "about": "We brew."}}}
