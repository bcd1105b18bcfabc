"""Forms with files over the whole HTTP path: what is heard, and that all else is refused with a code."""

import io
import json
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from marketplace.api import large
from marketplace.api.http import GRAPHQL
from marketplace.api.scalars import encode_id
from marketplace.api.uploads import MOST_FILES
from marketplace.kernel.rendering import MAX_BYTES
from tests.factories.catalog import picture
from tests.factories.vendors import VendorFactory, member_of
from tests.support.graphql import GraphQL
from vendors.models import Vendor, VendorImage
from vendors.permissions import VendorRole

pytestmark = pytest.mark.django_db

FIELD = """uploadVendorImage(input: $input) { __typename
  ... on VendorSuccess { vendor { logo { width } } } ... on Error { code field } }"""
SHOW = f"mutation($input: UploadVendorImageInput!) {{ {FIELD} }}"
LONGEST_SECONDS = 0.5
TOO_LONG = str(large.FORM_BYTES + 1)
TRIES = 3


@pytest.fixture(autouse=True)
def media(settings: Settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def vendor() -> Vendor:
    return VendorFactory.create()


@pytest.fixture
def owner(vendor: Vendor) -> GraphQL:
    return GraphQL(member_of(vendor, VendorRole.OWNER))


def shown(vendor: Vendor, **changes: object) -> dict[str, object]:
    """The input of the mutation, its file to come."""
    return {"vendor": encode_id("VendorAccount", vendor.pk), "kind": "LOGO", "image": None, **changes}


def several(count: int) -> str:
    fields = " ".join(f"a{number}: {FIELD}" for number in range(count))
    return f"mutation($input: UploadVendorImageInput!) {{ {fields} }}"


def codes(response: Any) -> list[str]:
    return [error["extensions"]["code"] for error in response.json().get("errors", [])]


def test_a_file_comes_beside_its_document(owner: GraphQL, vendor: Vendor) -> None:
    body = owner.upload(SHOW, picture(), input=shown(vendor)).json()
    success = {"__typename": "VendorSuccess", "vendor": {"logo": {"width": 40}}}
    assert body["data"]["uploadVendorImage"] == success
    assert VendorImage.objects.get().vendor == vendor


def test_a_document_without_its_file_is_refused(owner: GraphQL, vendor: Vendor) -> None:
    for image in (None, "a text", 7, {"content": "x"}, ["x"]):
        response = owner.send(SHOW, input=shown(vendor, image=image))
        assert (response.status_code, codes(response)) == (400, ["INVALID_VARIABLES"])
    written = FIELD.replace("input: $input", 'input: {vendor: "x", kind: LOGO, image: "x"}')
    assert codes(owner.send(f"mutation {{ {written} }}")) == ["INVALID_DOCUMENT"]


def test_a_file_is_used_once_however_often_it_is_asked_for(owner: GraphQL, vendor: Vendor) -> None:
    data = owner.upload(several(3), picture(), input=shown(vendor)).json()["data"]
    assert [data[f"a{number}"].get("code") for number in range(3)] == [None, "INVALID_INPUT", "INVALID_INPUT"]


def test_limits_hold_for_forms_too(owner: GraphQL, vendor: Vendor) -> None:
    response = owner.upload(several(21), picture(), input=shown(vendor))
    assert (response.status_code, codes(response)) == (400, ["TOO_MANY_ROOT_FIELDS"])
    assert VendorImage.objects.count() == 0


def test_a_file_is_no_text_and_no_json(owner: GraphQL, vendor: Vendor) -> None:
    response = owner.upload(SHOW, picture(), places=["input.alt"], input=shown(vendor, alt=None))
    assert set(codes(response)) == {"INVALID_VARIABLES"}
    passkey = """mutation($it: JSON) { confirmSecondFactor(input: { credential: $it }) { __typename
      ... on Error { code } } }"""
    body = owner.upload(passkey, picture(), places=["it"], it=None).json()
    assert "INTERNAL_ERROR" not in json.dumps(body)


# The token: any page may send a form.


def test_a_form_brings_the_token_whatever_cookies_come(owner: GraphQL, vendor: Vendor) -> None:
    stranger = GraphQL()
    for client in (owner, stranger):
        kept = client.http.cookies["csrftoken"].value
        for wrong in ("", "x" * 32):
            client.http.cookies["csrftoken"] = wrong
            headers = {"X-CSRFToken": kept}
            response = client.http.post("/graphql/", {"operations": "{}", "map": "{}"}, headers=headers)
            assert (response.status_code, codes(response)) == (403, ["CSRF_FAILED"])
        client.http.cookies["csrftoken"] = kept
    response = stranger.upload(SHOW, picture(), input=shown(vendor))
    assert response.json()["data"]["uploadVendorImage"]["code"] == "NOT_FOUND"
    assert VendorImage.objects.count() == 0


def test_a_token_inside_the_form_is_none() -> None:
    client = Client(enforce_csrf_checks=True)
    client.cookies["csrftoken"] = "a" * 32
    response = client.post("/graphql/", {"csrfmiddlewaretoken": "a" * 32, "operations": "{}", "map": "{}"})
    assert (response.status_code, codes(response)) == (403, ["CSRF_FAILED"])


# What else may come.

BOUNDARY = "the-boundary"
FORM = f"multipart/form-data; boundary={BOUNDARY}"
OPERATIONS = json.dumps({"query": SHOW, "variables": {"input": {"image": None}}, "more": [None, {"a": None}]})
PLACE = ["variables.input.image"]
END = f"--{BOUNDARY}--\r\n".encode()


def part(head: str, content: str | bytes) -> bytes:
    body = content.encode() if isinstance(content, str) else content
    return f"--{BOUNDARY}\r\n{head}\r\n\r\n".encode() + body + b"\r\n"


def text(name: str, content: str | bytes, more: str = "") -> bytes:
    return part(f'Content-Disposition: form-data; name="{name}"{more}', content)


def file(name: str, content: str | bytes = b"x") -> bytes:
    return text(name, content, '; filename="a.png"\r\nContent-Type: image/png')


def whole(*parts: bytes) -> bytes:
    return b"".join(parts) + END


def mapped(places: object, *files: bytes, operations: str = OPERATIONS) -> bytes:
    return whole(text("operations", operations), text("map", json.dumps(places)), *files)


GOOD = mapped({"0": PLACE}, file("0"))


@dataclass(frozen=True)
class Attack:
    """A form, the code and the status it is answered with, and headers of its own."""

    name: str
    code: str
    body: bytes
    status: int = 400
    content_type: str = FORM
    extra: dict[str, Any] = field(default_factory=dict)

    def send(self) -> Any:
        client = Client(enforce_csrf_checks=True)
        client.cookies["csrftoken"] = "a" * 32
        headers = {"Accept": GRAPHQL, "X-CSRFToken": "a" * 32}
        return client.generic(
            "POST", "/graphql/", self.body, self.content_type, headers=headers, **self.extra
        )


# Where a file cannot be put.
NOWHERE: list[object] = [
    [],
    PLACE * 2,
    [7],
    "variables.input.image",
    ["query"],
    ["variables"],
    ["variables."],
    ["more.0"],
    ["variables.input"],
    ["variables.input.picture"],
    ["variables.input.image.0"],
    ["variables.input.__class__"],
    ["0.variables.input.image"],
    ["variables" + ".input" * 15_000],
]
ONE = text("operations", OPERATIONS)
ATTACKS = [
    Attack("nothing", "BAD_UPLOAD", b"\r\n"),
    Attack("an end alone", "BAD_UPLOAD", END),
    Attack("no operations", "BAD_UPLOAD", whole(text("map", "{}"), file("0"))),
    Attack("no map", "BAD_UPLOAD", whole(ONE, file("0"))),
    Attack("the map first", "BAD_UPLOAD", whole(text("map", "{}"), ONE)),
    Attack("the file first", "BAD_UPLOAD", whole(file("0"), ONE, text("map", json.dumps({"0": PLACE})))),
    Attack("operations as a file", "BAD_UPLOAD", whole(file("operations", OPERATIONS), text("map", "{}"))),
    Attack("operations no JSON", "BAD_JSON", mapped({}, operations="{")),
    Attack("operations nested deep", "BAD_JSON", mapped({}, operations="[" * 90_000)),
    Attack("operations a batch", "BAD_UPLOAD", mapped({}, operations="[]")),
    Attack("operations without a document", "BAD_REQUEST", mapped({}, operations="{}")),
    Attack("operations too long", "BODY_TOO_LARGE", mapped({}, operations=" " * 102_401), 413),
    Attack("map no JSON", "BAD_JSON", whole(ONE, text("map", "{"))),
    Attack("map a list", "BAD_UPLOAD", mapped([PLACE], file("0"))),
    Attack("map with a name twice", "BAD_JSON", whole(ONE, text("map", '{"0":[],"0":[]}'), file("0"))),
    Attack("map of a file that is not there", "BAD_UPLOAD", mapped({"0": PLACE})),
    Attack("a file that nobody mentions", "BAD_UPLOAD", mapped({}, file("0"))),
    Attack("one more than mentioned", "BAD_UPLOAD", mapped({"0": PLACE}, file("0"), file("1"))),
    Attack("two files of a name", "BAD_UPLOAD", mapped({"0": PLACE}, file("0"), file("0"))),
    Attack("a file without a name", "BAD_UPLOAD", mapped({"0": PLACE}, text("0", "x"))),
    Attack("an empty name", "BAD_UPLOAD", mapped({"0": PLACE}, text("0", "x", '; filename=""'))),
    Attack("two in a place", "BAD_UPLOAD", mapped({"0": PLACE, "1": PLACE}, file("0"), file("1"))),
    *(Attack(f"place {str(at)[:40]}", "BAD_UPLOAD", mapped({"0": at}, file("0"))) for at in NOWHERE),
    Attack("a file too many", "TOO_MANY_FILES", mapped({}, *(file(str(n)) for n in range(MOST_FILES + 1)))),
    Attack("250,000 parts", "TOO_MANY_FILES", whole(*[text("a", "")] * 250_000)),
    Attack("a million boundaries", "TOO_MANY_FILES", f"--{BOUNDARY}\r\n".encode() * 1_000_000),
    Attack("20 MB without a boundary", "BAD_UPLOAD", b"-" * MAX_BYTES),
    Attack("20 MB of line feeds", "BAD_UPLOAD", f"--{BOUNDARY}".encode() + b"\r\n" * (MAX_BYTES // 2)),
    Attack("a head of 20 MB", "BAD_UPLOAD", whole(part("A: " + "a" * MAX_BYTES, ""))),
    Attack("a thousand headers", "BAD_UPLOAD", whole(part("A: a\r\n" * 1_000, ""))),
    Attack("a header twice", "BAD_UPLOAD", whole(part("Content-Type: a\r\nContent-Type: b", ""))),
    Attack("a header without a colon", "BAD_UPLOAD", whole(part("Content-Disposition", ""))),
    Attack("a head that is no UTF-8", "BAD_UPLOAD", b"--%b\r\n\xff: a\r\n\r\n\r\n" % BOUNDARY.encode() + END),
    Attack(
        "an encoded part",
        "BAD_UPLOAD",
        whole(text("operations", "e30=", "\r\nContent-Transfer-Encoding: base64"), text("map", "{}")),
    ),
    Attack("no name", "BAD_UPLOAD", whole(part("Content-Disposition: form-data", ""))),
    Attack("no disposition", "BAD_UPLOAD", whole(part("Content-Type: text/plain", ""))),
    Attack("another disposition", "BAD_UPLOAD", whole(part('Content-Disposition: attachment; name="a"', ""))),
    Attack("a charset", "BAD_UPLOAD", whole(part("Content-Disposition: form-data; name*=no''a", ""))),
    Attack("no end", "BAD_UPLOAD", GOOD.removesuffix(END)),
    Attack("cut inside the file", "BAD_UPLOAD", GOOD[: -len(END) - 3]),
    Attack("cut inside the boundary", "BAD_UPLOAD", GOOD[:-6]),
    Attack("something after the end", "BAD_UPLOAD", GOOD + b"more"),
    Attack("something before the beginning", "BAD_UPLOAD", b"more\r\n" + GOOD),
    Attack(
        "more than we take", "BODY_TOO_LARGE", b"x", 413, extra={"CONTENT_LENGTH": str(large.FORM_BYTES + 1)}
    ),
    Attack("no length", "LENGTH_REQUIRED", GOOD, 411, extra={"HTTP_TRANSFER_ENCODING": "chunked"}),
    Attack("no boundary", "BAD_UPLOAD", GOOD, content_type="multipart/form-data"),
    Attack(
        "an endless boundary", "BAD_UPLOAD", GOOD, content_type=f"multipart/form-data; boundary={'a' * 71}"
    ),
    Attack("another boundary", "BAD_UPLOAD", GOOD, content_type="multipart/form-data; boundary=other"),
    Attack("another charset", "UNSUPPORTED_MEDIA_TYPE", GOOD, 415, f"{FORM}; charset=utf-16"),
    Attack("another multipart", "UNSUPPORTED_MEDIA_TYPE", GOOD, 415, FORM.replace("form-data", "mixed")),
]


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_attack(attack: Attack, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        response = attack.send()
    assert (response.status_code, codes(response)) == (attack.status, [attack.code])
    assert response.headers["Content-Type"] == f"{GRAPHQL}; charset=utf-8"
    assert "data" not in response.json()


def test_a_body_that_ends_too_early_is_refused() -> None:
    cut = {"CONTENT_LENGTH": str(len(GOOD) + 1), "wsgi.input": io.BytesIO(GOOD)}
    response = Attack("", "", GOOD, extra=cut).send()
    assert (response.status_code, codes(response)) == (400, ["BAD_REQUEST"])


def test_no_attack_takes_long() -> None:
    seconds = {attack.name: min(_seconds(attack) for _ in range(TRIES)) for attack in ATTACKS}
    assert {name: each for name, each in seconds.items() if each > LONGEST_SECONDS} == {}


def _seconds(attack: Attack) -> float:
    begun = time.perf_counter()
    attack.send()
    return time.perf_counter() - begun


def test_the_good_form_beside_them_is_heard() -> None:
    problems = Attack("", "", GOOD).send().json()["errors"]
    assert all("to include required field" in each["message"] for each in problems)  # it lacks no file
    operations = json.dumps({"query": "{ __typename }", "variables": {"list": [None]}})
    response = Attack("", "", mapped({"0": ["variables.list.0"]}, file("0"), operations=operations)).send()
    assert response.json()["data"] == {"__typename": "Query"}
