"""Files that bring listings and take them along, over the whole way."""

import csv
import io
from typing import Any

import pytest
from django.test import Client

from catalog.models import ListingImport, Product
from marketplace.api.scalars import encode_id
from tests.factories.catalog import CategoryFactory, listed
from tests.factories.vendors import VendorFactory, key_of, member_of
from tests.support.graphql import GraphQL
from tests.support.queue import queued, run_queued
from vendors.models import Vendor
from vendors.permissions import VendorPermission, VendorRole

pytestmark = pytest.mark.django_db

IMPORT = """mutation($input: %sInput!) { %s(input: $input) { __typename
  ... on ListingImportSuccess { isKnown import {
    id kind format status isDryRun progress rows applied created updated unchanged failed rejectsUrl
    columns { header column } errors { row column code message } } }
  ... on Error { code field message } } }"""
LISTED = """query($slug: String!) { viewer { vendor(slug: $slug) { imports { totalCount edges { node {
  status errors { row column code } vendorless: rejectsUrl } } } } } }"""
CONTENT = "Item;Titel;Kategorie;Preis;Supplier\nA;Mug;mugs;5,50;x\nB;=Cup;gone;6;y\n".encode("cp1252")


@pytest.fixture
def vendor() -> Vendor:
    CategoryFactory.create(slug="mugs", path="mugs")
    return VendorFactory.create(currency="EUR")


def bring(client: GraphQL, vendor: Vendor, content: bytes = CONTENT, **input: Any) -> Any:
    name = input.pop("name", "importListings")
    document = IMPORT % (name[0].upper() + name[1:], name)
    given = {"vendor": encode_id("VendorAccount", vendor.pk), "file": content, **input}
    return client.ask(document, input=given)[name]


def read(client: Client, url: str, **headers: str) -> tuple[int, str]:
    response = client.get(url.removeprefix("http://localhost:8000"), headers=headers)
    return response.status_code, b"".join(response).decode()  # a stream or not


def test_a_file_is_brought_read_and_its_bad_rows_taken_home_and_mended(vendor: Vendor) -> None:
    seller = GraphQL(member_of(vendor, VendorRole.CATALOGUE))
    made = bring(seller, vendor)
    told = made["import"]
    assert (made["isKnown"], told["status"], told["progress"], told["rows"]) == (False, "WAITING", 0, None)
    assert told["columns"] == [
        {"header": "Item", "column": "sku"},
        {"header": "Titel", "column": "title"},
        {"header": "Kategorie", "column": "category"},
        {"header": "Preis", "column": "price"},
        {"header": "Supplier", "column": None},
    ]
    run_queued()
    again = bring(seller, vendor)
    told = again["import"]
    assert (again["isKnown"], told["status"], told["progress"], told["applied"]) == (True, "DONE", 100, 1)
    assert (told["created"], told["failed"]) == (1, 1)
    fault = {"row": 3, "column": "category", "code": "UNKNOWN_CATEGORY", "message": "gone"}
    assert told["errors"] == [fault]
    assert [name for name, _ in queued() if name == "run_import"] == []
    status, text = read(seller.http, told["rejectsUrl"])
    rows = list(csv.DictReader(io.StringIO(text)))
    assert (status, rows[0]["error_row"], rows[0]["error_column"], rows[0]["error_code"]) == (
        200,
        "3",
        "category",
        "unknown_category",
    )
    assert rows[0]["Titel"] == "'=Cup"
    mended = bring(seller, vendor, text.replace("gone;", "mugs;").replace(",gone,", ",mugs,", 2).encode())
    run_queued()
    assert mended["isKnown"] is False
    assert sorted(Product.objects.values_list("title", flat=True)) == ["=Cup", "Mug"]


def test_columns_are_said_where_they_cannot_be_guessed(vendor: Vendor) -> None:
    seller = GraphQL(member_of(vendor))
    content = b"No.,What,mugs\nA,Mug,5\n"
    refused = bring(seller, vendor, content)
    assert (refused["code"], refused["field"]) == ("INVALID_INPUT", "columns")
    columns = [{"header": "No.", "column": "sku"}, {"header": "What", "column": "title"}]
    made = bring(seller, vendor, content, columns=columns, isDryRun=True)["import"]
    assert (made["isDryRun"], [each["column"] for each in made["columns"]]) == (True, ["sku", "title", None])


@pytest.mark.parametrize("content", [b"", b"\n\n", b"sku,price\n", b'"sku\n1,2', b"sku,sku\n1,2"])
def test_a_file_without_rows_or_names_is_refused_at_once(vendor: Vendor, content: bytes) -> None:
    seller = GraphQL(member_of(vendor))
    # A test's form cannot carry an empty file.
    assert bring(seller, vendor, content or b" ")["code"] == "INVALID_INPUT"
    assert not ListingImport.objects.exists()


def test_who_may_adjust_stock_brings_files_of_it_and_no_listings(vendor: Vendor) -> None:
    product = listed(vendor=vendor, sku="A", on_hand=5)
    packer, helper = (
        GraphQL(member_of(vendor, role)) for role in (VendorRole.FULFILMENT, VendorRole.SUPPORT)
    )
    content = b"sku,quantity\nA,9\n"
    assert bring(packer, vendor)["code"] == "NOT_PERMITTED"
    assert bring(helper, vendor, content, name="importStock")["code"] == "NOT_PERMITTED"
    assert bring(packer, vendor, content, name="importStock")["import"]["kind"] == "STOCK"
    run_queued()
    assert product.variants.get().on_hand == 9


def test_imports_are_listed_in_as_many_statements(vendor: Vendor) -> None:
    seller = GraphQL(member_of(vendor))
    for count in (1, 3):
        bring(seller, vendor, CONTENT + b"C;x;gone;5;\n" * count)
    run_queued()
    found = seller.ask(LISTED, slug=vendor.slug)["viewer"]["vendor"]["imports"]
    assert found["totalCount"] == 2
    assert [len(edge["node"]["errors"]) for edge in found["edges"]] == [4, 2]


def test_files_are_for_the_vendors_own_people_and_programs(vendor: Vendor) -> None:
    owner, stranger = GraphQL(member_of(vendor)), GraphQL(member_of(VendorFactory.create()))
    listed(vendor=vendor, sku="A")
    bring(owner, vendor)
    run_queued()
    rejects = bring(owner, vendor)["import"]["rejectsUrl"]
    document = """mutation($input: ExportListingsInput!) { exportListings(input: $input) {
      ... on ListingExportSuccess { url } ... on Error { code } } }"""
    account = encode_id("VendorAccount", vendor.pk)
    urls = [
        owner.ask(document, input={"vendor": account, "format": kind})["exportListings"]["url"]
        for kind in ("CSV", "JSONL")
    ]
    assert stranger.ask(document, input={"vendor": account})["exportListings"] == {"code": "NOT_FOUND"}
    _, secret = key_of(vendor, VendorPermission.VIEW_LISTINGS, maker=member_of(vendor))
    for url in (rejects, *urls):
        assert [read(each, url)[0] for each in (owner.http, stranger.http, Client())] == [200, 404, 303]
        assert read(Client(), url, Authorization=f"Bearer {secret}")[0] == 200
        assert read(owner.http, url, Authorization="Bearer wrong")[0] == 401
    assert read(owner.http, urls[0].replace("csv", "xml"))[0] == 404
