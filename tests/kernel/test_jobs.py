"""Jobs: queued with the transaction, tried again with patience, once where once is enough."""

from datetime import UTC, datetime, timedelta
from threading import Event

import pytest
from asgiref.sync import async_to_sync
from django.db import connection, transaction
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.jobs import Job
from procrastinate.manager import JobManager

from marketplace.accounts.models import GuestEmail
from marketplace.kernel import clock, housekeeping, jobs
from marketplace.kernel.jobs import job, periodic
from tests.support.queue import queued, run_queued
from tests.support.races import at_once

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@job()
def greet(name: str, *, loudly: bool = False) -> None:
    GuestEmail.objects.create(email=f"{name}{'!' if loudly else ''}@example.com")


@job(attempts=3, one_at_a_time="till")
def count_till(till_id: int | None) -> None:
    """Never two at once."""


@periodic("0 4 * * *")
def sweep_floor() -> None:
    GuestEmail.objects.create(email="swept@example.com")


def greeted() -> list[str]:
    return list(GuestEmail.objects.order_by("pk").values_list("email", flat=True))


@pytest.mark.django_db
def test_calling_a_job_runs_it() -> None:
    greet("ada", loudly=True)
    assert (greeted(), queued()) == (["ada!@example.com"], [])


@pytest.mark.django_db
def test_a_deferred_job_waits_with_its_arguments_by_name() -> None:
    greet.defer("ada", loudly=True)
    assert (greeted(), queued()) == ([], [("greet", {"name": "ada", "loudly": True})])
    run_queued()
    assert (greeted(), queued()) == (["ada!@example.com"], [])


@pytest.mark.django_db
def test_wrong_arguments_are_refused_before_anything_is_queued() -> None:
    with pytest.raises(TypeError):
        greet.defer(nobody="ada")  # type: ignore[call-arg]  # the point of the test
    assert queued() == []


@pytest.mark.django_db(transaction=True)
def test_a_job_commits_with_its_rows_and_vanishes_with_them() -> None:
    with transaction.atomic():
        greet.defer("never")
        transaction.set_rollback(True)
    assert queued() == []
    with transaction.atomic():
        greet.defer("ada")
        assert at_once(queued) == [[]]
    assert queued() == [("greet", {"name": "ada"})]


@pytest.mark.django_db
def test_a_job_can_wait_for_a_moment() -> None:
    greet.defer_at(NOON, "ada")
    assert list(ProcrastinateJob.objects.values_list("scheduled_at", flat=True)) == [NOON]


@pytest.mark.django_db
def test_of_jobs_under_one_name_one_waits_and_the_transaction_lives_on() -> None:
    with transaction.atomic():
        assert [greet.defer_once("door", "ada"), greet.defer_once("door", "eve")] == [True, False]
        assert greet.defer_once("gate", "eve") is True
        GuestEmail.objects.create(email="after@example.com")
    assert queued() == [("greet", {"name": "ada"}), ("greet", {"name": "eve"})]
    assert greeted() == ["after@example.com"]


@pytest.mark.django_db(transaction=True)
def test_a_name_taken_by_a_transaction_that_fails_is_free_again() -> None:
    taken, may_fail = Event(), Event()

    def take_and_fail() -> None:
        with transaction.atomic():
            greet.defer_once("door", "never")
            taken.set()
            assert may_fail.wait(10)
            raise OSError("no answer")

    def take() -> bool:
        assert taken.wait(10)
        may_fail.set()
        return greet.defer_once("door", "ada")

    failed, queued_it = at_once(take_and_fail, take)
    assert (type(failed), queued_it) == (OSError, True)
    assert queued() == [("greet", {"name": "ada"})]


def test_a_job_takes_primitives_only() -> None:
    for parameter in (GuestEmail, float, list[int], int | float, datetime):

        def wrong(subject: object) -> None: ...

        wrong.__annotations__["subject"] = parameter
        with pytest.raises(TypeError, match="a job takes int, str, bool or None"):
            job()(wrong)


def test_a_job_bears_the_path_of_its_function() -> None:
    assert (greet.name, sweep_floor.name) == (
        "tests.kernel.test_jobs.greet",
        "tests.kernel.test_jobs.sweep_floor",
    )


@pytest.mark.parametrize(
    ("attempts", "seconds"), [(1, 5), (2, 10), (3, 20), (4, 40), (10, 2560), (11, 3600), (500, 3600)]
)
def test_each_wait_is_twice_the_last_up_to_an_hour(attempts: int, seconds: int) -> None:
    assert jobs.wait_after(attempts) == timedelta(seconds=seconds)


@pytest.mark.django_db
def test_a_periodic_job_runs_by_the_clock_and_by_hand() -> None:
    task = app.tasks["tests.kernel.test_jobs.sweep_floor"]
    schedule = app.periodic_registry.periodic_tasks[task.name, ""]
    assert (schedule.cron, task.queueing_lock) == ("0 4 * * *", task.name)
    task.func(timestamp=1)
    sweep_floor()
    assert greeted() == ["swept@example.com", "swept@example.com"]


