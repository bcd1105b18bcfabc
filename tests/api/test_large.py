"""Forms that are larger than pictures: read to their end only where they bring a file to import."""

import json
from typing import Any

import pytest
from django.test import Client

from marketplace.api import large, uploads
from marketplace.api.scalars import encode_id
from tests.factories.vendors import VendorFactory, member_of
from tests.support.graphql import GraphQL

IMPORT = "mutation($input: ImportListingsInput!) { importListings(input: $input) { __typename } }"
PICTURE = "mutation($input: UploadProductImageInput!) { uploadProductImage(input: $input) { __typename } }"


@pytest.mark.parametrize(
    ("document", "is_expected"),
    [
        (IMPORT, True),
        ("mutation { a: importStock(input: {}) { __typename } importListings { __typename } }", True),
        (PICTURE, False),
        ("mutation { importListings { x } uploadProductImage { x } }", False),
        ("mutation { ...F } fragment F on Mutation { importListings { x } }", False),
        ("mutation A { importListings { x } } mutation B { uploadProductImage { x } }", False),
        ("fragment F on Mutation { importListings { x } }", False),
        ("{", False),
        ("", False),
    ],
)
def test_what_a_document_is_for_stands_in_it(document: str, is_expected: bool) -> None:
    assert large.is_expected(json.dumps({"query": document}).encode(), json.loads) is is_expected


def test_what_is_no_document_takes_no_large_file() -> None:
    assert [large.is_expected(each, json.loads) for each in (b"", b"[]", b'{"query": 1}')] == [False] * 3


def _begun(document: str) -> bytes:
    """A form whose file has only begun."""
    said = json.dumps({"query": document, "variables": {"input": {"image": None}}})
    head = '--b\r\nContent-Disposition: form-data; name="operations"\r\n\r\n' + said
    return head.encode() + b'\r\n--b\r\nContent-Disposition: form-data; name="map"\r\n\r\n' + b" " * 200_000


def test_a_larger_picture_is_refused_by_its_beginning(client: Client) -> None:
    client.cookies["csrftoken"] = "a" * 32
    answers: list[Any] = [
        client.generic(
            "POST",
            "/graphql/",
            _begun(document),
            content_type="multipart/form-data; boundary=b",
            headers={"X-CSRFToken": "a" * 32},
            CONTENT_LENGTH=str(length),
        )
        for document, length in (
            (PICTURE, uploads.FORM_BYTES + 1),
            (PICTURE, 100_000_000),
            (IMPORT, large.FORM_BYTES + 1),
        )
    ]
    assert [each.status_code for each in answers] == [413, 413, 413]
    assert [each.json()["errors"][0]["extensions"]["code"] for each in answers] == ["BODY_TOO_LARGE"] * 3


@pytest.mark.django_db
def test_a_larger_file_to_import_comes_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "FORM_BYTES", 1_000)
    monkeypatch.setattr(large, "HEAD_BYTES", 800)
    vendor = VendorFactory.create()
    seller = GraphQL(member_of(vendor))
    content = b"sku,price\n" + b"A,1\n" * 1_000
    given = {"vendor": encode_id("VendorAccount", vendor.pk), "file": content}
    assert seller.ask(IMPORT, input=given) == {"importListings": {"__typename": "ListingImportSuccess"}}
