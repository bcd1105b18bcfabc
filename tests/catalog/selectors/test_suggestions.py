from datetime import timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from catalog.models import ProductStatus, SearchTally
from catalog.operations.vocabulary import refresh_vocabulary
from catalog.selectors.suggestions import POPULAR_FROM, suggestions
from marketplace.kernel import clock
from marketplace.kernel.errors import InvalidInput
from tests.factories.catalog import CategoryFactory, listed
from tests.factories.vendors import VendorFactory
from vendors.models import VendorStatus

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def shop() -> None:
    kettles = CategoryFactory.create(name="Kettles", slug="kettles")
    vendor = VendorFactory.create(name="Blue Kettle House", slug="house")
    listed(title="Red kettle", slug="red", category=kettles, vendor=vendor, sold_lately=1)
    listed(title="Blue kettle", slug="blue", category=kettles, vendor=vendor, sold_lately=5)
    listed(title="Kettle of a draft", status=ProductStatus.DRAFT)
    listed(title="Crème pot", slug="pot", vendor=VendorFactory.create(name="Pots"), category__name="Pans")
    VendorFactory.create(name="Kettles closed", status=VendorStatus.SUSPENDED)
    refresh_vocabulary()


def shown(text: str, first: int = 5) -> list[tuple[str, str, str | None]]:
    return [(each.kind.value, each.text, each.slug) for each in suggestions(text, first)]


def test_everything_that_begins_so_is_suggested(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    today = clock.now().date()
    for text, day, times, found in (
        ("kettle blue", today, POPULAR_FROM, 2),
        ("kettle red", today, POPULAR_FROM - 1, 2),
        ("kettle in vain", today, 99, 0),
        ("kettle of old", today - timedelta(days=31), 99, 2),
    ):
        SearchTally.objects.create(text=text, searched_on=day, times=times, found=found)
    with django_assert_num_queries(2):
        assert shown("KÉtt") == [
            ("query", "kettle blue", None),
            ("category", "Kettles", "kettles"),
            ("vendor", "Blue Kettle House", "house"),
            ("product", "Blue kettle", "blue"),
            ("product", "Red kettle", "red"),
        ]
    assert shown("kett", first=1)[-1] == ("product", "Blue kettle", "blue")


def test_words_before_the_last_stand_as_they_are() -> None:
    assert shown("red ke") == [("product", "Red kettle", "red")]
    assert shown("creme po") == [("product", "Crème pot", "pot")]
    assert shown("pot ke") == shown("k") == shown("%") == shown("ke%") == shown("_e") == []


@pytest.mark.parametrize(("text", "first"), [("kettle", 0), ("kettle", 21), ("x" * 201, 5), ("a\x00b", 5)])
def test_what_cannot_be_suggested_for_is_refused(text: str, first: int) -> None:
    with pytest.raises(InvalidInput):
        suggestions(text, first)
