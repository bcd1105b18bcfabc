"""Other limits: whom they would refuse in the minute that runs."""

from datetime import timedelta

import pytest

from marketplace.api.adjustable import CART_CHANGES, KEY_REQUESTS
from marketplace.kernel import clock
from marketplace.kernel.models import RateWindow

pytestmark = pytest.mark.django_db


def _came(rule: str, *hits: int, minutes: int = 1) -> None:
    ends_at = clock.now() + timedelta(minutes=minutes)
    for number, count in enumerate(hits):
        RateWindow.objects.create(rule=rule, identity=f"{minutes}:{number}", hits=count, ends_at=ends_at)


def test_the_impact_says_who_of_this_minute_would_be_refused() -> None:
    _came("cart_by_buyer", 3, 10, 11)
    _came("cart_by_buyer", 99, minutes=-1)
    _came("cart_by_address", 100)
    assert CART_CHANGES.impact(120, 10) == [
        "In this minute 3 buyers came, at most 11 times; 1 of them would be refused.",
        "In this minute 1 address came, at most 100 times; 0 of them would be refused.",
        "One buyer: 10 a minute; up to now 120 a minute. All of an address: 100 a minute.",
    ]
    assert CART_CHANGES.impact(10, 0)[-1].startswith("One buyer: any number; up to now 10 a minute.")


def test_no_limit_refuses_nobody() -> None:
    _came("requests_by_key", 600)
    assert KEY_REQUESTS.impact(600, 0) == [
        "0 API keys are live.",
        "In this minute 1 API key came, at most 600 times; 0 of them would be refused.",
        "One key: any number; up to now 600 a minute.",
    ]
