"""Rate limits: counted once, by everybody, whatever becomes of the attempt."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from time import sleep

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from marketplace.kernel import clock, rates
from marketplace.kernel.errors import RateLimited
from marketplace.kernel.models import RateWindow
from marketplace.kernel.rates import Rule, hit
from tests.support.races import at_once

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
LOG_IN = Rule(name="log_in", limit=5, period=timedelta(minutes=15))
SEARCH = Rule(name="search", limit=5, period=timedelta(minutes=15))
THREADS = 20


def tries(count: int, identity: str = "eve", rule: Rule = LOG_IN) -> Counter[str]:
    """Try so often; how many passed and how many were refused."""
    return Counter(attempt(identity, rule) for _ in range(count))


def attempt(identity: str = "eve", rule: Rule = LOG_IN) -> str:
    try:
        hit(rule, identity)
    except RateLimited as refusal:
        return refusal.code
    return "passed"


@pytest.mark.django_db
def test_the_limit_passes_and_the_rest_is_refused() -> None:
    assert tries(8) == {"passed": 5, "RATE_LIMITED": 3}


@pytest.mark.django_db
def test_a_refusal_says_when_to_come_back() -> None:
    with clock.at(NOON):
        tries(5)
    with (
        clock.at(NOON + timedelta(minutes=14, seconds=30, milliseconds=1)),
        pytest.raises(RateLimited) as refusal,
    ):
        hit(LOG_IN, "eve")
    assert refusal.value.retry_after == 30
    assert refusal.value.message == "Too many attempts. Try again in 30 s."


@pytest.mark.django_db
def test_the_next_window_opens_when_the_period_is_over() -> None:
    with clock.at(NOON):
        tries(9)
    with clock.at(NOON + timedelta(minutes=15)):
        assert tries(6) == {"passed": 5, "RATE_LIMITED": 1}


@pytest.mark.django_db
def test_refused_attempts_do_not_lengthen_the_window() -> None:
    for minute in range(15):
        with clock.at(NOON + timedelta(minutes=minute)):
            tries(5)
    with clock.at(NOON + timedelta(minutes=15)):
        assert attempt() == "passed"


@pytest.mark.django_db
def test_identities_and_rules_are_counted_apart() -> None:
    tries(5)
    assert (attempt("ada"), attempt("eve", SEARCH), attempt("eve")) == ("passed", "passed", "RATE_LIMITED")


@pytest.mark.django_db
def test_the_identity_is_not_readable_in_the_table() -> None:
    hit(LOG_IN, "eve@example.com")
    window = RateWindow.objects.get()
    assert (window.rule, window.hits, len(window.identity)) == ("log_in", 1, 64)
    assert "eve" not in window.identity


@pytest.mark.django_db
def test_a_hit_is_one_statement() -> None:
    with CaptureQueriesContext(connection) as queries:
        hit(LOG_IN, "eve")
    assert len(queries) == 1


@pytest.mark.django_db
def test_counting_ends_above_the_limit() -> None:
    tries(9)
    assert RateWindow.objects.get().hits == 6


@pytest.mark.django_db
def test_forgetting_an_identity_leaves_the_others() -> None:
    tries(5)
    tries(5, "ada")
    rates.forget(LOG_IN, "eve")
    assert (attempt("eve"), attempt("ada")) == ("passed", "RATE_LIMITED")


@pytest.mark.django_db
def test_the_sweep_deletes_ended_windows_only() -> None:
    with clock.at(NOON):
        hit(LOG_IN, "eve")
    with clock.at(NOON + timedelta(minutes=1)):
        hit(LOG_IN, "ada")
    with clock.at(NOON + timedelta(minutes=15)):
        assert rates.sweep() == 1
    assert RateWindow.objects.get().ends_at == NOON + timedelta(minutes=16)


@pytest.mark.django_db(transaction=True)
def test_a_hit_inside_a_transaction_is_a_bug() -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        hit(LOG_IN, "eve")
    assert not RateWindow.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_hit_stands_whatever_follows_it() -> None:
    hit(LOG_IN, "eve")
    with pytest.raises(OSError, match="no answer"), transaction.atomic():
        raise OSError("no answer")
    assert RateWindow.objects.get().hits == 1


@pytest.mark.django_db(transaction=True)
def test_of_twenty_at_once_the_limit_passes() -> None:
    told = Counter(at_once(*[attempt] * THREADS))
    assert told == {"passed": 5, "RATE_LIMITED": 15}


@pytest.mark.django_db(transaction=True)
def test_of_twenty_at_once_more_pass_where_one_reads_before_one_writes() -> None:
    """The negative control: the same limit, counted in two statements."""
    told = Counter(at_once(*[attempt_in_two_statements] * THREADS))
    assert told["passed"] > 5


def attempt_in_two_statements() -> str:
    window, _ = RateWindow.objects.get_or_create(
        rule="log_in", identity="eve", defaults={"hits": 0, "ends_at": clock.now()}
    )
    sleep(0.02)
    RateWindow.objects.filter(pk=window.pk).update(hits=window.hits + 1)
    return "passed" if window.hits < LOG_IN.limit else "RATE_LIMITED"
