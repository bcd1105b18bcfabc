"""Sessions in the database."""

import pytest
from django.contrib.sessions.models import Session
from pytest_django import DjangoAssertNumQueries

from marketplace.kernel import sessions
from marketplace.kernel.sessions import SessionStore

pytestmark = pytest.mark.django_db


@pytest.mark.django_db(transaction=True)
def test_a_session_begins_in_one_statement(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    session = SessionStore()
    session["cart_id"] = "one"
    # Its transaction is begun and committed too.
    with django_assert_num_queries(3):
        session.save()
    assert SessionStore(session.session_key)["cart_id"] == "one"


def test_a_key_that_is_taken_is_not_taken_over(monkeypatch: pytest.MonkeyPatch) -> None:
    taken = SessionStore()
    taken["whose"] = "theirs"
    taken.save()
    keys = iter([taken.session_key, "b" * 32])
    monkeypatch.setattr(sessions, "get_random_string", lambda *_: next(keys))
    session = SessionStore()
    session["whose"] = "mine"
    session.save()
    assert (session.session_key, Session.objects.count()) == ("b" * 32, 2)
    assert SessionStore(taken.session_key)["whose"] == "theirs"
