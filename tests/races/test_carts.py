"""Carts under simultaneous hands."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.db.models import F, QuerySet

from catalog.models import Variant
from checkout.models import Cart, CartLine
from checkout.operations import cart, merging, open_carts, settle
from checkout.operations.cart import add_to_cart
from checkout.operations.merging import merge_carts
from checkout.operations.place import place_order
from checkout.operations.settle import settle_payment
from checkout.selectors.cart import cart_for
from marketplace.accounts.models import User
from tests.factories.accounts import UserFactory
from tests.factories.checkout import buyable, filled_cart
from tests.factories.orders import intent_of, ready_cart
from tests.support.payments import confirm
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


def _without_locks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever merges and whoever adds both read before either writes."""
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


def test_without_the_lock_one_of_them_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    prepared = _user_and_guest()
    _without_locks(monkeypatch)
    assert _units_after_merging_while_adding(*prepared) in {2, 3}


def _lines_after_a_guest_adds_while_merging(user: User, guests: SessionStore, variant: Variant) -> list[int]:
    """A window that has not heard of the sign-in adds to the guest's cart; units by active cart, the user's
    first."""
    late = SessionStore()
    late.update(guests)
    at_once(
        lambda: merge_carts(session=guests, user=user),
        lambda: add_to_cart(session=late, user=None, variant_id=variant.pk),
    )
    active = Cart.objects.filter(status="active").order_by(F("user").asc(nulls_last=True))
    assert active.filter(user=user).count() == 1
    return [sum(cart.lines.values_list("quantity", flat=True)) for cart in active]


def test_what_is_added_to_the_guests_cart_while_it_merges_goes_along_or_begins_another() -> None:
    user, guests, variant = _user_and_guest()
    assert _lines_after_a_guest_adds_while_merging(user, guests, variant) in ([4], [3, 1])


def test_without_the_lock_it_is_lost_or_doubled(monkeypatch: pytest.MonkeyPatch) -> None:
    prepared = _user_and_guest()
    _without_locks(monkeypatch)
    assert _lines_after_a_guest_adds_while_merging(*prepared) not in ([4], [3, 1])


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


def _left_after_adding_while_paying(guard_is_off: pytest.MonkeyPatch | None = None) -> list[int] | None:
    """One variant is paid at the moment another is put in the cart; what the buyer's cart holds then."""
    tea, mug, session = buyable(on_hand=20), buyable(on_hand=20), SessionStore()
    bought = ready_cart(tea)
    order = place_order(cart=bought)
    open_carts.remember_cart(session, bought, items=1)
    ref = intent_of(order).ref
    confirm(intent_of(order))
    if guard_is_off is not None:
        both_have_read = threading.Barrier(2)

        def read(queryset: QuerySet[Cart]) -> list[Cart]:
            rows = list(queryset)
            both_have_read.wait(timeout=10)
            return rows

        guard_is_off.setattr(open_carts, "lock", read)
        guard_is_off.setattr(settle, "lock_one", lambda queryset: read(queryset)[0])
    outcomes = at_once(
        lambda: settle_payment(provider="sandbox", ref=ref),
        lambda: add_to_cart(session=session, user=None, variant_id=mug.pk),
    )
    assert [each for each in outcomes if isinstance(each, Exception)] == []
    cart = cart_for(session=session, user=None)
    return None if cart is None else [line.variant_id - mug.pk for line in cart.lines.all()]


def test_what_is_added_while_the_cart_is_paid_is_kept_and_what_was_paid_is_not() -> None:
    assert [_left_after_adding_while_paying() for _ in range(10)] == [[0]] * 10


def test_without_the_lock_it_goes_with_the_paid_cart_or_what_was_paid_stays(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert _left_after_adding_while_paying(monkeypatch) != [0]
