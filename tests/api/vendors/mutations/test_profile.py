"""What a vendor's people change of what it says about itself."""

from datetime import UTC, datetime

import pytest

from marketplace.api.scalars import encode_id
from marketplace.kernel import clock
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


VACATION = """mutation($input: SetVacationInput!) { setVacation(input: $input) {
  ... on VendorSuccess { vendor { vacation { closedFrom closedTo message isNow } } }
  ... on Error { code field } } }"""


def test_a_vacation_is_set_and_taken_back() -> None:
    vendor = VendorFactory.create()
    account = encode_id("VendorAccount", vendor.pk)
    week = {"closedFrom": "2026-08-03T12:00:00+02:00", "closedTo": "2026-08-10T12:00:00+02:00"}
    owner, helper = GraphQL(member_of(vendor)), GraphQL(member_of(vendor, VendorRole.SUPPORT))
    with clock.at(datetime(2026, 8, 1, tzinfo=UTC)):
        refused = helper.ask(VACATION, input={"vendor": account, **week})["setVacation"]
        made = owner.ask(VACATION, input={"vendor": account, **week, "message": "At sea."})["setVacation"]
        half = owner.ask(VACATION, input={"vendor": account, "closedFrom": week["closedFrom"]})["setVacation"]
        ended = owner.ask(VACATION, input={"vendor": account})["setVacation"]
    assert refused["code"] == "NOT_PERMITTED"
    assert made["vendor"]["vacation"] == {
        "closedFrom": "2026-08-03T10:00:00+00:00",
        "closedTo": "2026-08-10T10:00:00+00:00",
        "message": "At sea.",
        "isNow": False,
    }
    assert half == {"code": "INVALID_INPUT", "field": "closedTo"}
    assert ended == {"vendor": {"vacation": None}}