def test_the_kernels_own_upkeep_is_scheduled() -> None:
    scheduled = {
        periodic.task.name: periodic.cron for periodic in app.periodic_registry.periodic_tasks.values()
    }
    assert {
        name.rpartition(".")[2]: cron
        for name, cron in scheduled.items()
        if name.startswith(housekeeping.__name__)
    } == {
        "retry_jobs_of_dead_workers": "* * * * * */15",
        "forget_old_keys": "7 3 * * *",
        "forget_ended_windows": "*/15 * * * *",
        "delete_finished_jobs": "37 3 * * *",
    }


def stall(task: str, *, attempts: int = 0, silent_for: int | None = 120) -> int:
    """Leave a job as a worker would that was silent for so many seconds. None: its row is gone too."""
    with connection.cursor() as cursor:
        worker = None
        if silent_for is not None:
            cursor.execute(
                "INSERT INTO procrastinate_workers (last_heartbeat)"
                " VALUES (now() - make_interval(secs => %s)) RETURNING id",
                [silent_for],
            )
            (worker,) = cursor.fetchone()
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, args, status, attempts, worker_id)"
            " VALUES ('default', %s, '{\"name\": \"ada\"}', 'doing', %s, %s) RETURNING id",
            [f"{__name__}.{task}", attempts, worker],
        )
        (key,) = cursor.fetchone()
    return int(key)


def state(key: int) -> tuple[str, int]:
    stored = ProcrastinateJob.objects.get(pk=key)
    return stored.status, stored.attempts


@pytest.mark.django_db
@pytest.mark.parametrize("silent_for", [120, None])
def test_the_job_of_a_dead_worker_is_queued_anew(silent_for: int | None) -> None:
    key = stall("greet", silent_for=silent_for)
    assert jobs.retry_stalled() == [key]
    assert state(key) == ("todo", 1)
    assert jobs.retry_stalled() == []
    run_queued()
    assert greeted() == ["ada@example.com"]


@pytest.mark.django_db
def test_the_job_of_a_worker_that_reports_is_left_alone() -> None:
    key = stall("greet", silent_for=20)
    assert jobs.retry_stalled() == []
    assert state(key) == ("doing", 0)


@pytest.mark.django_db
def test_a_job_that_kills_its_workers_is_given_up() -> None:
    key = stall("count_till", attempts=2)
    assert jobs.retry_stalled() == [key]
    assert state(key) == ("failed", 3)


@pytest.mark.django_db
def test_a_job_that_only_newer_workers_know_is_left_to_them() -> None:
    key = stall("not_here_yet")
    assert jobs.retry_stalled() == [key]
    assert state(key) == ("todo", 1)


@pytest.mark.django_db
def test_a_job_that_ended_after_all_is_left_alone() -> None:
    key = stall("greet")
    (stalled,) = async_to_sync(JobManager(DjangoConnector()).get_stalled_jobs)()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'succeeded'")
    assert jobs._settle(stalled) is None
    assert state(key) == ("succeeded", 0)


@pytest.mark.django_db
def test_a_stalled_job_whose_twin_waits_is_queued_beside_it() -> None:
    key = stall("greet")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET queueing_lock = %s", [f"{greet.name}:door"])
    greet.defer_once("door", "ada")
    assert jobs.retry_stalled() == [key]
    assert state(key) == ("todo", 1)


@pytest.mark.parametrize(("attempts", "seconds"), [(0, 5), (1, 10), (9, 2560)])
def test_a_failed_attempt_waits_before_the_next(attempts: int, seconds: int) -> None:
    failed = Job(
        id=1, queue="default", lock=None, queueing_lock=None, task_name=greet.name, attempts=attempts
    )
    with clock.at(NOON):
        decision = jobs.Backoff(11).get_retry_decision(exception=OSError(), job=failed)
    assert decision is not None
    assert decision.retry_at == NOON + timedelta(seconds=seconds)


@pytest.mark.django_db
def test_jobs_that_share_a_name_are_queued_under_its_lock() -> None:
    count_till.defer(None)
    assert list(ProcrastinateJob.objects.values_list("lock", "args")) == [("till", {"till_id": None})]


@pytest.mark.django_db
def test_finished_jobs_are_deleted_after_their_time_and_failed_ones_stay() -> None:
    finished, failed = stall("greet"), stall("forgotten", silent_for=None)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'succeeded' WHERE id = %s", [finished])
        cursor.execute("UPDATE procrastinate_jobs SET status = 'failed' WHERE id = %s", [failed])
        cursor.execute("UPDATE procrastinate_events SET at = now() - interval '169 hours'")
    jobs.delete_finished(older_than=timedelta(days=8))
    assert set(ProcrastinateJob.objects.values_list("pk", flat=True)) == {finished, failed}
    jobs.delete_finished(older_than=timedelta(days=7))
    assert set(ProcrastinateJob.objects.values_list("pk", flat=True)) == {failed}


@pytest.mark.django_db
def test_a_stalled_job_need_not_wait() -> None:
    key = stall("count_till", attempts=1)
    with clock.at(NOON):
        jobs.retry_stalled()
    assert ProcrastinateJob.objects.get(pk=key).scheduled_at == NOON
