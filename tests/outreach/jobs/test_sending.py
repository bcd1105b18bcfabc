from datetime import timedelta

import pytest
from pytest_django import Settings

from checkout.models import Cart, CartStatus
from marketplace.accounts.models import User
from marketplace.kernel import clock
from marketplace.outreach.jobs.sending import remind_of_carts
from marketplace.outreach.models import MailTopic
from marketplace.outreach.operations.preferences import save_preferences
from tests.factories.accounts import UserFactory
from tests.factories.checkout import buyable, filled_cart
from tests.support.mails import sent

pytestmark = pytest.mark.django_db


def _left(hours: int, *, is_wanted: bool = True) -> User:
    user: User = UserFactory.create()
    cart = filled_cart(buyable(), user=user)
    Cart.objects.filter(pk=cart.pk).update(updated_at=clock.now() - timedelta(hours=hours))
    save_preferences(user=user, wanted=[MailTopic.CART_REMINDERS] if is_wanted else [])
    return user


def test_who_wants_to_be_reminded_of_a_cart_is_once() -> None:
    _left(23)
    _left(25, is_wanted=False)
    user = _left(25)
    _left(24 * 9)
    filled_cart(buyable())
    for _ in range(2):
        remind_of_carts()
    (message,) = sent()
    assert (message.to, message.subject) == ([user.email], "Your cart waits")
    link = message.extra_headers["List-Unsubscribe"].strip("<>")
    assert link.startswith("http://localhost:8000/mail/unsubscribe?token=")
    assert link in str(message.body)
    assert message.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_nobody_is_reminded_where_that_is_off(settings: Settings) -> None:
    settings.CART_REMINDER_HOURS = 0
    _left(25)
    remind_of_carts()
    assert sent() == []


@pytest.mark.parametrize("change", ["bought", "declined"])
def test_what_changed_before_it_left_is_heeded(change: str) -> None:
    user = _left(25)
    remind_of_carts()
    if change == "bought":
        Cart.objects.update(status=CartStatus.PAID)
    else:
        save_preferences(user=user, wanted=[])
    assert sent() == []
