"""The kernel's upkeep: each task deletes what its setting says, and nothing else."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import override_settings

from marketplace.kernel import clock, housekeeping
from marketplace.kernel.models import IdempotencyKey, RateWindow

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@override_settings(IDEMPOTENCY_KEY_DAYS=2)
def test_old_keys_are_forgotten() -> None:
    for hours in (47, 49):
        IdempotencyKey.objects.create(
            scope="s", key=str(hours), outcome="", input_hash="", created_at=NOON - timedelta(hours=hours)
        )
    with clock.at(NOON):
        housekeeping.forget_old_keys()
    assert list(IdempotencyKey.objects.values_list("key", flat=True)) == ["47"]


def test_ended_windows_are_forgotten() -> None:
    for minutes in (0, 1):
        RateWindow.objects.create(
            rule="log_in", identity=str(minutes), hits=1, ends_at=NOON + timedelta(minutes=minutes)
        )
    with clock.at(NOON):
        housekeeping.forget_ended_windows()
    assert list(RateWindow.objects.values_list("identity", flat=True)) == ["1"]
