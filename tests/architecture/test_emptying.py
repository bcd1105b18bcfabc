"""After a test that commits nothing is left of it, and what the migrations made is as they made it."""

from collections.abc import Iterator

import psycopg
import pytest
from django.contrib.auth.models import Group
from django.db import connection, transaction

from marketplace.accounts.models import User
from marketplace.kernel import audit
from marketplace.kernel.models import AuditEntry
from tests.support.emptying import Emptier

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def emptier() -> Iterator[Emptier]:
    with psycopg.connect(**connection.get_connection_params(), autocommit=True) as session:
        yield Emptier(session)


def test_what_refuses_to_be_deleted_is_deleted_and_groups_stay(emptier: Emptier) -> None:
    groups = list(Group.objects.values())
    with transaction.atomic():
        user = User.objects.create_user("ada@example.com")
        audit.record(actor=user, action="accounts.closed", subject=user)
    assert emptier.empty()
    assert (User.objects.count(), AuditEntry.objects.count()) == (0, 0)
    assert groups
    assert list(Group.objects.values()) == groups


def test_where_something_else_has_changed_nothing_is_done(emptier: Emptier) -> None:
    User.objects.create_user("ada@example.com")
    Group.objects.filter(pk=Group.objects.earliest("pk").pk).update(name="Changed")
    assert not emptier.empty()
    assert User.objects.count() == 1


def test_who_is_still_at_work_is_waited_for(emptier: Emptier, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.support.emptying.SECONDS", 0)
    with transaction.atomic():
        User.objects.create_user("ada@example.com")
        assert not emptier.empty()
    assert emptier.empty()
    assert User.objects.count() == 0
