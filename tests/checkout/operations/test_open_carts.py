"""What every change of a cart brings along."""

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.db import transaction

from checkout.operations.open_carts import forget_cart, lock_cart, remember_cart
from marketplace.kernel.errors import NotFound
from tests.factories.checkout import CartFactory

pytestmark = pytest.mark.django_db


def test_a_session_is_written_only_for_news() -> None:
    session, cart = SessionStore(), CartFactory.create()
    remember_cart(session, cart, items=2)
    assert dict(session.items()) == {"cart_id": str(cart.token), "cart_items": 2}
    session.modified = False
    remember_cart(session, cart, items=2)
    assert not session.modified


def test_a_forgotten_cart_leaves_no_trace_in_the_session() -> None:
    session = SessionStore()
    remember_cart(session, CartFactory.create(), items=2)
    forget_cart(session)
    assert list(session.keys()) == []


@pytest.mark.parametrize("token", [7, "garbage", None])
def test_a_token_of_nothing_opens_nothing(token: object) -> None:
    session = SessionStore()
    CartFactory.create()
    session["cart_id"] = token
    with pytest.raises(NotFound), transaction.atomic():
        lock_cart(session=session, user=None)
