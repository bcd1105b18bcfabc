from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.models import SearchTally
from catalog.operations import tallies
from marketplace.kernel import clock

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_noted() -> Iterator[None]:
    """What other tests looked for in this process is not ours."""
    tallies._noted.clear()
    yield
    tallies._noted.clear()


def kept() -> list[tuple[str, int, int]]:
    return list(SearchTally.objects.order_by("text").values_list("text", "times", "found"))


def test_searches_are_counted_by_text_and_day_in_one_statement_and_noted_in_none() -> None:
    with CaptureQueriesContext(connection) as asked:
        for text, found in (("Crème  mug", 3), ("creme MUG", 4), ("tea", 0)):
            tallies.note(text, found)
    assert len(asked) == 0
    with CaptureQueriesContext(connection) as asked:
        assert tallies.write() == 2
    assert len([each for each in asked if "INSERT" in each["sql"]]) == 1
    assert kept() == [("creme mug", 2, 4), ("tea", 1, 0)]
    assert tallies.write() == 0
    tallies.note("tea", 7)
    tallies.write()
    assert kept() == [("creme mug", 2, 4), ("tea", 2, 7)]


def test_what_may_be_somebodys_own_business_and_what_is_too_much_is_not_noted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tallies, "MOST_NOTED", 1)
    for text in ("ada@example.com", "x" * 81, " ", "tea", "mug", "tea"):
        tallies.note(text, 1)
    tallies.write()
    assert kept() == [("tea", 2, 1)]


def test_old_ones_are_forgotten() -> None:
    today = clock.now().date()
    for days in (90, 91):
        day = today - timedelta(days=days)
        SearchTally.objects.create(text=str(days), searched_on=day, times=1, found=1)
    assert tallies.forget_old() == 1
    assert kept() == [("90", 1, 1)]
