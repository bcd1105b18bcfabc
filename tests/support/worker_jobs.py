"""Jobs for real workers, which tests/support/workers.py starts."""

from pathlib import Path
from time import sleep

from django.db import transaction

from marketplace.accounts.models import GuestEmail
from marketplace.kernel.jobs import job


@job()
def leave_a_mark(name: str) -> None:
    """One row for each time it runs."""
    GuestEmail.objects.create(email=name)


@job()
def hang_at_first(flag: str) -> None:
    """Hang in the middle of the work, for the worker to be killed; finish it once the flag stands."""
    with transaction.atomic():
        GuestEmail.objects.create(email="effect@example.com")
        if not Path(flag).exists():
            Path(flag).touch()
            sleep(120)


@job()
def take_a_second(flag: str) -> None:
    """Work that is under way when its worker is told to stop."""
    Path(flag).touch()
    sleep(1)
    GuestEmail.objects.create(email="second@example.com")


@job(attempts=2)
def fail_after_deferring() -> None:
    """What it queued must vanish with its transaction."""
    with transaction.atomic():
        leave_a_mark.defer("never@example.com")
        raise RuntimeError("as it was told")


@job()
def fail_beside_its_twin(flag: str) -> None:
    """Queue the same job under the same name, and fail; the second time, work."""
    if Path(flag).exists():
        GuestEmail.objects.create(email="twin@example.com")
        return
    Path(flag).touch()
    fail_beside_its_twin.defer_once("twin", flag)
    raise RuntimeError("as it was told")


@job()
def defer_another() -> None:
    with transaction.atomic():
        leave_a_mark.defer("next@example.com")
