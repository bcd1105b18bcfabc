"""What a process knows of the settings that staff change, and what knowing costs."""

import logging
from collections.abc import Callable

import pytest
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from pytest_django import DjangoAssertNumQueries, Settings

from marketplace.kernel import adjustable
from marketplace.kernel.models import AdjustedSetting

pytestmark = pytest.mark.django_db

Ticks = list[float]


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> Ticks:
    """The clock that counts seconds; the memory is as in a process that has just begun."""
    ticks: Ticks = [100.0]
    monkeypatch.setattr(adjustable, "monotonic", lambda: ticks[0])
    adjustable.forget()
    monkeypatch.setattr(adjustable._memory, "values", None)
    return ticks


def _set(value: object, name: str = "COMMISSION_BPS") -> None:
    AdjustedSetting.objects.filter(name=name).delete()
    AdjustedSetting.objects.create(name=name, value=value)


def test_asking_costs_one_statement_in_the_life_of_a_process(
    now: Ticks, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    _set(1250)
    with django_assert_num_queries(1):
        assert [adjustable.number("COMMISSION_BPS") for _ in range(3)] == [1250] * 3
    now[0] += 3600
    _set(500)
    with django_assert_num_queries(0):
        assert adjustable.number("COMMISSION_BPS") == 1250


def test_a_request_reads_once_in_five_seconds(
    now: Ticks, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    respond: Callable[[HttpRequest], object] = adjustable.refreshing(lambda _: HttpResponse())
    with django_assert_num_queries(1):
        for _ in range(3):
            respond(HttpRequest())
    _set(1250)
    now[0] += 4.9
    respond(HttpRequest())
    assert adjustable.number("COMMISSION_BPS") == 1000
    now[0] += 0.1
    respond(HttpRequest())
    assert adjustable.number("COMMISSION_BPS") == 1250


def test_where_the_database_does_not_answer_what_was_known_holds(
    now: Ticks, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    _set(1250)
    adjustable.refresh()

    def fail() -> None:
        raise DatabaseError("gone")

    monkeypatch.setattr(adjustable, "reread", fail)
    now[0] += 5
    with caplog.at_level(logging.ERROR):
        for _ in range(2):
            adjustable.refresh()
    assert (len(caplog.records), adjustable.number("COMMISSION_BPS")) == (1, 1250)


def test_a_value_out_of_its_bounds_and_one_nobody_declares_do_not_hold(
    now: Ticks, caplog: pytest.LogCaptureFixture
) -> None:
    _set(10_001)
    _set(7, "GONE_SETTING")
    assert (adjustable.number("COMMISSION_BPS"), len(caplog.records)) == (1000, 1)


def test_the_files_value_holds_where_none_is_given(now: Ticks, settings: Settings) -> None:
    _set(None)
    settings.COMMISSION_BPS = 700
    settings.ONBOARDING_STEPS = ("terms",)
    assert adjustable.number("COMMISSION_BPS") == 700
    assert adjustable.words("ONBOARDING_STEPS") == ("terms",)


def test_what_is_asked_for_as_what_it_is_not_is_a_bug() -> None:
    with pytest.raises(TypeError):
        adjustable.number("ONBOARDING_STEPS")
    with pytest.raises(TypeError):
        adjustable.words("COMMISSION_BPS")
    with pytest.raises(AttributeError):
        adjustable.number("NO_SUCH_SETTING")


def test_a_name_is_declared_once() -> None:
    each = adjustable.declared()["COMMISSION_BPS"]
    with pytest.raises(ValueError, match="declared twice"):
        adjustable.table([each, each])


@pytest.mark.parametrize(
    ("bps", "shown"), [(0, "0 %"), (5, "0.05 %"), (1000, "10 %"), (1250, "12.5 %"), (10_000, "100 %")]
)
def test_a_rate_is_shown_in_percent(bps: int, shown: str) -> None:
    assert adjustable.Rate().show(bps) == shown


def test_words_keep_the_order_there_is() -> None:
    kind = adjustable.Words(choices={"one": "", "two": ""})
    assert (kind.read(["two", "one"]), kind.show(())) == (("one", "two"), "none")


def test_amounts_are_one_a_currency_in_minor_units(now: Ticks, settings: Settings) -> None:
    kind = adjustable.Amounts()
    assert [kind.read(raw) for raw in ("", " EUR 5 ,JPY 80000", "KWD 1.005")] == [
        "",
        "EUR 5.00, JPY 80000",
        "KWD 1.005",
    ]
    for wrong in ("EUR", "EUR x", "EUR 1.005", "EUR 5, EUR 6", "EUR 0", "EUR -1", "eur 5", "5 EUR"):
        with pytest.raises(ValueError, match="An amount for each currency"):
            kind.read(wrong)
    assert (kind.show("EUR 5.00"), kind.show("")) == ("EUR 5.00", "none")
    settings.REVIEW_FIRST_ORDER_CAPS = "EUR 5.00, JPY 80000"
    assert adjustable.amounts("REVIEW_FIRST_ORDER_CAPS") == {"EUR": 500, "JPY": 80_000}
    with pytest.raises(TypeError):
        adjustable.amounts("COMMISSION_BPS")
