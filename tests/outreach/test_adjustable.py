"""Reminders at another time: how many would leave at once."""

from datetime import timedelta

import pytest

from checkout.models import Cart
from marketplace.kernel import clock
from marketplace.outreach.adjustable import CART_REMINDERS
from marketplace.outreach.models import MailTopic
from marketplace.outreach.operations.preferences import save_preferences
from tests.factories.accounts import UserFactory
from tests.factories.checkout import buyable, filled_cart

pytestmark = pytest.mark.django_db


def _left(hours: int) -> None:
    user = UserFactory.create()
    cart = filled_cart(buyable(), user=user)
    Cart.objects.filter(pk=cart.pk).update(updated_at=clock.now() - timedelta(hours=hours))
    save_preferences(user=user, wanted=[MailTopic.CART_REMINDERS])


def test_the_impact_counts_the_mails_that_would_leave() -> None:
    for hours in (3, 13, 25):
        _left(hours)
    assert CART_REMINDERS.impact(24, 12) == [
        "2 carts were left for 12 hours, by users who want to be reminded: they soon get a mail.",
        "Whoever leaves a cart from now on is reminded after 12 hours; up to now after 24 hours.",
        "Nobody is reminded of one cart twice.",
    ]
    assert CART_REMINDERS.impact(24, 0) == [
        "1 cart was left long enough for a reminder that will not come: nobody is reminded any more."
    ]
