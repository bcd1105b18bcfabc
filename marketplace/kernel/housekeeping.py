"""What the kernel's own tables need done by the clock; PROCRASTINATE_IMPORT_PATHS names this module."""

from datetime import timedelta

from django.conf import settings

from marketplace.kernel import idempotency, rates
from marketplace.kernel.jobs import delete_finished, periodic, retry_stalled


@periodic("* * * * * */15")
def retry_jobs_of_dead_workers() -> None:
    """Every 15 seconds; a job waits for less than a minute when its worker was killed and another lives."""
    retry_stalled()


@periodic("7 3 * * *")
def forget_old_keys() -> None:
    """Idempotency keys are kept for IDEMPOTENCY_KEY_DAYS."""
    idempotency.forget(older_than=timedelta(days=settings.IDEMPOTENCY_KEY_DAYS))


@periodic("*/15 * * * *")
def forget_ended_windows() -> None:
    """Windows of rate limits serve no more once they have ended."""
    rates.sweep()


@periodic("37 3 * * *")
def delete_finished_jobs() -> None:
    """Finished jobs are kept for FINISHED_JOB_DAYS, for people who look what happened."""
    delete_finished(older_than=timedelta(days=settings.FINISHED_JOB_DAYS))
