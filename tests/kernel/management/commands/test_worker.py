"""Real workers: killed, told to stop, and bound to the transactions of their jobs."""

from pathlib import Path

import pytest
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob, ProcrastinateWorker

from marketplace.accounts.models import GuestEmail
from marketplace.kernel import jobs
from tests.support import worker_jobs
from tests.support.workers import run_worker, wait_for, worker

pytestmark = pytest.mark.django_db(transaction=True)


def effects() -> list[str]:
    return sorted(GuestEmail.objects.values_list("email", flat=True))


def ours() -> dict[str, tuple[str, int]]:
    """State and attempts of the jobs of these tests; the worker's own periodic ones stay aside."""
    rows = ProcrastinateJob.objects.filter(task_name__startswith=worker_jobs.__name__)
    return {
        name.rpartition(".")[2]: (status, attempts)
        for name, status, attempts in rows.values_list("task_name", "status", "attempts")
    }


def age_heartbeats() -> None:
    """Let the minute pass after which a silent worker counts as dead."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE procrastinate_workers SET last_heartbeat = last_heartbeat - interval '2 minutes'"
        )


def test_a_job_whose_worker_was_killed_is_finished_by_another_once(tmp_path: Path) -> None:
    flag = tmp_path / "started"
    key = worker_jobs.hang_at_first.defer(str(flag))
    with worker() as process:
        wait_for(flag.exists)
        process.kill()
    assert (ours(), effects()) == ({"hang_at_first": ("doing", 0)}, [])
    assert jobs.retry_stalled() == []
    age_heartbeats()
    assert key in jobs.retry_stalled()
    assert run_worker() == 0
    assert (ours(), effects()) == ({"hang_at_first": ("succeeded", 2)}, ["effect@example.com"])


def test_what_a_job_defers_belongs_to_its_transaction() -> None:
    worker_jobs.fail_after_deferring.defer()
    worker_jobs.defer_another.defer()
    assert run_worker() == 0
    assert effects() == ["next@example.com"]
    assert ours() == {
        "fail_after_deferring": ("todo", 1),
        "defer_another": ("succeeded", 1),
        "leave_a_mark": ("succeeded", 1),
    }


def test_a_job_that_fails_beside_its_waiting_twin_is_tried_again(tmp_path: Path) -> None:
    worker_jobs.fail_beside_its_twin.defer_once("twin", str(tmp_path / "flag"))
    assert run_worker() == 0
    assert effects() == ["twin@example.com"]
    rows = ProcrastinateJob.objects.filter(task_name=worker_jobs.fail_beside_its_twin.name)
    assert sorted(rows.values_list("status", "attempts")) == [("succeeded", 1), ("todo", 1)]


def test_a_worker_that_is_told_to_stop_finishes_what_it_does(tmp_path: Path) -> None:
    flag = tmp_path / "started"
    worker_jobs.take_a_second.defer(str(flag))
    with worker("--threads", "1") as process:
        wait_for(flag.exists)
        worker_jobs.leave_a_mark.defer("too-late@example.com")
        process.terminate()
        assert process.wait() == 0
    assert effects() == ["second@example.com"]
    assert ours() == {"take_a_second": ("succeeded", 1), "leave_a_mark": ("todo", 0)}
    assert not ProcrastinateWorker.objects.exists()


def test_a_worker_leaves_what_outlasts_its_time_of_grace(tmp_path: Path) -> None:
    flag = tmp_path / "started"
    worker_jobs.hang_at_first.defer(str(flag))
    with worker("--grace", "0.2") as process:
        wait_for(flag.exists)
        process.terminate()
        assert process.wait() == 1
    assert (ours(), effects()) == ({"hang_at_first": ("doing", 0)}, [])


@pytest.mark.deep
@pytest.mark.parametrize("kills", [1, 3])
def test_the_workers_sweep_after_one_another(tmp_path: Path, kills: int) -> None:
    """The periodic sweep of the next worker finds the job, however often its worker is killed."""
    flag = tmp_path / "started"
    worker_jobs.hang_at_first.defer(str(flag))
    for _ in range(kills):
        flag.unlink(missing_ok=True)
        with worker() as process:
            wait_for(flag.exists)
            process.kill()
        age_heartbeats()
        with connection.cursor() as cursor:
            # A tick is swept once; let the next worker take this minute's for its own.
            cursor.execute("DELETE FROM procrastinate_periodic_defers")
    with worker() as process:
        wait_for(lambda: ours()["hang_at_first"][0] == "succeeded")
        process.terminate()
        assert process.wait() == 0
    assert (ours(), effects()) == ({"hang_at_first": ("succeeded", kills + 1)}, ["effect@example.com"])
