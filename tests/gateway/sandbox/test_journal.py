"""What happens in the sandbox is written down with it, and a worker is told."""

import pytest
from django.db import transaction

from marketplace.gateway.models import SandboxEvent
from marketplace.gateway.sandbox.rows import reference
from tests.support import payments
from tests.support.queue import queued


@pytest.mark.django_db
def test_each_event_is_a_row_and_a_job() -> None:
    payments.paid()
    keys = list(SandboxEvent.objects.order_by("pk").values_list("pk", flat=True))
    assert queued() == [("deliver_event", {"event_id": key}) for key in keys]
    assert len(keys) == 3


@pytest.mark.django_db(transaction=True)
def test_what_is_refused_leaves_no_event() -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        payments.opened()
    assert not SandboxEvent.objects.exists()
    assert queued() == []


def test_no_two_references_are_the_same() -> None:
    assert len({reference("pi") for _ in range(1000)}) == 1000
