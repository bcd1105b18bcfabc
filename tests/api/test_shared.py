"""Answers that are the same for everyone, and those that are not."""

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client, override_settings
from pytest_django import DjangoAssertNumQueries

from catalog.models import Product
from marketplace.api.persisted import document_id
from tests.factories.accounts import UserFactory
from tests.factories.catalog import listed

pytestmark = pytest.mark.django_db


def get(client: Client | None = None, *, headers: dict[str, str] | None = None) -> Any:
    text = Path(settings.BASE_DIR, "bench", "documents", "product_list.graphql").read_text(encoding="utf-8")
    return (client or Client()).get("/graphql/", {"documentId": document_id(text)}, headers=headers)


def test_the_same_request_of_anyone_costs_nothing(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    listed(title="Mug")
    first = get()
    with django_assert_num_queries(0):
        second = get()
    assert b"Mug" in first.content
    assert (second.content, second.headers["ETag"]) == (first.content, first.headers["ETag"])
    assert second.headers["Cache-Control"] == "public, max-age=5"
    assert get(headers={"If-None-Match": first.headers["ETag"]}).status_code == 304


@override_settings(SHARED_ANSWER_SECONDS=0)
def test_an_answer_is_forgotten_after_its_seconds() -> None:
    listed(title="Mug")
    assert b"Mug" in get().content
    Product.objects.update(title="Cup")
    assert b"Cup" in get().content


def test_media_types_do_not_share_an_answer() -> None:
    assert (
        get(headers={"Accept": "application/json"}).headers["Content-Type"]
        == "application/json; charset=utf-8"
    )
    other = get(headers={"Accept": "application/graphql-response+json"})
    assert other.headers["Content-Type"] == "application/graphql-response+json; charset=utf-8"


def test_a_session_neither_gives_nor_gets_a_shared_answer() -> None:
    product = listed(title="Mug")
    signed_in = Client()
    signed_in.force_login(UserFactory.create())
    assert get(signed_in).headers["Cache-Control"] == "no-store"
    Product.objects.filter(pk=product.pk).update(title="Cup")
    assert b"Cup" in get().content
    Product.objects.filter(pk=product.pk).update(title="Bowl")
    assert b"Cup" in get().content
    assert b"Bowl" in get(signed_in).content
