import pytest
from django.http import HttpRequest

from marketplace.accounts.models import User
from marketplace.accounts.viewing import OWN, READS, can_be_viewed, of_own_session, reads_by_post, way_of


@pytest.mark.parametrize(
    ("user", "can_be"),
    [
        (User(), True),
        (User(is_staff=True), False),
        (User(is_superuser=True), False),
        (User(is_active=False), False),
    ],
    ids=["user", "staff", "superuser", "closed"],
)
def test_nobody_looks_as_staff_or_a_closed_account(user: User, can_be: bool) -> None:
    assert can_be_viewed(user) == can_be


def test_a_view_says_what_it_does_while_somebody_looks() -> None:
    def view(request: HttpRequest) -> None:
        """A view."""

    assert way_of(view) == ""
    assert way_of(reads_by_post(view)) == READS
    assert way_of(of_own_session(view)) == OWN
