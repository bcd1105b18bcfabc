"""Transition tables: what may follow what, moved once, recorded always."""

from datetime import UTC, datetime

import pytest
from django.db import models, transaction
from pytest_django import DjangoAssertNumQueries

from marketplace.accounts.models import BillingProfile, User
from marketplace.kernel import audit, clock, states
from marketplace.kernel.errors import TransitionNotAllowed
from marketplace.kernel.models import AuditEntry, IdempotencyKey
from marketplace.kernel.states import Transitions

LATER = datetime(2030, 1, 1, tzinfo=UTC)


class Light(models.TextChoices):
    RED = "red", "Red"
    GREEN = "green", "Green"
    BROKEN = "broken", "Broken"


# Any text column will do: the outcome of a stored key stands for a status here.
LIGHTS = Transitions(
    Light,
    {Light.RED: {Light.GREEN, Light.BROKEN}, Light.GREEN: {Light.RED}, Light.BROKEN: set()},
    field="outcome",
)


def light(state: Light = Light.RED) -> IdempotencyKey:
    return IdempotencyKey.objects.create(scope="light", key="1", outcome=state, input_hash="")


def test_a_table_mentions_every_state() -> None:
    with pytest.raises(ValueError, match="the table of Light does not mention GREEN, BROKEN"):
        Transitions(Light, {Light.RED: {Light.GREEN}})


@pytest.mark.django_db
def test_a_move_is_made_and_recorded() -> None:
    row, actor = light(), User.objects.create_user("eve@example.com")
    with clock.at(LATER):
        LIGHTS.move(row, Light.GREEN, actor=actor, reason="clear", note="nobody waits")
    assert row.outcome is Light.GREEN
    assert IdempotencyKey.objects.get().outcome == "green"
    move = states.moves_of(row).get()
    assert (move.actor_id, move.at, move.before, move.after, move.reason, move.note) == (
        actor.pk,
        LATER,
        {"outcome": "red"},
        {"outcome": "green"},
        "clear",
        "nobody waits",
    )


@pytest.mark.django_db
def test_a_move_stamps_the_row_as_a_save_would() -> None:
    """Any text column will do: the address stands for a status here."""
    lights = Transitions(Light, LIGHTS.moves, field="email")
    row = BillingProfile.objects.create(email=Light.RED)
    with clock.at(LATER):
        lights.move(row, Light.GREEN, actor=None)
    stored = BillingProfile.objects.get()
    assert (stored.email, stored.updated_at) == ("green", LATER)
    assert (row.updated_at, row.created_at) == (LATER, stored.created_at)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("current", "to"), [(Light.GREEN, Light.BROKEN), (Light.BROKEN, Light.RED), (Light.RED, Light.RED)]
)
def test_a_move_outside_the_table_is_refused(current: Light, to: Light) -> None:
    row = light(current)
    with pytest.raises(TransitionNotAllowed) as refusal:
        LIGHTS.move(row, to, actor=None)
    assert refusal.value.message == f"This idempotency key is {current.value} and cannot become {to.value}."
    assert IdempotencyKey.objects.get().outcome == row.outcome == current
    assert not AuditEntry.objects.exists()


@pytest.mark.django_db
def test_other_columns_change_with_the_state() -> None:
    row = light()
    LIGHTS.move(row, Light.GREEN, actor=None, also={"input_hash": "new"})
    assert row.input_hash == "new"
    assert IdempotencyKey.objects.values_list("outcome", "input_hash").get() == ("green", "new")


@pytest.mark.django_db
def test_many_rows_move_in_two_statements(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    rows = [light(), IdempotencyKey.objects.create(scope="light", key="2", outcome="red", input_hash="")]
    with django_assert_num_queries(2):
        LIGHTS.move_all(rows, Light.GREEN, actor=None)
    assert [row.outcome for row in rows] == ["green", "green"]
    assert AuditEntry.objects.filter(action="moved", after={"outcome": "green"}).count() == 2
    with django_assert_num_queries(0):
        LIGHTS.move_all([], Light.GREEN, actor=None)


@pytest.mark.django_db
def test_one_row_that_may_not_move_keeps_all_where_they_are() -> None:
    rows = [light(), IdempotencyKey.objects.create(scope="light", key="2", outcome="broken", input_hash="")]
    with pytest.raises(TransitionNotAllowed) as refusal:
        LIGHTS.move_all(rows, Light.GREEN, actor=None)
    assert refusal.value.current == "broken"
    assert sorted(IdempotencyKey.objects.values_list("outcome", flat=True)) == ["broken", "red"]
    assert not AuditEntry.objects.exists()


@pytest.mark.django_db
def test_a_row_that_moved_behind_our_back_is_not_overwritten() -> None:
    row = light()
    IdempotencyKey.objects.update(outcome=Light.BROKEN)
    with pytest.raises(TransitionNotAllowed):
        LIGHTS.move(row, Light.GREEN, actor=None)
    assert IdempotencyKey.objects.get().outcome == "broken"
    assert not AuditEntry.objects.exists()


@pytest.mark.django_db
def test_moves_of_a_row_are_told_from_other_entries() -> None:
    row = light()
    LIGHTS.move(row, Light.GREEN, actor=None)
    audit.record(actor=None, action="light.cleaned", subject=row)
    LIGHTS.move(row, Light.RED, actor=None)
    assert [move.after for move in states.moves_of(row)] == [{"outcome": "green"}, {"outcome": "red"}]


@pytest.mark.django_db(transaction=True)
def test_a_row_is_moved_inside_a_transaction() -> None:
    row = light()
    with pytest.raises(transaction.TransactionManagementError):
        LIGHTS.move(row, Light.GREEN, actor=None)
    assert IdempotencyKey.objects.get().outcome == "red"


def test_a_table_prints_itself_for_the_docs() -> None:
    assert LIGHTS.as_markdown().splitlines() == [
        "| from | to |",
        "|---|---|",
        "| red | green, broken |",
        "| green | red |",
        "| broken | nothing |",
    ]
