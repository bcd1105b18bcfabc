"""What a vendor's people change of what it says about itself."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from pytest_django import DjangoAssertNumQueries, Settings

from marketplace.api.scalars import encode_id
from marketplace.kernel import clock
from tests.factories.accounts import UserFactory
from tests.factories.catalog import picture
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


TRADER = """mutation($input: SaveTraderDetailsInput!) { saveTraderDetails(input: $input) {
  ... on VendorSuccess { vendor { trader { legalName taxNumber missing attestedAt } } }
  ... on Error { code field } } }"""
POLICY = """mutation($input: SaveVendorPolicyInput!) { saveVendorPolicy(input: $input) {
  ... on VendorSuccess { vendor { policies { kind version text } } } ... on Error { code field } } }"""
SHOWN = """query($slug: String!) { vendor(slug: $slug) {
  slug handlingDays policies { kind text } trader { legalName country } } }"""


def test_what_a_vendor_declares_is_shown_under_its_old_address_too() -> None:
    vendor = VendorFactory.create(slug="clay")
    account, owner = encode_id("VendorAccount", vendor.pk), GraphQL(member_of(vendor))
    trader = {"vendor": account, "legalName": "Clay GmbH", "country": "DE", "taxNumber": "DE1"}
    saved = owner.ask(TRADER, input=trader)["saveTraderDetails"]["vendor"]["trader"]
    assert (saved["legalName"], saved["taxNumber"], saved["attestedAt"]) == ("Clay GmbH", "DE1", None)
    assert saved["missing"] == ["line1", "city", "email", "phone"]
    for text in ("30 days.", "14 days."):
        answer = owner.ask(POLICY, input={"vendor": account, "kind": "RETURNS", "text": text})
    assert answer["saveVendorPolicy"]["vendor"]["policies"] == [
        {"kind": "RETURNS", "version": 2, "text": "14 days."}
    ]
    owner.ask(UPDATE, input={"vendor": account, "slug": "clay-house", "handlingDays": 4})
    assert GraphQL().ask(SHOWN, slug="clay")["vendor"] == {
        "slug": "clay-house",
        "handlingDays": 4,
        "policies": [{"kind": "RETURNS", "text": "14 days."}],
        "trader": {"legalName": "Clay GmbH", "country": "DE"},
    }


@pytest.mark.parametrize("count", [1, 3])
def test_what_vendors_declare_takes_a_constant_number_of_statements(
    count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    VendorFactory.create_batch(count)
    client = GraphQL()
    with django_assert_num_queries(3):  # vendors, their policies, who stands behind them
        client.ask("{ vendors { edges { node { name policies { text } trader { legalName } } } } }")


def test_a_taken_address_changes_nothing() -> None:
    vendor = VendorFactory.create(slug="clay", name="Clay")
    VendorFactory.create(slug="wood")
    change = {"vendor": encode_id("VendorAccount", vendor.pk), "slug": "wood", "name": "Wood"}
    answer = GraphQL(member_of(vendor)).ask(UPDATE, input=change)["updateVendorProfile"]
    assert answer == {"code": "SLUG_TAKEN", "field": "slug"}
    vendor.refresh_from_db()
    assert (vendor.slug, vendor.name) == ("clay", "Clay")


def test_who_stands_behind_a_vendor_is_seen_in_full_by_who_may_change_it_and_by_staff() -> None:
    vendor = VendorFactory.create(slug="clay")
    account, owner = encode_id("VendorAccount", vendor.pk), GraphQL(member_of(vendor))
    owner.ask(TRADER, input={"vendor": account, "taxNumber": "DE1"})
    mine = '{ viewer { vendor(slug: "clay") { trader { taxNumber } } } }'
    assert owner.ask(mine)["viewer"]["vendor"]["trader"] == {"taxNumber": "DE1"}
    assert GraphQL(member_of(vendor, VendorRole.SUPPORT)).codes(mine) == ["NOT_PERMITTED"]
    staff = GraphQL(UserFactory.create(is_staff=True, is_superuser=True))
    seen = staff.ask("{ platform { vendors { edges { node { trader { taxNumber } } } } } }")
    assert seen["platform"]["vendors"]["edges"] == [{"node": {"trader": {"taxNumber": "DE1"}}}]


PICTURE = "alt width height placeholder url renditions { width height url }"
UPLOAD = """mutation($input: UploadVendorImageInput!) { uploadVendorImage(input: $input) {
  ... on VendorSuccess { vendor { logo { %(it)s } cover { width } } } ... on Error { code field } } }"""
REMOVE = """mutation($input: RemoveVendorImageInput!) { removeVendorImage(input: $input) {
  ... on VendorSuccess { vendor { logo { alt } cover { alt } } } ... on Error { code field } } }"""


def test_a_logo_is_shown_and_taken_down(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    vendor = VendorFactory.create()
    owner, helper = GraphQL(member_of(vendor)), GraphQL(member_of(vendor, VendorRole.SUPPORT))
    logo = {"vendor": encode_id("VendorAccount", vendor.pk), "kind": "LOGO"}
    sent = {**logo, "image": picture(width=120, height=200), "alt": "A lamp"}
    document = UPLOAD % {"it": PICTURE}
    assert helper.ask(document, input=sent)["uploadVendorImage"]["code"] == "NOT_PERMITTED"
    shown = owner.ask(document, input=sent)["uploadVendorImage"]["vendor"]
    assert shown["cover"] is None
    sizes = [(each["width"], each["height"]) for each in shown["logo"]["renditions"]]
    assert (shown["logo"]["alt"], sizes) == ("A lamp", [(96, 96), (120, 120)])
    assert shown["logo"]["url"] == shown["logo"]["renditions"][-1]["url"]
    broken = {**sent, "image": b"<svg/>"}
    assert owner.ask(document, input=broken)["uploadVendorImage"] == {
        "code": "UNUSABLE_IMAGE",
        "field": "image",
    }
    removed = owner.ask(REMOVE, input=logo)["removeVendorImage"]
    assert removed == {"vendor": {"logo": None, "cover": None}}
    assert owner.ask(REMOVE, input=logo)["removeVendorImage"] == {"code": "NOT_FOUND", "field": "kind"}
