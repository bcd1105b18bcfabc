"""Orders that nobody pays come to their end, and never behind a payment's back."""

from datetime import UTC, datetime, timedelta

import pytest
from pytest_django import Settings

from catalog.models import Variant
from checkout import events
from checkout.errors import PaymentUnderWay
from checkout.models import Cart, Order, Payment, Refund
from checkout.operations.expire import cancel_order, expire_order
from checkout.operations.settle import settle_payment
from marketplace.accounts.models import User
from marketplace.gateway.models import SandboxIntent
from marketplace.gateway.provider import IntentStatus, PaymentProvider, ProviderUnavailable
from marketplace.gateway.sandbox import intents
from marketplace.kernel import clock
from marketplace.kernel.states import moves_of
from tests.factories.accounts import UserFactory
from tests.factories.checkout import buyable
from tests.factories.orders import intent_of, payment_of, placed
from tests.support.payments import confirm
from tests.support.providers import Silent, Unreachable, named
from tests.support.published import published

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HALF_PAST = NOON + timedelta(minutes=30)


def _placed(variant: Variant, user: User | None = None) -> Order:
    with clock.at(NOON):
        return placed(variant, user=user)


def _expire(order: Order, moment: datetime = HALF_PAST) -> str:
    with clock.at(moment):
        expire_order(order_id=order.pk)
    order.refresh_from_db()
    return order.payment_state


def _stock(variant: Variant) -> tuple[int, int]:
    variant.refresh_from_db()
    return variant.on_hand, variant.reserved


def test_an_order_that_is_not_paid_gives_everything_back(provider: PaymentProvider) -> None:
    tea = buyable()
    order = _placed(tea)
    with published() as said:
        assert _expire(order) == "expired"
    assert said == [events.OrderReleased(order_id=order.pk)]
    assert set(order.vendor_orders.values_list("status", flat=True)) == {"cancelled"}
    assert (payment_of(order).status, intent_of(order).status) == ("cancelled", IntentStatus.CANCELED)
    assert (_stock(tea), Cart.objects.get().status) == ((5, 0), "active")


def test_before_its_time_and_after_its_end_nothing_happens() -> None:
    tea = buyable()
    order = _placed(tea)
    assert _expire(order, HALF_PAST - timedelta(seconds=1)) == "pending"
    assert [_expire(order), _expire(order)] == ["expired", "expired"]
    assert moves_of(order).count() == 1


def test_one_that_was_paid_at_the_last_moment_is_paid() -> None:
    tea = buyable()
    order = _placed(tea)
    confirm(intent_of(order))
    assert _expire(order) == "paid"
    assert (_stock(tea), Refund.objects.count(), payment_of(order).version) == ((4, 0), 0, 2)


def test_one_whose_payment_is_under_way_waits_for_it() -> None:
    tea = buyable()
    order = _placed(tea)
    intents.hold(intent_of(order).ref)
    confirm(intent_of(order))
    assert _expire(order) == "processing"
    assert (_stock(tea), order.expires_at) == ((5, 1), HALF_PAST + timedelta(days=14))


def test_one_that_was_never_opened_leaves_no_open_payment(settings: Settings) -> None:
    sandbox = settings.PAYMENT_PROVIDERS
    settings.PAYMENT_PROVIDERS = named(Silent)
    order = _placed(buyable())
    settings.PAYMENT_PROVIDERS = sandbox
    assert _expire(order) == "expired"
    assert SandboxIntent.objects.values_list("status", flat=True).get() == "canceled"


def test_while_the_provider_is_silent_nobody_lets_go(settings: Settings) -> None:
    tea = buyable()
    order = _placed(tea)
    settings.PAYMENT_PROVIDERS = named(Unreachable)
    with pytest.raises(ProviderUnavailable), clock.at(HALF_PAST):
        expire_order(order_id=order.pk)
    order.refresh_from_db()
    assert (order.payment_state, _stock(tea)) == ("pending", (5, 1))


def test_a_buyer_gives_up() -> None:
    user = UserFactory.create()
    tea = buyable()
    order = cancel_order(order=_placed(tea, user), actor=user)
    assert (order.payment_state, payment_of(order).status, _stock(tea)) == ("cancelled", "cancelled", (5, 0))
    assert moves_of(order).get().actor_id == user.pk
    assert cancel_order(order=order) == order


def test_what_is_paid_is_given_up_with_its_money_and_what_is_being_paid_is_not() -> None:
    paid, processing = _placed(buyable()), _placed(buyable())
    confirm(intent_of(paid))
    settle_payment(provider="sandbox", ref=intent_of(paid).ref)
    paid.refresh_from_db()
    intents.hold(intent_of(processing).ref)
    confirm(intent_of(processing))
    cancel_order(order=paid)
    assert Refund.objects.get().amount == paid.total
    with pytest.raises(PaymentUnderWay):
        cancel_order(order=processing)
    assert set(Payment.objects.values_list("status", flat=True)) == {"succeeded", "processing"}
