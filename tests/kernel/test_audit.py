"""The audit trail: it says who did what, and nobody changes it afterwards."""

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, connection, transaction
from pytest_django import DjangoAssertNumQueries

from marketplace.accounts.models import GuestEmail, User
from marketplace.kernel import append_only, audit, clock
from marketplace.kernel.models import AuditEntry

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def entry() -> AuditEntry:
    subject = User.objects.create_user("ada@example.com")
    return audit.record(actor=None, action="accounts.closed", subject=subject)


def test_record_keeps_who_what_when_and_why() -> None:
    actor, subject = User.objects.create_user("eve@example.com"), User.objects.create_user("ada@example.com")
    with clock.at(NOON):
        audit.record(
            actor=actor,
            action="accounts.renamed",
            subject=subject,
            before={"name": "Ada"},
            after={"name": "Augusta", "at": NOON},
            reason="asked",
            note="by telephone",
        )
    stored = AuditEntry.objects.values().get()
    assert stored == {
        "id": stored["id"],
        "at": NOON,
        "actor_id": actor.pk,
        "action": "accounts.renamed",
        "subject_type": "accounts.User",
        "subject_id": subject.pk,
        "before": {"name": "Ada"},
        "after": {"name": "Augusta", "at": "2026-03-01T12:00:00Z"},
        "reason": "asked",
        "note": "by telephone",
        "scope": "",
        "key_id": None,
    }


def test_entries_of_a_thing_are_its_own_oldest_first() -> None:
    one, other = User.objects.create_user("a@example.com"), User.objects.create_user("b@example.com")
    first = audit.record(actor=None, action="accounts.closed", subject=one)
    audit.record(actor=None, action="accounts.closed", subject=other)
    second = audit.record(actor=None, action="accounts.opened", subject=one)
    assert list(audit.entries_of(one)) == [first, second]


def test_an_entry_outlives_its_actor_and_its_subject() -> None:
    actor = User(pk=7, email="gone@example.com")
    subject = GuestEmail.objects.create(email="ada@example.com")
    recorded = audit.record(actor=actor, action="accounts.forgotten", subject=subject)
    subject.delete()
    assert list(AuditEntry.objects.all()) == [recorded]
    assert (recorded.actor_id, User.objects.exists()) == (7, False)


@pytest.mark.parametrize(
    "statement", ["UPDATE kernel_auditentry SET reason = 'x'", "DELETE FROM kernel_auditentry"]
)
@pytest.mark.parametrize("rows", ["", " WHERE id = -1"])
def test_the_database_refuses_to_change_an_entry(statement: str, rows: str) -> None:
    recorded = entry()
    with (
        pytest.raises(IntegrityError, match="kernel_auditentry is append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement + rows)
    recorded.refresh_from_db()
    assert recorded.reason == ""


def test_the_database_refuses_to_empty_the_table() -> None:
    recorded = entry()
    with connection.cursor() as cursor:
        # The tests' template database has it switched off, for their own cleaning.
        cursor.execute(f"ALTER TABLE kernel_auditentry ENABLE TRIGGER {append_only.TRUNCATE_TRIGGER}")
        with pytest.raises(IntegrityError, match="TRUNCATE is refused"), transaction.atomic():
            cursor.execute("TRUNCATE kernel_auditentry")
    assert list(AuditEntry.objects.all()) == [recorded]


def test_what_is_recorded_together_is_written_in_one_statement(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    subject = User.objects.create_user("ada@example.com")
    with django_assert_num_queries(1), audit.gathered():
        audit.record(actor=None, action="accounts.renamed", subject=subject)
        with audit.gathered():
            audit.record(actor=None, action="accounts.closed", subject=subject)
    assert [each.action for each in audit.entries_of(subject)] == ["accounts.renamed", "accounts.closed"]


def test_nothing_is_written_of_what_fails_together() -> None:
    def fail() -> None:
        with audit.gathered():
            entry()
            raise OSError("no answer")

    with pytest.raises(OSError, match="no answer"):
        fail()
    assert not AuditEntry.objects.exists()


def test_changes_are_told_by_name_before_and_after() -> None:
    told = AuditEntry(before={"status": "a", "n": 1}, after={"status": "b", "tags": ["x"]})
    assert audit.changes(told) == [
        audit.Change(name="status", before="a", after="b"),
        audit.Change(name="n", before="1", after=None),
        audit.Change(name="tags", before=None, after='["x"]'),
    ]
    assert audit.told(told) == 'status: a → b; n: 1 → none; tags: ["x"]'
