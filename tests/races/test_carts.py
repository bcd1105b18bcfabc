"""Carts under simultaneous hands."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.sessions.backends.db import SessionStore

from catalog.models import Variant
from checkout.models import Cart, CartLine
from checkout.operations import cart, merging, open_carts
from checkout.operations.cart import add_to_cart
from checkout.operations.merging import merge_carts
from marketplace.accounts.models import User
from tests.factories.accounts import UserFactory
from tests.factories.checkout import buyable, filled_cart
from tests.support.races import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def _user_and_guest() -> tuple[User, SessionStore, Variant]:
    """A user with one unit in the cart, and the session in which they put in two more as a guest."""
    user, variant, guests = UserFactory.create(), buyable(on_hand=20), SessionStore()
    filled_cart(variant, user=user)
    add_to_cart(session=guests, user=None, variant_id=variant.pk, quantity=2)
    return user, guests, variant


def _units_after_merging_while_adding(user: User, guests: SessionStore, variant: Variant) -> int:
    at_once(lambda: merge_carts(session=guests, user=user), _add(user, variant))
    return CartLine.objects.get(cart__user=user).quantity


def test_what_is_added_while_carts_merge_is_kept() -> None:
    assert _units_after_merging_while_adding(*_user_and_guest()) == 4


def test_without_the_lock_one_of_them_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    prepared = _user_and_guest()
    both_have_read = threading.Barrier(2)

    def after_both_have_read(write: Callable[..., Any]) -> Callable[..., Any]:
        def late(*args: Any, **kwargs: Any) -> Any:
            both_have_read.wait(timeout=10)
            return write(*args, **kwargs)

        return late

    for module in (merging, open_carts):
        monkeypatch.setattr(module, "lock", list)
    monkeypatch.setattr(merging, "_taken_over", after_both_have_read(merging._taken_over))
    monkeypatch.setattr(cart, "_put", after_both_have_read(cart._put))
    assert _units_after_merging_while_adding(*prepared) in {2, 3}


def _add(user: User, variant: Variant) -> Callable[[], Cart]:
    return lambda: add_to_cart(session=SessionStore(), user=user, variant_id=variant.pk)


def test_two_first_adds_of_a_user_make_one_cart() -> None:
    user, variant = UserFactory.create(), buyable(on_hand=20)
    at_once(*[_add(user, variant)] * 4)
    assert Cart.objects.get().user == user
    assert CartLine.objects.get().quantity == 4


def test_two_sign_ins_at_once_merge_two_guests_carts() -> None:
    user, variant = UserFactory.create(), buyable(on_hand=20)
    sessions = [SessionStore(), SessionStore()]
    for session in sessions:
        add_to_cart(session=session, user=None, variant_id=variant.pk)
    outcomes = at_once(
        *[lambda session=session: merge_carts(session=session, user=user) for session in sessions]
    )
    assert outcomes[0] == outcomes[1]
    assert Cart.objects.get(user=user).lines.get().quantity == 2
