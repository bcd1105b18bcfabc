"""What happens to money by the clock."""

import pytest

from payouts import jobs
from payouts.models import Reconciliation


@pytest.mark.django_db
def test_the_books_are_compared_every_night() -> None:
    jobs.reconcile_every_night()
    assert Reconciliation.objects.get().outcome == "clean"
